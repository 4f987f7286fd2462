"""A real inference engine with a random model: its answers fit their schema, and none of its garbage is believed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from benchmarks.engine.process import running
from documents.parse import parse_bytes
from evaluation.truth import read_truth
from extractors.llm.answer_model import answer_model
from extractors.llm.client import ModelClient, ModelSettings
from extractors.llm.page_text import whole_text
from extractors.llm.prompts.template import builtin
from extractors.llm.question import fields_question, messages
from extractors.pipeline import Occasion, extract
from flows.settings import Settings
from flows.wiring import open_store, the_model
from schemas.calls import Answer, Call, Purpose, new_id
from schemas.fields import Kind
from schemas.loader import builtin_schemas

SAMPLES = Path(__file__).parents[2] / "samples"
SCHEMAS = builtin_schemas()
MARKER = "0123456789abcdef"
ANSWERS = 20
FIELDS = 4  # in a question: the engine has one token for each letter


@pytest.fixture(scope="module")
def engine() -> Iterator[str]:
    with running(seed=1) as url:
        yield url


@pytest.fixture(scope="module")
def documents():
    """Twenty samples of up to three pages with their schemas."""
    found = []
    for truth in read_truth(SAMPLES / "truth.jsonl"):
        if truth.kind in SCHEMAS and truth.file.endswith((".pdf", ".txt", ".html", ".docx", ".xlsx", ".rtf")):
            path = SAMPLES / truth.file
            document = parse_bytes(path.read_bytes(), path.name)
            if len(whole_text(document)) < 8_000 and document.pages[0].origin == "text":
                found.append((document, SCHEMAS[truth.kind], path.name))
    assert len(found) >= ANSWERS
    return found[:ANSWERS]


class Straight:
    """A chain of no guards."""

    def send(self, call: Call) -> Answer:
        with httpx2.Client(timeout=120) as client:
            got = client.request(call.method, call.url, headers=list(call.headers), content=call.body)
        return Answer(got.status_code, tuple(got.headers.items()), got.content, 0.0)


@pytest.mark.slow
def test_twenty_of_twenty_answers_fit_their_schema(engine, documents):
    """Through instructor and the SDK, in structured output mode, each at the first try."""
    client = ModelClient(ModelSettings("engine/random", base_url=engine, reask=False), Straight())
    fitting = 0
    for number, (document, schema, name) in enumerate(documents):
        single = [field.name for field in schema.fields if field.kind is not Kind.TABLE]
        start = number % max(1, len(single) - FIELDS + 1)
        names = tuple(single[start : start + FIELDS])
        text = whole_text(document)
        question = fields_question(builtin(), schema, names, text)
        deadline = datetime.now(UTC) + timedelta(minutes=5)
        purpose = Purpose(
            document.sha256, name, "test", schema.name, 1, names, "p" * 64, "all", MARKER, deadline, new_id()
        )
        told = client.ask(messages(builtin(), text, MARKER, question), answer_model(schema, names), purpose, 8_000)
        fitting += told.fits and told.requests == 1
    assert fitting == ANSWERS


@pytest.mark.slow
def test_none_of_its_garbage_is_accepted(engine, documents, tmp_path):
    """With proved values accepted: what passes is what passes without the model, and nothing of its own does."""
    settings = Settings.model_validate(
        {
            "data_folder": tmp_path,
            "accept_proved": True,
            "model": {"name": "engine/random", "base_url": engine, "route": "llm-first", "document_seconds": 600},
            "prices": {"engine/random": {"free": True}},
        }
    )
    store, heard, offered = open_store(settings), 0, 0
    try:
        with the_model(settings, store) as model:
            for document, schema, name in documents[:8]:
                with_model = extract(document, schema, accept_proved=True, model=model, occasion=Occasion(name))
                without = extract(document, schema, accept_proved=True)
                refused = {field for fallback in with_model.fallbacks for field in fallback.fields}
                heard += len(set(with_model.routes[0].fields) - refused)
                for field, result in with_model.fields.items():
                    assert result.source != "llm" or result.decision == "review"
                    offered += result.source == "llm" or any(other.source == "llm" for other in result.alternatives)
                    if result.decision == "accepted":
                        alone = without.fields[field]
                        assert alone.decision == "accepted", f"{field} of {name} passes only with the model"
                        assert (result.value, result.values) == (alone.value, alone.values)
    finally:
        store.close()
    assert heard and offered, "the model was heard"
