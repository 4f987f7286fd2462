"""A value without a place gets one only where it stands on the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.assess.assess import assess
from extractors.ground import Ground
from extractors.page.reading import PageReading
from schemas.document import Box, ParsedDocument
from schemas.fields import Kind
from schemas.loader import builtin_schemas
from schemas.results import Candidate, CandidateRow, Evidence, Value

INVOICE = builtin_schemas()["invoice"]


def grounded(document: ParsedDocument, field: str, kind: Kind, value: Value) -> Candidate:
    return Ground(PageReading(document, INVOICE)).grounded([Candidate(field, kind, "embedded", value)])[0]


@pytest.mark.parametrize(
    ("field", "kind", "value", "printed"),
    [
        ("gross_total", Kind.MONEY, Decimal("1234.56"), "1.234,56"),
        ("gross_total", Kind.MONEY, Decimal("-8.79"), "8,79"),
        ("issue_date", Kind.DATE, date(2026, 3, 5), "5. März 2026"),
        ("iban", Kind.IDENTIFIER, "DE88200800000970375700", "DE88 2008 0000 0970 3757 00"),
        ("seller_name", Kind.PARTY, "Hôtel Saint-Denis", "HOTEL SAINT DENIS"),
        ("currency", Kind.CURRENCY, "EUR", "12,00€"),
    ],
)
def test_written_another_way(
    laid_out: Callable[..., ParsedDocument], field: str, kind: Kind, value: Value, printed: str
) -> None:
    """A value is found however the page writes it, and the quote is what the page says."""
    found = grounded(laid_out([(60, 100, f"Label: {printed} end")]), field, kind, value)
    assert found.evidence and found.evidence[0].quote == printed
    assert found.evidence[0].match == "normalized"


def test_the_labelled_place_is_preferred(laid_out: Callable[..., ParsedDocument]) -> None:
    """Of two places with one amount the one behind the field's label is the evidence."""
    document = laid_out([(60, 100, "Net 119.00"), (60, 200, "Grand total"), (200, 200, "119.00")])
    found = grounded(document, "gross_total", Kind.MONEY, Decimal("119.00"))
    assert found.evidence[0].boxes[0].y0 == 200


def test_text_over_two_lines(laid_out: Callable[..., ParsedDocument]) -> None:
    """A name that wraps has a box on each line."""
    found = grounded(
        laid_out([(60, 100, "From Acme Tools"), (60, 112, "and Sons Ltd")]),
        "seller_name",
        Kind.PARTY,
        "Acme Tools and Sons Ltd",
    )
    assert len(found.evidence[0].boxes) == 2


def test_rows_are_placed_by_their_text(laid_out: Callable[..., ParsedDocument]) -> None:
    """The amounts of a row are taken from the line of its text, not from another row with equal amounts."""
    document = laid_out([(60, 100, "Bolt"), (300, 100, "10.00"), (60, 120, "Nut"), (300, 120, "10.00")])
    cells = {
        "description": Candidate("description", Kind.TEXT, "embedded", "Nut"),
        "line_total": Candidate("line_total", Kind.MONEY, "embedded", Decimal("10.00")),
    }
    table = Candidate("line_items", Kind.TABLE, "embedded", None, rows=(CandidateRow(cells),))
    row = Ground(PageReading(document, INVOICE)).grounded([table])[0].rows[0]
    assert row.page == 1 and row.cells["line_total"].evidence[0].boxes[0].y0 == 120


@given(st.decimals(min_value=1, max_value=10**6, places=2), st.decimals(min_value=1, max_value=10**6, places=2))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_what_does_not_stand_there_is_not_found(
    laid_out: Callable[..., ParsedDocument], printed: Decimal, wanted: Decimal
) -> None:
    """An amount gets evidence if and only if the page shows that amount."""
    found = grounded(laid_out([(60, 100, f"Sum {printed:.2f} paid")]), "gross_total", Kind.MONEY, wanted)
    assert bool(found.evidence) == (printed == wanted)


def test_hidden_words_prove_nothing(laid_out: Callable[..., ParsedDocument]) -> None:
    """A value that only hidden words say has no evidence."""
    found = grounded(
        laid_out([(60, 100, "Hello")], hidden=[(60, 120, "119.00")]), "gross_total", Kind.MONEY, Decimal("119.00")
    )
    assert found.evidence == ()


def quoted(document: ParsedDocument, field: str, kind: Kind, value: Value, quote: str) -> Candidate:
    return Ground(PageReading(document, INVOICE)).grounded([Candidate(field, kind, "llm", value, quote=quote)])[0]


def test_a_quote_picks_the_place(laid_out: Callable[..., ParsedDocument]) -> None:
    """Of equal amounts the one inside the quote is the evidence."""
    document = laid_out([(60, 100, "Subtotal 119.00 net"), (60, 200, "To be paid 119.00 today")])
    found = quoted(document, "gross_total", Kind.MONEY, Decimal("119.00"), "to be paid 119.00")
    assert found.evidence[0].boxes[0].y0 == 200 and found.evidence[0].quote == "119.00"
    settled = {"hits": 1.0, "ambiguous": 0.0, "labelled": 0.0}
    assert found.signals == {"quote_on_page": 1.0, "value_in_quote": 1.0, **settled}


def test_a_quote_that_stands_nowhere_is_said(laid_out: Callable[..., ParsedDocument]) -> None:
    """A made-up quote proves nothing: the value is looked up by itself, and the reason says so."""
    document = laid_out([(60, 100, "Total 119.00")])
    found = quoted(document, "gross_total", Kind.MONEY, Decimal("119.00"), "grand total due 119.00")
    assert found.evidence and found.signals["quote_on_page"] == 0.0
    assert any("do not stand in the document" in reason for reason in found.reasons)
    invented = quoted(document, "gross_total", Kind.MONEY, Decimal("77.00"), "grand total due 77.00")
    assert invented.evidence == ()


def test_a_right_quote_with_another_value(laid_out: Callable[..., ParsedDocument]) -> None:
    """A value that is not in its own quote gets no evidence from the quote."""
    document = laid_out([(60, 100, "Total 119.00")])
    found = quoted(document, "gross_total", Kind.MONEY, Decimal("191.00"), "Total 119.00")
    assert found.evidence == () and found.signals["value_in_quote"] == 0.0
    assert any("does not stand in the words" in reason for reason in found.reasons)


def test_a_worded_value_is_read_out_of_its_quote(laid_out: Callable[..., ParsedDocument]) -> None:
    """Two (2) years is 2 years by our own reading; what is not is only similar."""
    document = laid_out([(60, 100, "for a period of two (2) years from"), (60, 112, "the Effective Date")])
    right = quoted(document, "term", Kind.DURATION, "2 years", "two (2) years from the Effective Date")
    wrong = quoted(document, "term", Kind.DURATION, "3 years", "two (2) years from the Effective Date")
    assert right.evidence[0].match == "normalized" and wrong.evidence[0].match == "fuzzy"


def test_a_term_worked_out_from_two_days_names_them(laid_out: Callable[..., ParsedDocument]) -> None:
    """A span of time that only its first and last day give is derived from these, and its reason says so."""
    words = "from 1 January 2024 to 31 December 2025"
    document = laid_out([(60, 100, f"This contract runs {words} only")])
    candidate = Candidate("term", Kind.DURATION, "llm", "2 years", quote=words, score=0.9)
    schema = builtin_schemas()["contract"]
    found = Ground(PageReading(document, schema)).grounded([candidate])[0]
    assert found.derived_from == ("1 January 2024", "31 December 2025")
    result = assess(document, schema, [found], accept_proved=True, source_versions={}).fields["term"]
    assert result.derived_from == found.derived_from and result.blocked and result.decision == "review"
    assert any("worked out from 1 January 2024 and 31 December 2025" in reason for reason in result.reasons)


def test_rows_are_placed_by_their_quote(laid_out: Callable[..., ParsedDocument]) -> None:
    """Of two rows that look alike, each is placed where its quote stands."""
    document = laid_out([(60, 100, "1 Bolt 10.00"), (60, 120, "2 Bolt 10.00")])
    rows = tuple(
        CandidateRow({"line_total": Candidate("line_total", Kind.MONEY, "llm", Decimal("10.00"), quote=quote)}, 1)
        for quote in ("1 Bolt 10.00", "2 Bolt 10.00")
    )
    table = Candidate("line_items", Kind.TABLE, "llm", None, rows=rows)
    placed = Ground(PageReading(document, INVOICE)).grounded([table])[0].rows
    assert [row.cells["line_total"].evidence[0].boxes[0].y0 for row in placed] == [100, 120]


@pytest.mark.parametrize(
    ("field", "kind", "value", "printed"),
    [
        ("issue_date", Kind.DATE, date(2026, 3, 3), "third day of March, two thousand and twenty-six"),
        ("issue_date", Kind.DATE, date(2026, 3, 21), "March twenty-first, 2026"),
        ("issue_date", Kind.DATE, date(2026, 3, 1), "1º de março de 2026"),
        ("issue_date", Kind.DATE, date(2026, 3, 5), "5 marca 2026"),
        ("issue_date", Kind.DATE, date(2026, 3, 5), "5. maaliskuuta 2026"),
        ("issue_date", Kind.DATE, date(2026, 3, 5), "5 марта 2026"),
        ("issue_date", Kind.DATE, date(2026, 3, 5), "2026年3月5日"),
        ("gross_total", Kind.MONEY, Decimal("1234567.50"), "12,34,567.50"),
        ("gross_total", Kind.MONEY, Decimal("1234.50"), "CHF 1'234.50"),
        ("gross_total", Kind.MONEY, Decimal("1234.50"), "١٬٢٣٤٫٥٠"),
        ("gross_total", Kind.MONEY, Decimal("1980"), "1,980円"),
    ],
)
def test_written_in_words_or_elsewhere(
    laid_out: Callable[..., ParsedDocument], field: str, kind: Kind, value: Value, printed: str
) -> None:
    """Days in words and amounts of other countries are found as another way to write the same."""
    found = grounded(laid_out([(60, 100, f"here: {printed} end")]), field, kind, value)
    assert found.evidence and found.evidence[0].match == "normalized"


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (date(2026, 3, 4), "third day of March, two thousand and twenty-six"),
        (date(2025, 3, 3), "third day of March, two thousand and twenty-six"),
        (date(2026, 3, 3), "third day after delivery in March; the year is 2026"),
        (date(2026, 4, 5), "5 marca 2026"),
    ],
)
def test_another_day_is_not_found(laid_out: Callable[..., ParsedDocument], value: date, printed: str) -> None:
    """Only the very day counts: another day, month or year, or words in between, and there is no evidence."""
    found = grounded(laid_out([(60, 100, f"On the {printed} end")]), "issue_date", Kind.DATE, value)
    assert not found.evidence


def test_a_day_over_the_end_of_a_line(laid_out: Callable[..., ParsedDocument]) -> None:
    """A day that is parted by the end of a line has a box on each line."""
    document = laid_out([(60, 100, "made and entered into on March 5,"), (60, 112, "2026 by and between")])
    found = grounded(document, "issue_date", Kind.DATE, date(2026, 3, 5))
    assert [place.quote for place in found.evidence] == ["March 5, 2026"] and len(found.evidence[0].boxes) == 2


def test_a_word_parted_by_a_hyphen(laid_out: Callable[..., ParsedDocument]) -> None:
    """A hyphen at the end of a line belongs to the line, not to the name."""
    document = laid_out([(60, 100, "Verkäufer: Nordlicht Maschinen-"), (60, 112, "bau GmbH, Kiel")])
    found = grounded(document, "seller_name", Kind.PARTY, "Nordlicht Maschinenbau GmbH")
    assert len(found.evidence[0].boxes) == 2 and found.evidence[0].match == "normalized"


def test_a_name_that_goes_on_beside_and_below(laid_out: Callable[..., ParsedDocument]) -> None:
    """A name is found over a gap or in the next line of its column, whatever stands between in reading order."""
    document = laid_out(
        [(60, 100, "Acme Tools"), (60, 112, "and Sons Ltd"), (300, 100.5, "Invoice"), (300, 112.5, "7")]
    )
    found = grounded(document, "seller_name", Kind.PARTY, "Acme Tools and Sons Ltd")
    assert [box.y0 for box in found.evidence[0].boxes] == [100, 112]


@pytest.mark.parametrize(
    ("field", "kind", "value", "printed"),
    [
        ("gross_total", Kind.MONEY, Decimal("105.50"), "1O5.5O"),
        ("issue_date", Kind.DATE, date(2026, 3, 15), "l5.O3.2026"),
        ("invoice_number", Kind.IDENTIFIER, "RE-10458", "RE-1O4S8"),
        ("seller_name", Kind.PARTY, "Nordlicht Maschinenbau GmbH", "Nordlicbt Maschlnenbau GmbH"),
    ],
)
def test_slips_of_ocr_are_forgiven_but_prove_little(
    laid_out: Callable[..., ParsedDocument], field: str, kind: Kind, value: Value, printed: str
) -> None:
    """Signs that look alike pass for each other on a page that OCR read, graded fuzzy; in printed text they do not."""
    scan = grounded(laid_out([(60, 100, f"at {printed} end")], origin="ocr"), field, kind, value)
    assert scan.evidence and {place.match for place in scan.evidence} == {"fuzzy"}
    assert not grounded(laid_out([(60, 100, f"at {printed} end")]), field, kind, value).evidence


@pytest.mark.parametrize("printed", ["106.50", "1056.0", "10.550"])
def test_another_figure_is_never_forgiven(laid_out: Callable[..., ParsedDocument], printed: str) -> None:
    """A figure in place of another figure is another amount, also on a scan."""
    document = laid_out([(60, 100, f"at {printed} end")], origin="ocr")
    assert not grounded(document, "gross_total", Kind.MONEY, Decimal("105.50")).evidence


def test_places_that_cannot_be_told_apart_are_all_shown(laid_out: Callable[..., ParsedDocument]) -> None:
    """Several places without a label are all evidence, counted, and said to be so."""
    document = laid_out([(60, 100, "first 119.00 here"), (60, 300, "second 119.00 there")])
    found = grounded(document, "gross_total", Kind.MONEY, Decimal("119.00"))
    assert [place.boxes[0].y0 for place in found.evidence] == [100, 300]
    assert found.signals["hits"] == 2 and found.signals["ambiguous"] == 1
    assert any("2 places" in reason for reason in found.reasons)


def test_neighbours_settle_where_no_label_stands(laid_out: Callable[..., ParsedDocument]) -> None:
    """Of two places without a label of the field, the one among the labels of its sums is meant."""
    document = laid_out(
        [(60, 100, "voucher"), (200, 100, "119.00"), (60, 400, "Net total"), (200, 400, "100.00"), (200, 424, "119.00")]
    )
    found = grounded(document, "gross_total", Kind.MONEY, Decimal("119.00"))
    assert [place.boxes[0].y0 for place in found.evidence] == [424] and found.signals["ambiguous"] == 0


def test_evidence_of_a_source_is_graded(laid_out: Callable[..., ParsedDocument]) -> None:
    """A source that points to words which do not hold its value has only similar evidence."""
    document = laid_out([(60, 100, "Total 119,00 EUR")])
    place = Evidence(1, (Box(60, 100, 140, 110),), "119,00 EUR")
    for value, grade in ((Decimal("119.00"), "normalized"), (Decimal("120.00"), "fuzzy")):
        candidate = Candidate("gross_total", Kind.MONEY, "rules", value, (place,), 0.9)
        assert Ground(PageReading(document, INVOICE)).grounded([candidate])[0].evidence[0].match == grade
