"""Values that a label points to: behind it in its line, to its right, or below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from extractors.rules import scoring
from extractors.rules.labels import DECOY, Label, LabelHit
from extractors.rules.locale import Locale
from extractors.rules.readers import Reading, read
from extractors.rules.runs import Layout, Passage, Run
from extractors.rules.sightings import Sighting
from schemas.fields import FieldDefinition, Kind

REACH_BELOW = 2.6  # line heights from a label to a value under it
RUNS_TO_THE_RIGHT = 4
_SAID = {
    "inline": "It stands behind “{label}”.",
    "right": "It stands to the right of “{label}”.",
    "below": "It stands below “{label}”.",
}


@dataclass(frozen=True, slots=True)
class Where:
    """A place that a label points to."""

    relation: str
    passage: Passage
    factors: Mapping[str, float]


class Labelled:
    """All labels of a document, ready to be asked for the values of a field."""

    def __init__(self, layout: Layout, hits: Sequence[LabelHit], locale: Locale) -> None:
        self.layout, self.hits, self.locale = layout, hits, locale
        self.by_run: dict[int, list[LabelHit]] = {}
        for hit in hits:
            self.by_run.setdefault(hit.run.number, []).append(hit)

    def sightings(self, field: FieldDefinition) -> Iterator[Sighting]:
        """Yield the values of the field's kind that its labels point to."""
        for hit in self.hits:
            label = hit.of(field.name)
            if label is not None:
                yield from self._from_label(field, hit, label)

    def _from_label(self, field: FieldDefinition, hit: LabelHit, label: Label) -> Iterator[Sighting]:
        said = hit.run.text[hit.start : hit.end].strip(" :.-–#°º")
        worth = self._label_worth(hit, label)
        answered = False
        for where in self._places(hit):
            readings = read(where.passage, field, self.locale)
            if field.kind in (Kind.MONEY, Kind.NUMBER) and where.relation != "below":
                readings = readings[::-1]  # "VAT 19 % of 100.00: 19.00": the last amount of a row is the label's
            for position, reading in enumerate(readings):
                factors = {"label": worth, **where.factors, **reading.factors}
                if position:
                    factors["nearer_values"] = scoring.CANDIDATES_IN_BETWEEN**position * 0.6
                if answered:
                    factors["answered_before"] = 0.55
                passage = Passage(where.passage.run, reading.start, reading.end)
                yield Sighting(reading.value, (passage,), factors, _SAID[where.relation].format(label=said))
            answered = answered or any(_sound(reading) for reading in readings)
            if answered and where.relation == "inline":
                return

    def _label_worth(self, hit: LabelHit, label: Label) -> float:
        worth = scoring.PER_RANK ** min(label.rank, 12)
        if label.language not in (None, *self.locale.languages) and self.locale.languages:
            worth *= scoring.OTHER_LANGUAGE
        if len(hit.labels) > 1 and any("." not in other.owner and other.owner != label.owner for other in hit.labels):
            worth *= scoring.GENERIC_WORDING
        starts_clean = hit.start == 0 or not hit.run.text[hit.start - 1].isalnum()
        before = hit.run.text[: hit.start].strip()
        if len(before.split()) > 3 and starts_clean:
            worth *= 0.75  # in the middle of a sentence rather than in front of a value
        return worth

    def _places(self, hit: LabelHit) -> Iterator[Where]:
        inline = self._rest_of_run(hit)
        if inline is not None:
            yield Where("inline", inline, {"relation": scoring.RELATION["inline"]})
        if inline is None or not any(char.isalnum() for char in inline.text):
            yield from self._to_the_right(hit)
            yield from self._below(hit)
        else:
            yield from self._to_the_right(hit, after_text=True)

    def _rest_of_run(self, hit: LabelHit) -> Passage | None:
        """What follows the label in its own line, up to the next label there."""
        later = [other.start for other in self.by_run[hit.run.number] if other.start >= hit.end]
        end = min(later, default=len(hit.run.text))
        return Passage(hit.run, hit.end, end) if hit.run.text[hit.end : end].strip() else None

    def _to_the_right(self, hit: LabelHit, *, after_text: bool = False) -> Iterator[Where]:
        if any(other.start >= hit.end for other in self.by_run[hit.run.number]):
            return  # another label follows in the same line: what stands right of it is its own
        factor = scoring.RELATION["right"] * (0.9 if after_text else 1.0)
        edge = hit.run.box.x1
        for run in self.layout.right_of(hit.run, edge)[:RUNS_TO_THE_RIGHT]:
            labels = self.by_run.get(run.number, ())
            if labels and labels[0].start <= 2:
                return  # the row's next label: from here on the values are its own
            gap = max(0.0, run.box.x0 - edge) / self.layout.line_height
            distance = scoring.FAR_PER_LINE ** min(max(0.0, gap - 5.0) / 3.0, 8.0)
            stop = labels[0].start if labels else len(run.text)
            yield Where("right", Passage(run, 0, stop), {"relation": factor, "distance": distance})
            edge = run.box.x1
            if any(char.isdigit() for char in run.text):
                factor *= scoring.CANDIDATES_IN_BETWEEN

    def _below(self, hit: LabelHit) -> Iterator[Where]:
        height = max(self.layout.line_height, hit.box.height)
        for position, run in enumerate(self.layout.below(hit.box, hit.run.page, REACH_BELOW * height)[:2]):
            if run is hit.run:
                continue
            labels = self.by_run.get(run.number, ())
            if labels and labels[0].start <= 2:
                return
            factors = {"relation": scoring.RELATION["below"] * (0.8 if position else 1.0)}
            factors["owner"] = self._claimed(run)
            yield Where("below", Passage(run, 0, len(run.text)), factors)

    def _claimed(self, run: Run) -> float:
        """How far a value under a label belongs to a label on its own left instead."""
        for other in self.layout.left_of(run)[:1]:
            labels = self.by_run.get(other.number, ())
            if labels and not other.text[labels[-1].end :].strip():
                wanted = any(label.owner != DECOY for label in labels[-1].labels)
                return scoring.OTHER_LABEL_BETWEEN if wanted else scoring.DECOY_NEARER
        return 1.0


def _sound(reading: Reading) -> bool:
    return all(factor > 0.7 for factor in reading.factors.values())
