"""What an e-invoice says, in the names of the invoice schema; the reading of each syntax fills one of these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from lxml import etree


@dataclass(frozen=True, slots=True)
class InvoiceTerms:
    """Values as the XML writes them (text), by field name; rows of items by column name."""

    syntax: str  # "CII" or "UBL"
    values: Mapping[str, str]
    rows: tuple[Mapping[str, str], ...]


def children(element: etree._Element, path: str) -> Iterator[etree._Element]:
    """Yield the elements at `path` ("Party/Name"), by local names: prefixes and versions of namespaces differ."""
    step, _, rest = path.partition("/")
    for child in element:
        if isinstance(child.tag, str) and etree.QName(child).localname == step:
            if rest:
                yield from children(child, rest)
            else:
                yield child


def text_at(element: etree._Element | None, *paths: str) -> str:
    """Return the text of the first filled element at any of `paths`, in their order; empty if there is none."""
    if element is None:
        return ""
    for path in paths:
        for found in children(element, path):
            text = " ".join("".join(map(str, found.itertext())).split())
            if text:
                return text
    return ""


def first(element: etree._Element | None, path: str) -> etree._Element | None:
    """Return the first element at `path`, or None."""
    return None if element is None else next(children(element, path), None)


def filled(values: Mapping[str, str]) -> dict[str, str]:
    """Return only what has text."""
    return {name: value for name, value in values.items() if value}


def price_of_one(amount: str, basis: str) -> str:
    """Return the price of one unit: the XML's amount is for its basis quantity, which need not be one."""
    try:
        quantity = Decimal(basis or "1")
        if not amount or quantity in (0, 1):
            return amount
        return format(Decimal(amount) / quantity, "f")
    except InvalidOperation:
        return ""


def in_currency(amounts: Iterable[etree._Element], currency: str) -> str:
    """Return the amount in the invoice's own currency: a second may stand there in that of the books (BT-111)."""
    every = list(amounts)
    own = [amount for amount in every if amount.get("currencyID") in (None, "", currency)]
    return next(((amount.text or "").strip() for amount in own or every), "")
