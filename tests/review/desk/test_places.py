"""Where a person points costs the pages that are looked at, however many there are, and heads of pages are no text."""

from __future__ import annotations

from typing import Any

import pytest
from desk_documents import SCHEMAS, decided, reading, result

from review.desk.acts import Act, Desk, Span, new_key
from review.desk.places import LOCALE_PAGES, Places
from schemas.document import Box, Line, Page, ParsedDocument, Word
from schemas.errors import InvalidValue
from schemas.fields import Kind
from schemas.results import Extraction
from store.entities import Document
from store.files import Files
from store.page_index import PageIndex
from store.store import Store

EVERYTHING = Span(page=1, boxes=((0, 0, 600, 800),))
MANY = 1000


def page(number: int, rows: dict[float, str]) -> Page:
    lines = tuple(
        Line(
            tuple(Word(text, Box(50 + 60 * n, y, 105 + 60 * n, y + 10), number) for n, text in enumerate(row.split())),
            at,
        )
        for at, (y, row) in enumerate(rows.items())
    )
    return Page(number, 600, 800, lines)


def stored(store: Store, pages: list[Page], record: Extraction | None = None) -> Document:
    sha256, _ = store.add_document(b"pages", "pages.pdf")
    (claim,) = store.claim("worker")
    claim = store.save_parsed(claim, ParsedDocument(sha256, "text/plain", tuple(pages)), "p")
    found = (record or reading(sha256)).model_copy(update={"document": sha256})
    store.decide(store.save_extraction(claim, found, "e", SCHEMAS[found.schema_name]))
    return store.document(sha256)


def test_a_save_on_a_thousand_pages_reads_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that is pointed to on page 700 reads that page, which shows how numbers and days are written, and none
    of the others; the document is never read as a whole."""
    pages = [page(number, {100: f"Seite {number}"}) for number in range(1, MANY + 1)]
    pages[699] = page(700, {100: "Summe 1.234,50 am 31.12.2025"})
    document = stored(store, pages)
    read: list[int] = []
    words = PageIndex.words

    def counted(index: PageIndex, number: int) -> bytes:
        read.append(number)
        return words(index, number)

    def never(*_: Any) -> None:
        raise AssertionError("read as a whole")

    monkeypatch.setattr(PageIndex, "words", counted)
    monkeypatch.setattr(Files, "get_parsed", never)
    place = Span(page=700, boxes=((108, 98, 230, 112),), quote="1.234,50")
    act = Act(key=new_key(), act="set", path="gross_total", value="1.234,50", evidence=place, version=1)
    Desk(store, SCHEMAS, "anna").do(document, act)
    assert str(decided(store, document)["gross_total"]) == "1234.50"
    assert read == [700]


def test_few_pages_are_read_where_none_shows_how_numbers_are_written(store: Store) -> None:
    """Where the page at hand shows no amount, pages beside it are asked, and the first; but only a few."""
    rows = {number: {100: "nothing"} for number in range(1, 41)}
    rows[21] = {100: "Summe 1.234,50"}
    document = stored(store, [page(number, row) for number, row in rows.items()])
    near, far = Places(store, document, near=20), Places(store, document, near=35)
    assert (near.locale.decimal, far.locale.decimal) == (",", None)
    assert len(near._read) <= LOCALE_PAGES and len(far._read) <= LOCALE_PAGES


def test_places_have_the_boxes_and_words_of_the_page(store: Store) -> None:
    """Evidence is what stands there, line by line, whatever the browser said; there is none on pages that are not."""
    document = stored(store, [page(1, {100: "one two", 120: "three four"})])
    (found,) = Places(store, document).evidence([Span(page=1, boxes=((100, 95, 240, 135),), quote="else")])
    assert (found.quote, len(found.boxes)) == ("two four", 2)
    with pytest.raises(InvalidValue, match="no page 2"):
        Places(store, document).evidence([Span(page=2)])


def clause(rows: dict[int, dict[float, str]], store: Store) -> tuple[Desk, Document]:
    record = Extraction(
        document="0" * 64,
        schema_name="contract",
        schema_version=SCHEMAS["contract"].version,
        fields={"renewal": result("renewal", Kind.CLAUSE, None, None)},
    )
    return Desk(store, SCHEMAS, "anna"), stored(store, [page(at, row) for at, row in rows.items()], record)


def test_a_clause_over_pages_is_taken_without_their_heads(store: Store) -> None:
    """A clause that runs over two page breaks is kept without running heads and page numbers in between, with the
    boxes of all its pages."""
    rows = {
        at: {20: f"Master Agreement page {at}", 100: f"clause part {at}", 780: f"Page {at} of 4"} for at in range(1, 5)
    }
    desk, document = clause(rows, store)
    spans = tuple(EVERYTHING.model_copy(update={"page": number}) for number in (1, 2, 3))
    said = " ".join(text for at in (1, 2, 3) for text in rows[at].values())
    name = next(field.name for field in SCHEMAS["contract"].fields if field.kind is Kind.CLAUSE)
    act = Act(key=new_key(), act="set", path=name, value=said, evidence=spans, version=1)
    desk.do(document, act)
    record = store.extraction(document.sha256)
    assert record is not None
    assert record.fields[name].value == "clause part 1 clause part 2 clause part 3"
    assert [each.page for each in record.fields[name].evidence] == [1, 2, 3]


def test_a_clause_that_is_only_a_head_is_kept_as_it_was_marked(store: Store) -> None:
    """Whoever marks nothing but a page head gets that text, not an empty clause."""
    rows = {at: {20: "Master Agreement", 100: f"part {at}"} for at in range(1, 5)}
    desk, document = clause(rows, store)
    name = next(field.name for field in SCHEMAS["contract"].fields if field.kind is Kind.CLAUSE)
    head = Span(page=2, boxes=((0, 0, 600, 50),), quote="Master Agreement")
    desk.do(document, Act(key=new_key(), act="set", path=name, value="Master Agreement", evidence=head, version=1))
    record = store.extraction(document.sha256)
    assert record is not None
    assert record.fields[name].value == "Master Agreement"
