"""Totals after discounts, prepayments and retentions, by rates, without tax: what a line says and what adds up."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from extractors.rules.extract import candidates
from schemas.document import ParsedDocument
from schemas.loader import builtin_schemas
from schemas.results import Candidate

Maker = Callable[..., ParsedDocument]
FIELDS = ("net_total", "tax_total", "gross_total")


def best(document: ParsedDocument, field: str) -> Candidate | None:
    found = [c for c in candidates(document, builtin_schemas()["invoice"]) if c.field == field]
    return max(found, key=lambda candidate: candidate.score) if found else None


def totals(document: ParsedDocument) -> tuple[str | None, ...]:
    found = (best(document, field) for field in FIELDS)
    return tuple(str(candidate.value) if candidate else None for candidate in found)


def lines(laid_out: Maker, *rows: tuple[str, str]) -> ParsedDocument:
    return laid_out(
        [(x, 300 + 15 * at, text) for at, row in enumerate(rows) for x, text in zip((60, 480), row, strict=True)]
    )


@pytest.mark.parametrize(
    ("net", "tax", "gross"),
    [
        ("Total charges excluding VAT", "Add VAT at 20%", "Total charges including VAT"),
        ("Summe exkl. USt", "20% USt", "Gesamtbetrag"),
        ("Montant hors taxes", "TVA sur les encaissements 20 %", "Montant toutes taxes comprises"),
        ("SUBTOTAL M.N.", "I.V.A. 20%", "TOTAL CON I.V.A."),
        ("Total productos y envío (sin IVA)", "Total impuestos", "Total pagado"),
        ("Imponibile", "I.V.A. 20%", "Totale parcella"),
        ("Totaal diensten excl. btw", "20% btw over € 1.000,00", "Totaal factuur"),
        ("Net", "TOTAL GST 20%", "Invoice total"),
        ("Summe netto", "20 % Umsatzsteuer Nr. 7008 VV", "zu zahlender Betrag"),
    ],
)
def test_line_says_which_amount(laid_out: Maker, net: str, tax: str, gross: str) -> None:
    """A wording that no list has is understood by its words for a sum, for with or without, and for tax."""
    document = lines(laid_out, (net, "1.000,00 €"), (tax, "200,00 €"), (gross, "1.200,00 €"))
    assert totals(document) == ("1000.00", "200.00", "1200.00")


def test_prepayment_is_no_smaller_invoice(laid_out: Maker) -> None:
    """What is left after a payment on account is not what the invoice comes to."""
    document = lines(
        laid_out,
        ("Subtotal", "£3,062.00"), ("VAT at 20%", "£585.40"), ("TOTAL", "£3,647.40"),
        ("Less received on account", "(1,000.00)"), ("BALANCE DUE", "£2,647.40"),
    )  # fmt: skip
    assert totals(document) == ("3062.00", "585.40", "3647.40")


def test_charges_of_a_sum_are_other_amounts(laid_out: Maker) -> None:
    """The total of the allowances is not the total of the invoice, though it begins with the same word."""
    document = lines(
        laid_out,
        ("Gesamtbetrag der Abschläge", "-914,73"), ("Rechnungssumme ohne USt", "193,77"),
        ("Steuerbetrag", "21,30"), ("Bruttosumme", "215,07"),
    )  # fmt: skip
    assert totals(document) == ("193.77", "21.30", "215.07")


def test_reverse_charge_prints_no_tax(laid_out: Maker) -> None:
    """With a tax of nil, the sum without tax is the same amount where it is printed besides the total."""
    document = lines(
        laid_out, ("Value of this application", "23,984.00"), ("VAT - reverse charge", "0.00"),
        ("INVOICE TOTAL", "23,984.00"),
    )  # fmt: skip
    assert totals(document) == ("23984.00", "0.00", "23984.00")
    net, gross = best(document, "net_total"), best(document, "gross_total")
    assert net is not None and gross is not None and net.evidence[0].boxes != gross.evidence[0].boxes


@pytest.mark.parametrize(
    "line",
    ["Te betalen (geen btw verschuldigd)", "Total à payer, TVA non applicable", "Summe, keine USt ausgewiesen"],
)
def test_denied_tax_has_no_amount(laid_out: Maker, line: str) -> None:
    """Words that say that no tax is due do not make the amount of their line a tax."""
    document = lines(laid_out, (line, "€ 1.181,00"))
    assert totals(document)[1] is None


def test_article_of_a_law_is_hardly_an_amount(laid_out: Maker) -> None:
    """A bare number behind a label of totals is doubted where the document writes cents."""
    document = lines(laid_out, ("Total à payer", "1 442,40 €"), ("TVA selon l'art. 293 B du CGI", ""))
    tax = best(document, "tax_total")
    assert tax is None or tax.score < 0.4


def test_base_and_tax_by_rate_without_any_sum(laid_out: Maker) -> None:
    """Bases and taxes by rate that make up the total together are added up, each sum with its parts."""
    document = lines(
        laid_out, ("Maatstaf van heffing 6 %", "400,00"), ("BTW 6 %", "24,00"), ("Maatstaf van heffing 21 %", "600,00"),
        ("BTW 21 %", "126,00"), ("Totaal te betalen", "1.150,00"),
    )  # fmt: skip
    assert totals(document) == ("1000.00", "150.00", "1150.00")
    net = best(document, "net_total")
    assert net is not None and set(net.derived_from) == {"400.00", "600.00"}


def test_rounding_is_no_total(laid_out: Maker) -> None:
    """Of two totals a cent apart the one that adds up to the cent is the invoice's."""
    document = lines(
        laid_out, ("Total exkl. MWST", "7'277.25"), ("MWST 8.1% von 6'437.25", "521.42"), ("MWST 2.6 %", "21.84"),
        ("Total inkl. MWST", "7'820.51"), ("Rundungsdifferenz", "-0.01"), ("Rechnungsbetrag CHF", "7'820.50"),
    )  # fmt: skip
    assert totals(document) == ("7277.25", "543.26", "7820.51")


def test_total_of_tax_besides_its_parts(laid_out: Maker) -> None:
    """The total of tax is believed before the tax of one rate."""
    document = laid_out(
        [
            (60, 300, "IVA 10%"), (160, 300, "IVA 21%"), (260, 300, "Total IVA"), (360, 300, "TOTAL EUR"),
            (60, 315, "13,82"), (160, 315, "7,56"), (260, 315, "21,38"), (360, 315, "923,13"),
        ]
    )  # fmt: skip
    assert totals(document)[1:] == ("21.38", "923.13")


def test_terms_are_no_amount(laid_out: Maker) -> None:
    """ "Net 30" and "30 days" are times to pay in, not sums."""
    document = laid_out([(60, 300, "TERMS"), (60, 315, "Net 30"), (300, 300, "Total"), (480, 300, "120.00")])
    assert totals(document) == (None, None, "120.00")


SUMMARY = [
    (40, 300, "Satz"), (180, 300, "Netto"), (250, 300, "MwSt"), (315, 300, "Brutto"),
    (40, 318, "A = 7 %"), (170, 318, "317,76"), (250, 318, "22,24"), (315, 318, "340,00"),
    (40, 336, "B = 19 %"), (175, 336, "70,50"), (250, 336, "13,40"), (315, 336, "83,90"),
]  # fmt: skip
SUMS = [(40, 354, "Summe"), (170, 354, "388,26"), (250, 354, "35,66"), (315, 354, "423,90")]


def test_last_row_of_a_summary_by_rates(laid_out: Maker) -> None:
    """The row that the others add up to holds the totals, not the first under the heads."""
    assert totals(laid_out([*SUMMARY, SUMS[0], SUMS[1], (250, 354, "35,64"), SUMS[3]])) == (
        "388.26", "35.64", "423.90",
    )  # fmt: skip


def test_summary_by_rates_without_sums(laid_out: Maker) -> None:
    """Where no sums are printed they are worked out, and say from which amounts."""
    document = laid_out([*SUMMARY, (400, 300, "Rechnungsbetrag"), (500, 300, "423,90 EUR")])
    assert totals(document) == ("388.26", "35.64", "423.90")
    tax = best(document, "tax_total")
    assert tax is not None and tax.derived_from == ("22.24", "13.40") and len(tax.evidence[0].boxes) == 2


def test_summary_that_does_not_add_up(laid_out: Maker) -> None:
    """A last row that the others do not add up to is no row of sums: nothing vouches for it."""
    wrong, right = laid_out([*SUMMARY, *SUMS]), laid_out([*SUMMARY, SUMS[0], SUMS[1], (250, 354, "35,64"), SUMS[3]])
    doubtful, sure = best(wrong, "tax_total"), best(right, "tax_total")
    assert doubtful is not None and sure is not None and doubtful.score < sure.score


def test_amount_in_front_of_its_label(laid_out: Maker) -> None:
    """On a page whose columns run the other way, the label stands behind the amount."""
    document = laid_out(
        [(80, 300, "2.719,90 total hors TVA"), (80, 315, "571,18 TVA 21 %"), (80, 330, "3.291,08 total TVA comprise")]
    )
    assert totals(document) == ("2719.90", "571.18", "3291.08")


def test_value_in_the_column_of_its_head(laid_out: Maker) -> None:
    """Of two amounts in one line of text the one under the label is its value."""
    document = laid_out([(400, 300, "TOTAL FACTURA"), (360, 315, "2,27 855,89 €")])
    assert totals(document)[2] == "855.89"


def test_account_numbers_are_no_amounts(laid_out: Maker) -> None:
    """Groups of digits of a VAT number or an account behind a label of tax are not read as money."""
    document = lines(
        laid_out, ("BTW BE 0455.920.388 | KBC BE70 7350 4481 7725", ""), ("Totaal excl. btw", "100,00"),
        ("BTW verlegd", "0,00"), ("Te betalen", "100,00"),
    )  # fmt: skip
    taxes = [c.value for c in candidates(document, builtin_schemas()["invoice"]) if c.field == "tax_total"]
    assert taxes == [Decimal("0.00")]
