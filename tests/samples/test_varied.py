"""Invented invoices of many layouts: different, always the same, and with a truth that the page prints."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _generator(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("reportlab")
    monkeypatch.syspath_prepend(str(ROOT))
    from samples.varied.draft import missing_fonts

    if missing_fonts():
        pytest.skip(
            f"the font {missing_fonts()[0]} is not on this machine; install fonts-liberation, fonts-dejavu-core"
        )


def test_there_are_many_layouts_and_a_fixed_third_is_held_out() -> None:
    """No two layouts have the same parts, and which are held out never changes."""
    from samples.varied.layouts import layouts

    every = layouts()
    parts = {(a.letterhead, a.buyer, a.facts, a.fact_keys, a.form, a.as_blocks, a.totals, a.payment) for a in every}
    assert len(parts) == len(every) == 72
    held_out = [layout.number for layout in every if layout.held_out]
    assert len(held_out) == 24
    assert held_out[:6] == [3, 4, 12, 18, 20, 21]


def test_documents_are_the_same_in_every_run() -> None:
    """The same layout, locale and seed give the same bytes, so that figures can be compared."""
    from samples.varied.layouts import drawn, layouts
    from samples.varied.photographs import photograph

    layout = layouts()[11]
    first, second = drawn(layout, "pl-PL"), drawn(layout, "pl-PL")
    assert first.pdf == second.pdf and first.truth == second.truth
    assert photograph(first.pdf, first.id) == photograph(second.pdf, second.id)
    assert drawn(layout, "pl-PL", seed=1).truth != first.truth


def test_every_locale_has_a_wording_for_everything_and_right_check_digits() -> None:
    """A locale that lacks a label, or numbers that no company could have, would measure the generator."""
    import random

    from stdnum import iban

    from samples.varied.locales import account, locales, vat_number
    from schemas.values.identifiers import is_vat_number

    wanted = set(locales()["en-GB"].words)
    assert len(locales()) >= 12
    for locale in locales().values():
        assert set(locale.words) == wanted, locale.name
        assert len(locale.months.split()) == 12
        number, bank = vat_number(random.Random(1), locale), account(random.Random(1), locale)
        assert is_vat_number(number) or not locale.vat
        assert iban.is_valid(bank) or not locale.iban


@pytest.mark.parametrize("number", range(1, 73, 9))
def test_truth_is_printed(number: int) -> None:
    """What the truth names stands on the page, as drawn."""
    from samples.varied.layouts import drawn, layouts
    from samples.varied.locales import locales

    locale = list(locales())[number % len(locales())]
    made = drawn(layouts()[number - 1], locale)
    printed = _text(made.pdf)
    truth: dict[str, Any] = made.truth
    for name in ("invoice_number", "seller_name", "buyer_name", "iban", "order_reference"):
        assert _compact(truth.get(name, "")) in printed, name
    for name in ("net_total", "gross_total"):
        assert re.sub(r"\D", "", truth[name]) in re.sub(r"[.,'’]", "", printed), name
    assert sum(Decimal(truth[name]) for name in ("net_total", "tax_total")) == Decimal(truth["gross_total"])
    for row in truth["line_items"]:
        assert _compact(row["description"]) in printed
    assert truth["issue_date"][:4] in printed or truth["issue_date"][2:4] in printed


def _text(pdf: bytes) -> str:
    import pypdf

    return _compact("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages))


def _compact(text: str) -> str:
    return re.sub(r"\s|-", "", text)
