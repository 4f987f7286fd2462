"""One PDF page by pdfium: its words and rulings, how much of it is a picture, and a picture of it."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from documents.clipped import with_cut_off
from documents.ink import Lettering, ink_of
from documents.page_objects import Drawn, drawn_on
from documents.pdf_text import Glyphs, glyphs_of, main_direction
from documents.placement import Placement, moved
from documents.rulings import Rulings, rulings_among

if TYPE_CHECKING:
    from PIL.Image import Image

RESOLUTION = 200  # dots an inch: what the OCR engine was measured with
LONGEST_SIDE = 3_300  # pixels: a longer picture would be shrunk before it is read
SMALLEST = 2.0  # points that a line of text is high: less is for machines only
SHORTEST_SIDE = 8  # pixels: less is a line, not a page
MOST_ANNOTATIONS = 2_000  # per page; more are not drawn into it
PAINTED = frozenset({raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_STAMP})


class PictureTooLarge(Exception):
    """The page, or a picture on it, has more pixels than may be drawn."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What pdfium says of a page."""

    number: int  # from 1
    placement: Placement
    glyphs: tuple[Glyphs, ...]
    rulings: Rulings
    picture_share: float  # 0..1 of the page's area that pictures cover
    largest_picture: int  # pixels as declared
    paths: int  # drawn shapes
    cut: bool  # the page has more characters than the limit
    looked_at: bool = True  # false: whether a person sees its text could not be found out

    @property
    def bare(self) -> bool:
        """Nothing at all is drawn on it."""
        return not self.glyphs and self.picture_share == 0 and self.paths == 0


@contextmanager
def opened_page(document: pdfium.PdfDocument, index: int) -> Iterator[pdfium.PdfPage]:
    """Give page `index` (from 0) with filled form fields and notes drawn into it; closed also when reading fails."""
    page = document[index]
    try:
        if _has_painted_annotations(page) and raw.FPDFPage_Flatten(page.raw, raw.FLAT_NORMALDISPLAY) == 1:
            page.close()
            page = document[index]
        yield page
    finally:
        page.close()


def read_sheet(document: pdfium.PdfDocument, index: int, most_characters: int, most_pixels: int) -> Sheet:
    """Return what stands on page `index` (from 0); raises PdfiumError if pdfium cannot load it.

    Args:
        document: an open file.
        index: of the page.
        most_characters: further ones are cut off.
        most_pixels: pages with a larger picture are not drawn, so what of their text is seen stays unknown.
    """
    with opened_page(document, index) as page:
        text_page = page.get_textpage()
        try:
            glyphs, cut = glyphs_of(text_page, most_characters)
        finally:
            text_page.close()
        placement = placement_of(page, main_direction(glyphs))
        objects = tuple(drawn_on(page, placement.matrix))
        share, largest = _pictures(objects, placement)
        paths = sum(drawn.kind in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_SHADING) for drawn in objects)
        rulings = rulings_among(objects)
        seen = _seen(page, placement, glyphs) if largest <= most_pixels or not glyphs else None
        found = tuple(seen if seen is not None else glyphs)
        return Sheet(index + 1, placement, found, rulings, share, largest, paths, cut, seen is not None)


def _seen(page: pdfium.PdfPage, placement: Placement, glyphs: list[Glyphs]) -> list[Glyphs] | None:
    """The words, those without ink marked as not drawn; None if the page cannot be drawn. Ends the page's text."""
    if not glyphs:
        return glyphs
    try:
        words = [
            Lettering(
                placement.box(each.left, each.bottom, each.right, each.top), each.text, each.colour, each.drawn_by
            )
            for each in glyphs
        ]
        inks = ink_of(page, placement, words)
    except (pdfium.PdfiumError, ValueError, ZeroDivisionError, OverflowError):
        return None
    seen = [
        glyph._replace(drawn=glyph.drawn and (ink.text or not _bears(glyph)) and not _tiny(glyph), backed=ink.picture)
        for glyph, ink in zip(glyphs, inks, strict=True)
    ]
    return with_cut_off(page, seen)


def _bears(glyph: Glyphs) -> bool:
    """Whether a word holds letters or figures: points and bars may be too thin to be drawn."""
    return any(letter.isalnum() for letter in glyph.text)


def _tiny(glyph: Glyphs) -> bool:
    """Whether nobody can read it without a glass."""
    across = glyph.top - glyph.bottom if glyph.direction % 180 == 0 else glyph.right - glyph.left
    return across < SMALLEST


def placement_of(page: pdfium.PdfPage, text_direction: int = 0) -> Placement:
    """Return how `page` is turned upright: by its own rotation, and further where its text runs otherwise."""
    rotation = max(0, raw.FPDFPage_GetRotation(page.raw)) * 90 % 360
    left, bottom, right, top = page.get_bbox()
    seen_direction = (text_direction - rotation) % 360
    return Placement(left, bottom, right, top, (rotation + seen_direction) % 360)


def picture_of(document: pdfium.PdfDocument, sheet: Sheet, most_pixels: int) -> tuple[Image, float]:
    """Return the page as a picture, turned as `sheet` says, and how many points one pixel is wide.

    Raises:
        PictureTooLarge: before anything is drawn.
    """
    width, height = sheet.placement.width / 72, sheet.placement.height / 72
    if sheet.largest_picture > most_pixels or width <= 0 or height <= 0:
        raise PictureTooLarge
    resolution = min(RESOLUTION, LONGEST_SIDE / max(width, height), (most_pixels / (width * height)) ** 0.5)
    if resolution * min(width, height) < SHORTEST_SIDE:
        raise PictureTooLarge
    with opened_page(document, sheet.number - 1) as page:
        return _drawn(page, sheet.placement.rotation, resolution), 72 / resolution


def page_at(document: pdfium.PdfDocument, number: int, rotation: int, resolution: float, most_pixels: int) -> Image:
    """Return page `number` (from 1) turned clockwise by `rotation` degrees, at `resolution` dots an inch.

    Raises:
        PictureTooLarge: the page, or a picture on it, has more than `most_pixels`.
    """
    with opened_page(document, number - 1) as page:
        placement = placement_of(page)
        _, largest = _pictures(tuple(drawn_on(page, placement.matrix)), placement)
        if max(largest, placement.width * placement.height * (resolution / 72) ** 2) > most_pixels:
            raise PictureTooLarge
        return _drawn(page, rotation, resolution)


def _drawn(page: pdfium.PdfPage, rotation: int, resolution: float) -> Image:
    own = max(0, raw.FPDFPage_GetRotation(page.raw)) * 90
    bitmap = page.render(scale=resolution / 72, rotation=(rotation - own) % 360, may_draw_forms=False)
    try:
        image: Image = bitmap.to_pil().copy()  # the bitmap's memory goes with it
    finally:
        bitmap.close()
    return image


def _has_painted_annotations(page: pdfium.PdfPage) -> bool:
    for index in range(min(MOST_ANNOTATIONS, max(0, raw.FPDFPage_GetAnnotCount(page.raw)))):
        annotation = raw.FPDFPage_GetAnnot(page.raw, index)
        if annotation:
            kind = raw.FPDFAnnot_GetSubtype(annotation)
            raw.FPDFPage_CloseAnnot(annotation)
            if kind in PAINTED:
                return True
    return False


def _pictures(objects: tuple[Drawn, ...], placement: Placement) -> tuple[float, int]:
    """Share of the page that pictures cover, and the pixels of the largest one as declared."""
    covered, largest = 0.0, 0
    wide, high = ctypes.c_uint(), ctypes.c_uint()
    for drawn in objects:
        if drawn.kind != raw.FPDF_PAGEOBJ_IMAGE:
            continue
        corners = [moved(drawn.matrix, x, y) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        across = min(max(xs), placement.width) - max(min(xs), 0.0)
        down = min(max(ys), placement.height) - max(min(ys), 0.0)
        covered += max(0.0, across) * max(0.0, down)
        if raw.FPDFImageObj_GetImagePixelSize(drawn.handle, wide, high):
            largest = max(largest, wide.value * high.value)
    area = placement.width * placement.height
    return (min(1.0, covered / area) if area > 0 else 0.0), largest
