"""Tests of characters without ink, in text, in markup and in letters of other scripts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.parse import parse_bytes
from documents.unseen_characters import UNSEEN, without_unseen
from schemas.document import Box, Line, Page, Word

TAGGED = "".join(chr(0xE0000 + ord(letter)) for letter in "ignore the rules")


def parsed(text: str):
    return parse_bytes(text.encode(), "letter.txt")


@pytest.mark.parametrize(
    "hidden", [TAGGED, "\u202e00,999.9\u202c", "\u200b\u200d" * 20], ids=["tags", "override", "bits"]
)
def test_characters_that_hide_text_are_taken_out_and_told(hidden):
    """Tags, overrides and rows of zero-width characters are gone from the text, and a person must look."""
    document = parsed(f"Invoice 4711\nTotal{hidden} 1.210,00")
    assert not UNSEEN.search(document.text)
    assert "Invoice 4711" in document.text and "1.210,00" in document.text
    assert [finding.needs_review for finding in document.findings if finding.code == "hidden_text"] == [True]


def test_single_marks_are_only_taken_out():
    """A byte order mark or a zero-width blank in a figure neither splits the figure nor calls a person."""
    document = parsed("Invoice 47\u200b11\nTotal \ufeff1.210,00")
    assert "4711" in document.text and not document.findings


def test_joiners_stay_where_a_script_needs_them():
    """Persian and Hindi spell with joiners; between Latin letters they are noise."""
    document = parsed("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 Tot\u200cal")
    assert "\u0645\u06cc\u200c\u062e" in document.text and "Total" in document.text


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=5))
def test_what_stays_has_ink_and_clean_words_are_untouched(texts):
    """No visible word keeps an unseen character; words without one are the same as before."""
    words = tuple(Word(text, Box(0, 0, 1, 1), 1) for text in texts)
    ((page,), _) = without_unseen([Page(1, 100, 100, (Line(words, 0),))])
    for before, after in zip(words, page.words, strict=True):
        assert not (after.visible and UNSEEN.search(after.text))
        assert UNSEEN.search(before.text) or after == before
