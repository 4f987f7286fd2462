"""What the guards cost: a call through all of them beside the same call by the bare SDK, in one run.

    python -m benchmarks.guards --calls 200

Both ask the simulator, a second process over the real protocol, which answers at once: the overhead stands bare. Prints
milliseconds of each, their ratio, and what the guards add to a call that takes a second, as a real one does.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import openai

from benchmarks.outage import MODEL, settings_for, write_documents
from benchmarks.simulator.process import running
from documents.parse import parse_bytes
from extractors.llm.answer_model import answer_model
from extractors.llm.page_text import whole_text
from extractors.llm.prompts.template import builtin
from extractors.llm.question import fields_question, messages
from flows.model import open_model
from flows.wiring import known_schemas, open_store
from schemas.calls import Purpose, new_id
from store.instants import utc_now

FIELDS = ("invoice_number", "issue_date", "gross_total", "currency")
MARKER = "0123456789abcdef"
REAL_CALL = 1.0  # seconds


def measure(calls: int) -> dict[str, float]:
    """Return the figures of `calls` calls each way, in turn, after some to warm up."""
    with tempfile.TemporaryDirectory(prefix="guards-") as name:
        folder = Path(name)
        truth = write_documents(folder / "documents", 1)
        with running(truth, folder / "documents", profile="perfect") as simulator:
            settings = settings_for(folder / "data", simulator, 10_000)
            settings = settings.model_copy(update={"model": settings.model.model_copy(update={"responses": "record"})})
            schema = known_schemas(settings)["invoice"]
            path = next((folder / "documents").glob("*.pdf"))
            text = whole_text(parse_bytes(path.read_bytes(), path.name))
            sent = messages(builtin(), text, MARKER, fields_question(builtin(), schema, FIELDS, text))
            answer = answer_model(schema, FIELDS)
            bare = openai.OpenAI(api_key="none", base_url=simulator.base_url, max_retries=0)
            form = {"name": "answer", "schema": answer.model_json_schema(), "strict": True}

            def by_sdk() -> None:
                got = bare.chat.completions.create(
                    model=MODEL.partition("/")[2],
                    messages=sent,  # type: ignore[arg-type]
                    max_tokens=5_000,
                    temperature=0,
                    response_format={"type": "json_schema", "json_schema": form},  # type: ignore[arg-type]
                )
                answer.model_validate_json(got.choices[0].message.content or "")

            store = open_store(settings)
            try:
                with open_model(settings, store) as model:
                    client = model.means.client(MODEL)

                    def guarded() -> None:
                        deadline = utc_now() + timedelta(minutes=5)
                        purpose = Purpose(
                            "a" * 64, path.name, new_id(), "invoice", 1, FIELDS, "p", "all", MARKER, deadline, new_id()
                        )
                        assert client.ask(sent, answer, purpose, 5_000).fits

                    return _figures(calls, by_sdk, guarded)
            finally:
                store.close()


def _figures(calls: int, by_sdk: Callable[[], None], guarded: Callable[[], None]) -> dict[str, float]:
    times: dict[str, list[float]] = {"bare": [], "guarded": []}
    for number in range(calls + 10):
        for name, ask in (("bare", by_sdk), ("guarded", guarded)):  # in turn, so that both meet the same machine
            started = time.perf_counter()
            ask()
            if number >= 10:
                times[name].append(time.perf_counter() - started)
    bare, with_guards = (statistics.median(times[name]) for name in ("bare", "guarded"))
    added = with_guards - bare
    return {
        "calls": calls,
        "bare_sdk_milliseconds": round(bare * 1000, 2),
        "with_all_guards_milliseconds": round(with_guards * 1000, 2),
        "ratio": round(with_guards / bare, 2),
        "ratio_for_a_call_of_one_second": round((REAL_CALL + added) / REAL_CALL, 4),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=200)
    print(json.dumps(measure(parser.parse_args().calls), indent=2))


if __name__ == "__main__":
    main()
