"""An evaluation runs the real line over real files, writes its answers and tells what could not be answered."""

import importlib.util
import io
import json
from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

from documents.limits import Limits
from evaluation import run
from evaluation.compare import score_predictions
from evaluation.predictions import predicted, read_predictions
from evaluation.report import as_dict, as_text
from evaluation.run import run_evaluation
from schemas.errors import InputError
from schemas.fields import Kind
from schemas.loader import builtin_schemas
from schemas.results import Extraction, FieldResult, Problem, RowResult

SCHEMAS = builtin_schemas()


def _pdf(text: str) -> bytes:
    page = io.BytesIO()
    canvas = Canvas(page)
    canvas.drawString(72, 720, text)
    canvas.save()
    return page.getvalue()


def _truth_file(folder: Path, *rows: dict[str, Any]) -> Path:
    path = folder / "truth.jsonl"
    path.write_text("".join(json.dumps({"kind": "receipt", "fields": {}, **row}) + "\n" for row in rows))
    return path


def test_answers_come_in_order_and_refusals_with_their_reason(tmp_path: Path) -> None:
    """Documents that cannot be read have no prediction and are listed; the others follow the truth's order."""
    rows = []
    for number in range(5):
        (tmp_path / f"{number}.pdf").write_bytes(_pdf(f"Receipt {number}"))
        rows.append({"id": f"d{number}", "file": f"{number}.pdf", "fields": {"total": "1.00"}})
    (tmp_path / "empty.pdf").write_bytes(b"")
    rows.insert(2, {"id": "nothing", "file": "empty.pdf", "fields": {"total": "1.00"}})
    truth, out = _truth_file(tmp_path, *rows), tmp_path / "answers" / "predictions.jsonl"
    seen: list[tuple[int, int]] = []
    scores = run_evaluation(truth, SCHEMAS, (), out, workers=2, progress=lambda done, total: seen.append((done, total)))
    assert [prediction.id for prediction in read_predictions(out)] == ["d0", "d1", "d2", "d3", "d4"]
    assert (scores.documents, scores.answered) == (6, 5)
    assert [(refused.id, refused.reason) for refused in scores.refused] == [("nothing", "empty")]
    assert scores.micro == (0, 0, 6)
    assert seen == [(number, 6) for number in range(1, 7)]
    assert len(scores.seconds) == 6
    assert all(0 < seconds < 60 for seconds in scores.seconds)
    assert "refused empty: 1" in as_text(scores)
    assert as_dict(scores)["refused"][0]["file"] == "empty.pdf"
    assert not [path for path in out.parent.iterdir() if path != out]


def test_limits_hold_for_every_document(tmp_path: Path) -> None:
    """A document beyond a limit is refused with the reason, the evaluation goes on."""
    (tmp_path / "big.pdf").write_bytes(_pdf("x") + b"%" * 2_000_000)
    (tmp_path / "small.pdf").write_bytes(_pdf("x"))
    truth = _truth_file(tmp_path, {"id": "big", "file": "big.pdf"}, {"id": "small", "file": "small.pdf"})
    scores = run_evaluation(truth, SCHEMAS, (), limits=Limits(megabytes=1))
    assert [(refused.id, refused.reason) for refused in scores.refused] == [("big", "too_large")]
    assert scores.answered == 1


def test_another_key_and_another_root_name_the_file(tmp_path: Path) -> None:
    """The same truth can be run over originals that lie elsewhere, under another schema."""
    (tmp_path / "originals").mkdir()
    (tmp_path / "originals" / "a.pdf").write_bytes(_pdf("x"))
    truth = _truth_file(tmp_path, {"id": "a", "file": "missing.pdf", "original": "a.pdf", "kind": "lease"})
    scores = run_evaluation(truth, SCHEMAS, (), file_key="original", root=tmp_path / "originals", schema_name="invoice")
    assert scores.answered == 1


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"id": "a", "file": "missing.pdf"}, r"missing\.pdf of document a cannot be read"),
        ({"id": "a"}, "names no file for document a"),
        ({"id": "a", "file": "x.pdf", "kind": "lease"}, "no schema of that name"),
    ],
)
def test_a_truth_that_cannot_be_run_is_told(row: dict[str, Any], said: str, tmp_path: Path) -> None:
    """Mistakes in the truth are input errors, and no half file of predictions is left."""
    out = tmp_path / "predictions.jsonl"
    with pytest.raises(InputError, match=said):
        run_evaluation(_truth_file(tmp_path, row), SCHEMAS, (), out)
    assert [path.name for path in tmp_path.iterdir()] == ["truth.jsonl"]


def test_a_field_that_a_person_would_see_is_not_accepted() -> None:
    """Accepted are fields of which every part is, and that no failed check names."""
    accepted, review = {"answer": "found", "decision": "accepted"}, {"answer": "found", "decision": "review"}
    extraction = Extraction(
        document="x",
        schema_name="invoice",
        schema_version="1",
        fields={
            "invoice_number": FieldResult(
                name="invoice_number", kind=Kind.IDENTIFIER, value="7", confidence=0.9, **accepted
            ),
            "gross_total": FieldResult(name="gross_total", kind=Kind.MONEY, value="1.50", **accepted),
            "net_total": FieldResult(name="net_total", kind=Kind.MONEY, value="1.50", **review),
            "line_items": FieldResult(name="line_items", kind=Kind.TABLE, **accepted),
        },
        rows={
            "line_items": (
                RowResult(
                    number=1,
                    cells={"quantity": FieldResult(name="quantity", kind=Kind.NUMBER, value="2", **review)},
                ),
            )
        },
        problems=(Problem(check="sum", fields=("gross_total",), message="It does not add up."),),
    )
    prediction = predicted("a", extraction, 0.5)
    assert prediction.fields == {
        "invoice_number": "7",
        "gross_total": "1.50",
        "net_total": "1.50",
        "line_items": [{"quantity": "2"}],
    }
    assert prediction.confidence == {"invoice_number": 0.9}
    assert prediction.accepted == {
        "invoice_number": True,
        "gross_total": False,
        "net_total": False,
        "line_items": False,
    }
    assert json.loads(prediction.as_line())["seconds"] == 0.5


def test_a_defect_costs_one_document_and_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a document makes our own code fail, the others are evaluated and the failure is listed."""
    for name in "ab":
        (tmp_path / f"{name}.pdf").write_bytes(_pdf(name))
    answers = [ValueError("unexpected"), Extraction(document="b", schema_name="receipt", schema_version="1", fields={})]

    def fails_once(*_: object, **__: object) -> Extraction:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(run, "extract", fails_once)
    truth = _truth_file(tmp_path, {"id": "a", "file": "a.pdf"}, {"id": "b", "file": "b.pdf"})
    scores = run_evaluation(truth, SCHEMAS, ())
    assert [(refused.id, refused.reason, refused.message) for refused in scores.refused] == [
        ("a", "defect", "ValueError: unexpected")
    ]
    assert scores.answered == 1


def test_an_unknown_source_is_told_before_any_work(tmp_path: Path) -> None:
    """A misspelt source is an input error that lists what there is."""
    with pytest.raises(InputError, match=r"There is no source 'rule'\. Choose among embedded, rules"):
        run_evaluation(_truth_file(tmp_path), SCHEMAS, ("rule",))


@pytest.mark.slow
def test_the_line_on_shared_e_invoices_scores_as_the_reference_says(shared_data: Path, tmp_path: Path) -> None:
    """On real files, embedded data give what the truth says, and our figures are those of the reference scorer."""
    truth, out = shared_data / "einvoice" / "truth.jsonl", tmp_path / "predictions.jsonl"
    scores = run_evaluation(truth, SCHEMAS, ("embedded",), out, file_key="original")
    assert scores.micro.f1 >= 0.98
    assert as_dict(score_predictions(truth, out, SCHEMAS))["micro"] == as_dict(scores)["micro"]
    file = shared_data.parent / "tools" / "score.py"
    if not file.is_file():
        pytest.skip(f"no scorer at {file}")
    spec = importlib.util.spec_from_file_location("reference_score", file)
    assert spec is not None
    assert spec.loader is not None
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    lines = [[json.loads(line) for line in path.read_text().splitlines()] for path in (truth, out)]
    theirs, _ = reference.score(*lines)
    ours = as_dict(scores)
    assert ours["micro"] == theirs["micro"]
    assert ours["fields"] == theirs["fields"]
    assert ours["straight_through"] == pytest.approx(theirs["straight_through"])
