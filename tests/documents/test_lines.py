"""Tests of grouping words into lines and blocks in reading order."""

from hypothesis import given
from hypothesis import strategies as st

from documents.lines import lines_of
from schemas.document import Box, Word

SIZE = 10.0


def words(x: float, y: float, text: str, size: float = SIZE, bold: bool = False) -> list[Word]:
    """Words of a line set from x at height y, half a size a letter."""
    found = []
    for part in text.split():
        found.append(Word(part, Box(x, y, x + 0.5 * size * len(part), y + 1.2 * size), 1, size=size, bold=bold))
        x += 0.5 * size * (len(part) + 0.6)
    return found


def column(x: float, y: float, *lines: str, pitch: float = 12.0) -> list[Word]:
    return [word for number, line in enumerate(lines) for word in words(x, y + pitch * number, line)]


def texts(found) -> list[str]:
    return [line.text for line in found]


def blocks(found) -> list[list[str]]:
    return [[line.text for line in found if line.block == number] for number in range(found[-1].block + 1)]


def test_words_come_as_lines_from_the_top_whatever_their_order():
    """Lines are read from the top and words from the left, however the file orders them."""
    page = column(50, 100, "first line of text", "second line of text", "third")
    assert texts(lines_of(page[::-1])) == ["first line of text", "second line of text", "third"]


def test_a_wide_gap_parts_a_line():
    """Words of far-apart columns are not one line."""
    page = words(50, 100, "Seller GmbH") + words(350, 100, "Invoice no. 7")
    assert sorted(texts(lines_of(page))) == ["Invoice no. 7", "Seller GmbH"]


def test_a_change_of_type_parts_a_line_at_a_smaller_gap():
    """A label in bold that follows closely on other text is a line of its own."""
    name = words(50, 100, "Television Inc")
    page = name + words(name[-1].box.x1 + 1.1 * SIZE, 100, "Advertiser", bold=True)
    assert sorted(texts(lines_of(page))) == ["Advertiser", "Television Inc"]


def test_addresses_side_by_side_are_blocks():
    """Seller at the left and buyer at the right, on different heights, stay two blocks, each whole."""
    left = column(50, 100, "Seller GmbH", "Hauptstrasse 1", "10115 Berlin")
    right = column(350, 105, "Buyer Ltd", "12 High Street", "London", "United Kingdom", pitch=13)
    found = blocks(lines_of(left + right))
    assert ["Seller GmbH", "Hauptstrasse 1", "10115 Berlin"] in found
    assert ["Buyer Ltd", "12 High Street", "London", "United Kingdom"] in found


def test_two_columns_of_prose_are_read_one_after_the_other():
    """A contract in two columns reads down the left column first, also past a gap between paragraphs."""
    text = "the parties agree to keep all this to"
    left = column(50, 100, *[f"L{n} {text}" for n in range(8)]) + column(
        50, 220, *[f"L{n} {text}" for n in range(8, 16)]
    )
    right = column(310, 100, *[f"R{n} {text}" for n in range(16)], pitch=12.5)
    order = [line.text.split()[0] for line in lines_of(left + right)]
    assert order == [f"L{n}" for n in range(16)] + [f"R{n}" for n in range(16)]


def test_a_title_over_two_columns_comes_first():
    """What runs over both columns stands before and after them."""
    text = "the parties agree to keep all this to"
    page = words(100, 60, "A Mutual Agreement on the Keeping of Secrets between two Parties", 12)
    page += column(50, 100, *[f"L{n} {text}" for n in range(6)]) + column(310, 100, *[f"R{n} {text}" for n in range(6)])
    page += words(100, 200, "Signed by both parties on the day and year first above written here", 12)
    order = [line.text.split()[0] for line in lines_of(page)]
    assert order == ["A", *(f"L{n}" for n in range(6)), *(f"R{n}" for n in range(6)), "Signed"]


def test_labels_and_amounts_are_read_row_by_row():
    """Totals read as pairs of label and amount."""
    page = column(300, 600, "Net total", "VAT 21%", "Total due") + column(
        480, 600, "1.000,00", "210,00", "1.210,00 EUR"
    )
    assert texts(lines_of(page)) == ["Net total", "1.000,00", "VAT 21%", "210,00", "Total due", "1.210,00 EUR"]


def test_labels_and_values_on_one_grid_are_read_row_by_row():
    """Labels with values in words beside them, on the same heights, read as pairs."""
    page = column(300, 60, "Product", "Property", "Sales Office") + column(400, 60, "issue", "WXXA", "Katz Washington")
    assert texts(lines_of(page)) == ["Product", "issue", "Property", "WXXA", "Sales Office", "Katz Washington"]


def test_signatures_side_by_side_are_read_one_after_the_other():
    """Two parties that sign next to one another each keep their lines together."""
    left = column(50, 600, "Alpha Corporation", "By: Ann Adams", "Name: Ann Adams", "Title: Director")
    right = column(330, 600, "Beta Ltd.", "By: Bob Brown", "Name: Bob Brown", "Title: President")
    order = texts(lines_of(left + right))
    assert order[:4] == ["Alpha Corporation", "By: Ann Adams", "Name: Ann Adams", "Title: Director"]
    assert order[4:] == ["Beta Ltd.", "By: Bob Brown", "Name: Bob Brown", "Title: President"]


def test_tables_are_read_row_by_row():
    """Cells of a table come row after row."""
    page = []
    for n in range(4):
        for x, text in (
            (50, f"{n + 1}"),
            (90, f"Some article {n}"),
            (300, f"{n},00"),
            (400, f"1{n},50"),
            (500, "9,99"),
        ):
            page += words(x, 300 + 15 * n, text)
    assert [text for text in texts(lines_of(page)) if text.startswith("Some")] == [
        f"Some article {n}" for n in range(4)
    ]
    assert texts(lines_of(page))[:5] == ["1", "Some article 0", "0,00", "10,50", "9,99"]


def test_a_number_stays_with_its_clause():
    """The number of a clause that is set off by a tab belongs to the line of the clause."""
    page = words(50, 100, "1.1") + words(100, 100, "Governing law of this agreement")
    assert texts(lines_of(page)) == ["1.1 Governing law of this agreement"]


def test_a_larger_distance_starts_a_new_block():
    """Paragraphs are blocks of their own."""
    page = column(50, 100, "one line of text", "two lines of text") + column(50, 140, "another part", "with two lines")
    assert blocks(lines_of(page)) == [["one line of text", "two lines of text"], ["another part", "with two lines"]]


def test_text_on_its_side_does_not_disturb_the_page():
    """Text that runs up a margin comes last and in one line, and lines beside it stay whole."""
    side = [
        Word(text, Box(10, y, 22, y + 40), 1, size=10.0) for text, y in (("upwards", 400), ("runs", 445), ("it", 490))
    ]
    found = texts(lines_of(column(50, 380, "body text here", "and more text", "and the end", pitch=40) + side))
    assert found[:3] == ["body text here", "and more text", "and the end"]
    assert found[3] == "it runs upwards"


positions = st.tuples(
    st.floats(0, 550),
    st.floats(0, 800),
    st.floats(1, 200),
    st.floats(2, 40),
    st.text("abc 1.,€", min_size=1, max_size=8),
)


@given(st.lists(positions, max_size=40))
def test_no_word_is_lost_or_doubled(drawn):
    """Whatever stands on a page, each word is in exactly one line, and block numbers rise."""
    page = [Word(text, Box(x, y, x + w, y + h), 1, size=h) for x, y, w, h, text in drawn]
    found = lines_of(page)
    assert sorted(map(id, (word for line in found for word in line.words))) == sorted(map(id, page))
    numbers = [line.block for line in found]
    assert numbers == sorted(numbers)


def test_a_page_without_words_has_no_lines():
    """Nothing in, nothing out."""
    assert lines_of([]) == ()
