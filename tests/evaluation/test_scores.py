"""Our figures are those of the reference scorer, on whatever is predicted."""

import importlib.util
import json
import random
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from evaluation.compare import score_predictions
from evaluation.report import as_dict, as_text
from evaluation.truth import read_truth
from schemas.errors import InputError
from schemas.loader import builtin_schemas

KINDS = {"einvoice": "invoice", "nda": "contract", "receipts": "receipt"}


@pytest.fixture(scope="module")
def reference(shared_data: Path) -> ModuleType:
    """The scorer that the shared truth files come with."""
    file = shared_data.parent / "tools" / "score.py"
    if not file.is_file():
        pytest.skip(f"no scorer at {file}")
    spec = importlib.util.spec_from_file_location("reference_score", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _random_predictions(truth: list[dict[str, Any]], chance: random.Random) -> list[dict[str, Any]]:
    """Answers that are right, borrowed from another document, cut, doubled or missing, with any confidence."""
    names = sorted({name for row in truth for name in row["fields"]})
    out = []
    for row in truth:
        if chance.random() < 0.1:
            continue
        fields: dict[str, Any] = {}
        for name in names:
            value = row["fields"].get(name)
            roll = chance.random()
            if roll < 0.2:
                value = chance.choice(truth)["fields"].get(name)
            elif roll < 0.3:
                value = None
            elif roll < 0.5 and isinstance(value, list):
                value = chance.choice(
                    [
                        value[1:],
                        [*value, value[0]],
                        value[::-1],
                        [*value, *chance.choice(truth)["fields"].get(name, [])],
                    ]
                )
            elif roll < 0.35 and isinstance(value, str):
                value = value.lower()
            if roll < 0.95:
                fields[name] = value
        confidence = {name: round(chance.random(), chance.choice((1, 3))) for name in fields if chance.random() < 0.9}
        accepted = {name: share > 0.7 for name, share in confidence.items()}
        out.append({"id": row["id"], "fields": fields, "confidence": confidence, "accepted": accepted})
    return out


def _assert_same(ours: Any, theirs: Any, place: str = "") -> None:
    """Every figure of theirs is among ours; the last rounded digit may differ by the order of a sum."""
    if isinstance(theirs, dict):
        for key, value in theirs.items():
            _assert_same(ours[key], value, f"{place}.{key}")
    elif isinstance(theirs, list):
        assert len(ours) == len(theirs), place
        for number, (left, right) in enumerate(zip(ours, theirs, strict=True)):
            _assert_same(left, right, f"{place}[{number}]")
    elif isinstance(theirs, float):
        assert ours == pytest.approx(theirs, abs=1.01e-4), place
    else:
        assert ours == theirs, place


@pytest.mark.parametrize("visible", [False, True])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("folder", list(KINDS))
def test_figures_on_random_predictions_equal_the_reference(
    folder: str, seed: int, visible: bool, shared_data: Path, reference: ModuleType, tmp_path: Path
) -> None:
    """Precision, recall, F1, perfect documents, confidences and what passed: all as the reference scorer counts."""
    truth_path = shared_data / folder / "truth.jsonl"
    truth = [json.loads(line) for line in truth_path.read_text(encoding="utf-8").splitlines()]
    predictions = _random_predictions(truth, random.Random(seed))
    predictions_path = tmp_path / "predictions.jsonl"
    predictions_path.write_text("".join(json.dumps(row) + "\n" for row in predictions), encoding="utf-8")
    theirs, their_misses = reference.score(truth, predictions, visible)
    scores = score_predictions(truth_path, predictions_path, builtin_schemas(), visible=visible)
    _assert_same(as_dict(scores), theirs)
    assert len(scores.misses) == sum(map(len, their_misses.values()))
    assert 0.2 < scores.micro.f1 < 0.95


def _files(folder: Path, truth: list[dict[str, Any]], predictions: list[dict[str, Any]]) -> tuple[Path, Path]:
    paths = folder / "truth.jsonl", folder / "predictions.jsonl"
    for path, rows in zip(paths, (truth, predictions), strict=True):
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return paths


def test_alternatives_unknown_and_signs_are_respected(tmp_path: Path) -> None:
    """Another right value counts, a field on which the truth is silent does not, a credit note may have either sign."""
    truth = [
        {
            "id": "a",
            "kind": "invoice",
            "fields": {"seller_name": "Alpha GmbH", "gross_total": "-10.00"},
            "alternatives": {"seller_name": ["Alpha Handel"]},
            "unknown": ["order_reference"],
            "sign": "either",
        },
        {"id": "b", "kind": "invoice", "fields": {"order_reference": "7"}},
    ]
    got = {"seller_name": "ALPHA HANDEL", "gross_total": "10.00", "order_reference": "99"}
    files = _files(tmp_path, truth, [{"id": "a", "fields": got}])
    scores = score_predictions(*files, builtin_schemas())
    assert scores.micro == (2, 2, 3)
    assert (scores.documents, scores.answered, scores.perfect) == (2, 1, 1)
    assert scores.straight_through is None
    assert scores.confidence is None


def test_a_field_that_the_schema_lacks_counts_as_missed_and_is_told(tmp_path: Path) -> None:
    """A truth that speaks of another schema's field is not dropped in silence."""
    files = _files(tmp_path, [{"id": "a", "kind": "receipt", "fields": {"tip": "1.00"}}], [{"id": "a", "fields": {}}])
    scores = score_predictions(*files, builtin_schemas())
    assert scores.micro == (0, 0, 1)
    assert "tip" in as_text(scores)


def test_a_truth_file_in_another_encoding_is_refused_with_the_remedy(tmp_path: Path) -> None:
    """A file that some program saved as Latin-1 is named, and what to do."""
    file = tmp_path / "truth.jsonl"
    file.write_bytes('{"id": "a", "kind": "receipt", "fields": {"merchant_name": "Café"}}\n'.encode("latin-1"))
    with pytest.raises(InputError, match="Save it as UTF-8"):
        list(read_truth(file))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 1: no valid JSON"),
        ("[]", "line 1: no JSON object"),
        ('{"id": 3, "fields": {}}', "line 1: 'id' or 'fields'"),
        ('{"id": "a", "kind": "lease", "fields": {}}', "no schema of that name"),
    ],
)
def test_a_wrong_truth_file_is_told_with_place_and_remedy(line: str, said: str, tmp_path: Path) -> None:
    """Whoever writes a truth file learns which line is wrong and what to do."""
    truth, predictions = tmp_path / "truth.jsonl", tmp_path / "predictions.jsonl"
    truth.write_text(line + "\n", encoding="utf-8")
    predictions.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=said):
        score_predictions(truth, predictions, builtin_schemas())


def test_a_missing_truth_file_is_told(tmp_path: Path) -> None:
    """A path that leads nowhere is an input error with the path, not a stack trace."""
    with pytest.raises(InputError, match=r"nowhere\.jsonl cannot be read"):
        score_predictions(tmp_path / "nowhere.jsonl", tmp_path / "p", builtin_schemas())
