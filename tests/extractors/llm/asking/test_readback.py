"""Tests of what an answer may hold: values survive the trip, and what no document could say is refused."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.llm.answer_model import answer_model
from extractors.llm.readback import LARGEST, read_back

SINGLE = {"basis": "stated", "quote": "as printed", "value": None}


def said(**values: str | None) -> str:
    return json.dumps({name: {**SINGLE, "value": value} for name, value in values.items()})


def value_of(schema, name: str, text: str | None):
    back = read_back(said(**{name: text}), schema, [name])
    return back.candidates[0].value if back.candidates else None


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("total", "1210.00", Decimal("1210.00")),
        ("total", "-35.5", Decimal("-35.5")),
        ("total", "0.1234567890123456789", None),
        ("rate", "19", Decimal(19)),
        ("day", "2026-02-28", date(2026, 2, 28)),
        ("day", "2026-02-30", None),
        ("day", "0001-01-01", None),
        ("currency", "EUR", "EUR"),
        ("term", "2 years", "2 years"),
        ("law", "State of New York", "New York"),
        ("state", "open", "open"),
        ("state", "unpaid", "open"),
        ("state", "burnt", None),
        ("seller", "Brückner & Söhne GmbH", "Brückner & Söhne GmbH"),
        ("copy", "second", "second"),
    ],
)
def test_values_come_back_typed_or_not_at_all(schema, name, text, value):
    """Each kind in its canonical form; a day that does not exist, a choice that there is not, too many places: none."""
    assert value_of(schema, name, text) == value


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-LARGEST + 1, max_value=LARGEST - 1))
def test_every_amount_survives_the_trip(schema, amount):
    """Cents do not get lost in a float."""
    assert value_of(schema, "total", format(amount, "f")) == amount


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_every_day_survives_the_trip(schema, day):
    """As ISO 8601 and back."""
    assert value_of(schema, "day", day.isoformat()) == day


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-inf", "1e309", "1" * 13, "１２３", "12,50 €\u202e", "\x00"])
def test_numbers_that_no_document_holds_are_refused(schema, text):
    """Neither a candidate nor silence: the field counts as unanswered."""
    back = read_back(said(total=text), schema, ["total"])
    assert not back.candidates or back.candidates[0].value == Decimal("12.50")
    assert back.candidates or back.unanswered == ("total",)


@pytest.mark.parametrize("bad", ["a\x00b", "a\x1b[31mb", "abc\u202edef", "x\U000e0041y", "x" * 5000])
def test_texts_with_what_no_page_shows_or_too_long_are_refused(schema, bad):
    """Control characters, turned directions, tags, and texts beyond the bound."""
    back = read_back(said(seller=bad), schema, ["seller"])
    assert back.unanswered == ("seller",) and not back.candidates
    assert bad not in str(back.dropped), "a reason quotes nothing of the answer"


def test_one_bad_field_does_not_cost_the_others(schema):
    """What fits is kept; what does not is named."""
    text = json.dumps({"total": {**SINGLE, "value": "12.00"}, "day": {"basis": "maybe"}, "law": 17})
    back = read_back(text, schema, ["total", "day", "law", "seller"])
    assert [candidate.field for candidate in back.candidates] == ["total"]
    assert set(back.unanswered) == {"day", "law", "seller"}


def test_lists_and_rows_keep_what_fits(schema):
    """A bad entry of a list and a bad cell of a row are dropped alone; equal entries of a list are one."""
    listed = [{**SINGLE, "value": value} for value in ("A-1", "A-2", "A-1")] + [{"basis": "stated"}]
    rows = [
        {"page": 1, "quote": "Bolt 2.00", "page__value": "p", "name": "Bolt", "amount": "2.00"},
        {"page": 1, "quote": "Nut ?", "page__value": None, "name": "Nut", "amount": "two"},
        {"page": "one", "quote": "x", "page__value": None, "name": "x", "amount": None},
    ]
    back = read_back(
        json.dumps({"references": listed, "items": {"count": 3, "rows": rows}}), schema, ["references", "items"]
    )
    assert [each.value for each in back.candidates if each.field == "references"] == ["A-1", "A-2"]
    (table,) = [each for each in back.candidates if each.field == "items"]
    assert back.counts == {"items": 3}
    assert [{name: cell.value for name, cell in row.cells.items()} for row in table.rows][:1] == [
        {"page": "p", "name": "Bolt", "amount": Decimal("2.00")}
    ]
    assert back.dropped


def test_absent_is_an_answer_and_contradictions_are_none(schema):
    """Absent without a value: absent. Absent with one, or stated without one: unanswered."""
    text = json.dumps(
        {
            "total": {"basis": "absent", "quote": None, "value": None},
            "day": {"basis": "absent", "quote": "x", "value": "2026-01-01"},
            "law": {"basis": "stated", "quote": "x", "value": None},
        }
    )
    back = read_back(text, schema, ["total", "day", "law"])
    assert back.absent == ("total",) and set(back.unanswered) == {"day", "law"}


@given(st.text(max_size=300))
def test_whatever_a_model_says_reading_it_never_raises(schema, text):
    """Any text at all: every asked field is a candidate, absent or unanswered."""
    back = read_back(text, schema, ["total", "references", "items"])
    named = {candidate.field for candidate in back.candidates} | set(back.absent) | set(back.unanswered)
    assert named == {"total", "references", "items"}


@pytest.mark.parametrize(
    "text", ['{"total": 1, "total": 2}', '{"total": NaN}', "[1]", "", "no", '{"total": ', "```\n{}\n``` ```\n{}\n```"]
)
def test_what_is_not_one_plain_object_is_no_answer(schema, text):
    """A key that stands twice, a number that is none, two answers, half an answer."""
    assert read_back(text, schema, ["total"]).unanswered == ("total",)


def test_the_schema_that_is_sent_requires_everything_and_allows_nothing_else(schema):
    """As strict structured output asks for it, in every object."""
    sent = answer_model(schema, tuple(field.name for field in schema.fields)).model_json_schema()
    objects = [node for node in walk(sent) if node.get("type") == "object"]
    assert objects
    for node in objects:
        assert node["additionalProperties"] is False
        assert sorted(node["required"]) == sorted(node["properties"])


def walk(node):
    if isinstance(node, dict):
        yield node
        for child in node.values():
            yield from walk(child)
    elif isinstance(node, list):
        for child in node:
            yield from walk(child)
