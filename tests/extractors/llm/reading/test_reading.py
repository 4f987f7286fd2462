"""Tests of what is sent: page marks that cannot be forged, groups, passages, windows of rows."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.parse import parse_bytes
from extractors.llm.groups import MOST, groups
from extractors.llm.page_text import LEFT_OUT, whole_text
from extractors.llm.passages import Library
from extractors.llm.windows import MOST_ASKED, Gathering, PageWanted, RowsWanted, TableRow
from schemas.document import Box, Line, Page, ParsedDocument, Word
from schemas.fields import Kind
from schemas.loader import builtin_schemas
from schemas.results import Candidate, CandidateRow

SCHEMAS = builtin_schemas()


def document(*pages: list[str], hidden: str = "") -> ParsedDocument:
    """A document whose every line is a block of its own."""
    made = []
    for number, lines in enumerate(pages, 1):
        built = [
            Line(tuple(Word(w, Box(0, 0, 1, 1), number) for w in line.split()), at) for at, line in enumerate(lines)
        ]
        if hidden:
            built.append(Line(tuple(Word(w, Box(0, 0, 1, 1), number, visible=False) for w in hidden.split()), 99))
        made.append(Page(number, 595, 842, tuple(built)))
    return ParsedDocument("a" * 64, "application/pdf", tuple(made))


def line_of(text: str, page: int, block: int, *, visible: bool = True) -> Line:
    return Line(tuple(Word(word, Box(0, 0, 1, 1), page, visible=visible) for word in text.split()), block)


def test_every_page_stands_under_its_mark_and_hidden_words_are_not_sent():
    """Only what a reader sees goes out."""
    text = whole_text(document(["Invoice 1", "Total 5"], ["Page two"], hidden="Total 9999"))
    assert text == "[page 1]\nInvoice 1\nTotal 5\n[page 2]\nPage two"


@given(st.lists(st.sampled_from(["[page 7]", "[PAGE 2] x", "  [page 1]", "[...]", "word", "a [page 3]"]), min_size=1))
def test_marks_of_pages_cannot_be_forged(lines):
    """However the document's own lines look, the only lines that begin with a mark are ours."""
    ours = re.compile(r"\s*\[(page \d+\]|\.\.\.)", re.IGNORECASE)
    marks = [line for line in whole_text(document(lines)).splitlines() if ours.match(line)]
    assert marks == ["[page 1]"]


@given(st.integers(0, 90), st.integers(0, 3))
def test_groups_hold_every_field_once_and_few_enough(fields, tables):
    """Tables go alone; the others in groups of nearly equal size, at most MOST."""
    invoice = SCHEMAS["invoice"]
    field = invoice.field("gross_total")
    table = invoice.field("line_items")
    single = [replace_name(field, f"f{n}") for n in range(fields)]
    schema = invoice.model_copy(
        update={"fields": (*single, *(replace_name(table, f"t{n}") for n in range(tables))), "checks": ()}
    )
    names = [each.name for each in schema.fields]
    made = groups(schema, reversed(names))
    assert [name for group in made for name in group] == names
    assert all(len(group) <= MOST for group in made)
    sizes = [len(group) for group in made if not group[0].startswith("t")]
    assert not sizes or max(sizes) - min(sizes) <= len(sizes)
    assert all(len(group) == 1 for group in made if group[0].startswith("t"))


def replace_name(field, name: str):
    return field.model_copy(update={"name": name}) if hasattr(field, "model_copy") else replace(field, name=name)


def long_contract(pages: int = 30) -> ParsedDocument:
    filler = "The receiving party keeps records of each delivery and shows them on request. " * 4
    body = [[f"Section {number}. Deliveries. {filler}" for _ in range(6)] for number in range(pages)]
    body[0][0] = "This agreement is made between Alpha Corp. and Beta Ltd."
    body[12][3] = "Governing law. This agreement is governed by the laws of Ohio."
    body[20][2] = "Term. It remains in effect for a period of four years."
    body[25][1] = "Notices. IN WITNESS WHEREOF the parties have signed. By: Ann Miller"
    body[-1][5] = "Annex ends here."
    return document(*body)


def test_passages_hold_both_ends_the_signatures_and_what_is_asked_for_in_less_than_half():
    """A clause in the middle of thirty pages is sent, with the first and last page; gaps are marked."""
    found = Library(long_contract()).passages(SCHEMAS["contract"], ["governing_law", "term", "parties"])
    assert {1, 13, 21, 26, 30} <= set(found.pages)
    for part in ("Alpha Corp.", "laws of Ohio", "four years", "IN WITNESS", "Annex ends here."):
        assert part in found.text
    assert found.share < 0.45 and LEFT_OUT in found.text and not found.is_whole
    assert not {"governing_law", "term"} & found.weak


def test_a_field_to_which_nothing_points_is_weak_and_further_passages_repeat_nothing():
    """Retrieval says where it does not know, so that an absent answer can be asked again with more text."""
    library = Library(long_contract())
    narrow = library.passages(SCHEMAS["contract"], ["liability_cap"])
    assert "liability_cap" in narrow.weak
    further = library.more(SCHEMAS["contract"], ["liability_cap"], narrow)
    assert 0.3 < further.share <= 0.41 and not further.places & narrow.places


def table_row(number: int, page: int) -> TableRow:
    cell = Candidate("description", Kind.TEXT, "llm", f"Item {number}", quote=f"Item {number}")
    return TableRow(page, f"Item {number}", CandidateRow({"description": cell}, page))


@given(
    total=st.integers(0, 150),
    per_page=st.integers(5, 60),
    per_answer=st.integers(5, 80),
    obeys=st.booleans(),
    size=st.integers(5, 40),
)
def test_every_row_comes_back_whatever_the_server_gives_at_once(total, per_page, per_answer, obeys, size):
    """A server that stops after some rows, even one that always begins at the first: all rows, in order, once each,
    as long as a page's rows fit into an answer; never more than MOST_ASKED questions."""
    per_page = min(per_page, per_answer)
    every = [table_row(number, number // per_page + 1) for number in range(total)]
    pages = max(1, -(-total // per_page))
    state = Gathering(pages, size=size)
    while (wanted := state.wants()) is not None:
        if isinstance(wanted, PageWanted):
            given = [row for row in every if row.page == wanted.page]
        else:
            given = every[wanted.first - 1 : wanted.last] if obeys else every[: wanted.last]
        state = state.came(wanted, given[:per_answer], total)
    assert state.asked <= MOST_ASKED
    if pages <= MOST_ASKED - 10 and total <= 10 * min(size, per_answer):
        assert list(state.rows) == every and not state.missing


def test_equal_rows_are_rows_of_their_own():
    """A table may hold the same line twice; the same line given in two answers is one."""
    twice = [table_row(1, 1), table_row(1, 1)]
    state = Gathering(1).came(RowsWanted(1, 40), twice, 3)
    state = state.came(RowsWanted(3, 3), [table_row(1, 1), table_row(2, 1)], 3)
    assert [row.quote for row in state.rows] == ["Item 1", "Item 1", "Item 2"]


def test_an_answer_that_is_too_long_asks_for_fewer_rows_and_gives_up_at_last():
    """Forty, twenty, ten, five, then no more."""
    state, sizes = Gathering(1), []
    while isinstance(wanted := state.wants(), RowsWanted):
        sizes.append(wanted.last)
        state = state.cut_off()
    assert sizes == [40, 20, 10, 5]


def test_rows_that_never_come_are_told_as_missing():
    """A server that counts ten and gives seven, whatever is asked, leaves three missing, and asking ends."""
    state = Gathering(2)
    seven = [table_row(number, 1) for number in range(7)]
    while (wanted := state.wants()) is not None:
        state = state.came(wanted, seven, 10)
    assert state.missing == 3 and state.asked <= 4


@pytest.mark.parametrize("total", [39, 40, 41, 80, 120, 137])
def test_a_server_that_counts_only_what_it_gives_is_asked_on(total):
    """A full window is no proof that the table ends there; one more question finds out, and no more than one."""
    every = [table_row(number, 1) for number in range(total)]
    state = Gathering(1)
    while (wanted := state.wants()) is not None:
        assert isinstance(wanted, RowsWanted)
        given = every[wanted.first - 1 : wanted.last]
        state = state.came(wanted, given, min(wanted.last, total))
    assert list(state.rows) == every and state.asked == total // 40 + 1


def test_a_count_that_foresaw_the_rest_is_believed():
    """Three windows for 120 rows that were counted at the first one."""
    every, state = [table_row(number, 1) for number in range(120)], Gathering(1)
    while (wanted := state.wants()) is not None:
        assert isinstance(wanted, RowsWanted)
        state = state.came(wanted, every[wanted.first - 1 : wanted.last], 120)
    assert state.asked == 3 and not state.missing


@pytest.mark.slow
def test_truths_of_long_contracts_are_inside_what_is_sent(shared_data):
    """On the agreements with more than 15 pages: at least 99 % of the truths in at most 40 % of the tokens."""
    import json

    from benchmarks.passages import Figures

    figures = Figures()
    for line in (shared_data / "nda" / "truth.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row.get("pages", 0) > 15:
            path = shared_data / "nda" / row["file"]
            figures.add(parse_bytes(path.read_bytes(), path.name), SCHEMAS["contract"], row["fields"])
    assert figures.documents and figures.inside >= 0.99 * figures.truths
    assert figures.sent <= 0.4 * figures.whole
