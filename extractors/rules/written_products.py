"""Quantities and prices that a text spells out: "32 hrs × €75.00", "9.75 Std. à 210.00", "284 × Lektorat".

Nothing is believed but what multiplies to the amount of its row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from extractors.page.locale import Locale
from extractors.page.runs import Passage, Run, evidence_of
from extractors.rules.arithmetic import multiplies
from extractors.rules.grid import GridRow
from extractors.rules.item_rows import Item
from extractors.rules.pieces import EDGE
from schemas import reasons
from schemas.fields import FieldDefinition
from schemas.results import Candidate, CandidateRow
from schemas.values.money import parse_money, parse_number

SCORE = 0.8  # of a figure that arithmetic proves
MOST_ABOVE = 1.6  # line heights from the name of an item down to the line that works its amount out
ROWS_ABOVE = 4  # rows among which that name is looked for
LONGEST = 400  # letters of a text that are looked at
_NUMBER = r"[0-9]{1,3}(?:[.,'’ \u00a0][0-9]{3})+(?:[.,][0-9]{1,4})?(?![0-9])|[0-9]+(?:[.,][0-9]{1,6})?"
_PRODUCT = re.compile(
    rf"(?<![\w.,])(?P<quantity>{_NUMBER})(?:\s?[^\W\d]{{1,14}}[.²³]?){{0,3}}\s?(?:[×xX*@]|\b(?:à|á|a|at|zu|je|ad|per))\s*"
    rf"(?:[€$£]|[A-Z]{{3}}\s|Fr\.\s)?\s?(?P<price>-?(?:{_NUMBER}))(?![.,]?[0-9])"
)
_ASIDE = re.compile(r"\s*(?:€|\$|£|[A-Z]{3}|Fr\.)?(?:\s?/\s?\w+)?[\s,;]*(?:\([^()]*\))?\s*")  # behind the price
_LEADING = re.compile(rf"(?P<quantity>{_NUMBER})(?:\s*[×xX]|\s[^\W\d]{{1,4}}\.)?\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class WrittenProduct:
    """A quantity and a price in a text, with their places in it."""

    quantity: Decimal
    price: Decimal
    quantity_at: tuple[int, int]
    price_at: tuple[int, int]
    is_all: bool  # whether the text says nothing else


def written_products(text: str, locale: Locale) -> Iterator[WrittenProduct]:
    """Yield each "quantity times price" in the text."""
    for match in _PRODUCT.finditer(text[:LONGEST]):
        quantity = parse_number(match["quantity"], locale.decimal)
        price = parse_number(match["price"].lstrip("-"), locale.decimal)
        if quantity is not None and price is not None:
            is_all = not text[: match.start()].strip() and _ASIDE.fullmatch(text[match.end() :]) is not None
            price = -price if match["price"].startswith("-") else price
            yield WrittenProduct(quantity, price, match.span("quantity"), match.span("price"), is_all)


def equations(
    rows: Sequence[GridRow], check: tuple[str, str, str], text: str, line: float, locale: Locale
) -> Iterator[Item]:
    """Yield an item for each line that works its amount out: "4 hours x 35,00 € = 140,00 €".

    Args:
        rows: the rows of the document.
        check: columns of the quantity, the price and the amount.
        text: name of the column that takes the words before the product, or the line above.
        line: height of a line in points.
        locale: how the document writes numbers.
    """
    for number, row in enumerate(rows):
        for run in row.runs:
            equal = run.text.find("=")
            amount = parse_money(run.text[equal + 1 :], locale.decimal) if equal > 0 else None
            for found in written_products(run.text[:equal], locale) if amount is not None else ():
                if amount is None or not multiplies(found.quantity, found.price, amount):
                    continue
                before = [Passage(run, 0, found.quantity_at[0])]
                if not any(char.isalpha() for char in before[0].text):
                    before = _name_above(rows[max(0, number - ROWS_ABOVE) : number], run, line)
                places = (found.quantity_at, found.price_at, (equal + 1, len(run.text)))
                cells = {name: [Passage(run, *at)] for name, at in zip(check, places, strict=True)}
                yield Item(row.page, row.bottom, {text: before, **cells} if before else cells)
                break


def _name_above(rows: Sequence[GridRow], run: Run, line: float) -> list[Passage]:
    """The nearest text that stands above the run and begins where it does; other texts may stand beside them."""
    above = [
        other
        for row in rows
        for other in row.runs
        if other.page == run.page
        and 0 <= run.box.y0 - other.box.y1 < MOST_ABOVE * line
        and abs(other.box.x0 - run.box.x0) < EDGE
        and "=" not in other.text
    ]
    return [Passage(other, 0, len(other.text)) for other in above[-1:]]


def with_written(
    rows: Sequence[CandidateRow],
    items: Sequence[Item],
    field: FieldDefinition,
    check: tuple[str, str, str],
    text_column: str,
    anchor: str,
    locale: Locale,
) -> list[CandidateRow]:
    """Return the rows with the quantities and prices that their texts spell out.

    Args:
        rows: what was read of each item.
        items: the pieces of text of each, in the same order.
        field: the table.
        check: columns of the quantity, the price and the amount.
        text_column: column of the texts; a line that says nothing but the product is taken out of it.
        anchor: column of the items' cells that holds the amounts.
        locale: how the document writes numbers.
    """
    writer = _Writer(field, check, text_column, anchor, locale)
    out = [writer.spelled(row, item) for row, item in zip(rows, items, strict=True)]
    led = [writer.led(row, item) for row, item in zip(out, items, strict=True)]
    tells = any(row is not None and row.cells[check[0]].value != 1 for row in led)  # once any amount is itself
    return [better if tells and better is not None else row for row, better in zip(out, led, strict=True)]


@dataclass(frozen=True, slots=True)
class _Writer:
    field: FieldDefinition
    check: tuple[str, str, str]
    text_column: str
    anchor: str
    locale: Locale

    def spelled(self, row: CandidateRow, item: Item) -> CandidateRow:
        """The row with the product that one of its texts spells out, if it is the row's amount."""
        quantity, price, total = self.check
        amount = row.cells[total].value if total in row.cells else None
        if not isinstance(amount, Decimal) or (quantity in row.cells and price in row.cells):
            return row
        for name, passages in item.cells.items():
            for passage in passages if name != self.anchor else ():
                for found in written_products(passage.text, self.locale):
                    if not multiplies(found.quantity, found.price, amount):
                        continue
                    cells = dict(row.cells)
                    cells[quantity] = self._cell(quantity, found.quantity, _part(passage, *found.quantity_at))
                    cells[price] = self._cell(price, found.price, _part(passage, *found.price_at))
                    if found.is_all and name == self.text_column and len(passages) > 1:
                        rest = [other for other in passages if other is not passage]
                        text = " ".join(other.text.strip() for other in rest)
                        cells[name] = replace(row.cells[name], value=text, evidence=evidence_of(rest))
                    return CandidateRow(cells, row.page)
        return row

    def led(self, row: CandidateRow, item: Item) -> CandidateRow | None:
        """The row with the number that leads its text as the quantity, if that times a figure is the row's amount."""
        quantity, price, total = self.check
        texts = item.cells.get(self.text_column, [])
        match = _LEADING.match(texts[0].text) if texts else None
        amount = row.cells[total].value if total in row.cells else None
        if (
            match is None
            or not isinstance(amount, Decimal)
            or quantity in row.cells
            or self.text_column not in row.cells
        ):
            return None
        count = parse_number(match["quantity"], self.locale.decimal)
        for passage in (last for name, found in item.cells.items() if name != self.anchor for last in found[-1:]):
            figure = parse_number(re.sub(r"^[€$£]\s?|\s?[€$£]$", "", passage.text.strip()), self.locale.decimal)
            if count is None or figure is None or not multiplies(count, figure, amount):
                continue
            text = str(row.cells[self.text_column].value)[match.end() :]
            cells = dict(row.cells)
            cells[self.text_column] = replace(cells[self.text_column], value=text)
            cells[quantity] = self._cell(quantity, count, _part(texts[0], *match.span("quantity")))
            cells[price] = self._cell(price, figure, passage)
            return CandidateRow(cells, row.page)
        return None

    def _cell(self, name: str, value: Decimal, place: Passage) -> Candidate:
        column = next(each for each in self.field.columns if each.name == name)
        evidence = evidence_of([place])
        return Candidate(name, column.kind, "rules", value, evidence, SCORE, {}, (reasons.COLUMN_BY_ARITHMETIC(),))


def _part(passage: Passage, start: int, end: int) -> Passage:
    return Passage(passage.run, passage.start + start, passage.start + end)
