"""A quote is found where it stands, however it was broken into lines, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.page.quotes import QuoteFinder
from extractors.page.runs import Layout
from schemas.document import ParsedDocument

Laid = Callable[..., ParsedDocument]
LINES = [
    (60, 100, "This Agreement shall be governed by"),
    (60, 112, "the laws of the State of New"),
    (60, 124, "York, without regard to conflicts."),
]


def finder(laid_out: Laid, lines: list[tuple[int, int, str]]) -> QuoteFinder:
    return QuoteFinder(Layout(laid_out(lines)))


def test_over_several_lines(laid_out: Laid) -> None:
    """A quote over three lines has a passage on each, as printed."""
    (place,) = finder(laid_out, LINES).exact("governed by the laws of the state of New York")
    assert [part.text for part in place] == ["governed by", "the laws of the State of New", "York"]


@pytest.mark.parametrize("quote", ["overned by", "governed b", "State of New Jersey", "", "!", "x"])
def test_not_inside_words_and_not_at_all(laid_out: Laid, quote: str) -> None:
    """Half a word, other words, and what is too short to mean anything are not found."""
    assert list(finder(laid_out, LINES).exact(quote)) == []


def test_every_place(laid_out: Laid) -> None:
    """All places are given, in reading order."""
    found = list(finder(laid_out, [(60, 100, "Total 5.00"), (60, 120, "total: 5,00")]).exact("total 5.00"))
    assert [place[0].run.number for place in found] == [0, 1]


def test_slips_are_forgiven_in_long_quotes_only(laid_out: Laid) -> None:
    """One wrong letter in forty is found as similar; another sentence is not; a short quote must be right."""
    text = finder(laid_out, LINES)
    assert text.fuzzy("govemed by the laws of the State of New York") is not None
    assert text.fuzzy("governed by the laws of the Republic of France") is None
    assert text.fuzzy("New Yark") is None


def test_a_quote_longer_than_the_document(laid_out: Laid) -> None:
    """A document inside a made-up quote does not prove the quote."""
    text = finder(laid_out, [(60, 100, "governed by the laws")])
    assert text.fuzzy("this is governed by the laws of Atlantis and of the seven seas for ever and ever") is None


@given(st.lists(st.text("abcdeé 12.,", min_size=1, max_size=12), min_size=1, max_size=5), st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
def test_whatever_is_cut_out_is_found(laid_out: Laid, lines: list[str], data: st.DataObject) -> None:
    """Any stretch of whole words of a page is found again in it."""
    words = [word for line in lines for word in line.split()]
    first = data.draw(st.integers(0, max(len(words) - 1, 0)))
    last = data.draw(st.integers(first, len(words)))
    quote = " ".join(words[first:last])
    letters = sum(char.isalnum() for char in quote)
    text = finder(laid_out, [(60, 100 + 20 * number, line) for number, line in enumerate(lines) if line.strip()])
    assert bool(list(text.exact(quote))) == (letters >= 2)
