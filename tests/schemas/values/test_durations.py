"""Spans of time are read as contracts write them, and what we format we read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.values.durations import WORDS, duration, find_durations, parse_duration

UNITS = st.sampled_from(["day", "week", "month", "year"])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a period of two (2) years", "2 years"),
        ("for 18 months", "18 months"),
        ("eighteen (18) months", "18 months"),
        ("twenty-four (24) months", "24 months"),
        ("one (1) year", "1 year"),
        ("a one-year term", "1 year"),
        ("ninety days", "90 days"),
        ("thirty (30) calendar days", "30 days"),
        ("für die Dauer von zwei Jahren", "2 years"),
        ("pour une durée de trois (3) ans", "3 years"),
        ("por dos años", "2 years"),
        ("per cinque anni", "5 years"),
        ("voor drie maanden", "3 months"),
        ("the second anniversary of the date hereof", "2 years"),
    ],
)
def test_as_contracts_write_them(text: str, value: str) -> None:
    """Words, figures and both together give the number and the unit of the text."""
    assert [found.value for found in find_durations(text)] == [value]


def test_the_place_is_that_of_the_span() -> None:
    """Start and end cut out the span and nothing else."""
    text = "It lasts two (2) years and may be ended with 30 days notice."
    assert [text[found.start : found.end] for found in find_durations(text)] == ["two (2) years", "30 days"]


@pytest.mark.parametrize("text", ["in the year 2020", "on day one", "every month", "five parties", "1999 years ago"])
def test_no_span_of_time(text: str) -> None:
    """A unit or a number alone is no span of time, and a year is no number of years."""
    assert list(find_durations(text)) == []


@given(st.integers(1, 999), UNITS)
def test_what_we_format_we_parse_back(number: int, unit: str) -> None:
    """The canonical text of any span is read as itself."""
    text = duration(str(number), unit)
    assert parse_duration(text) == text


@given(st.sampled_from(sorted(word for word in WORDS if len(word) > 3)), st.sampled_from(["days", "months", "years"]))
def test_words_and_their_figures_agree(word: str, unit: str) -> None:
    """A number in words means what its figure in brackets says."""
    spelled = next(find_durations(f"{word} {unit}"))
    both = next(find_durations(f"{word} ({WORDS[word]}) {unit}"))
    assert spelled.value == both.value


@given(st.text(max_size=200))
def test_any_text_is_read_without_harm(text: str) -> None:
    """Whatever the text, the spans found lie within it, from left to right, and do not overlap."""
    end = 0
    for found in find_durations(text):
        assert end <= found.start < found.end <= len(text)
        end = found.end
