"""What a varied invoice says: parties, facts, items with units, discounts and rates, sums."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from samples.varied.locales import Locale, Manner, account, manner, printed_vat_number, vat_number

CENT = Decimal("0.01")


def cents(value: Decimal) -> Decimal:
    """Return the amount rounded to cents."""
    return value.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Party:
    """A company with its address."""

    name: str
    street: str
    city: str
    country: str
    vat_id: str = ""
    printed_vat: str = ""

    @property
    def lines(self) -> list[str]:
        """Name and address, a line each."""
        return [self.name, self.street, self.city]


@dataclass(frozen=True)
class Item:
    """One row."""

    description: str
    detail: str
    code: str
    quantity: Decimal
    unit: str
    price: Decimal
    discount: Decimal  # per cent
    rate: Decimal

    @property
    def total(self) -> Decimal:
        """Quantity times price less the discount, to the cent."""
        return cents(self.quantity * self.price * (1 - self.discount / 100))

    @property
    def tax(self) -> Decimal:
        """Tax on the row."""
        return cents(self.total * self.rate / 100)


@dataclass(frozen=True)
class Content:
    """All that an invoice says and how its locale writes it."""

    manner: Manner
    number: str
    issued: date
    due: date
    order: str
    seller: Party
    buyer: Party
    iban: str
    items: tuple[Item, ...]
    less: Decimal  # per cent off the sum of the rows
    carriage: Decimal
    paid: Decimal
    credit: bool
    decoys: dict[str, str]  # customer number, delivery date and the like, by key of their wording

    @property
    def rows_sum(self) -> Decimal:
        """Sum of the rows."""
        return sum((item.total for item in self.items), Decimal())

    @property
    def reduction(self) -> Decimal:
        """What the discount takes off."""
        return cents(self.rows_sum * self.less / 100)

    @property
    def net(self) -> Decimal:
        """Sum without tax, after discount and carriage."""
        return self.rows_sum - self.reduction + self.carriage

    @property
    def taxes(self) -> dict[Decimal, tuple[Decimal, Decimal]]:
        """Base and tax by rate."""
        bases: dict[Decimal, Decimal] = {}
        for item in self.items:
            bases[item.rate] = bases.get(item.rate, Decimal()) + item.total
        main = max(bases, key=lambda rate: bases[rate])
        bases[main] += self.carriage - self.reduction
        return {rate: (base, cents(base * rate / 100)) for rate, base in sorted(bases.items(), reverse=True)}

    @property
    def tax(self) -> Decimal:
        """All tax."""
        return sum((tax for _, tax in self.taxes.values()), Decimal())

    @property
    def gross(self) -> Decimal:
        """Net and tax."""
        return self.net + self.tax

    def truth(self, printed: frozenset[str]) -> dict[str, Any]:
        """The record that extraction should give; `printed` names the optional fields that the layout shows."""
        fields: dict[str, Any] = {
            "invoice_number": self.number, "issue_date": self.issued.isoformat(), "due_date": self.due.isoformat(),
            "currency": self.manner.locale.currency, "seller_name": self.seller.name,
            "seller_vat_id": self.seller.printed_vat.replace(" ", ""), "buyer_name": self.buyer.name,
            "net_total": str(self.net), "tax_total": str(self.tax), "gross_total": str(self.gross), "iban": self.iban,
            "order_reference": self.order,
            "line_items": [{"description": item.description, "quantity": f"{item.quantity:f}", "unit_price": f"{item.price:f}",
                            "line_total": str(item.total)} for item in self.items],
        }  # fmt: skip
        if fields["seller_vat_id"].startswith("CHE"):
            fields["seller_vat_id"] = self.seller.vat_id
        unprinted = OPTIONAL - printed
        return {name: value for name, value in fields.items() if value and name not in unprinted}


OPTIONAL = frozenset(["due_date", "order_reference", "iban", "seller_vat_id", "currency"])


def content(
    random_: random.Random,
    locale: Locale,
    rows: int,
    *,
    varied: frozenset[str] = frozenset(),
    like: Content | None = None,
) -> Content:
    """Return an invented invoice.

    Args:
        random_: decides everything.
        locale: where it is written.
        rows: number of items.
        varied: which of "discounts", "less", "carriage", "paid", "credit", "details", "large" it has.
        like: another invoice of the same sender: name, numbers, account and wording are its; None: of anybody.
    """
    way = like.manner if like else manner(random_, locale)
    issued = date(2025, 10, 2) + timedelta(days=random_.randrange(400))
    seller = like.seller if like else _party(random_, locale, numbered=True)
    buyer = _party(random_, locale, numbered=False)
    while buyer.name == seller.name:
        buyer = _party(random_, locale, numbered=False)
    sign = -1 if "credit" in varied else 1
    items = tuple(_item(random_, locale, name, varied, sign) for name in _names(random_, locale, rows))
    gross = sum((item.total for item in items), Decimal())
    number = random_.choice(
        [
            "{y}-{n:04d}",
            "RG{n:06d}",
            "{y}/{n}",
            "F-{y}-{n:05d}",
            "{n:07d}",
            "{s}-{n:05d}",
            "{n}/{m:02d}/{y}",
            "FV {n}/{y}",
            "{y}{m:02d}{n:04d}",
        ]
    )
    order = random_.choice(["PO-{n}", "45000{n}", "B{n}/26", "{n}", "AB-{n}"])
    days = random_.choice([10, 14, 30, 30, 45, 60])
    return Content(
        manner=way,
        number=number.format(y=issued.year, m=issued.month, n=random_.randrange(12, 9999), s=random_.choice(["INV", "A", "SO"])),
        issued=issued,
        due=issued + timedelta(days=days),
        order=order.format(n=random_.randrange(10000, 99999)),
        seller=seller,
        buyer=buyer,
        iban=like.iban if like else account(random_, locale),
        items=items,
        less=Decimal(random_.choice([2, 3, 5, 10])) if "less" in varied else Decimal(),
        carriage=sign * Decimal(random_.randrange(490, 2990)) / 100 if "carriage" in varied else Decimal(),
        paid=cents(gross / 4) if "paid" in varied else Decimal(),
        credit="credit" in varied,
        decoys={
            "customer": str(random_.randrange(10000, 99999)),
            "delivery": way.day(issued - timedelta(days=random_.randrange(2, 20))),
            "contact": random_.choice(locale.people),
        },
    )  # fmt: skip


def _party(random_: random.Random, locale: Locale, *, numbered: bool) -> Party:
    name = f"{random_.choice(locale.first)} {random_.choice(locale.trades)} {random_.choice(locale.forms)}"
    number = vat_number(random_, locale)
    printed = printed_vat_number(random_, locale, number) if number else ""
    if not numbered:
        printed = printed or number
    return Party(name, random_.choice(locale.streets), random_.choice(locale.cities), locale.country, number, printed)


def _names(random_: random.Random, locale: Locale, rows: int) -> list[str]:
    names: list[str] = []
    while len(names) < rows:
        names.extend(random_.sample(locale.goods, len(locale.goods)))
    return names[:rows]


def _item(random_: random.Random, locale: Locale, name: str, varied: frozenset[str], sign: int) -> Item:
    quantity = Decimal(random_.choice(["1", "1", "2", "3", "4", "5", "8", "10", "12", "25", "1.5", "0.75", "100"]))
    top = 450000 if "large" in varied else 48000
    return Item(
        description=name,
        detail=random_.choice(locale.details) if "details" in varied and random_.random() < 0.6 else "",
        code=random_.choice(["{n}", "A-{n}", "{n}.10", "HT{n}"]).format(n=random_.randrange(1000, 99999)),
        quantity=quantity,
        unit=random_.choice(locale.units),
        price=sign * Decimal(random_.randrange(120, top)) / 100,
        discount=Decimal(random_.choice([0, 0, 5, 10, 15])) if "discounts" in varied else Decimal(),
        rate=Decimal(str(random_.choice(locale.rates))),
    )
