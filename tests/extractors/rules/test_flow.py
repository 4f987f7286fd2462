"""The running text joins lines over pages and keeps every character on its place."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from extractors.page.runs import Layout
from extractors.rules.flow import Flow
from extractors.rules.prose import candidates
from schemas.document import Box, Line, Page, ParsedDocument, Word
from schemas.loader import builtin_schemas

LINES = st.lists(st.text("abcXYZ .-;", min_size=1, max_size=30).filter(str.strip), min_size=1, max_size=12)


def _document(lines: list[str]) -> ParsedDocument:
    made = []
    for number, text in enumerate(lines):
        words, at = [], 60.0
        for part in text.split():
            words.append(Word(part, Box(at, 100.0 + 12 * number, at + 5 * len(part), 110.0 + 12 * number), 1))
            at += 5 * len(part) + 3
        made.append(Line(tuple(words), number))
    return ParsedDocument("0" * 64, "application/pdf", (Page(1, 595.0, 842.0, tuple(made)),))


def test_hyphens_at_line_ends(laid_out: Callable[..., ParsedDocument]) -> None:
    """A compound keeps its hyphen; a word that stands whole elsewhere is put together again."""
    lines = [
        (60, 100, "This agreement says that the non-"),
        (60, 112, "compete clause of this agree-"),
        (60, 124, "ment stays in force."),
    ]
    text = Flow(Layout(laid_out(lines))).text
    assert text == "This agreement says that the non-compete clause of this agreement stays in force."


def test_page_numbers_in_mid_page(laid_out: Callable[..., ParsedDocument]) -> None:
    """Page numbers of a print-out that stand in the middle of a page do not break a sentence."""
    lines = [
        (60, 100, "The duty shall"),
        (300, 140, "- 1 -"),
        (60, 180, "survive for"),
        (300, 220, "- 2 -"),
        (60, 260, "two years."),
    ]
    text = Flow(Layout(laid_out(lines))).text
    assert text == "The duty shall survive for two years."


def test_said_state(laid_out: Callable[..., ParsedDocument]) -> None:
    """ "Said State" is the state that the sentence named before, and the evidence is that name."""
    document = laid_out(
        [
            (60, 100, "This Agreement is made in the Commonwealth of Massachusetts and shall be governed under the"),
            (60, 112, "laws of said State."),
        ],
        size=8.0,
    )
    law = [each for each in candidates(document, builtin_schemas()["contract"]) if each.field == "governing_law"]
    assert [each.value for each in law] == ["Massachusetts"]
    assert law[0].evidence[0].quote == "Massachusetts"


@given(LINES, st.integers(0, 200), st.integers(1, 60))
def test_every_character_has_its_place(lines: list[str], start: int, length: int) -> None:
    """The passages of any stretch hold the letters that the stretch holds, in order."""
    flow = Flow(Layout(_document(lines)))
    stretch = flow.text[start : start + length]
    letters = [char for char in stretch if char.isalpha()]
    printed = [char for part in flow.passages(start, start + len(stretch)) for char in part.text if char.isalpha()]
    assert printed == letters
