"""Labels that no wording of the schema gives but that name a field all the same: "Order Flight" for "Flight dates".

Whoever describes a kind of document in a few lines lists a few wordings. Where these lead to nothing that is likely,
three more sorts of labels are looked for, the least telling of all: those that share a telling word with the wordings
or the name of the field; those by which a built-in field is called that shares a wording with it; and, for the number
of the document, those that name what the document calls itself ("Invoice #" under the title INVOICE).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from extractors.page.labels import Label, LabelHit, Lexicon, labels_in
from extractors.page.runs import Layout, Run, Token
from extractors.page.wordings import borrowed, has_few, wordings
from schemas.fields import FieldDefinition, Kind
from schemas.schema import Schema

LONGEST = 4  # words of a label
LEAST_TELLING = 12  # the rank of a label that is only akin
QUALIFIED = 24  # the rank of one that says a word more: "Alt Order #"
SHORTEST_ABBREVIATION = 3  # letters: "Inv #"
_COMMON_WORDS = """
a all amount amounts amt and begin beginning by code current date dates day days due end ending entered first for from
full grand id in info last month name names net no of on or original other per period print printed reference ref rev
revision start starting sum the this time to total totals type until value week year your
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_OF_NUMBERS = frozenset(["code", "id", "no", "ref", "reference"])  # "Advertiser Code" is no advertiser
_DOCUMENTS = """
invoice order contract agreement quote quotation offer estimate receipt statement bill document proposal confirmation
rechnung auftrag bestellung vertrag angebot beleg lieferschein facture commande contrat devis recu factura pedido
contrato presupuesto fattura ordine contratto preventivo factuur bestelling overeenkomst offerte fatura encomenda
faktura zamowienie umowa order avtal ordre kontrakt objednavka smlouva
"""
_STRETCH = re.compile(r"[^\d:#]*[^\W\d_][^\d:#]*[:#]?")
DOCUMENTS = frozenset(_DOCUMENTS.split())
"""What documents call themselves in their title, folded."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What tells labels of the fields apart."""

    words: Mapping[str, Collection[str]]  # telling words by field
    common: Mapping[str, Collection[str]]  # words that a label of the field may have besides
    wanted: tuple[str, ...]  # fields that look for labels

    def tells(self, word: str, name: str) -> bool:
        """Whether a word, or what it is short for, is about the field."""
        own = self.words[name]
        return word in own or (
            SHORTEST_ABBREVIATION <= len(word) <= 5 and any(each.startswith(word) and len(each) > 5 for each in own)
        )


def kindred_labels(
    layout: Layout, schema: Schema, silent: Sequence[FieldDefinition], titles: Collection[str] = ()
) -> list[LabelHit]:
    """Return labels on the document that are akin to the wordings of the `silent` fields.

    A word tells of the fields that use it, unless it is a wording of another field by itself. The last telling word of
    a label says whose it is: "Order Flight" is about the flight.

    Args:
        layout: the document.
        schema: all its fields claim their words.
        silent: the fields to which no listed wording led.
        titles: words of what the document calls itself.
    """
    wanted = tuple(field.name for field in silent if has_few(field))
    if not wanted:
        return []
    alone = {field.name: _words_alone(field) for field in schema.fields}
    telling = {
        field.name: alone[field.name]
        | _telling_words(field, titles).difference(*(words for name, words in alone.items() if name != field.name))
        for field in schema.fields
    }
    plain = _COMMON | DOCUMENTS
    common = {f.name: plain if f.kind is Kind.IDENTIFIER else plain - _OF_NUMBERS for f in schema.fields}
    told = _Told(telling, common, wanted)
    sharing = [hit for run in layout.runs for hit in _in_run(run, told)]
    words = _borrowing(schema, wanted)
    return [*sharing, *(hit for run in layout.runs for hit in labels_in(run, words, from_ocr=False))]


@lru_cache(maxsize=64)
def _borrowing(schema: Schema, wanted: tuple[str, ...]) -> Lexicon:
    """The wordings of built-in fields that are like the wanted ones, less those that other fields have."""
    taken = {each for field in schema.fields for each in wordings(field)}
    labels: list[Label] = []
    for field in schema.fields:
        if field.name in wanted:
            free = [each for each in borrowed(field) if each not in taken and each != ("no",)]
            labels.extend(Label(field.name, LEAST_TELLING, None, tokens) for tokens in free)
    return Lexicon(labels)


def with_kindred(hits: Sequence[LabelHit], akin: Sequence[LabelHit]) -> list[LabelHit]:
    """Return all labels, line by line; at each place the longest wins, and a listed one over one that is akin."""
    listed: dict[int, list[LabelHit]] = {}
    for hit in hits:
        listed.setdefault(hit.run.number, []).append(hit)
    longer: dict[int, list[LabelHit]] = {}
    for hit in akin:
        beside = longer.setdefault(hit.run.number, [])
        others = listed.get(hit.run.number, ())
        if not any(_holds(each, hit) for each in others) and not _touches(hit, beside):
            beside.append(_going_on(hit, others))
    kept = [hit for hit in hits if not _touches(hit, longer.get(hit.run.number, ()))]
    return sorted([*kept, *(hit for found in longer.values() for hit in found)], key=_place)


def _going_on(hit: LabelHit, listed: Iterable[LabelHit]) -> LabelHit:
    """A label that adds no more than common words to a listed one tells as much: "Flight Dates" for "Flight"."""
    ranks = {label.owner: label.rank for each in listed if _holds(hit, each) for label in each.labels}
    labels = (
        replace(label, rank=ranks[label.owner]) if label.rank == LEAST_TELLING and label.owner in ranks else label
        for label in hit.labels
    )
    return replace(hit, labels=tuple(labels))


def _place(hit: LabelHit) -> tuple[int, int]:
    return (hit.run.number, hit.start)


def _holds(one: LabelHit, other: LabelHit) -> bool:
    return one.start <= other.start and one.end >= other.end


def _touches(hit: LabelHit, others: Iterable[LabelHit]) -> bool:
    return any(hit.start < other.end and other.start < hit.end for other in others)


def _in_run(run: Run, told: _Told) -> Iterator[LabelHit]:
    for words, end in _labels_of(run):
        last = next((word for word in reversed(words) if any(told.tells(word.text, name) for name in told.words)), None)
        if last is None:
            continue
        owners = tuple(
            Label(name, _rank(words, told, name), None, (last.text,))
            for name in told.wanted
            if told.tells(last.text, name)
        )
        if owners:
            yield LabelHit(owners, run, words[0].start, end)


def _rank(words: Sequence[Token], told: _Told, name: str) -> int:
    """How telling a label is: one that says no more than the field's own words and common ones is more so."""
    strange = any(word.text not in told.common[name] and not told.tells(word.text, name) for word in words)
    return QUALIFIED if strange else LEAST_TELLING


def _labels_of(run: Run) -> Iterator[tuple[Sequence[Token], int]]:
    """The words of what may be labels in a line, and where each ends: at a colon, at a figure, or with the line."""
    for stretch in _STRETCH.finditer(run.text):
        words = [word for word in run.tokens if stretch.start() <= word.start and word.end <= stretch.end()]
        if 0 < len(words) <= LONGEST:
            yield words, stretch.end()
        if stretch[0].endswith(":") and not any(char.isdigit() for char in run.text[stretch.end() :]):
            return  # what follows is a text


def _telling_words(field: FieldDefinition, titles: Collection[str]) -> frozenset[str]:
    words = {word for each in wordings(field) for word in each}
    if field.kind is Kind.IDENTIFIER and words & DOCUMENTS:
        words |= DOCUMENTS & set(titles)
    return frozenset(word for word in words - _COMMON if len(word) > 2)


def _words_alone(field: FieldDefinition) -> frozenset[str]:
    """The wordings that are one word: whoever lists "contract" for a number means that label by it."""
    return frozenset(each[0] for each in wordings(field) if len(each) == 1) - _COMMON
