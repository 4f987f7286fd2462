"""Tables are found from where words and drawn lines stand."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from documents.parse import parse_bytes
from documents.rulings import Rulings, Segment
from documents.tables import find_tables
from schemas.document import Box, Line, Page, Table, Word

Placed = tuple[float, float, str]
HEAD = [(60, 100, "Item"), (300, 100, "Count"), (450, 100, "Price")]
ROWS = [
    (60, 120, "Bolt"), (300, 120, "2"), (450, 120, "1.50"),
    (60, 140, "Hinge"), (300, 140, "4"), (450, 140, "3.00"),
]  # fmt: skip


def page(texts: Sequence[Placed], number: int = 1) -> Page:
    """A page of lines 10 points high whose letters are 5 points wide."""
    lines = []
    for block, (x, y, text) in enumerate(texts):
        words, at = [], x
        for part in text.split():
            words.append(Word(part, Box(at, y, at + 5 * len(part), y + 10), number))
            at += 5 * len(part) + 3
        lines.append(Line(tuple(words), block))
    return Page(number, 595.0, 842.0, tuple(lines))


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def head(table: Table) -> list[str] | None:
    return [cell.text for cell in table.header.cells] if table.header else None


def test_words_in_line_make_a_table() -> None:
    """Rows of pieces below each other are a table; the row without figures on top is its head."""
    (table,) = find_tables([page([*HEAD, *ROWS])], {})
    assert head(table) == ["Item", "Count", "Price"]
    assert texts(table) == [["Bolt", "2", "1.50"], ["Hinge", "4", "3.00"]]
    assert len(table.columns) == 3 and table.columns[0][0] == 60


def test_without_words_on_top_there_is_no_head() -> None:
    """A table that begins with figures has no head."""
    (table,) = find_tables([page(ROWS)], {})
    assert table.header is None and len(table.rows) == 2


def test_running_text_is_no_table() -> None:
    """Lines of one piece each, and words without figures, give no table."""
    assert find_tables([page([(60, 100 + 12 * n, f"Line {n} of a letter") for n in range(20)])], {}) == ()
    names = [(x, y, "Name") for y in (100, 112, 124) for x in (60, 200, 340)]
    assert find_tables([page(names)], {}) == ()


def test_further_lines_of_a_cell_join_their_row() -> None:
    """Text close below a text belongs to the same cell; text farther below is a row of its own."""
    (table,) = find_tables([page([*HEAD, *ROWS, (60, 131, "zinc plated"), (60, 170, "Remark")])], {})
    assert texts(table) == [["Bolt zinc plated", "2", "1.50"], ["Hinge", "4", "3.00"], ["Remark", "", ""]]


def test_a_head_of_two_lines_is_one() -> None:
    """The second line of the heads joins the first."""
    (table,) = find_tables([page([*HEAD, (300, 110, "pieces"), (450, 110, "each"), *ROWS])], {})
    assert head(table) == ["Item", "Count pieces", "Price each"]


def test_drawn_lines_part_columns_and_rows() -> None:
    """Between drawn lines the cells are what they enclose, however far the words of a row stand apart."""
    uprights = tuple(Segment(x, 95, 175) for x in (50.0, 290.0, 440.0, 520.0))
    levels = tuple(Segment(y, 50, 520) for y in (95.0, 115.0, 145.0, 175.0))
    texts_placed = [
        *HEAD,
        (60, 120, "Bolt"), (300, 120, "2"), (450, 120, "1.50"), (60, 134, "12.9 steel"),
        (60, 150, "Hinge"), (300, 150, "4"), (450, 150, "3.00"),
    ]  # fmt: skip
    (table,) = find_tables([page(texts_placed)], {1: Rulings(levels, uprights)})
    assert table.columns == ((50.0, 290.0), (290.0, 440.0), (440.0, 520.0))
    assert texts(table) == [["Bolt 12.9 steel", "2", "1.50"], ["Hinge", "4", "3.00"]]


def test_one_drawn_line_stands_for_both_its_strokes() -> None:
    """Uprights drawn twice, a point apart, do not make columns of their own."""
    uprights = tuple(Segment(x, 95, 160) for x in (50.0, 51.0, 290.0, 291.0, 440.0, 520.0))
    (table,) = find_tables([page([*HEAD, *ROWS])], {1: Rulings((), uprights)})
    assert len(table.columns) == 3


def test_a_table_goes_on_over_the_page() -> None:
    """Rows at the head of the next page join the table, and a repeated head is dropped."""
    low = [(x, y + 640, text) for x, y, text in [*HEAD, *ROWS]]
    joined = find_tables([page(low), page([*HEAD, *ROWS], 2)], {})
    assert [len(table.rows) for table in joined] == [4]
    assert joined[0].pages == (1, 2) and head(joined[0]) == ["Item", "Count", "Price"]
    without_head = find_tables([page(low), page(ROWS, 2)], {})
    assert [len(table.rows) for table in without_head] == [4]


def test_tables_apart_stay_apart() -> None:
    """A table in the middle of the next page is another one; so is one with other columns."""
    low = [(x, y + 640, text) for x, y, text in [*HEAD, *ROWS]]
    middle = [(x, y + 300, text) for x, y, text in [*HEAD, *ROWS]]
    assert len(find_tables([page(low), page(middle, 2)], {})) == 2
    shifted = [(x + 40, y, text) for x, y, text in [*HEAD, *ROWS]]
    assert len(find_tables([page(low), page(shifted, 2)], {})) == 2


def test_hidden_words_are_in_no_cell() -> None:
    """What nobody sees is no part of a table."""
    seen = page([*HEAD, *ROWS])
    hidden = Line((Word("9.99", Box(450, 160, 470, 170), 1, visible=False),), 99)
    (table,) = find_tables([Page(1, 595.0, 842.0, (*seen.lines, hidden))], {})
    assert "9.99" not in str(texts(table))


def test_a_pdf_with_a_grid() -> None:
    """The lines drawn in a PDF arrive: texts in the middle of wide cells are parted rightly."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    edges = (60, 260, 330, 430, 530)
    for row in range(4):
        canvas.line(60, 700 - 20 * row, 530, 700 - 20 * row)
    for x in edges:
        canvas.line(x, 700, x, 640)
    cells = (
        ("Part", "Qty", "Each", "Sum"),
        ("Ring 12", "3", "2.00", "6.00"),
        ("A long name of a part", "10", "1.00", "10.00"),
    )
    for row, line in enumerate(cells):
        for x0, x1, text in zip(edges, edges[1:], line, strict=False):
            canvas.drawCentredString((x0 + x1) / 2, 686 - 20 * row, text)
    canvas.save()
    (table,) = parse_bytes(buffer.getvalue(), "grid.pdf").tables
    assert head(table) == list(cells[0]) and texts(table) == [list(cells[1]), list(cells[2])]
    assert [round(left) for left, _ in table.columns] == list(edges[:-1])


def test_hostile_pages_take_bounded_time() -> None:
    """100,000 words in any order and tens of thousands of drawn lines are looked at in seconds."""
    drawn = Rulings((), tuple(Segment(n * 0.1, 0, 9000) for n in range(50_000)))
    for place in (
        lambda n: (n % 50 * 11.0, n // 50 * 0.4),
        lambda n: (n % 3 * 100.0, n // 3 * 9.0),
        lambda n: (n * 0.01, 50.0),
        lambda n: (n * 7919 % 500 * 1.0, n * 104729 % 800 * 1.0),
    ):
        lines = tuple(
            Line((Word("7.50", Box(x, y, x + 9, y + 8), 1),), n) for n in range(100_000) for x, y in [place(n)]
        )
        start = time.perf_counter()
        find_tables([Page(1, 595.0, 842.0, lines)], {1: drawn})
        assert time.perf_counter() - start < 10
