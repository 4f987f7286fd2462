"""An e-invoice in XML without a PDF: its pages list what it says; nothing can differ and everything has its place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from documents.parse import parse_bytes
from extractors.assess.embedded_page import CHECK
from extractors.pipeline import extract
from schemas.loader import builtin_schemas

INVOICE = builtin_schemas()["invoice"]
UBL = """<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>U-7</ID>
 <IssueDate>2026-03-05</IssueDate><DocumentCurrencyCode>EUR</DocumentCurrencyCode>{lines}</Invoice>"""
UBL_LINE = """<InvoiceLine><ID>{number}</ID><InvoicedQuantity unitCode="C62">{quantity}</InvoicedQuantity>
 <LineExtensionAmount currencyID="EUR">{amount}.00</LineExtensionAmount><Item><Description>By the piece</Description>
 <Name>Good no. {number}</Name></Item><Price><PriceAmount>{price}.00</PriceAmount></Price></InvoiceLine>"""
CII = """<CrossIndustryInvoice><ExchangedDocument><ID>R-1</ID><IssueDateTime><DateTimeString format="{form}">20260305
 </DateTimeString></IssueDateTime></ExchangedDocument></CrossIndustryInvoice>"""


def sold(count: int) -> bytes:
    """An invoice of `count` items, each with another price, most on another page than the first."""
    items = [(number, number % 7 + 2, 100 + number) for number in range(1, count + 1)]
    lines = [UBL_LINE.format(number=n, quantity=q, price=p, amount=q * p) for n, q, p in items]
    return UBL.format(lines="".join(lines)).encode()


@pytest.mark.parametrize("count", [1, 2, 40])
def test_each_cell_of_each_item_has_its_place_beside_the_others(count: int) -> None:
    """Also where the amounts stand above the name, and where items fill several pages."""
    document = parse_bytes(sold(count))
    found = extract(document, INVOICE, accept_proved=True)
    rows = found.rows["line_items"]
    assert len(rows) == count
    assert not [problem for problem in found.problems if problem.check == CHECK]
    assert len(document.pages) > 1 or count < 40
    for row in rows:
        places = [cell.evidence for cell in row.cells.values() if cell.value is not None]
        assert len(places) == 4
        assert all(place for place in places)
        tops = [place.boxes[0].y0 for (place, *_) in places]
        assert len({place.page for (place, *_) in places}) == 1
        assert max(tops) - min(tops) < 8 * 12.5  # the lines that one item has
        assert len(set(tops)) == 4


def test_a_day_without_marks_is_listed_as_a_day_and_found() -> None:
    document = parse_bytes(CII.format(form="102").encode())
    assert "2026-03-05" in document.text
    (place,) = extract(document, INVOICE, accept_proved=False).fields["issue_date"].evidence
    assert place.quote == "2026-03-05"


def test_what_is_not_said_to_be_a_day_is_listed_as_it_stands() -> None:
    assert "20260305" in parse_bytes(CII.format(form="999").encode()).text


@pytest.mark.parametrize(("media_type", "told"), [("application/pdf", True), ("application/xml", False)])
def test_only_a_page_of_its_own_can_say_otherwise(media_type: str, *, told: bool) -> None:
    """The same data beside pages with another day: a difference for a PDF, and none for a file that is the data."""
    shown = parse_bytes(sold(1).replace(b"2026-03-05", b"2026-03-06"))
    document = replace(parse_bytes(sold(1)), media_type=media_type, pages=shown.pages)
    problems = extract(document, INVOICE).problems
    assert any(problem.check == CHECK for problem in problems) is told
