"""Labels as printed: heads of columns, second wordings, rates, and words that make them somebody else's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from extractors.rules.extract import candidates
from schemas.document import ParsedDocument
from schemas.loader import builtin_schemas
from schemas.results import Value

Maker = Callable[..., ParsedDocument]


def value(document: ParsedDocument, field: str) -> Value | None:
    found = [c for c in candidates(document, builtin_schemas()["invoice"]) if c.field == field]
    return max(found, key=lambda candidate: candidate.score).value if found else None


def test_second_wording_is_no_value(laid_out: Maker) -> None:
    """ "Cedente / Prestatore" is one label in two words, and the value stands below it."""
    document = laid_out([(40, 50, "CEDENTE / PRESTATORE"), (40, 62, "Grafica Moderna S.p.A."), (40, 74, "Via Roma 2")])
    assert value(document, "seller_name") == "Grafica Moderna S.p.A."


def test_value_in_a_column_belongs_to_its_head(laid_out: Maker) -> None:
    """A value right under the head of its column is not taken by a word of a label on its left."""
    document = laid_out(
        [
            (40, 142, "Tipologia documento"), (170, 142, "Numero documento"), (290, 142, "Data documento"),
            (40, 154, "TD01 fattura"), (170, 154, "FPR 88/24"), (290, 154, "20-05-2024"),
        ]
    )  # fmt: skip
    assert value(document, "invoice_number") == "FPR 88/24"
    assert value(document, "issue_date") == date(2024, 5, 20)


def test_label_of_a_rate_gives_no_amount(laid_out: Maker) -> None:
    """Under "BTW %" stands a rate, under "BTW bedrag" the tax."""
    document = laid_out(
        [
            (150, 680, "BTW %"), (250, 680, "BTW bedrag"), (400, 680, "Te betalen"),
            (150, 692, "21,00"), (250, 692, "172,20"), (400, 692, "992,20"),
        ]
    )  # fmt: skip
    assert value(document, "tax_total") == Decimal("172.20")


def test_amount_without_tax_is_not_the_tax(laid_out: Maker) -> None:
    """ "Betrag exkl. MWST" names an amount without tax."""
    document = laid_out(
        [
            (340, 375, "Betrag exkl. MWST"), (480, 375, "4'600.50"),
            (340, 389, "MWST 8.1%"), (480, 389, "372.65"),
        ]
    )  # fmt: skip
    assert value(document, "tax_total") == Decimal("372.65")


def test_place_and_day(laid_out: Maker) -> None:
    """A line of a place and a day dates a letter, though other days have words before them."""
    document = laid_out([(400, 130, "Göttingen, 30.08.2024"), (400, 150, "Auftrag vom 01.07.2024")])
    assert value(document, "issue_date") == date(2024, 8, 30)


def test_longer_label_is_another_one(laid_out: Maker) -> None:
    """ "Fecha de cargo:" is not the date of the invoice when a plain date stands elsewhere."""
    document = laid_out(
        [
            (40, 110, "Fecha de la lectura: 01/02/2024"),
            (40, 140, "Fecha: 08/01/2024"),
            (40, 160, "Total factura 9,00 €"),
        ]
    )
    assert value(document, "issue_date") == date(2024, 1, 8)


def test_number_with_words_before_it(laid_out: Maker) -> None:
    """An Italian number without the country's letters is taken behind "e C.F.", by its check digit."""
    document = laid_out([(40, 60, "Bellandi S.r.l."), (40, 72, "P.IVA e C.F. 00743110157")])
    assert value(document, "seller_vat_id") == "00743110157"


def test_value_at_the_other_end_of_its_box(laid_out: Maker) -> None:
    """In a row of boxes each value belongs to the label above it, wherever in its box it stands."""
    document = laid_out(
        [
            (60, 280, "Subtotal"), (230, 280, "VAT 20%"), (420, 280, "Total due"),
            (140, 296, "49.00"), (320, 296, "9.80"), (500, 296, "58.80"),
        ]
    )  # fmt: skip
    totals = [value(document, name) for name in ("net_total", "tax_total", "gross_total")]
    assert totals == [Decimal("49.00"), Decimal("9.80"), Decimal("58.80")]


def test_legal_form_in_the_next_line_is_part_of_the_name(laid_out: Maker) -> None:
    """A narrow column breaks long names; the address does not become part of them."""
    placed = [(60, 100, "Bill to"), (60, 114, "Sonnleitner Gartenbau GmbH & Co."), (60, 127, "KG")]
    placed += [(60, 140, "Am Hafen 3"), (60, 153, "48143 Münster")]
    assert value(laid_out(placed), "buyer_name") == "Sonnleitner Gartenbau GmbH & Co. KG"


def test_company_behind_the_brand(laid_out: Maker) -> None:
    """A brand at the head tells which of the companies on the page sent it."""
    placed = [(60, 60, "HALVORSEN"), (60, 120, "Pinnacle Products LLC"), (60, 133, "77 Harbor Drive")]
    placed += [(60, 146, "Portland, OR 97205"), (60, 780, "Halvorsen Roofing LLC")]
    document = laid_out(placed)
    brand, *others = document.pages[0].lines
    large = replace(brand, words=tuple(replace(word, size=24.0) for word in brand.words))
    page = replace(document.pages[0], lines=(large, *others))
    assert value(replace(document, pages=(page,)), "seller_name") == "Halvorsen Roofing LLC"


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (("Fakturadato: 04.09.2026", "Beløb ekskl. moms: 80,00 kr.", "I alt inkl. moms: 100,00 kr."), "DKK"),
        (("Fakturadatum: 2026-09-04", "Summa exkl. moms: 80,00 kr", "Att betala: 100,00 kr"), "SEK"),
        (("Data wystawienia: 04.09.2026", "Razem netto: 80,00 zł", "Do zapłaty: 100,00 zł"), "PLN"),
    ],
)
def test_currency_beside_the_amounts(laid_out: Maker, lines: tuple[str, ...], code: str) -> None:
    """Short names of currencies are known, and crowns are those of the country whose language is written."""
    document = laid_out([(60, 100 + 20 * number, line) for number, line in enumerate(lines)])
    assert value(document, "currency") == code


def test_a_name_may_hold_the_word_of_a_label(laid_out: Maker) -> None:
    """What a company deals in does not end its name."""
    document = laid_out([(60, 100, "Bill to"), (160, 100, "Calder Freight Services Ltd"), (60, 120, "Date 1 May 2026")])
    assert value(document, "buyer_name") == "Calder Freight Services Ltd"


def test_company_in_the_foot_sent_it_to_the_one_above(laid_out: Maker) -> None:
    """Where only the foot gives the sender, the address at the head is the reader's."""
    placed = [(300, 110, "Calder Shipping Ltd"), (300, 123, "27 Station Road"), (300, 136, "Limerick V94 T2K1")]
    placed += [(60, 770, "Pembrook Joinery Ltd"), (60, 783, "3 Sawmill Road"), (60, 796, "Dublin D08 KX2P")]
    document = laid_out([*placed, (60, 300, "Total due: 100.00")])
    assert value(document, "seller_name") == "Pembrook Joinery Ltd"
    assert value(document, "buyer_name") == "Calder Shipping Ltd"
