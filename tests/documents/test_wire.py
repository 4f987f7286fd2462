"""Tests of carrying parsed documents between processes."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.wire import LENGTH, decode, encode
from schemas.document import Attachment, Box, Cell, Finding, FormField, Line, Page, ParsedDocument, Row, Table, Word


def sample() -> ParsedDocument:
    first = Word("Übertrag", Box(1.5, 2.0, 3.25, 4.0), 1, size=9.5, bold=True)
    second = Word("12,50", Box(5.0, 2.0, 8.0, 4.0), 1, visible=False, origin="ocr", ocr_confidence=0.5)
    elsewhere = Word("added", Box(0.0, 0.0, 1.0, 1.0), 1)
    row = Row((Cell((first,), 0), Cell((second, elsewhere), 1), Cell((), 2)), 1, Box(1.5, 2.0, 8.0, 4.0))
    return ParsedDocument(
        "ab" * 32,
        "application/pdf",
        (Page(1, 595.0, 842.0, (Line((first, second), 0, "Terms"),), "ocr", 90, 2.5), Page(2, 595.0, 842.0, ())),
        (Table(row, (row,), ((0.0, 4.0), (4.0, 9.0))), Table(None, (), ())),
        (Attachment("a\0b.xml", "application/xml", b"\xff\0<a/>", hashlib.sha256(b"\xff\0<a/>").hexdigest()),),
        (FormField("name", "value", 1, Box(0.0, 0.0, 1.0, 1.0)), FormField("n", "", None, None)),
        (Finding("repaired", "Damaged.", 2, True), Finding("x", "y")),
        (("title", "☃"),),
    )


def test_a_document_comes_back_equal():
    """What is encoded and decoded is equal to what it was."""
    assert decode(encode(sample())) == sample()


def test_words_of_tables_are_those_of_the_pages():
    """A word in a table and on its page is one object, so that a large table costs no second copy."""
    document = decode(encode(sample()))
    assert document.tables[0].rows[0].cells[0].words[0] is document.pages[0].words[0]


@given(st.binary(max_size=200))
def test_any_bytes_are_a_document_or_an_error(data):
    """No bytes do more than raise ValueError."""
    with pytest.raises(ValueError):
        decode(data)


@given(st.data())
def test_a_changed_answer_is_a_document_or_an_error(data):
    """An answer with some of its bytes changed gives a document of the right types, or ValueError."""
    answer = bytearray(encode(sample()))
    for _ in range(data.draw(st.integers(1, 5))):
        answer[data.draw(st.integers(0, len(answer) - 1))] = data.draw(st.integers(0, 255))
    try:
        document = decode(bytes(answer))
    except ValueError:
        return
    assert all(type(word.text) is str and type(word.box) is Box for word in document.words)


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (b"1.5", b"NaN"),
        (b"1.5", b"1e999"),
        (b'"12,50"', b"12.50"),
        (b'"ocr"', b'"OCR"'),
        (b'"Terms"', b"null"),
        (b"true", b"1"),
    ],
)
def test_wrong_values_are_refused(good, bad):
    """A value of the wrong type or range anywhere refuses the whole answer."""
    answer = encode(sample())
    (length,) = LENGTH.unpack_from(answer)
    head = answer[LENGTH.size : LENGTH.size + length]
    assert good in head
    changed = head.replace(good, bad, 1)
    with pytest.raises(ValueError):
        decode(LENGTH.pack(len(changed)) + changed + answer[LENGTH.size + length :])
