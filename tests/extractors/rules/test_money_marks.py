"""Currencies by sign, code and country, and account numbers that lines part."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from extractors.rules.extract import candidates
from schemas.document import ParsedDocument
from schemas.loader import builtin_schemas
from schemas.results import Candidate

Maker = Callable[..., ParsedDocument]


def best(document: ParsedDocument, field: str) -> Candidate | None:
    found = [c for c in candidates(document, builtin_schemas()["invoice"]) if c.field == field]
    return max(found, key=lambda candidate: candidate.score) if found else None


@pytest.mark.parametrize(
    ("texts", "currency"),
    [
        (["Total 35'236.15 Fr.", "Solde Fr. 20'236.15"], "CHF"),
        (["Total HT en euros", "436,68"], "EUR"),
        (["Accommodation Rm 614", "Total AUD", "1,292.00"], "AUD"),
        (["Total $ 45,510.00", "IVA $ 7,281.60", "NETO A PAGAR MXN"], "MXN"),
        (["Total $ 45,510.00", "Balance $ 10.00"], "USD"),
        (["US$ 20.00", "$ 3.00", "CAD 5.00", "$ 7.00"], "USD"),
        (["Fr. 8-13 Uhr", "Summe 12,00 €"], "EUR"),
        (["Total $ 45,510.00", "R.F.C. ABA 970611 2P8"], "MXN"),
        (["Total $100.00", "ABN 51 824 753 556"], "AUD"),
        (["We try it at 10:00", "Total 100.00"], None),
    ],
)
def test_currency(laid_out: Maker, texts: list[str], currency: str | None) -> None:
    """Signs and codes count where they mean money; which dollar, a code or the country tells."""
    found = best(laid_out([(60, 100 + 15 * at, text) for at, text in enumerate(texts)]), "currency")
    assert (found.value if found else None) == currency


@pytest.mark.parametrize(
    ("first", "second"),
    [("IBAN DE89 3704 0044 0532", "0130 00, quoting 4711"), ("auf mein Konto: DE89", "3704 0044 0532 0130 00.")],
)
def test_account_over_two_lines(laid_out: Maker, first: str, second: str) -> None:
    """An account number that a line parts is joined where its check digits prove it."""
    found = best(laid_out([(60, 700, first), (60, 712, second)]), "iban")
    assert found is not None and found.value == "DE89370400440532013000"
    assert len(found.evidence[0].boxes) == 2


def test_account_is_not_made_up_of_two_lines(laid_out: Maker) -> None:
    """Two lines whose digits fail the check digits are not joined."""
    found = best(laid_out([(60, 700, "auf mein Konto: DE89"), (60, 712, "3704 0044 0532 0130 01.")]), "iban")
    assert found is None or found.score < 0.7
