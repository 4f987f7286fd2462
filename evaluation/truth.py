"""What is right: truth files, a document a line.

Each line is a JSON object: `id`; `file`, a path relative to the truth file; `kind`, the name of the schema; `fields`
{name: value, [values] or [rows]}. Optional: `visible` {name: whether, or what share of it, the page prints},
`visible_items` [whether the page prints the row], `unknown` [fields on which the truth is silent], `alternatives`
{name: [other right values]}, `sign`: "either" when amounts count without their sign. `candidate` marks what people
corrected at the desk (see evaluation.candidates): such a row counts once a second person has confirmed it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from schemas.errors import InputError


@dataclass(frozen=True, slots=True)
class Truth:
    """One document and what is right for it."""

    id: str
    file: str  # as written in the truth file; "" if it names none
    kind: str | None  # name of the schema
    fields: Mapping[str, Any]
    visible: Mapping[str, float] = field(default_factory=dict)  # 1 if the page prints the value; missing: it does
    visible_items: tuple[bool, ...] = ()  # for the rows of a table
    unknown: frozenset[str] = frozenset()
    alternatives: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    either_sign: bool = False


def read_truth(path: Path, *, file_key: str = "file") -> Iterator[Truth]:
    """Yield the rows of a truth file that count, one at a time: all but candidates that nobody has confirmed.

    Args:
        path: the truth file, JSON Lines in UTF-8.
        file_key: which key of a row names the document's file.

    Raises:
        InputError: the file is missing, or a line is no truth; names the line and the remedy.
    """
    for number, row in read_lines(path):
        if not isinstance(row.get("id"), str) or not isinstance(row.get("fields"), dict):
            raise InputError(f"{path}, line {number}: 'id' or 'fields' is missing. Give each document both.")
        if not _counts(row):
            continue
        yield Truth(
            id=row["id"],
            file=str(row.get(file_key) or ""),
            kind=row.get("kind"),
            fields=row["fields"],
            visible={name: float(share) for name, share in row.get("visible", {}).items()},
            visible_items=tuple(bool(seen) for seen in row.get("visible_items", ())),
            unknown=frozenset(row.get("unknown", ())),
            alternatives={name: tuple(values) for name, values in row.get("alternatives", {}).items()},
            either_sign=row.get("sign") == "either",
        )


def _counts(row: Mapping[str, Any]) -> bool:
    about = row.get("candidate")
    return about is None or (isinstance(about, dict) and about.get("state") == "confirmed")


def read_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line number, object) of a JSON Lines file; raises InputError with the line and what to do."""
    try:
        file = path.open(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}). Check the path.") from None
    with file:
        number = 0
        try:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, _row(path, number, line)
        except UnicodeDecodeError:
            raise InputError(f"{path} is no text in UTF-8, from line {number + 1} on. Save it as UTF-8.") from None


def _row(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(f"{path}, line {number}: no valid JSON ({error.msg}). Write one object a line.") from None
    if not isinstance(row, dict):
        raise InputError(f"{path}, line {number}: no JSON object. Write one object a line.")
    return row
