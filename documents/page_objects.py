"""What is drawn on a PDF page, through the forms (drawings within drawings) that hold it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from documents.placement import IDENTITY, Matrix, after

MOST_OBJECTS = 20_000  # per page; drawings with more are maps and plots
DEEPEST = 6  # forms within forms


class Drawn(NamedTuple):
    """One object: pdfium's handle, its kind and the matrix from its own space to the page as seen."""

    handle: Any
    kind: int
    matrix: Matrix


def drawn_on(page: pdfium.PdfPage, matrix: Matrix) -> Iterator[Drawn]:
    """Give what is drawn on `page` beside text, in drawing order; `matrix` leads from the stored to the seen page."""
    count = min(MOST_OBJECTS, max(0, raw.FPDFPage_CountObjects(page.raw)))
    stack = [(raw.FPDFPage_GetObject(page.raw, index), matrix, 0) for index in reversed(range(count))]
    left = MOST_OBJECTS
    while stack and left > 0:
        left -= 1
        handle, outer, depth = stack.pop()
        if not handle:
            continue
        kind = raw.FPDFPageObj_GetType(handle)
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            continue
        own = after(_matrix_of(handle), outer)
        if kind != raw.FPDF_PAGEOBJ_FORM:
            yield Drawn(handle, kind, own)
        elif depth < DEEPEST:
            inside = min(left, max(0, raw.FPDFFormObj_CountObjects(handle)))
            stack.extend((raw.FPDFFormObj_GetObject(handle, at), own, depth + 1) for at in reversed(range(inside)))


def texts_on(page: pdfium.PdfPage) -> Iterator[tuple[Any, Matrix]]:
    """Give every text object of the page, also in forms, with the matrix that leads from its form to the page."""
    count = min(MOST_OBJECTS, max(0, raw.FPDFPage_CountObjects(page.raw)))
    stack = [(raw.FPDFPage_GetObject(page.raw, index), IDENTITY, 0) for index in range(count)]
    left = MOST_OBJECTS
    while stack and left > 0:
        left -= 1
        handle, outer, depth = stack.pop()
        kind = raw.FPDFPageObj_GetType(handle) if handle else None
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            yield handle, outer
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < DEEPEST:
            own = after(_matrix_of(handle), outer)
            inside = min(left, max(0, raw.FPDFFormObj_CountObjects(handle)))
            stack.extend((raw.FPDFFormObj_GetObject(handle, at), own, depth + 1) for at in range(inside))


def _matrix_of(handle: Any) -> Matrix:
    matrix = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(handle, matrix):
        return IDENTITY
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)
