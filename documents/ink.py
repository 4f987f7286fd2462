"""Whether a person sees the text of a PDF page: the page is drawn with its text and without, and the pictures compared.

White text, text under a picture, in a layer that is switched off, in no colour, clipped away or invisible by its mode
has one thing in common: taking it away changes nothing that can be seen. Asking for that needs no list of tricks.

Where two words stand in one place, the ink may be the other's: then the page is drawn again without the one only.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from numpy.typing import NDArray

from documents.page_objects import texts_on
from documents.placement import Placement
from schemas.document import Box

PIXELS_PER_POINT = 1.0  # enough to tell ink from none: letters of 5 points still change some pixels by half
LONGEST_SIDE = 2_000  # pixels: larger pages are drawn smaller
FAINTEST = 12  # of 255: the least change of a pixel that an eye can tell (light grey on white changes 20 and more)
OVERLAPPED = 0.3  # share of a word's box that another word covers, from which the ink there may be the other's
MOST_LAYERS = 6  # words in one place that are told apart; each costs one more drawing, of pages that have such words
LEAST_CONTRAST = 40  # of 255: between the lightest and the darkest pixel where a scan shows a word

Colour = tuple[int, int, int]
_Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Ink:
    """What the eye gets of one word."""

    text: bool  # the text itself leaves ink
    picture: bool  # it leaves none, but without any text there is something to see in its place: a scan's letters


@dataclass(frozen=True, slots=True)
class Lettering:
    """A word as the file draws it."""

    box: Box  # points of the page as seen
    text: str
    colour: Colour | None  # that fills it; None: outlined, patterned or unknown
    drawn_by: int  # address of the page object of its first letter; 0 if unknown


def ink_of(page: pdfium.PdfPage, placement: Placement, words: Sequence[Lettering]) -> list[Ink]:
    """Return what the eye gets of each word.

    The page must not be used for its text afterwards: its text objects are switched off.
    """
    scale = min(PIXELS_PER_POINT, LONGEST_SIDE / max(placement.width, placement.height))
    with_text = _drawn(page, placement, scale)
    handles = {ctypes.addressof(handle.contents): handle for handle, _ in texts_on(page)}
    buried = _buried(page, placement, scale, words, handles, with_text)
    for handle in handles.values():
        raw.FPDFPageObj_SetIsActive(handle, False)
    without = _drawn(page, placement, scale)
    changed = _differ(with_text, without)
    inks = [_ink(changed, without, _pixels(word.box, scale), word.colour) for word in words]
    return [replace(ink, text=False) if at in buried else ink for at, ink in enumerate(inks)]


def _buried(
    page: pdfium.PdfPage,
    placement: Placement,
    scale: float,
    words: Sequence[Lettering],
    handles: Mapping[int, Any],
    with_text: _Picture,
) -> set[int]:
    """Numbers of the words that share their place with another and leave no ink of their own."""
    layers = _layers(words, handles)
    buried = {at for layer in layers[MOST_LAYERS:] for at in layer}
    for layer in layers[:MOST_LAYERS]:
        own = {words[at].drawn_by for at in layer}
        for address in own:
            raw.FPDFPageObj_SetIsActive(handles[address], False)
        changed = _differ(with_text, _drawn(page, placement, scale))
        for address in own:
            raw.FPDFPageObj_SetIsActive(handles[address], True)
        buried |= {at for at in layer if not changed[_pixels(words[at].box, scale)].any()}
    return buried


def _layers(words: Sequence[Lettering], handles: Mapping[int, Any]) -> list[list[int]]:
    """Words that another word covers, in layers within which none covers another."""
    bands: dict[int, list[int]] = {}
    layers: list[list[int]] = []
    height = max((word.box.height for word in words), default=1.0) or 1.0
    for at, word in enumerate(words):
        for band in range(int(word.box.y0 // height), int(word.box.y1 // height) + 1):
            bands.setdefault(band, []).append(at)
    beside: dict[int, set[int]] = {}  # for each word in a layer, the objects that draw where it stands
    for at, word in enumerate(words):
        near = {o for b in range(int(word.box.y0 // height), int(word.box.y1 // height) + 1) for o in bands[b]} - {at}
        if word.drawn_by not in handles or not any(_shared(words[other], word) >= OVERLAPPED for other in near):
            continue
        beside[at] = {words[other].drawn_by for other in near if _shared(words[other], word) > 0}
        layer = next((each for each in layers if _apart(at, each, words, beside)), None)
        if layer is None:
            layers.append([at])
        else:
            layer.append(at)
    return layers


def _apart(at: int, layer: Sequence[int], words: Sequence[Lettering], beside: Mapping[int, set[int]]) -> bool:
    """Whether the object of a word draws where none of the layer's words stands, and the other way round."""
    own = words[at].drawn_by
    return all(words[other].drawn_by not in beside[at] and own not in beside[other] for other in layer)


def _shared(other: Lettering, word: Lettering) -> float:
    """Share of the word's box on which another object draws another text."""
    if other.drawn_by == word.drawn_by or other.text == word.text:
        return 0.0  # a text printed twice, to look bold, says the same
    across = min(other.box.x1, word.box.x1) - max(other.box.x0, word.box.x0)
    down = min(other.box.y1, word.box.y1) - max(other.box.y0, word.box.y0)
    area = word.box.width * word.box.height
    return across * down / area if across > 0 and down > 0 and area > 0 else 0.0


def _ink(changed: NDArray[np.bool_], without: _Picture, place: tuple[slice, slice], colour: Colour | None) -> Ink:
    text = bool(changed[place].any())
    if text and colour is not None:  # what changed may be another word's ink: a colour like its ground leaves none
        text = _stands_out(without[place], colour)
    return Ink(text, False if text else _shows_something(without[place]))


def _stands_out(ground: _Picture, colour: Colour) -> bool:
    first = ground[0, 0].tolist()  # blue, green, red; nearly always enough
    if any(abs(one - other) >= FAINTEST for one, other in zip(first, reversed(colour), strict=True)):
        return True
    return bool(_differ(ground, np.array(colour[::-1], np.uint8)).any())


def _shows_something(ground: _Picture) -> bool:
    return bool(ground.size) and int(ground.max()) - int(ground.min()) >= LEAST_CONTRAST


def _differ(one: _Picture, other: _Picture) -> NDArray[np.bool_]:
    far = np.maximum(one, other) - np.minimum(one, other) >= FAINTEST
    differ: NDArray[np.bool_] = far[:, :, 0] | far[:, :, 1] | far[:, :, 2]  # many times faster than any(axis=2)
    return differ


def _drawn(page: pdfium.PdfPage, placement: Placement, scale: float) -> _Picture:
    """The page as pixels, blue, green and red."""
    own = max(0, raw.FPDFPage_GetRotation(page.raw)) * 90
    bitmap = page.render(scale=scale, rotation=(placement.rotation - own) % 360, may_draw_forms=False)
    try:
        picture: _Picture = bitmap.to_numpy()[:, :, :3].copy()
    finally:
        bitmap.close()
    return picture


def _pixels(box: Box, scale: float) -> tuple[slice, slice]:
    left, top = max(0, int(box.x0 * scale)), max(0, int(box.y0 * scale))
    right, bottom = int(np.ceil(box.x1 * scale)), int(np.ceil(box.y1 * scale))
    return slice(top, max(bottom, top + 1)), slice(left, max(right, left + 1))
