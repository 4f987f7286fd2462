"""Text that is cut off at the edge of its place: the rest of a line whose beginning a person sees, as in a narrow cell.

Programs write the whole text of a cell and clip it at the edge. What is cut off says nothing on the page, so it is
withheld like hidden text, but it is nobody's trick as long as it goes on with what is seen there.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from documents.page_objects import texts_on
from documents.pdf_text import Glyphs
from documents.placement import Matrix, moved

FURTHEST = 2.0  # of the font size: a word that starts further on does not continue the one before it
LARGEST_SHIFT = 0.2  # of the font size, across the reading direction: more is another line
MOST_PATHS = 20  # that clip one object: the page, its forms, the cell
MOST_POINTS = 200  # of a path that clips; an edge of a cell has four


class Edges(NamedTuple):
    """A rectangle in stored coordinates."""

    left: float
    bottom: float
    right: float
    top: float


def with_cut_off(page: pdfium.PdfPage, words: Sequence[Glyphs]) -> list[Glyphs]:
    """Return the words, those without ink marked that are the cut-off rest of a line which is seen.

    Such a rest is drawn by the same object of the file (so in the same font, size and colour) as what stands right
    before it and is seen; it lies beyond the edge at which the file clips that object; and no more letters are cut off
    than are seen. Everything else without ink stays hidden text.
    """
    if all(word.drawn for word in words):
        return list(words)
    clips = {ctypes.addressof(handle.contents): _clip(handle, matrix) for handle, matrix in texts_on(page)}
    marked = list(words)
    for start, end in _lines(words):
        clip = clips.get(words[start].drawn_by)
        first = next((at for at in range(start, end) if not words[at].drawn), end)
        head, rest = words[start:first], words[first:end]
        if clip is None or not rest or _letters(rest) > _letters(head):
            continue
        if all(_beyond(word, clip) if not word.drawn else not _letters([word]) for word in rest):
            marked[first:end] = [word._replace(cut_off=not word.drawn) for word in rest]
    return marked


def _lines(words: Sequence[Glyphs]) -> Iterator[tuple[int, int]]:
    """Start and end of the words that one object of the file draws, each right after the one before."""
    start = 0
    for at in range(1, len(words) + 1):
        if at == len(words) or not _continues(words[at - 1], words[at]):
            yield start, at
            start = at


def _continues(before: Glyphs, word: Glyphs) -> bool:
    if not word.drawn_by or before.drawn_by != word.drawn_by or before.direction != word.direction:
        return False
    gap, shift = {
        0: (word.left - before.right, word.bottom - before.bottom),
        90: (word.bottom - before.top, word.left - before.left),
        180: (before.left - word.right, word.bottom - before.bottom),
        270: (before.bottom - word.top, word.left - before.left),
    }[word.direction]
    return abs(gap) <= FURTHEST * word.size and abs(shift) <= LARGEST_SHIFT * word.size


def _beyond(word: Glyphs, clip: Edges) -> bool:
    """Whether the middle of the word lies outside, so that nothing but its edge can be seen."""
    across, up = (word.left + word.right) / 2, (word.bottom + word.top) / 2
    return not (clip.left <= across <= clip.right and clip.bottom <= up <= clip.top)


def _letters(words: Sequence[Glyphs]) -> int:
    return sum(letter.isalnum() for word in words for letter in word.text)


def _clip(handle: Any, matrix: Matrix) -> Edges | None:
    """The rectangle around what the file lets be seen of an object; None if it lets all of it."""
    path = raw.FPDFPageObj_GetClipPath(handle)
    count = min(MOST_PATHS, raw.FPDFClipPath_CountPaths(path)) if path else 0
    clip: Edges | None = None
    for number in range(count):
        points = list(_points(path, number, matrix))
        if points:
            xs, ys = [x for x, _ in points], [y for _, y in points]
            edges = Edges(min(xs), min(ys), max(xs), max(ys))
            clip = edges if clip is None else Edges(*map(max, clip[:2], edges[:2]), *map(min, clip[2:], edges[2:]))
    return clip


def _points(path: Any, number: int, matrix: Matrix) -> Iterator[tuple[float, float]]:
    x, y = ctypes.c_float(), ctypes.c_float()
    for at in range(min(MOST_POINTS, max(0, raw.FPDFClipPath_CountPathSegments(path, number)))):
        segment = raw.FPDFClipPath_GetPathSegment(path, number, at)
        if segment and raw.FPDFPathSegment_GetPoint(segment, x, y):
            yield moved(matrix, x.value, y.value)
