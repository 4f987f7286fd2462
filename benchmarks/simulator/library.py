"""The documents that the simulator knows: their truth, and their text by which it recognises them."""

from __future__ import annotations

import json
import re
import sys
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.simulator import finders
from benchmarks.simulator.text import folded
from evaluation.truth import Truth
from schemas.schema import Schema
from schemas.values.money import CURRENCIES

SHINGLE = 3  # words in a row
SAMPLED_FROM = 4_000  # words: of longer documents one shingle in SAMPLED is kept
SAMPLED = 4
LEAST_SHARE = 0.1  # of the shingles of a request that a document must share to be recognised
LEAST_SHINGLES = 3
_PAGE = re.compile(r"\[page \d+\]")
_CODES = frozenset(CURRENCIES.values())


@dataclass(frozen=True, slots=True)
class Known:
    """One document: what is right for it, and its words."""

    id: str
    kind: str | None  # name of its schema
    fields: Mapping[str, Any]
    kinds: Mapping[str, str]  # "field" or "field.column" -> kind of value
    text: str
    alternatives: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)

    def kind_of(self, name: str) -> str | None:
        """Return the kind of a field or of a column ("line_items.quantity"); None if nobody said."""
        return self.kinds.get(name)


class Library:
    """Known documents, and which of them a text is from."""

    def __init__(self, documents: Iterable[Known]) -> None:
        self.documents = {known.id: known for known in documents}
        self._ids = list(self.documents)
        self._weights: list[int] = []
        self._holders: dict[int, tuple[int, ...]] = {}
        for number, known in enumerate(self.documents.values()):
            shingles = set(_shingles(known.text))
            weight = SAMPLED if len(shingles) > SAMPLED_FROM else 1
            self._weights.append(weight)
            for shingle in shingles if weight == 1 else (each for each in shingles if each % SAMPLED == 0):
                self._holders[shingle] = (*self._holders.get(shingle, ()), number)

    def recognise(self, text: str) -> Known | None:
        """Return the document that `text`, or passages of it, was taken from; None if it is none that is known."""
        shingles = set(_shingles(text))
        shared: Counter[int] = Counter()
        rare: Counter[int] = Counter()
        for shingle in shingles:
            holders = self._holders.get(shingle, ())
            for number in holders:
                shared[number] += self._weights[number]
                rare[number] += self._weights[number] / len(holders)  # type: ignore[assignment]
        if not rare:
            return None
        best = max(rare, key=lambda number: (rare[number], -number))
        if shared[best] < min(max(LEAST_SHINGLES, LEAST_SHARE * len(shingles)), len(shingles)):
            return None
        return self.documents[self._ids[best]]

    def save(self, path: Path) -> None:
        """Write the library to a file, so that the next start need not parse."""
        with path.open("w", encoding="utf-8") as file:
            for known in self.documents.values():
                file.write(json.dumps(asdict(known), ensure_ascii=False) + "\n")

    @classmethod
    def load(cls, path: Path) -> Library:
        """Read a library that `save` wrote."""
        with path.open(encoding="utf-8") as file:
            return cls(Known(**json.loads(line)) for line in file)


def build(
    truths: Iterable[Truth], texts: Mapping[str, Sequence[str]], schemas: Mapping[str, Schema] | None = None
) -> Library:
    """Return the library of the documents in `truths`.

    Args:
        truths: rows of truth files.
        texts: id of a document -> visible text of each of its pages; a document without text is left out.
        schemas: by name; they say of what kind a field is. Where they are silent the value itself must say it.
    """
    return Library(_known(truth, texts[truth.id], schemas or {}) for truth in truths if truth.id in texts)


def build_from_files(truth: Path, documents: Path, schemas: Mapping[str, Schema]) -> Library:
    """Parse the documents that a truth file names, below the folder `documents`, and return their library."""
    from documents.parse import parse_bytes  # not needed to serve a library that is built
    from evaluation.truth import read_truth
    from schemas.errors import Refusal

    truths = list(read_truth(truth))
    texts: dict[str, list[str]] = {}
    for row in truths:
        path = documents / row.file
        path = path if path.is_file() else documents / Path(row.file).name
        try:
            texts[row.id] = [page.text for page in parse_bytes(path.read_bytes(), path.name).pages]
        except (Refusal, OSError) as error:
            print(f"{row.id} is left out: {error}", file=sys.stderr)
    return build(truths, texts, schemas)


def _known(truth: Truth, pages: Sequence[str], schemas: Mapping[str, Schema]) -> Known:
    schema = schemas.get(truth.kind or "")
    kinds: dict[str, str] = {}
    for name, value in truth.fields.items():
        rows = value if isinstance(value, list) else [value]
        for row in rows:
            if isinstance(row, dict):
                kinds.update({f"{name}.{column}": guessed_kind(cell) for column, cell in row.items() if cell})
            elif row is not None:
                kinds.setdefault(name, guessed_kind(row))
    for definition in schema.fields if schema else ():
        kinds[definition.name] = definition.kind.value
        kinds.update({f"{definition.name}.{column.name}": column.kind.value for column in definition.columns})
    alternatives = {name: tuple(values) for name, values in truth.alternatives.items()}
    return Known(truth.id, truth.kind, truth.fields, kinds, "\n".join(pages), alternatives)


def guessed_kind(value: Any) -> str:
    """Return the kind that a canonical value looks like."""
    text = str(value)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return "date"
    if re.fullmatch(r"-?\d+\.\d\d", text):
        return "money"
    if re.fullmatch(r"-?\d+(?:\.\d+)?", text) and len(text) < 6 and text[:1] != "0":
        return "number"
    if text in _CODES:
        return "currency"
    if re.fullmatch(r"\d+ (?:day|week|month|year)s?", text):
        return "duration"
    if " " not in text and re.search(r"\d", text):
        return "identifier"
    if len(text) > 100:
        return "clause"
    laws = list(finders.READERS["jurisdiction"](text))
    return "jurisdiction" if len(laws) == 1 and laws[0][2] == text else "text"


def _shingles(text: str) -> Iterator[int]:
    words = re.findall(r"\w+", folded(_PAGE.sub(" ", text)))
    for start in range(max(1, len(words) - SHINGLE + 1)):
        yield zlib.crc32(" ".join(words[start : start + SHINGLE]).encode())
