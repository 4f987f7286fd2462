"""Labels that no wording of the schema gives but that name a field all the same: "Order Flight" for "Flight dates".

Whoever describes a kind of document in a few lines lists a few wordings. A label on the page that shares a telling word
with them is taken as one more, the least telling, where no listed wording leads to a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from extractors.page.labels import Label, LabelHit
from extractors.page.runs import Layout, Run, Token, tokens_of, wording
from schemas.fields import FieldDefinition
from schemas.schema import Schema

FEW_WORDINGS = 12  # a field with more says all that it wants
LONGEST = 4  # words of a label
LEAST_TELLING = 12  # the rank of a label that is only akin
_COMMON_WORDS = """
a all amount amounts amt and begin beginning by code current date dates day days due end ending entered first for from
full grand id in info last month name names net no of on or original other per period print printed reference ref
revision start starting sum the this time to total totals type until value week year your
"""
_COMMON = frozenset(_COMMON_WORDS.split())


def kindred_labels(layout: Layout, schema: Schema, silent: Sequence[FieldDefinition]) -> list[LabelHit]:
    """Return labels on the document that share a telling word with wordings of the `silent` fields.

    A word tells of the fields that use it, unless it is a wording of another field by itself. The last telling word of
    a label says whose it is: "Order Flight" is about the flight.

    Args:
        layout: the document.
        schema: all its fields claim their words.
        silent: the fields to which no listed wording led.
    """
    wanted = [field.name for field in silent if may_have_kin(field)]
    if not wanted:
        return []
    alone = {field.name: _words_alone(field) for field in schema.fields}
    telling = {
        field.name: _telling_words(field).difference(*(words for name, words in alone.items() if name != field.name))
        for field in schema.fields
    }
    return [hit for run in layout.runs for hit in _in_run(run, telling, wanted)]


def may_have_kin(field: FieldDefinition) -> bool:
    """Return whether the schema lists so few wordings of the field that others are looked for."""
    return 0 < sum(map(len, field.labels.values())) < FEW_WORDINGS


def with_kindred(hits: Sequence[LabelHit], akin: Sequence[LabelHit]) -> list[LabelHit]:
    """Return all labels, line by line; at each place the longest wins, and a listed one over one that is akin."""
    listed: dict[int, list[LabelHit]] = {}
    for hit in hits:
        listed.setdefault(hit.run.number, []).append(hit)
    longer = {
        hit.run.number: hit for hit in akin if not any(_holds(each, hit) for each in listed.get(hit.run.number, ()))
    }
    kept = [hit for hit in hits if hit.run.number not in longer or hit.start >= longer[hit.run.number].end]
    return sorted([*kept, *longer.values()], key=lambda hit: (hit.run.number, hit.start))


def _holds(listed: LabelHit, akin: LabelHit) -> bool:
    return listed.start <= akin.start and listed.end >= akin.end


def _in_run(run: Run, telling: dict[str, frozenset[str]], wanted: Iterable[str]) -> Iterator[LabelHit]:
    words, end = _label_words(run)
    last = next((word for word in reversed(words) if any(word.text in own for own in telling.values())), None)
    if last is None:
        return
    owners = tuple(Label(name, LEAST_TELLING, None, (last.text,)) for name in wanted if last.text in telling[name])
    if owners:
        yield LabelHit(owners, run, words[0].start, end)


def _label_words(run: Run) -> tuple[Sequence[Token], int]:
    """The words of a line that is a label, or begins with one and a colon, and where the label ends."""
    head, colon, _ = run.text.partition(":")
    words = tokens_of(head)
    if not 0 < len(words) <= LONGEST or any(char.isdigit() for char in head):
        return (), 0
    return words, len(head) + len(colon)


def _telling_words(field: FieldDefinition) -> frozenset[str]:
    words = {word for texts in field.labels.values() for text in texts for word in wording(text)}
    return frozenset(word for word in words - _COMMON if len(word) > 2)


def _words_alone(field: FieldDefinition) -> frozenset[str]:
    """The wordings that are one word: whoever lists "contract" for a number means that label by it."""
    wordings = (wording(text) for texts in field.labels.values() for text in texts)
    return frozenset(words[0] for words in wordings if len(words) == 1)
