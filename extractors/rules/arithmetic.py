"""Which column is which, told by arithmetic: quantity times unit price, less a discount, is the row's total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations

CENT = Decimal("0.02")
SHARE = Decimal("0.001")  # of the product: unit prices are printed rounded
MOST_COLUMNS = 8  # figure columns that are tried against each other
MOST_ROWS = 200  # rows by which columns are chosen; all of them are judged by the choice
ENOUGH = 0.6  # share of the rows that must multiply out
Figures = Mapping[str, Decimal]  # of one row, by column


@dataclass(frozen=True, slots=True)
class Product:
    """Columns of which the first two multiply to the third in `passed` of `judged` rows."""

    factors: tuple[str, str]
    total: str
    discount: str | None
    passed: int
    judged: int

    @property
    def holds(self) -> bool:
        """Whether enough rows multiply out to believe it."""
        return self.judged > 0 and self.passed >= ENOUGH * self.judged


def multiplies(one: Decimal, other: Decimal, total: Decimal, percent: Decimal | None = None) -> bool:
    """Return whether one × other is the total, as rounded on paper, after `percent` of discount if given."""
    product = one * other * (1 - abs(percent) / 100 if percent is not None else 1)
    return abs(abs(product) - abs(total)) <= CENT + abs(product) * SHARE


def judge(rows: Sequence[Figures], factors: tuple[str, str], total: str, discount: str | None) -> Product:
    """Return in how many rows these columns multiply out; rows in which one is missing are not judged."""
    passed = judged = 0
    for row in rows:
        one, other, product = row.get(factors[0]), row.get(factors[1]), row.get(total)
        if one is None or other is None or product is None:
            continue
        judged += 1
        percent = row.get(discount) if discount else None
        passed += multiplies(one, other, product, percent)
    return Product(factors, total, discount, passed, judged)


def best_product(
    rows: Sequence[Figures], columns: Sequence[str], known: tuple[str | None, str | None, str | None]
) -> Product | None:
    """Return the factors and product that fit best among the figure columns, None if none hold.

    Args:
        rows: figures by column, a mapping for each row.
        columns: the columns left to right.
        known: quantity, unit price and total where they are known already.

    A column of ones makes any other column its own product, so that rows which prove nothing do not count for it:
    among equals, columns in the usual order (quantity, price, total from left to right) win.
    """
    tried, every, rows = list(columns)[:MOST_COLUMNS], rows, rows[:MOST_ROWS]
    best: tuple[tuple[float, ...], Product] | None = None
    for quantity, price, total in permutations(tried, 3):
        if any(want is not None and want != got for want, got in zip(known, (quantity, price, total), strict=True)):
            continue
        others = [None, *(c for c in tried if c not in (quantity, price, total))]
        for discount in others if _worth(rows, quantity, price, total) else others[:1]:
            product = judge(rows, (quantity, price), total, discount)
            if not product.holds:
                continue
            order = (quantity, price, total)
            telling = sum({row.get(quantity), row.get(price)}.isdisjoint((None, Decimal(1))) for row in rows)
            places = [tried.index(name) for name in order]
            rank = (product.passed, telling, -int(discount is not None), places[2] > places[1], places[1] > places[0])
            if best is None or rank > best[0]:
                best = rank, product
    if best is None:
        return None
    return judge(every, best[1].factors, best[1].total, best[1].discount)


def _worth(rows: Sequence[Figures], quantity: str, price: str, total: str) -> bool:
    """Whether a discount could explain the totals: each is less than the product and more than half of it."""
    for row in rows:
        if quantity in row and price in row and total in row:
            product = abs(row[quantity] * row[price])
            if not product / 3 <= abs(row[total]) <= product + CENT:
                return False
    return True
