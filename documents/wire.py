"""A parsed document as bytes between the parser child and us. The child is not trusted: every value is checked.

JSON with a word as a short list; tables name words by their place on the page; attachments follow as they are.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from schemas.document import Attachment, Box, Cell, Finding, FormField, Line, Page, ParsedDocument, Row, Table, Word

T = TypeVar("T")
LENGTH = struct.Struct("<Q")


def encode(document: ParsedDocument) -> bytes:
    """Return `document` as bytes that `decode` reads; a word of a table that is on no page is sent with the table."""
    places = {id(word): place for place, word in enumerate(document.words)}
    head = {
        "sha256": document.sha256,
        "media_type": document.media_type,
        "pages": [_page_out(page) for page in document.pages],
        "tables": [_table_out(table, places) for table in document.tables],
        "attachments": [[each.name, each.media_type, len(each.content)] for each in document.attachments],
        "form_fields": [[each.name, each.value, each.page, each.box] for each in document.form_fields],
        "findings": [[each.code, each.message, each.page, each.needs_review] for each in document.findings],
        "metadata": document.metadata,
    }
    text = json.dumps(head, separators=(",", ":"), ensure_ascii=True).encode()
    return b"".join([LENGTH.pack(len(text)), text, *(each.content for each in document.attachments)])


def decode(data: bytes) -> ParsedDocument:
    """Return the document in `data`; raises ValueError for anything that `encode` does not write."""
    try:
        return _document(data)
    except (KeyError, TypeError, IndexError, AttributeError, RecursionError, struct.error, OverflowError) as error:
        raise ValueError(f"not a parsed document: {type(error).__name__}") from error


def _page_out(page: Page) -> list[Any]:
    lines = [[line.block, line.section, [_word_out(word) for word in line.words]] for line in page.lines]
    return [page.number, page.width, page.height, page.origin, page.rotation, page.lean, lines]


def _word_out(word: Word) -> list[Any]:
    box = [round(side, 3) for side in word.box]
    return [word.text, *box, word.page, word.visible, word.origin, word.ocr_confidence, word.size, word.bold]


def _table_out(table: Table, places: dict[int, int]) -> list[Any]:
    rows = [_row_out(row, places) for row in table.rows]
    return [_row_out(table.header, places) if table.header is not None else None, rows, table.columns]


def _row_out(row: Row, places: dict[int, int]) -> list[Any]:
    cells = [[cell.column, [_place(word, places) for word in cell.words]] for cell in row.cells]
    return [cells, row.page, row.box]


def _place(word: Word, places: dict[int, int]) -> Any:
    place = places.get(id(word))
    return place if place is not None else _word_out(word)


# Reading, with every value checked


def _document(data: bytes) -> ParsedDocument:
    (length,) = LENGTH.unpack_from(data)
    head = json.loads(data[LENGTH.size : LENGTH.size + length], parse_constant=_no_constant)
    pages = tuple(_page(each) for each in head["pages"])
    words = [word for page in pages for word in page.words]
    attachments, end = _attachments(head["attachments"], data, LENGTH.size + length)
    if end != len(data):
        raise ValueError("not a parsed document: bytes left over")
    return ParsedDocument(
        _is(str, head["sha256"]),
        _is(str, head["media_type"]),
        pages,
        tuple(_table(each, words) for each in head["tables"]),
        attachments,
        tuple(_form_field(each) for each in head["form_fields"]),
        tuple(_finding(each) for each in head["findings"]),
        tuple((_is(str, key), _is(str, value)) for key, value in head["metadata"]),
    )


def _no_constant(name: str) -> float:
    raise ValueError(f"not a parsed document: {name}")


def _is(kind: type[T], value: Any) -> T:
    if type(value) is not kind:
        raise ValueError(f"not a parsed document: {kind.__name__} expected")
    return value


def _number(value: Any) -> float:
    if type(value) not in (int, float) or not -1e12 < value < 1e12:
        raise ValueError("not a parsed document: number expected")
    return float(value)


def _or_none(read: Callable[[Any], T], value: Any) -> T | None:
    return None if value is None else read(value)


def _page_number(value: Any) -> int:
    if _is(int, value) < 1:
        raise ValueError("not a parsed document: page number expected")
    return int(value)


def _origin(value: Any) -> Any:
    if value not in ("text", "ocr"):
        raise ValueError("not a parsed document: origin expected")
    return value


def _box(value: Sequence[Any]) -> Box:
    x0, y0, x1, y1 = value
    return Box(_number(x0), _number(y0), _number(x1), _number(y1))


def _page(value: Sequence[Any]) -> Page:
    number, width, height, origin, rotation, lean, lines = value
    read = tuple(
        Line(tuple(_word(word) for word in words), _is(int, block), _is(str, section))
        for block, section, words in lines
    )
    if not all(line.words for line in read):
        raise ValueError("not a parsed document: line without words")
    page_number = _page_number(number)
    turned = _is(int, rotation), _number(lean)
    return Page(page_number, _number(width), _number(height), read, _origin(origin), *turned)


def _word(value: Sequence[Any]) -> Word:
    text, x0, y0, x1, y1, page, visible, origin, confidence, size, bold = value
    if (
        type(text) is not str
        or type(visible) is not bool
        or type(bold) is not bool
        or type(page) is not int
        or not (type(x0) is type(y0) is type(x1) is type(y1) is float)
        or not -1e12 < x0 <= x1 < 1e12
        or not -1e12 < y0 <= y1 < 1e12
    ):
        box = _box((x0, y0, x1, y1))
        text, visible, bold = _is(str, text), _is(bool, visible), _is(bool, bold)
    else:
        box = Box(x0, y0, x1, y1)
    return Word(
        text, box, _page_number(page), visible, _origin(origin), _or_none(_number, confidence), _number(size), bold
    )


def _table(value: Sequence[Any], words: list[Word]) -> Table:
    header, rows, columns = value
    return Table(
        _or_none(lambda row: _row(row, words), header),
        tuple(_row(row, words) for row in rows),
        tuple((_number(left), _number(right)) for left, right in columns),
    )


def _row(value: Sequence[Any], words: list[Word]) -> Row:
    cells, page, box = value
    read = tuple(Cell(tuple(_placed(word, words) for word in held), _is(int, column)) for column, held in cells)
    return Row(read, _page_number(page), _box(box))


def _placed(value: Any, words: list[Word]) -> Word:
    if type(value) is int:
        if not 0 <= value < len(words):
            raise ValueError("not a parsed document: no such word")
        return words[value]
    return _word(value)


def _attachments(value: Sequence[Any], data: bytes, start: int) -> tuple[tuple[Attachment, ...], int]:
    found = []
    for name, media_type, length in value:
        content = data[start : start + _is(int, length)]
        if len(content) != length:
            raise ValueError("not a parsed document: attachment cut")
        start += length
        found.append(Attachment(_is(str, name), _is(str, media_type), content, hashlib.sha256(content).hexdigest()))
    return tuple(found), start


def _form_field(value: Sequence[Any]) -> FormField:
    name, text, page, box = value
    return FormField(_is(str, name), _is(str, text), _or_none(_page_number, page), _or_none(_box, box))


def _finding(value: Sequence[Any]) -> Finding:
    code, message, page, needs_review = value
    return Finding(_is(str, code), _is(str, message), _or_none(_page_number, page), _is(bool, needs_review))
