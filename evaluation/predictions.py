"""What was answered: prediction files, a document a line.

Each line is a JSON object `{id, fields, confidence, accepted, seconds}`: values as canonical text (ISO dates, plain
decimals), lists as lists, rows as objects, null for what was not found; `confidence` and `accepted` by field.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evaluation.truth import read_lines
from schemas.errors import InputError
from schemas.fields import Kind
from schemas.results import Extraction, FieldResult
from schemas.values.typed import as_text


@dataclass(frozen=True, slots=True)
class Prediction:
    """The answers for one document."""

    id: str
    fields: Mapping[str, Any]
    confidence: Mapping[str, float] = field(default_factory=dict)
    accepted: Mapping[str, bool] | None = None  # None: the file does not say what would pass without a person
    seconds: float | None = None  # wall clock of parsing and extracting

    def as_line(self) -> str:
        """Return the line of a prediction file, with its end."""
        row: dict[str, Any] = {"id": self.id, "fields": self.fields, "confidence": self.confidence}
        if self.accepted is not None:
            row["accepted"] = self.accepted
        if self.seconds is not None:
            row["seconds"] = round(self.seconds, 3)
        return json.dumps(row, ensure_ascii=False) + "\n"


def predicted(id: str, extraction: Extraction, seconds: float | None = None) -> Prediction:
    """Return the prediction that an extraction makes for the document `id`.

    A field counts as accepted only if every part of it is and no failed check names it: a person would look at it.
    """
    doubted = {name for problem in extraction.problems for name in problem.fields}
    return Prediction(
        id=id,
        fields={name: _plain(result, extraction) for name, result in extraction.fields.items()},
        confidence={
            name: result.confidence for name, result in extraction.fields.items() if result.confidence is not None
        },
        accepted={
            name: name not in doubted and _passes(result, extraction) for name, result in extraction.fields.items()
        },
        seconds=seconds,
    )


def read_predictions(path: Path) -> Iterator[Prediction]:
    """Yield the predictions in the file at `path`; raises InputError with the line and what to do."""
    for number, row in read_lines(path):
        if not isinstance(row.get("id"), str) or not isinstance(row.get("fields"), dict):
            raise InputError(f"{path}, line {number}: 'id' or 'fields' is missing. Give each prediction both.")
        yield Prediction(
            id=row["id"],
            fields=row["fields"],
            confidence={name: float(share) for name, share in (row.get("confidence") or {}).items()},
            accepted=row.get("accepted"),
            seconds=row.get("seconds"),
        )


def _plain(result: FieldResult, extraction: Extraction) -> Any:
    if result.kind is Kind.TABLE:
        rows = extraction.rows.get(result.name, ())
        return [
            {name: None if cell.value is None else as_text(cell.value) for name, cell in row.cells.items()}
            for row in rows
        ]
    if result.values:
        return [as_text(value) for value in result.values]
    return None if result.value is None else as_text(result.value)


def _passes(result: FieldResult, extraction: Extraction) -> bool:
    cells = (cell for row in extraction.rows.get(result.name, ()) for cell in row.cells.values())
    return all(one.decision == "accepted" for one in (result, *cells))
