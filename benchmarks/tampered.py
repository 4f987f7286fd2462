"""E-invoices whose page and embedded data were made to differ: is each of them told, and are both values offered?

    python -m benchmarks.tampered --seed 1 --pairs 100

Each pair is an invented invoice of the sample generator, printed in one of its layouts, with Factur-X data inside.
Either the data or the page is changed, in one field or one cell of one row, or a row is left out.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

from lxml import etree

from documents.parse import parse_bytes
from extractors.assess.embedded_page import CHECK
from extractors.pipeline import extract
from samples.generate import STYLES
from samples.generator.electronic import cross_industry, with_attachment
from samples.generator.invoice import Invoice, Item, invoice
from samples.generator.layouts import LAYOUTS
from schemas.loader import builtin_schemas

PAIRS = 100
Change = Callable[[Invoice, random.Random], Invoice]


@dataclass(frozen=True, slots=True)
class Pair:
    """A PDF and which field its page and data say differently; "" for one that was left alone."""

    name: str
    content: bytes
    field: str


def _item(position: int, **changes: object) -> Change:
    def change(whole: Invoice, _: random.Random) -> Invoice:
        items = list(whole.items)
        items[position] = replace(items[position], **changes)  # type: ignore[arg-type]
        return replace(whole, items=tuple(items))

    return change


def _price(whole: Invoice, dice: random.Random) -> Invoice:
    position = dice.randrange(len(whole.items))
    more = whole.items[position].unit_price + Decimal(dice.randrange(1, 90_000)) / 100
    return _item(position, unit_price=more)(whole, dice)


def _quantity(whole: Invoice, dice: random.Random) -> Invoice:
    position = dice.randrange(len(whole.items))
    return _item(position, quantity=whole.items[position].quantity + dice.choice([1, 2, 10, 90]))(whole, dice)


def _description(whole: Invoice, dice: random.Random) -> Invoice:
    return _item(dice.randrange(len(whole.items)), description="Gold bar 999.9")(whole, dice)


def _left_out(whole: Invoice, dice: random.Random) -> Invoice:
    position = dice.randrange(len(whole.items))
    return replace(whole, items=(*whole.items[:position], *whole.items[position + 1 :]))


def _added(whole: Invoice, dice: random.Random) -> Invoice:
    item = Item("Consulting", Decimal(1), Decimal(dice.randrange(1_000, 90_000)) / 100)
    return replace(whole, items=(*whole.items, item))


CHANGES: dict[str, tuple[str, Change]] = {
    "number": ("invoice_number", lambda whole, dice: replace(whole, number=f"RE-{dice.randrange(10**5, 10**6)}")),
    "issued": (
        "issue_date",
        lambda whole, dice: replace(whole, issued=whole.issued - timedelta(dice.randrange(1, 60))),
    ),
    "due": ("due_date", lambda whole, dice: replace(whole, due=whole.due + timedelta(dice.randrange(1, 60)))),
    "order": ("order_reference", lambda whole, dice: replace(whole, order=f"PO-{dice.randrange(10**5, 10**6)}")),
    "account": ("iban", lambda whole, _: replace(whole, seller=replace(whole.seller, iban="DE02120300000000202051"))),
    "tax number": ("seller_vat_id", lambda w, _: replace(w, seller=replace(w.seller, vat_id="DE136695976"))),
    "seller": ("seller_name", lambda w, _: replace(w, seller=replace(w.seller, name="Quick Cash Trading Ltd"))),
    "price": ("line_items", _price),
    "quantity": ("line_items", _quantity),
    "description": ("line_items", _description),
    "row left out": ("line_items", _left_out),
    "row added": ("line_items", _added),
}
TOTALS = {"GrandTotalAmount": "gross_total", "TaxTotalAmount": "tax_total", "TaxBasisTotalAmount": "net_total"}
CELLS = ("ChargeAmount", "BilledQuantity", "LineTotalAmount")  # of one row, so that nothing else is touched
WAYS = (*CHANGES, *TOTALS, *CELLS)


def pairs(seed: int = 1, count: int = PAIRS, *, tampered: bool = True) -> Iterator[Pair]:
    """Give `count` e-invoices, the ways in turn; the same seed gives the same content."""
    dice = random.Random(seed)
    for number in range(count):
        way, layout = WAYS[number % len(WAYS)], tuple(LAYOUTS)[number % len(LAYOUTS)]
        whole = invoice(dice, STYLES[layout], rows=dice.randrange(2, 9), which=number)
        printed, data, name = whole, cross_industry(whole), ""
        if tampered and way in CHANGES:
            name, change = CHANGES[way]
            changed = change(whole, dice)
            printed, data = (whole, cross_industry(changed)) if dice.random() < 0.5 else (changed, data)
        elif tampered:
            name = TOTALS.get(way, "line_items")
            data = _edited(data, way, Decimal(dice.randrange(1, 50_000)) / 100)
        yield Pair(f"{way}-{number:03}", with_attachment(LAYOUTS[layout](printed), data), name)


def _edited(xml: bytes, name: str, more: Decimal) -> bytes:
    """The XML with `more` added to the first amount of that name."""
    root = etree.fromstring(xml)
    element = next(each for each in root.iter() if etree.QName(each).localname == name)
    element.text = f"{Decimal(element.text or '0') + more:f}"
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


@dataclass
class Figures:
    """What became of the pairs."""

    pairs: Counter[str] = field(default_factory=Counter)  # by field
    told: Counter[str] = field(default_factory=Counter)  # the field is named in a problem
    offered: Counter[str] = field(
        default_factory=Counter
    )  # page's and data's value can be chosen, each with its source
    accepted: int = 0  # differing fields that were accepted all the same
    missed: list[str] = field(default_factory=list)  # names of pairs of which nothing was told
    alarms: int = 0  # pairs that were left alone and of which something was told


def measure(every: Iterator[Pair]) -> Figures:
    """Take the pairs through parsing and extraction, and count."""
    schema, figures = builtin_schemas()["invoice"], Figures()
    for pair in every:
        extraction = extract(parse_bytes(pair.content, f"{pair.name}.pdf"), schema, accept_proved=True)
        told = {name for problem in extraction.problems if problem.check == CHECK for name in problem.fields}
        if not pair.field:
            figures.alarms += bool(told)
            continue
        result = extraction.fields[pair.field]
        figures.pairs[pair.field] += 1
        figures.told[pair.field] += pair.field in told
        figures.accepted += result.decision == "accepted"
        sources = {result.source, *(other.source for other in result.alternatives)}
        for row in extraction.rows.get(pair.field, ()):
            for cell in row.cells.values():
                sources |= {cell.source, *(other.source for other in cell.alternatives)}
        figures.offered[pair.field] += {"embedded", "rules"} <= sources
        if pair.field not in told:
            figures.missed.append(pair.name)
    return figures


def main() -> int:
    """Measure and print; 1 if a pair was not told."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pairs", type=int, default=PAIRS)
    arguments = parser.parse_args()
    figures = measure(pairs(arguments.seed, arguments.pairs))
    for name, count in figures.pairs.items():
        print(f"{name:16} pairs {count:3}  told {figures.told[name]:3}  both offered {figures.offered[name]:3}")
    print(f"told {figures.told.total()} of {figures.pairs.total()}, accepted all the same {figures.accepted}")
    if figures.missed:
        print(f"not told: {', '.join(figures.missed)}")
    alone = measure(pairs(arguments.seed, arguments.pairs, tampered=False))
    print(f"left alone {arguments.pairs}, something told of {alone.alarms}")
    return 1 if figures.missed or figures.accepted else 0


if __name__ == "__main__":
    sys.exit(main())
