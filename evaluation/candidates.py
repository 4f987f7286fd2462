"""Candidates for an evaluation set: documents that people corrected, which count once a second person has looked.

They stand in a truth file of their own; the frozen one is only read, so that its figures stay comparable. Each row is a
truth (see evaluation.truth) with a further key `candidate`: {sha256, name, decided_by, state, second}.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from evaluation.files import replacing
from evaluation.truth import read_lines, read_truth
from schemas.errors import InputError

State = Literal["waiting", "confirmed", "dropped"]
SAME_VALUES = 3  # that two documents must share, and none in which they differ, to be taken for one
ID_DIGITS = 12  # of the sha256


@dataclass(frozen=True, slots=True)
class Candidate:
    """One document and what people made of it."""

    sha256: str
    name: str  # under which it came: untrusted text, for display
    file: str  # relative to the file of candidates
    kind: str  # name of the schema
    fields: Mapping[str, Any]  # what people decided on, as in a truth
    unknown: tuple[str, ...]  # fields that nobody looked at
    decided_by: tuple[str, ...]
    state: State = "waiting"
    second: str | None = None  # who looked after them

    @property
    def id(self) -> str:
        """The name of the document in results."""
        return self.sha256[:ID_DIGITS]

    def as_line(self) -> str:
        """Return its row, with the end of the line."""
        about = {key: getattr(self, key) for key in ("sha256", "name", "decided_by", "state", "second")}
        row = {"id": self.id, "file": self.file, "kind": self.kind, "fields": self.fields, "unknown": self.unknown}
        return json.dumps({**row, "candidate": about}, ensure_ascii=False) + "\n"


def read_candidates(path: Path) -> list[Candidate]:
    """Return the candidates of a file, in its order; none if there is no such file yet.

    Raises:
        InputError: the file is unreadable, or holds a row that is no candidate, so that it is a frozen truth file.
    """
    if not path.exists():
        return []
    found = []
    for number, row in read_lines(path):
        try:
            about = row["candidate"]
            found.append(
                Candidate(
                    sha256=about["sha256"],
                    name=about["name"],
                    file=row["file"],
                    kind=row["kind"],
                    fields=row["fields"],
                    unknown=tuple(row["unknown"]),
                    decided_by=tuple(about["decided_by"]),
                    state=about["state"],
                    second=about["second"],
                )
            )
        except (KeyError, TypeError):
            raise InputError(
                f"{path}, line {number}: no candidate. Keep candidates in a file of their own; nothing was written."
            ) from None
    return found


def candidates_left_out(path: Path) -> int:
    """Return how many rows of a truth file do not count because no second person has confirmed them."""
    return sum(1 for _ in read_lines(path)) - sum(1 for _ in read_truth(path))


def write_candidates(path: Path, candidates: Iterable[Candidate]) -> None:
    """Write a file of candidates in the place of the one that is there."""
    with replacing(path) as file:
        file.writelines(candidate.as_line() for candidate in candidates)


def the_one(candidates: Iterable[Candidate], id: str) -> Candidate:
    """Return the candidate of that name; raises InputError if there is none."""
    for each in candidates:
        if each.id == id:
            return each
    raise InputError(f"There is no candidate {id}. `docassay truth list` shows those that there are.")


def settled(candidates: Sequence[Candidate], id: str, state: State, who: str) -> list[Candidate]:
    """Return the candidates after a second look at one of them.

    Raises:
        InputError: there is no such candidate, or the one who looks is the one who decided.
    """
    one = the_one(candidates, id)
    if who in one.decided_by:
        raise InputError(f"{who} decided on {one.name} at the desk. A second person has to look at it.")
    return [replace(each, state=state, second=who) if each is one else each for each in candidates]


class Known:
    """What an evaluation set holds already, so that no document joins it twice."""

    def __init__(self) -> None:
        self._contents: set[str] = set()
        self._values: dict[str, list[Mapping[str, Any]]] = {}

    def add(self, sha256: str, kind: str | None, fields: Mapping[str, Any]) -> None:
        """Note one document."""
        self._contents.add(sha256)
        self._values.setdefault(kind or "", []).append(_single(fields))

    def add_truth_file(self, path: Path) -> None:
        """Note the documents of a truth file, by their content and their values; raises InputError."""
        for _, row in read_lines(path):
            file = path.parent / str(row.get("file") or "")
            content = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
            self.add(content, row.get("kind"), row.get("fields") or {})

    def holds(self, sha256: str, kind: str, fields: Mapping[str, Any]) -> bool:
        """Return whether this document is known: the same bytes, or the same values, as of a second scan."""
        if sha256 in self._contents:
            return True
        mine = _single(fields)
        return any(_is_same(mine, other) for other in self._values.get(kind, ()))


def _single(fields: Mapping[str, Any]) -> dict[str, str]:
    """The values that are neither lists nor rows, without regard to case and blanks."""
    return {
        name: " ".join(str(value).casefold().split())
        for name, value in fields.items()
        if value not in (None, "") and not isinstance(value, list | dict)
    }


def _is_same(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    shared = one.keys() & other.keys()
    return len(shared) >= SAME_VALUES and all(one[name] == other[name] for name in shared)
