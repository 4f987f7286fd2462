"""The samples are what their generator makes, and the line reads them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evaluation.run import run_evaluation
from schemas.loader import load_schemas

SAMPLES = Path(__file__).parents[2] / "samples"
BUILT_BY_LIBRARIES = {".jpg", ".tiff", ".docx", ".xlsx"}  # their bytes follow the library's version


def test_generator_gives_the_committed_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same seed gives the same documents and the same truth, so that the samples can always be made again."""
    pytest.importorskip("reportlab")
    monkeypatch.syspath_prepend(str(SAMPLES.parent))
    from samples.generate import write

    assert write(tmp_path) >= 40
    assert (tmp_path / "truth.jsonl").read_text(encoding="utf-8") == (SAMPLES / "truth.jsonl").read_text(
        encoding="utf-8"
    )
    made = {path.name: path for path in (tmp_path / "documents").iterdir()}
    assert set(made) == {path.name for path in (SAMPLES / "documents").iterdir()}
    for name, path in made.items():
        if path.suffix not in BUILT_BY_LIBRARIES and not name.startswith(("scan-", "locked")):
            assert path.read_bytes() == (SAMPLES / "documents" / name).read_bytes(), name


def test_truth_names_files_and_fields() -> None:
    """Every row of the truth names a file that is there and fields of its schema."""
    schemas = load_schemas([str(SAMPLES / "schemas")])
    rows = [json.loads(line) for line in (SAMPLES / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) >= 40
    for row in rows:
        assert (SAMPLES / row["file"]).is_file()
        assert set(row["fields"]) <= {field.name for field in schemas[row["kind"]].fields}


@pytest.mark.slow
def test_the_line_reads_the_samples(tmp_path: Path) -> None:
    """Nearly every value of the samples is read, and nothing that is accepted is wrong."""
    schemas = load_schemas([str(SAMPLES / "schemas")])
    scores = run_evaluation(
        SAMPLES / "truth.jsonl", schemas, ["embedded", "rules"], tmp_path / "out.jsonl", workers=1, accept_proved=True
    )
    assert scores.micro.f1 >= 0.95
    assert scores.straight_through is not None and scores.straight_through.wrong == 0
