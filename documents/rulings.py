"""Lines and shaded rectangles drawn on a PDF page: what a person takes for the grid of a table."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from documents.page_objects import Drawn, drawn_on
from documents.placement import Matrix, Placement, moved
from schemas.document import Box

THIN = 3.0  # points: a drawn or filled shape no thicker than this is a line
SHORTEST = 4.0  # points: shorter strokes are decoration or parts of letters
STRAIGHT = 0.7  # points by which a line may lean and still be upright or level
MOST_SEGMENTS = 2_000  # per drawn path
MOST_SHAPES = 50_000  # per page


class Segment(NamedTuple):
    """A level or upright stroke: `position` is its y (level) or x (upright), `start` and `end` on the other axis."""

    position: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Rulings:
    """Strokes of one page in points as a person sees the page, origin top left; each tuple is sorted."""

    horizontal: tuple[Segment, ...] = ()
    vertical: tuple[Segment, ...] = ()
    shades: tuple[Box, ...] = ()  # filled rectangles that are no lines: shaded header rows, zebra rows, boxes


def rulings_of(page: pdfium.PdfPage, placement: Placement) -> Rulings:
    """Return the strokes drawn on `page`; each is given once, however often it is painted."""
    return rulings_among(drawn_on(page, placement.matrix))


def rulings_among(objects: Iterable[Drawn]) -> Rulings:
    """Return the strokes among `objects` of one page."""
    horizontal: set[Segment] = set()
    vertical: set[Segment] = set()
    shades: set[Box] = set()
    left = MOST_SHAPES
    for drawn in objects:
        if drawn.kind != raw.FPDF_PAGEOBJ_PATH:
            continue
        left -= max(0, raw.FPDFPath_CountSegments(drawn.handle))
        if left < 0:
            break
        for box, filled in _shapes(drawn.handle, drawn.matrix):
            if box.height <= THIN and box.width >= SHORTEST:
                horizontal.add(Segment(_tenth((box.y0 + box.y1) / 2), _tenth(box.x0), _tenth(box.x1)))
            elif box.width <= THIN and box.height >= SHORTEST:
                vertical.add(Segment(_tenth((box.x0 + box.x1) / 2), _tenth(box.y0), _tenth(box.y1)))
            elif filled and box.width >= SHORTEST and box.height >= SHORTEST:
                shades.add(Box(*(_tenth(side) for side in box)))
    return Rulings(tuple(sorted(horizontal)), tuple(sorted(vertical)), tuple(sorted(shades)))


def _tenth(value: float) -> float:
    return round(value, 1)


def _shapes(drawn: Any, matrix: Matrix) -> Iterator[tuple[Box, bool]]:
    """Level and upright strokes and filled rectangles of one path as boxes; the flag says that it is a filled area."""
    fill, stroke = ctypes.c_int(), raw.FPDF_BOOL()
    if not raw.FPDFPath_GetDrawMode(drawn, fill, stroke) or not (fill.value or stroke.value):
        return
    for points, curved in _outlines(drawn, matrix):
        if curved or len(points) < 2:
            continue
        if fill.value and _is_rectangle(points):
            yield _around(points), True
        if stroke.value:
            for (x0, y0), (x1, y1) in pairwise(points):
                if abs(x1 - x0) <= STRAIGHT or abs(y1 - y0) <= STRAIGHT:
                    yield Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)), False


def _outlines(drawn: Any, matrix: Matrix) -> Iterator[tuple[list[tuple[float, float]], bool]]:
    """Runs of joined points of a path in seen coordinates, closed where the path closes them."""
    points: list[tuple[float, float]] = []
    curved = False
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(min(MOST_SEGMENTS, max(0, raw.FPDFPath_CountSegments(drawn)))):
        segment = raw.FPDFPath_GetPathSegment(drawn, index)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if points:
                yield points, curved
            points, curved = [], False
        elif kind == raw.FPDF_SEGMENT_BEZIERTO:
            curved = True
        if raw.FPDFPathSegment_GetPoint(segment, x, y):
            points.append(moved(matrix, x.value, y.value))
        if raw.FPDFPathSegment_GetClose(segment) and points and points[0] != points[-1]:
            points.append(points[0])
    if points:
        yield points, curved


def _is_rectangle(points: list[tuple[float, float]]) -> bool:
    corners = points[:-1] if points[0] == points[-1] else points
    if len(corners) != 4:
        return False
    box = _around(points)
    return all(min(x - box.x0, box.x1 - x) <= STRAIGHT and min(y - box.y0, box.y1 - y) <= STRAIGHT for x, y in corners)


def _around(points: list[tuple[float, float]]) -> Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return Box(min(xs), min(ys), max(xs), max(ys))
