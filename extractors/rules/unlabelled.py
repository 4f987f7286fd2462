"""Values that need no label: numbers with check digits, the currency, the first day on the first page, titles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from extractors.page.locale import Locale
from extractors.page.runs import Layout, Passage, Run, wording
from extractors.rules import payment, scoring
from extractors.rules.readers import amounts, read
from extractors.rules.sightings import Sighting
from schemas import reasons
from schemas.checks import SumCheck
from schemas.fields import FieldDefinition, Kind
from schemas.schema import Schema
from schemas.values.identifiers import FoundNumber, find_ibans, find_vat_numbers

_OPEN_END = re.compile(r"(?<!\w)[A-Z]{2,3}[ -]?[A-Z0-9. ]{0,10}$")  # a VAT number may have begun
# "Göttingen, 30.08.2024" · "Hamburg, den 12. März 2024" · "Lyon, le 3 avril 2024"
_PLACE = re.compile(r"\s*([A-ZÀ-Ý][\w.'’-]+(?:[ -][\w.'’-]+){0,3}),\s*(?:den\s|le\s|lì\s|a\s)?\s*")

HEAD = 0.4  # share of the first page's height in which the number of the document stands
LEAST_NUMBER = 4  # characters of a number that only its sign tells: "No. 8" is a house
_ENDS_NUMBER = re.compile(r"\s*(?:$|[/|·,;(–-]|(?:vom|du|of|dated|del|dd|d\.d\.|van|z\s+dnia)\b)", re.IGNORECASE)
_ACCOUNT_GOES_ON = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[0-9]{2}[A-Z0-9 ]*$")


def sightings(field: FieldDefinition, layout: Layout, locale: Locale) -> Iterator[Sighting]:
    """Yield the values that the field can have without a label."""
    if "iban" in field.validators:
        yield from _accounts(layout)
    elif "eu_vat" in field.validators:
        yield from _vat_numbers(layout)
    elif field.kind is Kind.IDENTIFIER and field.acceptance.required:
        yield from _numbered(field, layout, locale)
    elif field.kind is Kind.CURRENCY:
        yield from _currency(field, layout, locale)
    elif field.kind is Kind.DATE and field.acceptance.required:
        yield from _first_day(field, layout, locale)
    elif field.kind is Kind.TEXT and "heading" in field.places:
        yield from _title(layout)
    elif field.kind is Kind.MONEY and "totals" in field.places and field.acceptance.required:
        yield from payment.paid(field, layout, locale)
        yield from _largest(field, layout, locale)


def amounts_by_row(schema: Schema, layout: Layout, locale: Locale) -> list[list[Sighting]]:
    """Return all amounts with cents on the document, row by row; nothing for a schema without sums to check."""
    if not any(isinstance(check, SumCheck) for check in schema.checks):
        return []
    field = next((field for field in schema.fields if field.kind is Kind.MONEY and "totals" in field.places), None)
    if field is None:
        return []
    rows: dict[tuple[int, int], list[Sighting]] = {}
    for run in layout.runs:
        for reading in amounts(run.text, field, locale):
            if not reading.factors:  # no doubt about its form
                passage = Passage(run, reading.start, reading.end)
                row = (run.page, round(run.box.middle[1] / max(0.5 * layout.line_height, 1.0)))
                rows.setdefault(row, []).append(Sighting(reading.value, (passage,), {}, reasons.NO_LABEL()))
    return list(rows.values())


def _accounts(layout: Layout) -> Iterator[Sighting]:
    for run in layout.runs:
        for number in find_ibans(run.text):
            passage = Passage(run, number.start, number.end)
            yield Sighting(number.value, (passage,), {"check_digits": 0.9}, reasons.FORM_OF_IBAN())
        if _ACCOUNT_GOES_ON.search(run.text):
            yield from _accounts_over_two_lines(layout, run)


def _accounts_over_two_lines(layout: Layout, run: Run) -> Iterator[Sighting]:
    """Accounts that begin at the end of a line and end at the start of the one below; check digits prove it."""
    for below in layout.below(run.box, run.page, 2.0 * run.box.height):
        if below is run:
            continue
        joined, cut = f"{run.text} {below.text}", len(run.text)
        for number in find_ibans(joined):
            if number.start < cut < number.end:
                places = (Passage(run, number.start, cut), Passage(below, 0, number.end - cut - 1))
                yield Sighting(number.value, places, {"check_digits": 0.9}, reasons.FORM_OF_IBAN())


def _vat_numbers(layout: Layout) -> Iterator[Sighting]:
    every: list[tuple[tuple[Passage, ...], FoundNumber]] = []
    for run in layout.runs:
        every.extend(((Passage(run, each.start, each.end),), each) for each in find_vat_numbers(run.text))
        every.extend(_parted_numbers(layout, run))
    for position, (passages, number) in enumerate(every):
        factors = {"check_digits": 0.75 if number.valid else 0.35, "order": 0.9 ** min(position, 5)}
        yield Sighting(number.value, passages, factors, reasons.FORM_OF_VAT())


def _parted_numbers(layout: Layout, run: Run) -> Iterator[tuple[tuple[Passage, ...], FoundNumber]]:
    """VAT numbers that begin at the end of a line and go on in the next: "USt-IdNr. DE" over "812450779"."""
    if _OPEN_END.search(run.text) is None:
        return
    below = layout.below(run.box, run.page, 1.2 * run.box.height)
    for other in [each for each in below if each.box.y0 > run.box.y0 and each.text[0].isdigit()][:1]:
        for number in find_vat_numbers(f"{run.text} {other.text}"):
            if number.start < len(run.text) < number.end:
                end = number.end - len(run.text) - 1
                yield (Passage(run, number.start, len(run.text)), Passage(other, 0, end)), number


def _currency(field: FieldDefinition, layout: Layout, locale: Locale) -> Iterator[Sighting]:
    """The currency that stands beside most amounts, shown where it stands beside the last of them."""
    if locale.currency is None:
        return
    last: Passage | None = None
    counts: Counter[str] = Counter()
    for run in layout.runs:
        for reading in read(Passage(run, 0, len(run.text)), field, locale):
            counts[str(reading.value)] += 1
            if reading.value == locale.currency:
                last = Passage(run, reading.start, reading.end)
    if last is not None:
        share = counts[locale.currency] / sum(counts.values())
        yield Sighting(locale.currency, (last,), {"share": 0.6 + 0.35 * share}, reasons.BESIDE_AMOUNTS())


def _numbered(field: FieldDefinition, layout: Layout, locale: Locale) -> Iterator[Sighting]:
    """Numbers at the head of the first page with nothing but "No." before them, best under the document's title."""
    page = min(layout.by_page, default=1)
    titles = {wording(text)[:1] for texts in field.labels.values() for text in texts}
    for run in layout.within(page, 0, HEAD * layout.height_of(page)):
        sign = run.tokens[0] if len(run.tokens) > 1 and run.tokens[0].text == "no" else None
        if sign is None or sign.start > 1:
            continue
        for reading in read(Passage(run, sign.end, len(run.text)), field, locale):
            if len(str(reading.value)) < LEAST_NUMBER or not _ENDS_NUMBER.match(run.text[reading.end :]):
                continue
            above = (other for other in layout.within(page, run.box.y0 - 2.2 * layout.line_height, run.box.y0 - 1))
            titled = any(abs(other.box.x0 - run.box.x0) < 4 and wording(other.text)[:1] in titles for other in above)
            worth = scoring.BELOW_TITLE if titled else scoring.UNLABELLED
            passage = Passage(run, reading.start, reading.end)
            yield Sighting(reading.value, (passage,), {"place": worth, **reading.factors}, reasons.NUMBER_AT_HEAD())


def _first_day(field: FieldDefinition, layout: Layout, locale: Locale) -> Iterator[Sighting]:
    found = 0
    for run in layout.by_page.get(min(layout.by_page, default=1), ()):
        for reading in read(Passage(run, 0, len(run.text)), field, locale):
            passage = Passage(run, reading.start, reading.end)
            place = _PLACE.fullmatch(run.text[: reading.start])
            if place and not run.text[reading.end :].strip(" ."):
                worth, said = scoring.PLACE_AND_DAY, reasons.BEHIND_PLACE(place=place[1])
            else:
                worth = scoring.UNLABELLED * 0.9**found
                said = reasons.DAY_WITHOUT_LABEL()
            yield Sighting(reading.value, (passage,), {"place": worth, **reading.factors}, said)
            found += 1


def _title(layout: Layout) -> Iterator[Sighting]:
    page = min(layout.by_page, default=1)
    runs = list(layout.within(page, 0, 0.35 * layout.height_of(page)))
    largest = max((max(word.size for word in run.words) for run in runs), default=0.0)
    for run in runs:
        if max(word.size for word in run.words) >= 0.98 * largest and sum(char.isalpha() for char in run.text) > 4:
            passage = Passage(run, 0, len(run.text))
            yield Sighting(run.text.strip(), (passage,), {"place": 0.6}, reasons.LARGEST_PRINT())
            return


def _largest(field: FieldDefinition, layout: Layout, locale: Locale) -> Iterator[Sighting]:
    """The largest amount with cents on the last pages, where no label led to one."""
    best: Sighting | None = None
    for run in layout.runs:
        for reading in amounts(run.text, field, locale):
            passage = Passage(run, reading.start, reading.end)
            bold = any(word.bold for word in run.words_between(reading.start, reading.end))
            sighting = Sighting(
                reading.value,
                (passage,),
                {"place": 0.3, "bold": 1.3 if bold else 1.0, **reading.factors},
                reasons.LARGEST(),
            )
            if best is None or (sighting.score, sighting.value) > (best.score, best.value):
                best = sighting
    if best is not None:
        yield best
