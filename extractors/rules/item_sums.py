"""Rows of a table that are no items: sums, sums carried over a page, and charges between the items and their total."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from extractors.page.runs import folded
from extractors.rules.cell_values import FIGURES
from extractors.rules.table_worth import adds_up
from schemas.results import CandidateRow

MOST_SHARE = 0.6  # share of the rows that must have all figures for the others to be in doubt
_CHARGE = re.compile(
    r"(?:shipping|carriage|freight|postage|delivery (?:charge|fee|cost)|handling|versand|porto|fracht|lieferkosten|"
    r"frais d.(?:envoi|port)|frais de (?:port|livraison)|port\b|portes|gastos de envio|"
    r"spese di (?:trasporto|spedizione)|trasporto|verzendkosten|"
    r"transport\b|frakt|fragt|doprava|postovne|koszty? (?:wysyłki|dostawy)|przesyłka)"
)


def without_sums(
    kept: Sequence[CandidateRow], anchor: str, text_column: str, sums: Mapping[str, int]
) -> list[CandidateRow]:
    """Return the items: up to the row that is the sum of those above it, without charges that no sum counts.

    Args:
        kept: the rows that were read.
        anchor: column of the amounts.
        text_column: column of the texts.
        sums: how often each figure stands on the document.
    """
    items = _up_to_sum(kept, anchor)
    usual = max((_figures(row) for row in items), default=0)
    items = [row for row in items if _figures(row) > 1 or usual == 1 or not _is_charge(row, text_column)]
    complete = [row for row in items if _figures(row) == usual]
    if len(complete) < MOST_SHARE * len(items) or adds_up(complete, anchor, sums) is None:
        return items
    return complete


def past_sums(read: Sequence[CandidateRow], is_sum: Sequence[bool], anchor: str) -> list[CandidateRow]:
    """Return the rows without the sums among them, up to one that is the sum of all above and that no other follows.

    Args:
        read: the rows that were read.
        is_sum: which of them say that they are a sum.
        anchor: column of the amounts.
    """
    out: list[CandidateRow] = []
    last = max((number for number, each in enumerate(is_sum) if each), default=-1)
    for number, row in enumerate(read):
        if not is_sum[number]:
            out.append(row)
            continue
        later = [each for each, of_sum in zip(read[number + 1 :], is_sum[number + 1 :], strict=True) if not of_sum]
        goes_on = number < last or any(_is_after(each, row) or _figures(each) > 2 for each in later)
        if not goes_on and anchor in row.cells and row.cells[anchor].value == _total(out, anchor):
            return out
    return out


def _total(rows: Sequence[CandidateRow], anchor: str) -> Decimal:
    values = (row.cells[anchor].value for row in rows if anchor in row.cells)
    return sum((value for value in values if isinstance(value, Decimal)), Decimal())


def _up_to_sum(kept: Sequence[CandidateRow], anchor: str) -> list[CandidateRow]:
    """The rows before the one that has nothing but the sum of those above; one carried over a page is left out."""
    out: list[CandidateRow] = []
    total = Decimal()
    for number, row in enumerate(kept):
        value = row.cells[anchor].value
        if len(out) > 1 and _figures(row) == 1 and value == total and total:
            if any(_is_after(later, out[-1]) and _figures(later) > 1 for later in kept[number + 1 :]):
                continue
            return out
        out.append(row)
        total += value if isinstance(value, Decimal) else 0
    return out


def _is_after(row: CandidateRow, other: CandidateRow) -> bool:
    """Whether a row stands on a later page."""
    return row.page is not None and other.page is not None and row.page > other.page


def _figures(row: CandidateRow) -> int:
    return sum(cell.kind in FIGURES for cell in row.cells.values())


def _is_charge(row: CandidateRow, text_column: str) -> bool:
    cell = row.cells.get(text_column)
    return cell is not None and _CHARGE.match(folded(str(cell.value)).lstrip(" +-:")) is not None
