"""The content of an invoice, apart from how it is laid out."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from samples.generator.people import GOODS, Company, company
from samples.generator.words import WORDS, Style

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Item:
    """One row."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    rate: Decimal = Decimal(19)

    @property
    def total(self) -> Decimal:
        """Quantity times price, to the cent."""
        return (self.quantity * self.unit_price).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Invoice:
    """All that an invoice says."""

    number: str
    issued: date
    due: date
    order: str
    seller: Company
    buyer: Company
    items: tuple[Item, ...]
    style: Style
    credit: bool = False

    @property
    def words(self) -> dict[str, str]:
        """Labels in the invoice's language."""
        return WORDS[self.style.language]

    @property
    def net(self) -> Decimal:
        """Sum of the rows."""
        return sum((item.total for item in self.items), Decimal())

    @property
    def taxes(self) -> dict[Decimal, Decimal]:
        """Tax by rate, each rounded once."""
        bases: dict[Decimal, Decimal] = {}
        for item in self.items:
            bases[item.rate] = bases.get(item.rate, Decimal()) + item.total
        return {rate: (base * rate / 100).quantize(CENT, ROUND_HALF_UP) for rate, base in sorted(bases.items())}

    @property
    def tax(self) -> Decimal:
        """All tax."""
        return sum(self.taxes.values(), Decimal())

    @property
    def gross(self) -> Decimal:
        """Net and tax."""
        return self.net + self.tax

    def truth(self) -> dict[str, Any]:
        """The record that extraction should give."""
        return {
            "invoice_number": self.number, "issue_date": self.issued.isoformat(), "due_date": self.due.isoformat(),
            "currency": self.style.currency, "seller_name": self.seller.name, "seller_vat_id": self.seller.vat_id,
            "buyer_name": self.buyer.name, "net_total": str(self.net), "tax_total": str(self.tax), "gross_total": str(self.gross),
            "iban": self.seller.iban, "order_reference": self.order,
            "line_items": [{"description": i.description, "quantity": f"{i.quantity:f}", "unit_price": f"{i.unit_price:f}", "line_total": str(i.total)}
                           for i in self.items],
        }  # fmt: skip


def invoice(
    random_: random.Random,
    style: Style,
    *,
    rows: int,
    which: int = 0,
    rates: tuple[int, ...] = (19,),
    credit: bool = False,
) -> Invoice:
    """Return an invented invoice in the given style."""
    issued = date(2026, 1, 5) + timedelta(days=random_.randrange(250))
    goods = GOODS[style.language]
    items = tuple(
        Item(
            _named(goods, position, rows),
            Decimal(random_.choice([1, 1, 2, 3, 4, 5, 8, 10, 12, 25])),
            Decimal(random_.randrange(150, 48000)) / 100,
            Decimal(rates[position % len(rates)]),
        )
        for position in range(rows)
    )
    shapes = ["{y}-{n:04d}", "RE{n:06d}", "{y}/{n}", "F-{y}-{n:05d}", "{n:07d}", "INV-{n:05d}"]
    number = random_.choice(shapes).format(y=issued.year, n=random_.randrange(12, 9999))
    order = random_.choice(["PO-{n}", "45000{n}", "B{n}/26"]).format(n=random_.randrange(10000, 99999))
    seller = company(random_, style.language, seller=True, which=which)
    buyer = company(random_, style.language, seller=False, which=which)
    due = issued + timedelta(days=random_.choice([14, 30, 30, 45]))
    return Invoice(number, issued, due, order, seller, buyer, items, style, credit)


def _named(goods: list[str], position: int, rows: int) -> str:
    name = goods[position % len(goods)]
    return name if rows <= len(goods) else f"{name}, lot {position + 1}"
