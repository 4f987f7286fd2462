"""Answers beside truth become labels: fields, empty answers and cells, each right or wrong as a person would say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.labels import labels_of
from evaluation.truth import Truth
from schemas.results import Extraction, FieldResult, RowResult
from schemas.schema import Schema

SCHEMA = Schema.model_validate(
    {
        "name": "bill",
        "title": "Bill",
        "fields": [
            {"name": "total", "kind": "money", "description": "Total."},
            {"name": "due", "kind": "date", "description": "Due."},
            {"name": "note", "kind": "text", "description": "Note."},
            {
                "name": "items", "kind": "table", "description": "Items.",
                "columns": [
                    {"name": "text", "kind": "text", "description": "T."},
                    {"name": "price", "kind": "money", "description": "P."},
                ],
            },
        ],
    }
)  # fmt: skip


def answer(name: str, kind: str, value: Any = None) -> FieldResult:
    given = {"value": value, "signals": {"origin_scan": 1.0}} if value is not None else {}
    said = "found" if value is not None or kind == "table" else "not_found"
    return FieldResult.model_validate({"name": name, "kind": kind, "answer": said, "confidence": 0.8, **given})


def row(number: int, text: str | None, price: str | None) -> RowResult:
    return RowResult(
        number=number, cells={"text": answer("text", "text", text), "price": answer("price", "money", price)}
    )


def extraction(*rows: RowResult, **values: Any) -> Extraction:
    kinds = {field.name: field.kind.value for field in SCHEMA.fields}
    fields = {name: answer(name, kind, values.get(name)) for name, kind in kinds.items()}
    return Extraction(document="d", schema_name="bill", schema_version="1", fields=fields, rows={"items": rows})


def outcomes(truth: Mapping[str, Any], given: Extraction, **more: Any) -> list[tuple[str, str, bool]]:
    known = ("total", "due", "items")
    found = labels_of(Truth("d", "d.pdf", "bill", truth, **more), given, SCHEMA, known)
    return [(label.path, label.answer, label.right) for label in found]


def test_values_and_empty_answers() -> None:
    """A value is right if it equals the truth, an empty answer if the truth has none; unknown fields are left out."""
    given = extraction(total="10.00", note="Thanks")
    assert outcomes({"total": "10.0"}, given)[:2] == [("total", "found", True), ("due", "not_found", True)]
    assert outcomes({"total": "11", "due": "2026-01-01"}, given)[:2] == [
        ("total", "found", False),
        ("due", "not_found", False),
    ]
    assert [path for path, _, _ in outcomes({}, given, unknown=frozenset(["total"]))] == ["due", "items"]


def test_cells_are_judged_beside_the_row_that_they_are_most_like() -> None:
    """Rows may come in any order; a row like none is wrong in every cell, a gap where the truth has one is right."""
    truth = {"items": [{"text": "Red paint", "price": "5.00"}, {"text": "Brush", "price": None}]}
    given = extraction(row(1, "Brush", None), row(2, "Red paint", "6.00"), row(3, "Total", "11.00"))
    cells = [(path, right) for path, _, right in outcomes(truth, given) if "." in path]
    assert cells == [
        ("items.text", True),
        ("items.price", True),
        ("items.text", True),
        ("items.price", False),
        ("items.text", False),
        ("items.price", False),
    ]


def test_a_label_carries_what_a_scorer_needs() -> None:
    """Signals, kind, origin and the confidence that was stated come along."""
    (label, *_) = labels_of(Truth("d", "d.pdf", "bill", {"total": "10"}), extraction(total="10"), SCHEMA, ("total",))
    assert (label.document, label.origin, label.confidence) == ("d", "scan", 0.8) and label.signals
