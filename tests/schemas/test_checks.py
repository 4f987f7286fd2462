"""Cross-field checks fail when the figures disagree, and say nothing when they cannot know."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from schemas.checks import OrderCheck, RowProductCheck, RowsSumCheck, SumCheck

CENTS = st.integers(-(10**9), 10**9).map(lambda cents: Decimal(cents) / 100)
SUM = SumCheck(total="gross", parts=("net", "tax"))
ROWS = RowsSumCheck(total="net", rows="items", column="price")
PRODUCT = RowProductCheck(rows="items", factors=("count", "unit"), product="price")


@given(CENTS, CENTS)
def test_a_true_sum_passes_and_a_wrong_one_fails(net: Decimal, tax: Decimal) -> None:
    """Two cents are rounding, three are a mistake, on either side."""
    right = net + tax
    for off, outcome in (
        ("0", "passed"),
        ("0.02", "passed"),
        ("-0.02", "passed"),
        ("0.03", "failed"),
        ("-0.03", "failed"),
    ):
        record = {"gross": right + Decimal(off), "net": net, "tax": tax}
        assert SUM.verdict(record).outcome == outcome


def test_a_sum_needs_its_parts() -> None:
    """With a part missing nothing is said, unless the parts may be absent."""
    assert SUM.verdict({"gross": Decimal(1), "net": Decimal(1)}).outcome == "not_applicable"
    assert SUM.verdict({"net": Decimal(1), "tax": Decimal(1)}).outcome == "not_applicable"
    assert SUM.verdict({"net": Decimal(1)}).message == "It cannot be checked without gross and tax."
    loose = SumCheck(total="gross", parts=("net", "tax"), all_parts=False)
    assert loose.verdict({"gross": Decimal(1), "net": Decimal(1)}).outcome == "passed"
    assert loose.verdict({"gross": Decimal(1)}).outcome == "not_applicable"


@given(st.lists(CENTS, min_size=1, max_size=30))
def test_rows_add_up(prices: list[Decimal]) -> None:
    """Rows that add up pass, a row too much fails; each row may be off by half a cent."""
    items = [{"price": price} for price in prices]
    assert ROWS.verdict({"net": sum(prices), "items": items}).outcome == "passed"
    assert ROWS.verdict({"net": sum(prices), "items": [*items, {"price": Decimal(100)}]}).outcome == "failed"


def test_rows_with_gaps_say_nothing() -> None:
    """A row without an amount, no rows and no total are no mistakes of the document."""
    assert ROWS.verdict({"net": Decimal(1), "items": [{"price": None}]}).outcome == "not_applicable"
    rows = [{"price": Decimal(1)}, {"price": None}]
    assert ROWS.verdict({"net": Decimal(1), "items": rows}).message == (
        "It cannot be checked without the price of row 2."
    )
    assert ROWS.verdict({"net": Decimal(1), "items": []}).outcome == "not_applicable"
    assert ROWS.verdict({"items": [{"price": Decimal(1)}]}).outcome == "not_applicable"


@given(st.lists(st.tuples(CENTS, CENTS), min_size=1, max_size=10))
def test_rows_multiply_out(pairs: list[tuple[Decimal, Decimal]]) -> None:
    """True products pass; the row that is off is named."""
    items = [{"count": count, "unit": unit, "price": count * unit} for count, unit in pairs]
    assert PRODUCT.verdict({"items": items}).outcome == "passed"
    off = [*items, {"count": Decimal(2), "unit": Decimal("3.50"), "price": Decimal("8.00")}]
    verdict = PRODUCT.verdict({"items": off})
    assert verdict.outcome == "failed"
    assert f"row {len(off)} (7 against 8.00)" in verdict.message


def test_incomplete_rows_are_passed_over() -> None:
    """Rows without a price per unit are not judged; if all are, nothing is said."""
    assert PRODUCT.verdict({"items": [{"count": Decimal(1), "price": Decimal(5)}]}).outcome == "not_applicable"
    assert PRODUCT.verdict({}).outcome == "not_applicable"


@given(st.dates(), st.integers(0, 1000))
def test_days_stand_in_order(day: date, later: int) -> None:
    """A day is not after itself or a later one; the other way round is a mistake."""
    check = OrderCheck(earlier="issued", later="due")
    end = min(date.max - day, timedelta(days=later)) + day
    assert check.verdict({"issued": day, "due": end}).outcome == "passed"
    if end > day:
        assert check.verdict({"issued": end, "due": day}).outcome == "failed"
    assert check.verdict({"issued": day}).outcome == "not_applicable"


def test_a_failed_check_says_the_figures() -> None:
    """A person reads both sides and the difference."""
    verdict = SUM.verdict({"gross": Decimal("120.00"), "net": Decimal("100.00"), "tax": Decimal("19.00")})
    assert verdict.message == "net + tax is 119.00, but gross is 120.00: 1.00 apart."
