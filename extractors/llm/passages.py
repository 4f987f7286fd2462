"""Which parts of a long document are sent for a group of fields: those in which their values are likely to stand.

Paragraphs are ranked for each field by its labels and by BM25 over its words (Robertson and Zaragoza, The Probabilistic
Relevance Framework, 2009), a little higher where something of the field's kind stands in them. First and last page,
definitions and signatures always go.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from extractors.llm.page_text import Piece, joined, pieces_of
from schemas.document import ParsedDocument
from schemas.fields import FieldDefinition, Kind
from schemas.schema import Schema

SHARE = 0.36  # of the text that is sent at first
MORE_SHARE = 0.4  # of further text, when a field was not found and nothing had pointed to a place for it
K1, B = 1.2, 0.75  # BM25's usual constants
LABEL = 6.0  # weight of a label of the field that stands in a piece, beside BM25 scores of about 0 to 10
KIND = 3.0  # and of something of the field's kind
HEADED = 3.0  # and of the field's name among the first words, as in a clause's heading
FIRST_WORDS = 60  # characters
SHORT = 200  # characters: a heading or a torn line; what follows it belongs to it
_WORD = re.compile(r"\w+")
_ALWAYS = re.compile(
    r"\bin witness whereof\b|\bwitness(?:es|eth)?\b.{0,40}\bhand|\bsignatures?\b|^\s*(?:by|name|title|date)\s*:"
    r"|\bshall mean\b|[\"”’]\s+means\b|\bdefinitions?\b|\bunterschrift|\bfirma\b|\bhandtekening\b"
    r"|\bbegriffsbestimmung|\bdéfinitions?\b|\bdefinici|\bdefinizion",
    re.IGNORECASE | re.MULTILINE,
)
_KINDS: Mapping[Kind, re.Pattern[str]] = {
    Kind.DATE: re.compile(r"\b(?:19|20)\d\d\b"),
    Kind.DURATION: re.compile(
        r"\b(?:days?|weeks?|months?|years?|jahre?n?|monate?n?|tage?n?|ann?[éeio]e?s?|mois|jours?|meses|días|mesi|giorni"
        r"|jaar|jaren|maand(?:en)?|dagen)\b",
        re.IGNORECASE,
    ),
    Kind.MONEY: re.compile(r"\d[.,]\d\d\b"),
    Kind.NUMBER: re.compile(r"\d"),
}


@dataclass(frozen=True, slots=True)
class Passages:
    """What is sent for a group of fields."""

    text: str
    pages: tuple[int, ...]  # of which anything is sent
    share: float  # of the document's characters
    weak: frozenset[str]  # fields for which nothing pointed to a place
    places: frozenset[int] = frozenset()  # of the pieces that are sent

    @property
    def is_whole(self) -> bool:
        """Whether nothing was left out."""
        return self.share >= 1.0


class _Ranked(NamedTuple):
    """A piece for a field."""

    score: float
    at: int  # its place in the document
    pointed: bool  # a label or a heading of the field stands in it


class Library:
    """The pieces of one document, ready to be searched."""

    def __init__(self, document: ParsedDocument) -> None:
        self.pieces = pieces_of(document)
        self._words = [Counter(_folded(piece.text)) for piece in self.pieces]
        self._lengths = [sum(words.values()) for words in self._words]
        self._mean = sum(self._lengths) / len(self._lengths) if self._lengths else 1.0
        self._holders = Counter(word for words in self._words for word in words)
        self._plain = [" ".join(_folded(piece.text)) for piece in self.pieces]

    def whole(self) -> Passages:
        """Return everything."""
        return Passages(joined(self.pieces), _pages(self.pieces), 1.0, frozenset())

    def passages(self, schema: Schema, names: Sequence[str]) -> Passages:
        """Return the passages for the fields `names`: about SHARE of the text, unless more always goes."""
        ranked = {name: self._ranked(schema.field(name)) for name in names}
        weak = frozenset(name for name, order in ranked.items() if not any(piece.pointed for piece in order))
        return self._filled(ranked.values(), self._always(), SHARE, weak, best=True)

    def more(self, schema: Schema, names: Sequence[str], sent: Passages) -> Passages:
        """Return further passages for `names`: about MORE_SHARE of the text, nothing of what was sent."""
        ranked = [self._ranked(schema.field(name)) for name in names]
        rest = [_Ranked(0.0, at, False) for at in range(len(self.pieces))]  # in the document's order, where none ranks
        orders = [[piece for piece in (*order, *rest) if piece.at not in sent.places] for order in ranked]
        return self._filled(orders, set(), MORE_SHARE, frozenset(), best=False, without=sent.places)

    def _filled(
        self,
        orders: Iterable[Sequence[_Ranked]],
        chosen: set[int],
        share: float,
        weak: frozenset[str],
        *,
        best: bool,
        without: frozenset[int] = frozenset(),
    ) -> Passages:
        """Add pieces of the `orders` in turn while there is room; with `best` the best of each goes in any case."""
        total = sum(len(piece.text) for piece in self.pieces) or 1
        size, orders = sum(len(self.pieces[at].text) for at in chosen), list(orders)
        for place in range(max((len(order) for order in orders), default=0)):
            for order in orders:  # each field gets its best piece before any gets its second
                if place < len(order) and order[place].at not in chosen:
                    new = self._with_neighbours(order[place].at) - chosen - without
                    cost = sum(len(self.pieces[at].text) for at in new)
                    if size + cost <= share * total or (best and place == 0):
                        chosen |= new
                        size += cost
        sent = [self.pieces[at] for at in sorted(chosen)]
        whole = len(sent) == len(self.pieces)
        return Passages(joined(sent), _pages(sent), 1.0 if whole else size / total, weak, frozenset(chosen))

    def pages(self, numbers: Iterable[int]) -> Passages:
        """Return whole pages: for rows of a table that are asked for again."""
        wanted = set(numbers)
        sent = [piece for piece in self.pieces if piece.page in wanted]
        total = sum(len(piece.text) for piece in self.pieces) or 1
        return Passages(joined(sent), _pages(sent), sum(len(p.text) for p in sent) / total, frozenset())

    def _always(self) -> set[int]:
        """First and last page, definitions and signatures."""
        pages = [piece.page for piece in self.pieces]
        ends = {pages[0], pages[-1]} if pages else set()
        return {
            at for at, piece in enumerate(self.pieces) if piece.page in ends or _ALWAYS.search(piece.text) is not None
        }

    def _with_neighbours(self, at: int) -> set[int]:
        """A piece, with what a heading or a torn line belongs to."""
        found = {at}
        if len(self.pieces[at].text) < SHORT:
            found |= {at + 1} & set(range(len(self.pieces)))
        if at > 0 and len(self.pieces[at - 1].text) < SHORT:
            found.add(at - 1)
        return found

    def _ranked(self, field: FieldDefinition) -> list[_Ranked]:
        """The pieces that speak of the field, best first."""
        labels = [_pattern(label) for wordings in field.labels.values() for label in wordings]
        words = {word for label in (field.name.replace("_", " "), *_wordings(field)) for word in _folded(label)}
        kind, name = _KINDS.get(field.kind), _pattern(field.name.replace("_", " "))
        ranked = []
        for at, plain in enumerate(self._plain):
            labelled = any(label.search(plain) for label in labels)
            headed = name.search(plain[:FIRST_WORDS]) is not None
            score = self._relevance(words, at) + LABEL * labelled
            if score > 0:
                holds_kind = kind is not None and kind.search(self.pieces[at].text) is not None
                ranked.append(_Ranked(score + KIND * holds_kind + HEADED * headed, at, labelled or headed))
        return sorted(ranked, key=lambda piece: (-piece.score, piece.at))

    def _relevance(self, words: set[str], at: int) -> float:
        found, total = self._words[at], len(self.pieces)
        long = 1 - B + B * self._lengths[at] / self._mean
        score = 0.0
        for word in words & found.keys():
            rarity = math.log(1 + (total - self._holders[word] + 0.5) / (self._holders[word] + 0.5))
            score += rarity * found[word] * (K1 + 1) / (found[word] + K1 * long)
        return score


def _wordings(field: FieldDefinition) -> Iterable[str]:
    yield field.description
    for column in field.columns:
        yield column.name.replace("_", " ")
    for wordings in field.labels.values():
        yield from wordings


def _pattern(label: str) -> re.Pattern[str]:
    """A label over folded words; three dots in it stand for a few words between."""
    parts = (" ".join(map(re.escape, _folded(part))) for part in label.split("…"))
    return re.compile(r"\b" + r"\b(?: \w+){0,12}? ".join(parts))


def _folded(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _pages(pieces: Iterable[Piece]) -> tuple[int, ...]:
    return tuple(sorted({piece.page for piece in pieces}))
