"""Till receipts: whose they are, where the shop is, and what was to be paid."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.page.locale import locale_of
from extractors.page.runs import Layout
from extractors.rules.extract import candidates
from extractors.rules.payment import paid
from schemas.document import ParsedDocument
from schemas.loader import builtin_schemas
from schemas.results import Value

Maker = Callable[..., ParsedDocument]
HEAD = [(60, 40, "Kedai Buku Seroja"), (60, 52, "No. 14, Jalan Kenanga 3/2,"), (60, 64, "43200 Cheras")]


def value(document: ParsedDocument, field: str) -> Value | None:
    found = [c for c in candidates(document, builtin_schemas()["receipt"]) if c.field == field]
    return max(found, key=lambda candidate: candidate.score).value if found else None


def lines(*texts: str) -> list[tuple[int, int, str]]:
    return [(60, 40 + 12 * row, text) for row, text in enumerate(texts)]


def till(*rows: tuple[str, str]) -> list[tuple[int, int, str]]:
    placed = [[(60, 200 + 14 * row, label), (300, 200 + 14 * row, amount)] for row, (label, amount) in enumerate(rows)]
    return [*HEAD, *(place for both in placed for place in both)]


def test_cash_less_change_is_the_total(laid_out: Maker) -> None:
    """Of two totals the one after rounding is believed: it is what the change leaves of the cash."""
    document = laid_out(
        till(
            ("Total sales inclusive GST", "28.31"),
            ("Rounding adjustment", "-0.01"),
            ("Total", "28.30"),
            ("Cash", "50.00"),
            ("Change", "21.70"),
        )
    )
    assert value(document, "total") == Decimal("28.30")


def test_total_without_any_label(laid_out: Maker) -> None:
    """An amount that no label leads to is found by what was handed over and given back."""
    document = laid_out(till(("Meal", "90.75"), ("TL", "96.20"), ("Cash", "100.00"), ("Your change", "3.80")))
    assert value(document, "total") == Decimal("96.20")


def test_payment_by_card(laid_out: Maker) -> None:
    """Without change what the card paid is the total, not the sum before tax."""
    document = laid_out(
        till(("Total", "40.00"), ("Service and tax", "4.40"), ("Amount", "44.40"), ("VISA", "44.40")),
    )
    assert value(document, "total") == Decimal("44.40")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(total=st.decimals("0.05", "9999.95", places=2), change=st.decimals("0.00", "999.95", places=2), by=st.booleans())
def test_what_was_paid_is_printed(laid_out: Maker, total: Decimal, change: Decimal, by: bool) -> None:
    """Whatever was handed over: the total that is printed above is offered, and nothing that is not printed."""
    label = "Cash" if by else "Tunai"
    document = laid_out(till(("Total", f"{total}"), (label, f"{total + change}"), ("Change", f"{change}")))
    layout = Layout(document)
    field = builtin_schemas()["receipt"].field("total")
    assert field is not None
    offered = {sighting.value for sighting in paid(field, layout, locale_of(layout))}
    assert total in offered
    assert offered <= {total, total + change, change}


def test_shop_with_a_number_in_its_name(laid_out: Maker) -> None:
    """Digits do not speak against a name that has a legal form; a line between street and city is no name."""
    document = laid_out(lines("24 HOUR MART S/B (401938-K)", "Lot 18, Jalan Angsana,", "TAMAN SENTOSA", "41200 Klang"))
    assert value(document, "merchant_name") == "24 HOUR MART S/B"
    assert value(document, "merchant_address") == "Lot 18, Jalan Angsana, TAMAN SENTOSA, 41200 Klang"


def test_brand_above_the_company(laid_out: Maker) -> None:
    """A line of two names and a legal form is a company of its own, not the end of the brand above it."""
    document = laid_out(lines("Silver Cup", "T&K VENTURE SDN BHD", "Lot 3, Jalan Merdeka", "75000 Melaka"))
    assert value(document, "merchant_name") == "T&K VENTURE SDN BHD"


def test_company_that_owns_the_brand(laid_out: Maker) -> None:
    """ "Owned by" leads to the company."""
    document = laid_out(lines("Old Harbour", "OWNED BY: CHEF LIM SDN BHD", "CO.NO. (301223-T)", "12, Jalan Besar"))
    assert value(document, "merchant_name") == "CHEF LIM SDN BHD"


@pytest.mark.parametrize(
    ("printed", "address"),
    [
        (
            ("UG12, Upper Ground, Bay Centre,", "Lebuh Bandar, 47300 Petaling Jaya"),
            "UG12, Upper Ground, Bay Centre, Lebuh Bandar, 47300 Petaling Jaya",
        ),
        (("HQ ADD: Lot 77, Batu 3, Jalan Sungai", "41300 Klang"), "Lot 77, Batu 3, Jalan Sungai, 41300 Klang"),
        (("No. 5, Jalan Bukit", "50400 Kuala Lumpur, Malaysia", "Bay Centre"), None),
    ],
    ids=["begins_without_a_street", "label_before_it", "ends_with_the_country"],
)
def test_lines_of_an_address(laid_out: Maker, printed: tuple[str, ...], address: str | None) -> None:
    """An address begins where its first line does, without its label, and ends with the country."""
    document = laid_out(lines("Acme Store Sdn Bhd", *printed, "Tel: 03-1234 5678"))
    assert value(document, "merchant_address") == (address or ", ".join(printed[:-1]))


@pytest.mark.parametrize("read", ["SON BHD", "SDN 8HD", "SDN 1 BHD", "SDNBHD", "5DN BHO"])
def test_legal_form_misread(laid_out: Maker, read: str) -> None:
    """A legal form that recognition misread marks a name all the same, and is spelled right; printed text is left."""
    page = lines("Silver Cup", f"PINE HILL {read}", "Lot 3, Jalan Merdeka", "75000 Melaka")
    assert value(laid_out(page, origin="ocr"), "merchant_name") == "PINE HILL SDN BHD"
    assert value(laid_out(page), "merchant_name") == f"PINE HILL {read}"


def test_fraction_is_no_legal_form(laid_out: Maker) -> None:
    """ "5/8" stays a number."""
    page = lines("Timber Corner", "Planks 5/8 inch", "Lot 3, Jalan Merdeka", "75000 Melaka")
    assert value(laid_out(page, origin="ocr"), "merchant_name") == "Timber Corner"
