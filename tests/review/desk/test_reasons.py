"""Whoever looks at a field is told why, in a sentence of the closed list: over every sample, as the line reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from benchmarks.readings import MODEL, Sheet, SimulatedModel
from benchmarks.simulator.library import build
from benchmarks.simulator.profiles import load
from documents.parse import parse_bytes
from evaluation.truth import read_truth
from extractors.pipeline import extract
from extractors.routing import RoutePolicy
from review.desk.acts import Desk, undecided
from review.desk.view import Seat, View
from schemas.loader import load_schemas
from schemas.reasons import SUMMARY, TEMPLATES, Template
from schemas.results import Extraction, ModelReading, RouteDecision
from schemas.schema import Schema
from store.store import Store

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "samples"
PARTS = ("where", "fits", "digits", "who_read")  # of the first sentence of a value
SHAPES = {
    "page": r"\d+",
    "pages": r"pages? \d[\d, and]*",
    "count": r"\d+",
    "sources": r"(?:the|The|a|A|and|embedded|data|rules|model|person|,| )+",
}
SCHEMAS = load_schemas([str(SAMPLES / "schemas")])
READ_BY_OCR = (".jpg", ".tiff")
CASES = [
    pytest.param(truth.file, truth.kind, marks=[pytest.mark.slow] if _is_slow else [], id=Path(truth.file).name)
    for truth in read_truth(SAMPLES / "truth.jsonl")
    for _is_slow in [truth.file.endswith(READ_BY_OCR) or "scan-" in truth.file or "60-pages" in truth.file]
]


class Open:
    """Hides nothing."""

    def hides(self, path: str) -> bool:
        return False

    def text(self, text: str) -> str:
        return text


def _pattern(template: Template, depth: int = 2) -> str:
    """What the template can make; within it other templates of the list, down to `depth`."""
    inner = {name: [each for each in TEMPLATES if not re.search(r"\.$|: ", each.text)] for name in PARTS}
    inner["said"] = [each for each in TEMPLATES if each != SUMMARY] if depth else []
    pattern = ""
    for text, name, *_ in Formatter().parse(template.text):
        pattern += re.escape(text)
        if name in inner:
            pattern += f"(?:{'|'.join(_pattern(each, depth - 1) for each in inner[name])})" + "?" * (name in PARTS)
        elif name:
            pattern += SHAPES.get(name, ".*?")
    return pattern


LISTED = [re.compile(_pattern(template), re.DOTALL) for template in TEMPLATES]


def is_listed(sentence: str) -> bool:
    """Whether a template makes this sentence."""
    return any(pattern.fullmatch(sentence) for pattern in LISTED)


def reasons_of(extraction: Extraction) -> Iterator[str]:
    cells = [cell for rows in extraction.rows.values() for row in rows for cell in row.cells.values()]
    for result in (*extraction.fields.values(), *cells):
        yield from result.reasons


def test_the_list_is_closed() -> None:
    """What is on no list is told apart, and only the list itself makes sentences."""
    assert is_listed("It stands once on page 2, fits the sums; the model and the rules agree.")
    assert is_listed("Acme Ltd: The opening lists it among the parties. Other places confirm it.")
    assert not is_listed("It stands once on page 2, looks nice; the model and the rules agree.")
    assert not is_listed("It looks nice.") and not is_listed("Acme Ltd: It looks nice.")
    folders = ("schemas", "extractors", "store", "review", "evaluation", "flows", "docassay")
    texts = {path: path.read_text("utf-8") for name in folders for path in (ROOT / name).rglob("*.py")}
    knowing = [path for path, text in texts.items() if "reasons.py" in path.name or "schemas.reasons import" in text]
    assert [path for path in knowing if "Sentence(" in texts[path]] == [ROOT / "schemas" / "reasons.py"]


def test_reasons_of_a_model_and_of_its_second_reading_are_listed() -> None:
    """What a model is told to have said, and what a second reading says of it, stands on the list too."""
    truth = next(each for each in read_truth(SAMPLES / "truth.jsonl") if each.id == "invoice-08-wide-en")
    schema, content = SCHEMAS["invoice"], (SAMPLES / truth.file).read_bytes()
    document = parse_bytes(content, truth.file)
    known = build([truth], {truth.id: [page.text for page in document.pages]}, SCHEMAS).documents[truth.id]
    sheet = Sheet("samples", truth.id, document, truth, known)
    said: set[str] = set()
    for reading in range(4):
        extraction = extract(document, schema, model=Asking(sheet, load("tenth"), reading, logprobs=False))
        said |= set(reasons_of(extraction))
    assert any("second reading" in each for each in said) and any("The model" in each for each in said)
    assert [each for each in said if not is_listed(each)] == []


class Asking(SimulatedModel):
    """Has every field read a second time, by a model that errs on its own."""

    def policy(self, _schema: Schema) -> RoutePolicy:
        return RoutePolicy(route="llm-first", model=MODEL, second=MODEL, second_from=0.0, second_below=1.0)

    def read(self, decision: RouteDecision) -> ModelReading:
        if decision.second_from is not None:
            self.seed += 100
        return super().read(decision)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("reasons")
    store = Store.open(f"sqlite:///{folder / 'd.db'}", folder / "files")
    yield store
    store.close()


@pytest.mark.parametrize(("file", "kind"), CASES)
def test_every_waiting_field_says_why_in_a_sentence(file: str, kind: str, store: Store) -> None:
    """Each field and cell that waits has a reason, and each reason is words that end with a full stop."""
    content, schema = (SAMPLES / file).read_bytes(), SCHEMAS[kind]
    parsed = parse_bytes(content, Path(file).name)
    sha256, _ = store.add_document(content, Path(file).name)
    (claim,) = store.claim("worker", documents=[sha256])
    claim = store.save_parsed(claim, parsed, "p")
    extraction = extract(parsed, schema)
    assert [reason for reason in reasons_of(extraction) if not is_listed(reason)] == []
    store.decide(store.save_extraction(claim, extraction, "e", schema))
    scene = Desk(store, SCHEMAS, "anna").acts.scene(sha256, "anna")
    assert scene.record is not None
    waiting = undecided(scene.record)
    assert waiting, "without certificates something waits on every document"
    for field in View(scene, schema, Seat("anna", Open())).fields(waiting):
        assert field["reasons"], field["path"]
        for reason in field["reasons"]:
            assert len(reason.split()) > 2 and reason.endswith("."), reason
            assert is_listed(reason), reason
    assert len(View(scene, schema, Seat("anna", Open())).fields(waiting)) == len(waiting)
