"""What of a document no field read: the blocks of its pages that no evidence touches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.document import Box, Line, ParsedDocument, around
from schemas.results import Extraction, FieldResult

OVERLAP = 0.5  # share of a line's height that a box of evidence must cover to have read it


@dataclass(frozen=True, slots=True)
class Region:
    """A block of lines that no field read."""

    page: int  # from 1
    box: Box
    text: str  # line by line


def unread_regions(document: ParsedDocument, extraction: Extraction) -> tuple[Region, ...]:
    """Return the blocks of visible lines in reading order in which no answer, cell or missing row has evidence."""
    read: dict[int, list[Box]] = {}
    for number, box in _boxes(extraction):
        read.setdefault(number, []).append(box)
    out: list[Region] = []
    for page in document.pages:
        blocks: dict[int, list[Line]] = {}
        for line in page.lines:
            words = tuple(word for word in line.words if word.visible and word.text.strip())
            if words:
                blocks.setdefault(line.block, []).append(Line(words, line.block, line.section))
        for lines in blocks.values():
            if not any(_touches(box, line.box) for box in read.get(page.number, ()) for line in lines):
                box = around([line.box for line in lines])
                out.append(Region(page.number, box, "\n".join(line.text for line in lines)))
    return tuple(out)


def _boxes(extraction: Extraction) -> Iterator[tuple[int, Box]]:
    for result in extraction.fields.values():
        yield from _of(result)
    for rows in extraction.rows.values():
        for row in rows:
            for cell in row.cells.values():
                yield from _of(cell)


def _of(result: FieldResult) -> Iterator[tuple[int, Box]]:
    yield from ((place.page, box) for place in result.evidence for box in place.boxes)
    if result.completeness is not None:
        yield from ((row.page, row.box) for row in result.completeness.missing)


def _touches(box: Box, line: Box) -> bool:
    across = min(box.x1, line.x1) - max(box.x0, line.x0)
    down = min(box.y1, line.y1) - max(box.y0, line.y0)
    return across > 0 and down >= OVERLAP * min(box.height, line.height)
