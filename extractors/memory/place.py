"""From a correction to a place: where a value stands beside the words around it, and what stands there elsewhere."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from extractors.memory.phrases import Reader, Spot
from extractors.page.companies import without_registration
from extractors.page.labels import find_labels
from extractors.page.names import form_below
from extractors.page.runs import Passage, Run, evidence_of
from extractors.rules.readers import read
from schemas.comparators import normal
from schemas.document import Box
from schemas.fields import FieldDefinition, Kind
from schemas.layouts import Neighbour, ValuePlace
from schemas.results import Evidence, Extraction, Value
from schemas.schema import Schema
from schemas.validators import VALIDATORS

# Lengths in thousandths of the width of a page; those of A4 are 0.6 points.
NEIGHBOURS = 10  # that a place is seen from
LABEL_RIGHT, LABEL_BELOW = 600.0, 50.0  # how far right of its label a value may stand in one line, and how far below
NEAR = 100.0  # distance at which a neighbour counts half
BLANK = 15.0  # a gap no wider than this, between words and a value behind them, is a blank
EDGE = 14.0  # by which an edge may be off
LINE = 0.6  # heights of a line by which a line may be off
CLEAR = 0.8  # of the weight of the best place: another one with that much makes it unclear
ENOUGH = 0.3  # share of the weight of all neighbours that must point to the place
EVERYWHERE = 30  # occurrences from which words tell no place, and comparing all of them would take long
MARKS = " .:°º#)=\u00a0·…_-–"  # that part a label from its value


@dataclass(frozen=True, slots=True)
class Recalled:
    """What stands at a remembered place."""

    value: Value
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class _Vote:
    """Where one neighbour says that the value stands."""

    neighbour: int
    weight: float
    is_label: bool
    spot: Spot
    after: tuple[Run, int]  # the run in which the neighbour stands, and where it ends


def place_of(
    reader: Reader, schema: Schema, record: Extraction, field: FieldDefinition, evidence: Sequence[Evidence]
) -> ValuePlace | None:
    """Return the place of a value that a person pointed to; None where it cannot be found again on its own page.

    It can be if it stands on one line, or is a name whose legal form stands below it, and if what stands there, read by
    the kind of its field, is the record's value.

    Args:
        reader: of the document.
        schema: its labels are the neighbours that are trusted most.
        record: with the person's value; what it says is no neighbour.
        field: of the value.
        evidence: where the person pointed to.
    """
    value = record.fields[field.name].value
    boxes = sorted(evidence[0].boxes, key=lambda box: box.y0) if len(evidence) == 1 else []
    if value is None or field.many or not 1 <= len(boxes) <= (2 if field.kind is Kind.PARTY else 1):
        return None
    spot = reader.spot_of(evidence[0].page, boxes[0])
    around = _neighbours(reader, schema, _values(record, evidence), spot)
    if not around:
        return None
    place = ValuePlace(width=round(spot.right - spot.left, 1), neighbours=tuple(around))
    found = recall(reader, place, field)
    return place if found is not None and normal(field, found.value) == normal(field, value) else None


def recall(reader: Reader, place: ValuePlace, field: FieldDefinition) -> Recalled | None:
    """Return what stands at a remembered place on another page of the layout.

    None where the place is not there or not clear, or where no sound value of the kind of `field` stands.
    """
    spot_and_starts = _pointed_to(reader, place)
    if spot_and_starts is None:
        return None
    spot, starts = spot_and_starts
    best: tuple[float, Passage, Value] | None = None
    for passage in _stretches(reader, spot, starts):
        for reading in read(passage, field, reader.locale):
            stands = reader.spot(passage.run, reading.start, reading.end)
            off = _off(stands, spot)
            if off <= EDGE and (best is None or off < best[0]):
                best = off, Passage(passage.run, reading.start, reading.end), reading.value
    if best is None:
        return None
    found = _whole(reader, field, best[1], best[2])
    return None if any(VALIDATORS[name](found.value) is not None for name in field.validators) else found


def _whole(reader: Reader, field: FieldDefinition, passage: Passage, value: Value) -> Recalled:
    """What was read, and of a name also its legal form, where that stands below it."""
    tail = form_below(reader.layout, passage) if field.kind is Kind.PARTY else None
    if tail is None:
        return Recalled(value, evidence_of((passage,)))
    end = Passage(tail, 0, len(without_registration(tail.text.strip())))
    return Recalled(f"{value} {end.text}", evidence_of((passage, end)))


def _values(record: Extraction, evidence: Iterable[Evidence]) -> Mapping[int, Sequence[Box]]:
    """Boxes of what the record says, by page; of cells those that a person set: machines take labels for rows."""
    cells = (cell for rows in record.rows.values() for row in rows for cell in row.cells.values())
    places = [each for result in record.fields.values() for each in result.evidence]
    places += [each for cell in cells if cell.source == "person" for each in cell.evidence]
    out: dict[int, list[Box]] = {}
    for each in (*places, *evidence):
        out.setdefault(each.page, []).extend(each.boxes)
    return out


def _neighbours(reader: Reader, schema: Schema, values: Mapping[int, Sequence[Box]], spot: Spot) -> Sequence[Neighbour]:
    from_ocr = any(page.origin == "ocr" for page in reader.layout.pages)
    labels = {hit.run.number: hit for hit in find_labels(reader.layout, schema, from_ocr=from_ocr)}
    found: list[tuple[float, int, Neighbour]] = []
    for phrase in reader.phrases(without=values):
        if phrase.run.page != spot.page:
            continue
        stands = reader.spot(phrase.run, phrase.start, phrase.end)
        right, down = spot.left - stands.left, spot.middle - stands.middle
        label = labels.get(phrase.run.number)
        is_label = label is not None and label.start < phrase.end and phrase.start < label.end
        neighbour = Neighbour(text=phrase.text, right=round(right, 1), down=round(down, 1))
        found.append((_distance(right, down), _leads(reader, stands, spot, is_label=is_label), neighbour))
    found.sort(key=lambda each: each[0])
    leading = [(how, far, each) for far, how, each in found if how]
    own = min(leading, key=lambda each: each[:2])[2] if leading else None
    nearest = [neighbour for _, _, neighbour in found[:NEIGHBOURS]]
    if own is None:
        return nearest
    rest = [neighbour for neighbour in nearest if neighbour is not own]
    return [own.model_copy(update={"needed": True}), *rest]


def _leads(reader: Reader, words: Spot, value: Spot, *, is_label: bool) -> int:
    """How words lead to a value: 1 they end where it begins, 2 a label in its line, 3 a label above; 0 they do not."""
    right, down = value.left - words.left, value.middle - words.middle
    if abs(down) <= LINE * reader.line:
        if -EDGE / 2 <= value.left - words.right <= BLANK:
            return 1
        return 2 if is_label and -EDGE < right <= LABEL_RIGHT else 0
    return 3 if is_label and 0 < down <= LABEL_BELOW and abs(right) <= value.right - value.left + LABEL_BELOW else 0


def _distance(right: float, down: float) -> float:
    """How far a neighbour is: lines apart count more than words of one line."""
    return math.hypot(right / 2, 2 * down)


def _pointed_to(reader: Reader, place: ValuePlace) -> tuple[Spot, Sequence[tuple[Run, int]]] | None:
    """The place that most neighbours point to, and where in their runs those end that do.

    Where the value has a label of its own, only its label says where; the others tell which of several such labels it
    is.
    """
    votes = list(_votes(reader, place))
    labels = [vote for vote in votes if vote.is_label]
    has_label = any(neighbour.needed for neighbour in place.neighbours)
    ranked = sorted(((_weight(reader, votes, vote), vote) for vote in labels or votes), key=lambda pair: -pair[0])
    if not ranked or (has_label and not labels):
        return None
    weight, best = ranked[0]
    others = [other for other, vote in ranked if not _together(reader, best.spot, vote.spot)]
    enough = has_label or weight >= ENOUGH * sum(_worth(neighbour) for neighbour in place.neighbours)
    if not enough or (others and others[0] >= CLEAR * weight):
        return None
    return best.spot, [vote.after for vote in votes if _together(reader, best.spot, vote.spot)]


def _votes(reader: Reader, place: ValuePlace) -> Iterator[_Vote]:
    for number, neighbour in enumerate(place.neighbours):
        found = list(islice(reader.occurrences(neighbour.text), EVERYWHERE))
        for run, start, end in found if len(found) < EVERYWHERE else ():
            stands = reader.spot(run, start, end)
            left = stands.left + neighbour.right
            spot = Spot(stands.page, left, left + place.width, stands.middle + neighbour.down)
            yield _Vote(number, _worth(neighbour), neighbour.needed, spot, (run, end))


def _worth(neighbour: Neighbour) -> float:
    return 1 / (1 + (_distance(neighbour.right, neighbour.down) / NEAR) ** 2)


def _weight(reader: Reader, votes: Sequence[_Vote], at: _Vote) -> float:
    """The weight of all neighbours that point to a place; each counts once, the label that is asked about does not."""
    agreeing = {vote.neighbour: vote.weight for vote in votes if _together(reader, at.spot, vote.spot)}
    return sum(weight for neighbour, weight in agreeing.items() if neighbour != at.neighbour or not at.is_label)


def _together(reader: Reader, one: Spot, other: Spot) -> bool:
    on_line = one.page == other.page and abs(one.middle - other.middle) <= LINE * reader.line
    return on_line and abs(one.left - other.left) <= EDGE


def _off(one: Spot, other: Spot) -> float:
    """How far a value is from its place: by its left edge, its right one, or its middle, as columns are aligned."""
    left, right = one.left - other.left, one.right - other.right
    return min(abs(left), abs(right), abs(left + right) / 2)


def _stretches(reader: Reader, spot: Spot, starts: Sequence[tuple[Run, int]]) -> Iterator[Passage]:
    """What can be the value: from the place on, from behind its label, or a whole run, each to the end of its run."""
    for run in reader.runs_at(spot.page, spot.middle, LINE * reader.line):
        begins = {end for label, end in starts if label is run}
        begins |= {
            at
            for word, at in zip(run.words, run.starts, strict=True)
            if abs(reader.spot_of(run.page, word.box).left - spot.left) <= EDGE
        }
        for begin in sorted({0, *begins}):
            start = begin
            while begin and start < len(run.text) and run.text[start] in MARKS:
                start += 1
            if start < len(run.text):
                yield Passage(run, start, len(run.text))
