"""Values that a label points to: behind it in its line, to its right, or below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from extractors.page.companies import has_legal_form, is_mostly_form, may_be_name
from extractors.page.labels import DECOY, Label, LabelHit
from extractors.page.locale import Locale
from extractors.page.runs import Layout, Passage, Run, folded, tokens_of
from extractors.rules import discounts, money_lines, scoring
from extractors.rules.blocks import is_city, is_street
from extractors.rules.column_sums import sum_under
from extractors.rules.readers import LABEL_WORDS, Reading, is_label_like, read
from extractors.rules.sightings import Sighting
from schemas import reasons
from schemas.fields import FieldDefinition, Kind

REACH_BELOW = 2.6  # line heights from a label to a value under it
BLOCK = 9.0  # line heights from the label of a party to the name in the block under it
RUNS_TO_THE_RIGHT = 4
FAR = (8.0, 2.0)  # steps of distance that count; amounts stand at the right edge, wherever their words begin
TITLE = 0.25  # share of the first page's height in which a title stands
TITLE_WORDS = 4
COLUMN_EDGE = 3.0  # points by which the edges of a head and a value in its column may differ
_FORMAL = {Kind.MONEY, Kind.NUMBER, Kind.DATE, Kind.IDENTIFIER, Kind.CURRENCY}  # their form tells them from text
NAME_LABELS = frozenset(
    ["name", "firma", "firmenname", "company", "nom", "nombre", "nome", "naam", "raison", "sociale", "denominazione"]
) | {
    "company name",
    "denominacion social",
    "denomination sociale",
    "raison sociale",
    "razon social",
    "ragione sociale",
}
_PARTED = re.compile(r"\s[–—-]\s|[·•|●,;.]\s")
_OTHER_WORDING = re.compile(r"\s*/\s*[^\W\d][^\d:]*(?::|$)")  # "Cedente / Prestatore", "Rechnung / Invoice:"
_SAID = {
    "inline": reasons.BEHIND_LABEL,
    "before": reasons.BEFORE_LABEL,
    "right": reasons.RIGHT_OF_LABEL,
    "below": reasons.BELOW_LABEL,
}


@dataclass(frozen=True, slots=True)
class Where:
    """A place that a label points to."""

    relation: str
    passage: Passage
    factors: Mapping[str, float]
    rest: Passage | None = None  # the second line of a name


class Labelled:
    """All labels of a document, ready to be asked for the values of a field."""

    def __init__(
        self,
        layout: Layout,
        hits: Sequence[LabelHit],
        locale: Locale,
        partners: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.layout, self.hits, self.locale, self.partners = layout, hits, locale, partners
        sizes = sorted(word.size for run in layout.runs for word in run.words[:1])
        self.text_size = sizes[len(sizes) // 2] if sizes else 0.0
        self.title_words = frozenset(self._title_words())
        self.by_run: dict[int, list[LabelHit]] = {}
        for hit in hits:
            self.by_run.setdefault(hit.run.number, []).append(hit)

    def _title_words(self) -> Iterator[str]:
        """Words of what the document calls itself: short lines in capitals at the head of the first page."""
        first = min(self.layout.by_page, default=1)
        for run in self.layout.within(first, 0, TITLE * self.layout.height_of(first)):
            if run.text.isupper() and len(run.tokens) <= TITLE_WORDS and not any(char.isdigit() for char in run.text):
                yield from (token.text for token in run.tokens)

    def sightings(self, field: FieldDefinition) -> Iterator[Sighting]:
        """Yield the values of the field's kind that its labels point to."""
        for hit in self.hits:
            label = hit.of(field.name)
            if label is not None and not money_lines.takes_off(hit.run):
                yield from self._from_label(field, hit, label)

    def _from_label(self, field: FieldDefinition, hit: LabelHit, label: Label) -> Iterator[Sighting]:
        said = hit.run.text[hit.start : hit.end].strip(" :.-–#°º")
        worth = self._label_worth(field, hit, label)
        answered = False
        denied = field.kind is Kind.MONEY and money_lines.is_denied(hit)
        for where in self._places(field, hit):
            readings = read(where.passage, field, self.locale)
            if field.kind in (Kind.MONEY, Kind.NUMBER) and where.relation == "inline":
                readings = readings[::-1]  # "VAT 19 % of 100.00: 19.00": the last amount is the label's
            if field.kind is Kind.DATE:
                readings = discounts.last(where.passage.run, readings)
            if where.relation == "below":
                readings = _in_column_first(hit, where.passage.run, readings)
            for position, reading in enumerate(readings):
                if denied and reading.value:
                    continue  # "no VAT is due" beside an amount is not its tax
                if where.relation == "inline" and money_lines.are_days(hit.run.text[hit.start : reading.end]):
                    continue
                factors = {"label": worth, **where.factors, **reading.factors}
                if where.relation == "inline" and field.kind in _FORMAL and self._goes_on(hit, reading.start):
                    factors["longer_label"] = scoring.LONGER_LABEL
                if position:
                    factors["nearer_values"] = scoring.CANDIDATES_IN_BETWEEN**position * 0.6
                if answered:
                    factors["answered_before"] = 0.55
                if "letterhead" in field.places and where.relation != "below" and _is_first_name(str(reading.value)):
                    factors["first_name"] = scoring.FIRST_NAME
                passages: tuple[Passage, ...] = (Passage(where.passage.run, reading.start, reading.end),)
                value = reading.value
                if where.rest is not None:
                    passages, value = (*passages, where.rest), f"{value} {where.rest.text.strip()}"
                yield Sighting(value, passages, factors, _SAID[where.relation](label=said))
            answered = answered or any(_sound(reading) for reading in readings)
            if answered and where.relation == "inline":
                return

    def _goes_on(self, hit: LabelHit, start: int) -> bool:
        """Whether the label goes on in words up to a colon before the value: "Fecha de cargo: 15/01/2024"."""
        between = re.sub(r"\([^)]*\)", " ", hit.run.text[hit.end : start])
        before, colon, _ = between.rpartition(":")
        words = [token.text for token in tokens_of(before)]
        return bool(colon) and not all(word in LABEL_WORDS for word in words)

    def _label_worth(self, field: FieldDefinition, hit: LabelHit, label: Label) -> float:
        worth = scoring.PER_RANK**label.rank
        if label.language not in (None, *self.locale.languages) and self.locale.languages:
            worth *= scoring.OTHER_LANGUAGE
        own = (label.owner, self.partners.get(label.owner))
        if any("." not in other.owner and other.owner not in own for other in hit.labels):
            worth *= scoring.GENERIC_WORDING
        large = any(word.size > 1.25 * self.text_size for word in hit.run.words_between(hit.start, hit.end))
        of_title = field.kind is Kind.IDENTIFIER and label.tokens[0] in self.title_words
        if large or of_title:
            worth *= scoring.TITLE_LINE
        if field.kind is Kind.MONEY:
            worth *= money_lines.label_worth(field, hit)
        return worth * self._qualifier(field, hit)

    def _qualifier(self, field: FieldDefinition, hit: LabelHit) -> float:
        """What words before the label in its line make of it; words that belong to another label do not count."""
        earlier = [other for other in self.by_run[hit.run.number] if other.start < hit.start]
        if any(label.owner != DECOY for other in earlier for label in other.labels):
            return 1.0
        start = earlier[-1].end if earlier else 0
        before = hit.run.text[start : hit.start]
        if field.kind is Kind.IDENTIFIER:
            before = _PARTED.split(before)[-1]  # "Acme GmbH · USt-IdNr.": another part of the line says nothing of it
        if not any(char.isalpha() for char in before):
            return 1.0
        phrase = field.kind is Kind.PARTY and len(hit.labels[0].tokens) > 2  # "op rekening … ten name van"
        return 0.85 if field.kind is Kind.MONEY or phrase else scoring.QUALIFIED

    def _places(self, field: FieldDefinition, hit: LabelHit) -> Iterator[Where]:
        inline = self._rest_of_run(field, hit)
        factor = 1.0
        if field.kind is Kind.MONEY:
            if inline is not None and money_lines.is_all_of_label(inline):
                inline = None
            if (amount := money_lines.in_front(hit)) is not None:
                yield Where("before", amount, {"relation": scoring.RELATION["before"]})
                return
        if inline is not None and is_label_like(inline.text):
            colon = inline.text.rstrip().endswith(":")
            inline, factor = None, scoring.EXTENDED if colon else scoring.QUALIFIED
        if inline is not None and field.kind in _FORMAL and not any(char.isdigit() for char in inline.text):
            inline, factor = None, scoring.QUALIFIED  # a figure is not told in words: "Amount Commission"
        if inline is not None:
            marked = hit.run.text[: hit.end].rstrip()[-1:] in ":#=" or field.kind in _FORMAL
            mark = 1.0 if marked else scoring.NO_COLON
            yield Where("inline", inline, {"relation": scoring.RELATION["inline"], "mark": mark})
        for where in (
            *self._to_the_right(field, hit, inline is not None),
            *self._under(field, hit, inline is not None),
        ):
            yield Where(where.relation, where.passage, {**where.factors, "extended": factor}, where.rest)

    def _under(self, field: FieldDefinition, hit: LabelHit, answered: bool) -> Iterator[Where]:
        if field.kind is Kind.PARTY:
            yield from self._block_under(hit)
        elif not answered:
            yield from self._sum_under(field, hit)
            yield from self._below(field, hit)

    def _sum_under(self, field: FieldDefinition, hit: LabelHit) -> Iterator[Where]:
        """The sum at the foot of the column that the label heads; that of items is what their table says it is."""
        if field.kind is Kind.MONEY and not any("." in label.owner for label in hit.labels):
            foot = sum_under(hit, field, self.layout, self.locale)
            if foot is not None:
                yield Where("below", foot, {"relation": scoring.RELATION["below"], "sum": scoring.SUM_OF_COLUMN})

    def _rest_of_run(self, field: FieldDefinition, hit: LabelHit) -> Passage | None:
        """What follows the label in its own line, up to the next label there; between days a discount is none."""
        later = [
            other.start
            for other in self.by_run[hit.run.number]
            if other.start >= hit.end and not (field.kind is Kind.DATE and discounts.is_discount(other))
        ]
        end = min(later, default=len(hit.run.text))
        start = hit.end
        text = hit.run.text[start:end]
        if other := _OTHER_WORDING.match(text):
            start += other.end()
            text = hit.run.text[start:end]
        return Passage(hit.run, start, end) if any(char.isalnum() for char in text) else None

    def _block_under(self, hit: LabelHit) -> Iterator[Where]:
        """The name in the block under a label: behind "Name:", else the first line that could be one."""
        runs = self.layout.below(hit.run.box, hit.run.page, BLOCK * self.layout.line_height)
        left = [run for run in runs if run is not hit.run and -6 < run.box.x0 - hit.run.box.x0 < 60]
        for position, run in enumerate(left[:7]):
            text = run.text.strip()
            label, _, rest = text.partition(":")
            factors = {"relation": scoring.RELATION["below"], "line": 0.95**position}
            if folded(label) in NAME_LABELS:
                beside = [Passage(other, 0, len(other.text)) for other in self.layout.right_of(run, run.box.x1)[:1]]
                inside = [Passage(run, len(run.text) - len(rest), len(run.text))] if rest.strip() else beside
                yield from (Where("below", passage, factors | {"named": 1.1}) for passage in inside)
                return
            labels = self.by_run.get(run.number, ())
            if ":" in text or not may_be_name(text) or is_city(text) or is_label_like(text):
                continue
            if is_street(text) or (labels and labels[0].start <= 2):
                continue
            following = left[position + 1].text if position + 1 < len(left) else ""
            in_address = is_street(following) or is_city(following)
            second = None
            if position + 1 < len(left) and _goes_on_below(run, left[position + 1]):
                second = Passage(left[position + 1], 0, len(following))
                following = left[position + 2].text if position + 2 < len(left) else ""
                in_address = is_street(following) or is_city(following)
            named = factors | {"address": 1.1 if in_address else 0.9}
            yield Where("below", Passage(run, 0, len(run.text)), named, second)
            return

    def _to_the_right(self, field: FieldDefinition, hit: LabelHit, after_text: bool) -> Iterator[Where]:
        places = list(self._row(field, hit, after_text))
        if field.kind in (Kind.MONEY, Kind.NUMBER):
            places = _last_first([where for where in places if read(where.passage, field, self.locale)])
        yield from places

    def _row(self, field: FieldDefinition, hit: LabelHit, after_text: bool) -> Iterator[Where]:
        if any(other.start >= hit.end for other in self.by_run[hit.run.number]):
            return  # another label follows in the same line: what stands right of it is its own
        factor = scoring.RELATION["right"] * (0.9 if after_text else 1.0)
        edge = hit.run.box.x1
        for run in self.layout.right_of(hit.run, edge)[:RUNS_TO_THE_RIGHT]:
            labels = self.by_run.get(run.number, ())
            if folded(run.text).rstrip(" :") in NAME_LABELS:
                edge = run.box.x1
                continue  # "Advertiser   Name:   Acme": the section's name
            if (labels and labels[0].start <= 2) or run.text.rstrip().endswith((":", "#")):
                return  # the row's next label: from here on the values are its own
            gap = max(0.0, run.box.x0 - edge) / self.layout.line_height
            distance = scoring.FAR_PER_LINE ** min(max(0.0, gap - 5.0) / 3.0, FAR[field.kind is Kind.MONEY])
            stop = labels[0].start if labels else len(run.text)
            if labels and field.kind is Kind.PARTY and not run.text[: labels[0].end].rstrip().endswith(":"):
                stop = len(run.text)  # "Calder Freight Services" is a name
            headed = self._is_headed(run, hit) or (field.kind is Kind.PARTY and self._heads_too(run, hit))
            column = scoring.OTHER_LABEL_BETWEEN if headed else 1.0
            yield Where("right", Passage(run, 0, stop), {"relation": factor, "distance": distance, "column": column})
            edge = run.box.x1
            if any(char.isdigit() for char in run.text):
                factor *= scoring.CANDIDATES_IN_BETWEEN

    def _below(self, field: FieldDefinition, hit: LabelHit) -> Iterator[Where]:
        height = max(self.layout.line_height, hit.box.height)
        under = self.layout.below(hit.box, hit.run.page, REACH_BELOW * height)[:2]
        if all(run is hit.run for run in under):
            yield from self._in_slot(hit, height)
        for position, run in enumerate(under):
            if run is hit.run:
                continue
            labels = self.by_run.get(run.number, ())
            if labels and labels[0].start <= 2:
                return
            factors = {"relation": scoring.RELATION["below"] * (0.8 if position else 1.0)}
            if field.kind is Kind.DATE and position == 0 and _same_kind_below(under, field, self.locale):
                factors["of_table"] = scoring.OF_TABLE
            factors["owner"] = max(self._claimed(run), scoring.IN_COLUMN if self._heads(hit, run) else 0.0)
            yield Where("below", Passage(run, 0, len(run.text)), factors)

    def _in_slot(self, hit: LabelHit, height: float) -> Iterator[Where]:
        """The value at the other end of the box that a label heads: between its own left edge and the next label's."""
        beside = [run for run in self.layout.right_of(hit.run, hit.run.box.x1) if self.by_run.get(run.number)]
        before = [run for run in self.layout.left_of(hit.run) if self.by_run.get(run.number)]
        if not (beside or before):
            return
        left, width = hit.run.box.x0, hit.run.box.x0 - before[0].box.x0 if before else 0.0
        right = beside[0].box.x0 if beside else left + max(1.3 * width, hit.run.box.width)
        top = hit.run.box.y1 - 0.4 * hit.run.box.height
        for run in self.layout.within(hit.run.page, top, hit.run.box.y1 + REACH_BELOW * height):
            if left - COLUMN_EDGE <= run.box.x0 and run.box.x1 <= right + COLUMN_EDGE and run is not hit.run:
                if not self.by_run.get(run.number):
                    yield Where("below", Passage(run, 0, len(run.text)), {"relation": scoring.RELATION["below"]})
                return

    def _heads(self, hit: LabelHit, run: Run) -> bool:
        """Whether the label is one of a row of heads and the value stands exactly in its column."""
        beside = [*self.layout.left_of(hit.run), *self.layout.right_of(hit.run, hit.run.box.x1)]
        heads = [other for other in beside if self._is_label_alone(other)]
        return bool(heads) and self._is_label_alone(hit.run) and _in_one_column(hit.run, run)

    def _is_headed(self, run: Run, hit: LabelHit) -> bool:
        """Whether a run stands right under another label that heads a column."""
        height = self.layout.line_height
        for other in self.layout.within(run.page, run.box.y0 - 2.2 * height, run.box.y0 - 0.5 * height):
            if other is hit.run or not self._is_label_alone(other) or not _in_one_column(other, run):
                continue
            if any(self._heads(mine, run) for mine in self.by_run[other.number]):
                return True
        return False

    def _heads_too(self, run: Run, hit: LabelHit) -> bool:
        """Whether text right of a label is the head of a column like the label: three in a row, a number below."""
        row = [*self.layout.left_of(hit.run), *self.layout.right_of(hit.run, hit.run.box.x1)]
        if len(row) < 2 or any(char.isdigit() for head in row for char in head.text):
            return False
        own, other = self._value_under(hit.run), self._value_under(run)
        return own is not None and other is not None and any(char.isdigit() for char in own.text)

    def _value_under(self, head: Run) -> Run | None:
        below = self.layout.below(head.box, head.page, 1.5 * self.layout.line_height)
        return next((run for run in below if run is not head and _in_one_column(head, run)), None)

    def _is_label_alone(self, run: Run) -> bool:
        """Whether a run is a label and nothing else."""
        labels = self.by_run.get(run.number)
        if not labels or labels[0].start:
            return False
        return not any(char.isalnum() for char in run.text[labels[-1].end :])

    def _claimed(self, run: Run) -> float:
        """How far a value under a label belongs to a label on its own left instead."""
        for other in self.layout.left_of(run)[:1]:
            labels = self.by_run.get(other.number, ())
            if labels and not other.text[labels[-1].end :].strip():
                wanted = any(label.owner != DECOY for label in labels[-1].labels)
                return scoring.OTHER_LABEL_BETWEEN if wanted else scoring.DECOY_NEARER
        return 1.0


def _is_first_name(value: str) -> bool:
    """Whether a name is one word with a capital: "Verkoper Ruud" names who sold, not the company."""
    return value.isalpha() and not value.isupper()


def _goes_on_below(run: Run, below: Run) -> bool:
    """Whether a name goes on in the next line with no more than its legal form: "Sonne GmbH & Co." over "KG"."""
    tight = below.box.y0 - run.box.y1 < 0.8 * run.box.height and abs(below.box.x0 - run.box.x0) < COLUMN_EDGE
    open_end = not has_legal_form(run.text) or re.search(r"(?:&|\bCo\.?|,)$", run.text.strip()) is not None
    return tight and open_end and is_mostly_form(below.text.strip())


def _in_one_column(head: Run, run: Run) -> bool:
    """Whether a run stands under a head with the same left or right edge."""
    return run.box.y0 > head.box.y0 and (
        abs(head.box.x0 - run.box.x0) < COLUMN_EDGE or abs(head.box.x1 - run.box.x1) < COLUMN_EDGE
    )


def _last_first(places: list[Where]) -> list[Where]:
    """The places of a row from its end: in front of a row's sum stand its rate and base, which are a little less."""
    if len(places) < 2:
        return places
    best = dict(places[0].factors)
    return [Where(places[-1].relation, places[-1].passage, best)] + [
        Where(where.relation, where.passage, {**best, "earlier_in_row": 0.6}) for where in places[:-1]
    ]


def _in_column_first(hit: LabelHit, run: Run, readings: list[Reading]) -> list[Reading]:
    """Values under a label, those in its column first: cells of a row can stand in one line of text."""
    left, right = hit.box.x0, hit.box.x1

    def beside(reading: Reading) -> bool:
        box = run.box_between(reading.start, reading.end)
        return box.x1 < left or box.x0 > right

    return sorted(readings, key=beside) if len(readings) > 1 else readings


def _same_kind_below(under: Sequence[Run], field: FieldDefinition, locale: Locale) -> bool:
    """Whether values of the kind stand below each other: the label heads a column of a table."""
    return len(under) > 1 and all(read(Passage(run, 0, len(run.text)), field, locale) for run in under)


def _sound(reading: Reading) -> bool:
    return all(factor > 0.7 for factor in reading.factors.values())
