"""A test double of a model server: it speaks the OpenAI wire protocol and is no model.

It reads its answers from a truth file, spoils them at rates that a profile states, and serves them with faults on
demand. So it shows what the program does with right, wrong, late, broken and missing answers. **Its scores are never
accuracy**: they say how a mechanism works under the errors that the profile makes, and nothing about any model or any
document.

What keeps it from flattering us: the truth never travels in the request; a value that does not stand in the text that
was sent is answered as absent; errors are drawn from a seed, the document, the field, the model and the number of the
sample, so neither order nor concurrency changes them; the profile `held_out` is for no tuning.

    python -m benchmarks.simulator --truth samples/truth.jsonl --documents samples --profile honest
"""
