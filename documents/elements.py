"""Elements as `unstructured` names them to blocks that can be laid out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from lxml import html

from documents.flow_layout import Block, Grid, PageBreak, Paragraph

LINE_BREAK = "\ue000"  # a private sign that stands for a line break, which unstructured would turn into a blank
LONGEST_HEADING = 90  # signs
NUMBERED_HEADING = re.compile(
    r"(?:(?:article|section|artikel|artículo|articolo|clause|§)\s*)?(?:\d{1,2}(?:\.\d{1,2})*|[IVX]{1,5})[.):]?\s+\S.{1,60}",
    re.IGNORECASE,
)
VALUE = re.compile(r"\d{2}|:\s*\S")
MOST_SPAN = 100  # cells


def blocks_of(elements: Iterable[Any], grids: Iterable[Grid] | None = None) -> Iterator[Block]:
    """Give the blocks of `elements` in order; `grids` replaces the tables one by one where they were read better."""
    better = iter(grids) if grids is not None else None
    page: int | None = None
    for element in elements:
        number = element.metadata.page_number
        if page is not None and number is not None and number > page:
            yield PageBreak()
        page = number if number is not None else page
        if element.category == "Table":
            yield next(better) if better is not None else grid_of(_markup(element.metadata.text_as_html))
        elif element.category == "PageBreak":
            yield PageBreak()
        elif element.text.strip():
            yield _paragraph(element)


def _paragraph(element: Any) -> Paragraph:
    text = element.text.replace(LINE_BREAK, "\n")
    if element.category == "CodeSnippet":
        return Paragraph(text, "verbatim")
    if element.category == "Title" and len(text) <= 2 * LONGEST_HEADING:
        return Paragraph(text, "heading", element.metadata.category_depth or 0)
    if element.category == "ListItem":
        return Paragraph(text, "item")
    bold = _all_bold(element)
    if element.category not in ("Header", "Footer") and is_heading(text, bold):
        return Paragraph(text, "heading", 2, bold)
    return Paragraph(text, bold=bold)


def _all_bold(element: Any) -> bool:
    contents = element.metadata.emphasized_text_contents or []
    tags = element.metadata.emphasized_text_tags or []
    strong = "".join(text for text, tag in zip(contents, tags, strict=False) if tag in ("b", "strong"))
    return "".join(strong.split()) == "".join(element.text.split())


def is_heading(text: str, bold: bool = False) -> bool:
    """Return whether a short paragraph reads as the heading of a clause: numbered, in capitals, or bold throughout."""
    line = text.strip()
    if not line or "\n" in line or len(line) > LONGEST_HEADING or line[-1] in ".,;" or VALUE.search(line):
        return False
    letters = [sign for sign in line if sign.isalpha()]
    capitals = len(letters) > 3 and all(sign.isupper() for sign in letters)
    return bold or capitals or NUMBERED_HEADING.fullmatch(line) is not None


def grid_of(table: Any) -> Grid:
    """Return the cells of an HTML table element; a cell that spans several columns stands in the first of them."""
    rows, pending = [], dict[int, int]()  # column -> rows that a cell from above still covers
    for row in table.iter("tr"):
        cells: list[str] = []
        for cell in row.iterchildren("td", "th"):
            while pending.get(len(cells), 0):
                pending[len(cells)] -= 1
                cells.append("")
            span = _span(cell.get("colspan"))
            for column in range(len(cells), len(cells) + span):
                pending[column] = _span(cell.get("rowspan")) - 1
            cells.append(_cell_text(cell))
            cells.extend([""] * (span - 1))
        rows.append(tuple(cells))
    first = next(iter(table.iter("tr")), None)
    header = first is not None and len(first) > 1 and all(cell.tag == "th" for cell in first)
    return Grid(tuple(rows), header)


def _markup(text: str | None) -> Any:
    return html.fragment_fromstring(text or "", create_parent="div")


def _cell_text(cell: Any) -> str:
    lines = " ".join(cell.text_content().split()).split(LINE_BREAK)
    return "\n".join(line.strip() for line in lines if line.strip())


def _span(value: str | None) -> int:
    return min(MOST_SPAN, max(1, int(value))) if value and value.strip().isdigit() else 1
