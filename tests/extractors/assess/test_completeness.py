"""Rows that stand on the pages and in no answer are noticed and named; lines that are no rows raise no alarm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.assess.assess import assess
from extractors.ground import Ground
from extractors.page.reading import PageReading
from extractors.rules import extract as rules
from schemas.document import ParsedDocument
from schemas.loader import builtin_schemas
from schemas.results import Candidate, Extraction

INVOICE = builtin_schemas()["invoice"]
Maker = Callable[..., ParsedDocument]
Placed = tuple[float, float, str]
GOODS = ("Steel bolts", "Copper wire", "Oak boards", "Wall paint", "Work gloves", "Roof tiles", "Sand paper")


def head(y: float) -> list[Placed]:
    return [(60, y, "Description"), (300, y, "Quantity"), (380, y, "Unit price"), (480, y, "Amount")]


def item(y: float, number: int) -> list[Placed]:
    price = 10 + number
    return [(60, y, GOODS[number]), (310, y, "2"), (390, y, f"{price}.00"), (480, y, f"{2 * price}.00")]


def totals(y: float, count: int) -> list[Placed]:
    net = sum(2 * (10 + number) for number in range(count))
    return [(60, y, "Net total"), (480, y, f"{net}.00"), (60, y + 14, "Grand total"), (480, y + 14, f"{net}.00")]


def bill(laid_out: Maker, count: int, breaks_after: int | None = None) -> ParsedDocument:
    """A bill of `count` rows, over two pages if it breaks."""
    split = count if breaks_after is None else breaks_after
    first = head(100) + [place for n in range(split) for place in item(120 + 16 * n, n)]
    second = head(60) + [place for n in range(split, count) for place in item(80 + 16 * n, n)]
    if breaks_after is None:
        return laid_out(first + totals(140 + 16 * count, count))
    return laid_out(first, second + totals(100 + 16 * count, count))


def assessed(document: ParsedDocument, candidates: list[Candidate]) -> Extraction:
    ground = Ground(PageReading(document, INVOICE))
    field = INVOICE.field("line_items")
    assert field is not None
    placed = ground.grounded(candidates)
    shown = {"line_items": ground.shown_rows(field, placed)}
    return assess(document, INVOICE, placed, accept_proved=True, source_versions={"rules": "1"}, shown_rows=shown)


def of_rules(document: ParsedDocument) -> list[Candidate]:
    return list(rules.candidates(document, INVOICE))


def by_model(candidates: list[Candidate], dropped: frozenset[int]) -> list[Candidate]:
    """The rows as a model gives them, some of them dropped, and nothing else of what rules read."""
    table = next(candidate for candidate in candidates if candidate.rows)
    rows = tuple(row for number, row in enumerate(table.rows) if number not in dropped)
    cells = [{n: replace(c, source="llm", evidence=()) for n, c in row.cells.items()} for row in rows]
    made = tuple(replace(row, cells=each) for row, each in zip(rows, cells, strict=True))
    others = [candidate for candidate in candidates if not candidate.rows]
    return [*others, replace(table, source="llm", rows=made, signals={})]


@pytest.mark.parametrize("breaks_after", [None, 3])
def test_all_rows(laid_out: Maker, breaks_after: int | None) -> None:
    """Every row of a table is counted, also over a page break with the head repeated, and the total is no row."""
    document = bill(laid_out, 5, breaks_after)
    found = assessed(document, of_rules(document)).fields["line_items"]
    assert found.completeness is not None and found.completeness.is_complete
    assert (found.completeness.expected, found.completeness.by_source) == (5, {"rules": 5})
    assert "5 of 5 rows that the pages show." in found.reasons


@given(st.sets(st.integers(0, 6), min_size=1, max_size=6), st.sampled_from([None, 2, 4]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
def test_dropped_rows_are_named(laid_out: Maker, dropped: set[int], breaks_after: int | None) -> None:
    """Whichever rows a model leaves out, each is missing by its page, box and words, and the table waits."""
    document = bill(laid_out, 7, breaks_after)
    found = assessed(document, by_model(of_rules(document), frozenset(dropped))).fields["line_items"]
    assert found.completeness is not None
    assert {row.text.rsplit(" ", 3)[0] for row in found.completeness.missing} == {GOODS[number] for number in dropped}
    assert (found.completeness.expected, found.completeness.returned) == (7, 7 - len(dropped))
    assert found.decision == "review" and any("missing: “" in reason for reason in found.reasons)
    assert all(row.box.width > 0 and row.page >= 1 for row in found.completeness.missing)


def test_nobody_read_the_rows(laid_out: Maker) -> None:
    """A table that the pages show and no source read does not pass for one that is not there."""
    document = bill(laid_out, 3)
    others = [candidate for candidate in of_rules(document) if not candidate.rows]
    found = assessed(document, others).fields["line_items"]
    assert found.answer == "not_found" and found.decision == "review"
    assert found.completeness is not None and len(found.completeness.missing) == 3


def test_lines_beside_the_rows_are_no_rows(laid_out: Maker) -> None:
    """A discount below rows that make up their total is not missing."""
    places = head(100) + item(120, 0) + item(136, 1) + [(60, 160, "Voucher"), (480, 160, "-5.00")] + totals(190, 2)
    document = laid_out(places)
    found = assessed(document, of_rules(document)).fields["line_items"]
    assert found.completeness is not None and found.completeness.is_complete


def test_without_a_head_the_rows_themselves_show_the_column(laid_out: Maker) -> None:
    """Where no head names the columns, a dropped row is seen by its amount below the others."""
    places = [place for n in range(4) for place in item(120 + 16 * n, n)] + totals(220, 4)
    document = laid_out(places)
    found = assessed(document, by_model(of_rules(document), frozenset({2}))).fields["line_items"]
    assert found.completeness is not None
    assert [row.text.rsplit(" ", 3)[0] for row in found.completeness.missing] == [GOODS[2]]


def test_rows_that_two_sources_agree_on_need_no_line_of_charges(laid_out: Maker) -> None:
    """Charges in a table of their own are no rows where the rules' same rows make up an amount that is printed."""
    charges = [(60, 176, "Kind"), (480, 176, "Sum"), (60, 192, "Packing"), (480, 192, "7.00")]
    document = laid_out(head(100) + item(120, 0) + item(136, 1) + [(60, 152, "Rows"), (480, 152, "42.00")] + charges)
    candidates = of_rules(document)
    table = next(candidate for candidate in candidates if candidate.rows)
    assert table.signals["sum"] == 1.0 and len(table.rows) == 2
    embedded = replace(table, source="embedded", signals={"e_invoice": 1.0})
    found = assessed(document, [*candidates, embedded]).fields["line_items"]
    assert found.source == "embedded" and found.completeness is not None and found.completeness.is_complete
    fewer = replace(embedded, rows=embedded.rows[:1])
    found = assessed(document, [*candidates, fewer]).fields["line_items"]
    assert found.blocked and found.completeness is not None and not found.completeness.is_complete


def test_a_discount_in_one_word_is_no_row(laid_out: Maker) -> None:
    """German writes kinds of discount as one word with what they are for."""
    places = head(100) + item(120, 0) + item(136, 1) + [(60, 152, "Artikelgesamtrabatt"), (480, 152, "-1.00")]
    document = laid_out(places)
    candidates = by_model(of_rules(document), frozenset())
    found = assessed(document, candidates).fields["line_items"]
    assert found.completeness is not None and found.completeness.is_complete
