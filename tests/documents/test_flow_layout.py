"""Text without pages on virtual pages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.flow_layout import Grid, PageBreak, Paragraph, lay_out
from schemas.errors import Reason, Refusal

TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t  aW1"), max_size=300
)
BLOCKS = st.lists(
    st.builds(Paragraph, TEXT, st.sampled_from(["heading", "text", "item", "verbatim"]))
    | st.builds(Grid, st.lists(st.lists(TEXT, min_size=1, max_size=6).map(tuple), max_size=6).map(tuple))
    | st.just(PageBreak()),
    max_size=12,
)


def words_of_source(blocks):
    """Words of all blocks, in order."""
    found = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found += block.text.split()
        elif isinstance(block, Grid):
            found += [word for row in block.rows for cell in row for word in cell.split()]
    return found


@settings(deadline=None, max_examples=150)
@given(BLOCKS)
def test_nothing_is_lost_or_laid_upon_another(blocks):
    """Whatever the source: every sign is on a page, in order, inside it, and no two boxes overlap."""
    pages, _ = lay_out(blocks, 500)
    assert "".join(word.text for page in pages for word in page.words) == "".join(words_of_source(blocks))
    for page in pages:
        words = page.words
        assert all(0 <= word.box.x0 < word.box.x1 and 0 <= word.box.y0 < word.box.y1 <= page.height for word in words)
        for place, one in enumerate(words):
            for other in words[place + 1 : place + 60]:
                across = min(one.box.x1, other.box.x1) - max(one.box.x0, other.box.x0)
                down = min(one.box.y1, other.box.y1) - max(one.box.y0, other.box.y0)
                assert across <= 1e-6 or down <= 1e-6
        numbers = [line.block for line in page.lines]
        assert numbers == sorted(numbers)


def test_heading_names_the_section_of_what_stands_under_it():
    """Lines know the heading above them, until the next one; headings are larger and bold."""
    blocks = [
        Paragraph("Lease"),
        Paragraph("1. Term", "heading", 1),
        Paragraph("Two years."),
        PageBreak(),
        Paragraph("No more."),
    ]
    pages, _ = lay_out(blocks, 10)
    sections = {line.text: line.section for page in pages for line in page.lines}
    assert sections == {"Lease": "", "1. Term": "1. Term", "Two years.": "1. Term", "No more.": "1. Term"}
    heading, body = pages[0].lines[1].words[0], pages[0].lines[2].words[0]
    assert heading.bold and not body.bold and heading.size > body.size


def test_table_cells_stand_side_by_side_and_in_the_lines():
    """Cells of a row share their height, columns their left edge; the words of the table are those of the page."""
    rows = (("Description", "Qty", "Total"), ("Oak table\nwith drawers", "2", "1,200.00"), ("Chair", "4", "320.00"))
    (page,), (table,) = lay_out([Grid(rows)], 1)
    assert [cell.text for cell in table.header.cells] == ["Description", "Qty", "Total"]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Oak table with drawers", "2", "1,200.00"],
        ["Chair", "4", "320.00"],
    ]
    for row in (table.header, *table.rows):
        assert len({cell.words[0].box.y0 for cell in row.cells}) == 1
        for cell in row.cells:
            assert cell.words[0].box.x0 == table.columns[cell.column][0]
    in_table = [word for row in (table.header, *table.rows) for cell in row.cells for word in cell.words]
    assert sorted(in_table, key=str) == sorted(page.words, key=str)


def test_value_stands_right_of_its_label():
    """A two-column table of labels and values has no header, and each value stands right of its label."""
    (page,), (table,) = lay_out([Grid((("Invoice number", "INV-7"), ("Invoice date", "3 May 2024")))], 1)
    assert table.header is None
    lines = {line.text: line.box for line in page.lines}
    assert lines["INV-7"].x0 > lines["Invoice number"].x1
    assert lines["INV-7"].middle[1] == lines["Invoice number"].middle[1]


def test_rows_are_never_cut_by_a_page():
    """A long table goes on over pages; each row stands wholly on one, and says on which."""
    rows = (("Item", "Price"), *((f"Thing {number}\nof wood", f"{number}.00") for number in range(100)))
    pages, (table,) = lay_out([Grid(rows)], 50)
    assert len(table.rows) == 100
    assert len(pages) > 2
    assert table.pages == tuple(page.number for page in pages)
    for row in table.rows:
        assert {word.page for cell in row.cells for word in cell.words} == {row.page}


def test_tabs_part_a_line_into_columns():
    """What tabs part stands in lines of their own at one height, far enough apart to be told from words."""
    (page,), _ = lay_out([Paragraph("Subtotal\t100.00\nTax\t19.00")], 1)
    assert [line.text for line in page.lines] == ["Subtotal", "100.00", "Tax", "19.00"]
    subtotal, amount, tax, _ = (line.box for line in page.lines)
    assert subtotal.y0 == amount.y0 < tax.y0
    assert amount.x0 - subtotal.x1 > 20


def test_columns_of_fixed_width_text_stay():
    """Blanks that line up values in plain text line them up on the page."""
    (page,), _ = lay_out([Paragraph("Oak table      1,200.00\nChair            320.00", "verbatim")], 1)
    lines = {line.text: line.box for line in page.lines}
    assert lines["1,200.00"].x1 == pytest.approx(lines["320.00"].x1)
    assert lines["1,200.00"].y0 == lines["Oak table"].y0


def test_a_wide_table_widens_the_page():
    """A sheet with thirty columns is not squeezed until words run into each other."""
    (page,), (table,) = lay_out([Grid((tuple(f"Heading{number}" for number in range(30)), ("1234567",) * 30))], 1)
    assert page.width > 1500
    assert all(left[1] < right[0] for left, right in zip(table.columns, table.columns[1:], strict=False))


def test_more_pages_than_allowed_are_refused():
    """A text that would fill more pages than the limit ends with that reason."""
    with pytest.raises(Refusal) as refused:
        lay_out([Paragraph("line\n" * 1000)], 3)
    assert refused.value.reason is Reason.TOO_MANY_PAGES
