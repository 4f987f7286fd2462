"""Whoever looks at a field is told why in a sentence: over every sample, as the line reads it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from documents.parse import parse_bytes
from evaluation.truth import read_truth
from extractors.pipeline import extract
from review.desk.acts import Desk, undecided
from review.desk.view import Seat, View
from schemas.loader import load_schemas
from store.store import Store

SAMPLES = Path(__file__).parents[3] / "samples"
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
    store.decide(store.save_extraction(claim, extract(parsed, schema), "e", schema))
    scene = Desk(store, SCHEMAS, "anna").acts.scene(sha256, "anna")
    assert scene.record is not None
    waiting = undecided(scene.record)
    assert waiting, "without certificates something waits on every document"
    for field in View(scene, schema, Seat("anna", Open())).fields(waiting):
        assert field["reasons"], field["path"]
        for reason in field["reasons"]:
            assert len(reason.split()) > 2 and reason.endswith("."), reason
    assert len(View(scene, schema, Seat("anna", Open())).fields(waiting)) == len(waiting)
