"""Strips of text in a picture: how they stand, how they are cut out, and the words on them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Any

from schemas.document import Box, Word

ELONGATED = 2.0  # width over height: strips at least this long tell in which direction text runs
TEXT_HEIGHT = 0.68  # share of a strip's height that letters take; the detector leaves a rim around them
LEAST_GAP = 0.3  # of half the usual step between letters: each word keeps this far from the middle of the gap
WIDE_STEP = 2.1  # of the usual step between letters: more is a blank that the recogniser left out
LEAST_STEP = 0.62  # of the text height: no gap narrower than this (middle to middle) is taken for a blank
LABEL_AND_VALUE = re.compile(r"(?<=[^\W\d_]{2}[:：])(?=[^\W_])|(?<=[^\W\d_][.)][:：])(?=[^\W_])")
WIDE_FORMS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x3002: 0x2E}

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Glyph:
    """One letter as recognised."""

    letter: str
    middle: float | None  # along the strip, 0 is its left end and 1 its right; None for blanks
    score: float


@dataclass(frozen=True, slots=True)
class Strip:
    """One line of text cut out of a picture so that it reads from left to right."""

    corners: Any  # 4 x 2 pixels in the picture: where the reader sees top left, top right, bottom right, bottom left
    pixels: Any
    quarters: int  # quarter turns clockwise by which the picture stands away from upright

    @property
    def length(self) -> float:
        """Pixels along the text."""
        return math.dist(self.corners[0], self.corners[1])

    @property
    def height(self) -> float:
        """Pixels across the text."""
        return math.dist(self.corners[0], self.corners[3])

    @property
    def long(self) -> bool:
        """Whether the strip is long enough to tell its angle."""
        return self.length >= 2 * ELONGATED * self.height

    @property
    def angle(self) -> float:
        """Degrees clockwise by which the text leans, apart from the quarter turns."""
        (x0, y0), (x1, y1) = self.corners[0], self.corners[1]
        angle = math.degrees(math.atan2(y1 - y0, x1 - x0)) - 90 * self.quarters
        return (angle + 180) % 360 - 180

    def on_its_head(self) -> Strip:
        """Return the strip turned by half a turn."""
        return replace(self, pixels=self.pixels[::-1, ::-1].copy())


def quarter_turns(corners: Sequence[Any]) -> int:
    """Return 1 if most text of the picture runs up or down rather than across, else 0."""
    across = down = 0.0
    for corner in corners:
        width, height = math.dist(corner[0], corner[1]), math.dist(corner[0], corner[3])
        if width >= ELONGATED * height:
            across += width
        elif height >= ELONGATED * width:
            down += height
    return int(down > across)


def text_strips(pixels: Any, corners: Sequence[Any], quarters: int) -> list[Strip]:
    """Return each quadrilateral of `corners` cut out of `pixels`, read as a picture that is turned by `quarters`."""
    import numpy as np

    strips = []
    for corner in corners:
        seen = np.roll(corner, -quarters % 4, axis=0)
        strips.append(Strip(seen, _cut_out(pixels, seen), quarters % 4))
    return strips


def _cut_out(pixels: Any, corners: Any) -> Any:
    """The quadrilateral as a level rectangle; text that runs down a narrow one is laid on its side as rapidocr does."""
    import cv2
    import numpy as np

    width = max(1, int(max(math.dist(corners[0], corners[1]), math.dist(corners[2], corners[3]))))
    height = max(1, int(max(math.dist(corners[0], corners[3]), math.dist(corners[1], corners[2]))))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(np.asarray(corners, dtype=np.float32), target)
    cut = cv2.warpPerspective(pixels, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE, flags=cv2.INTER_CUBIC)
    return np.rot90(cut).copy() if height >= 1.5 * width else cut


def level_angle(angles: Sequence[float]) -> float:
    """Return the usual lean in degrees clockwise; 0 where nothing tells it."""
    return median(angles) if angles else 0.0


def turned_point(size: tuple[int, int], turn: int, skew: float, scale: float) -> Callable[[Point], Point]:
    """Return the function from pixels of a picture of `size` to points of the same picture laid straight.

    The picture is first turned by `turn` degrees clockwise, then by `skew` degrees counter-clockwise about its middle.
    """
    width, height = size
    turned = (width, height) if turn % 180 == 0 else (height, width)
    middle_x, middle_y = turned[0] / 2, turned[1] / 2
    cosine, sine = math.cos(math.radians(-skew)), math.sin(math.radians(-skew))

    def place(point: Point) -> Point:
        x, y = point
        if turn == 90:
            x, y = height - y, x
        elif turn == 180:
            x, y = width - x, height - y
        elif turn == 270:
            x, y = y, width - x
        dx, dy = x - middle_x, y - middle_y
        return (
            (middle_x + cosine * dx - sine * dy) * scale,
            (middle_y + sine * dx + cosine * dy) * scale,
        )

    return place


def words_of(strip: Strip, glyphs: Sequence[Glyph], place: Callable[[Point], Point], page: int) -> list[Word]:
    """Return the words on a strip: parted at blanks, at gaps as wide as blanks, and after the colon of a label."""
    groups = _groups(glyphs, strip)
    half = _usual_step(glyphs, strip.length) / strip.length / 2
    words = []
    for number, group in enumerate(groups):
        start, end = group[0].middle or 0.0, group[-1].middle or 0.0
        left = max(0.0, start - half)
        right = min(1.0, end + half)
        if number:
            left = max(left, ((groups[number - 1][-1].middle or 0.0) + start) / 2 + LEAST_GAP * half)
        if number + 1 < len(groups):
            right = min(right, (end + (groups[number + 1][0].middle or 1.0)) / 2 - LEAST_GAP * half)
        text = "".join(glyph.letter for glyph in group).translate(WIDE_FORMS)
        box = _box(strip, left, max(right, left + 0.002), place)
        score = sum(glyph.score for glyph in group) / len(group)
        words.append(Word(text, box, page, origin="ocr", ocr_confidence=round(score, 4), size=round(box.height, 2)))
    return words


def _groups(glyphs: Sequence[Glyph], strip: Strip) -> list[list[Glyph]]:
    """Letters of each word."""
    text = "".join(glyph.letter for glyph in glyphs)
    cuts = {match.start() for match in LABEL_AND_VALUE.finditer(text)}
    usual = _usual_step(glyphs, strip.length) / strip.length
    least = LEAST_STEP * strip.height / strip.length
    groups: list[list[Glyph]] = [[]]
    before: float | None = None
    for position, glyph in enumerate(glyphs):
        if glyph.middle is None:
            groups.append([])
            before = None
            continue
        wide = before is not None and glyph.middle - before > max(WIDE_STEP * usual, least)
        if wide or position in cuts:
            groups.append([])
        groups[-1].append(glyph)
        before = glyph.middle
    return [group for group in groups if group]


def _usual_step(glyphs: Sequence[Glyph], length: float) -> float:
    """Pixels from letter to letter within words; from the strip's length where no two letters stand together."""
    steps = [
        right.middle - left.middle
        for left, right in pairwise(glyphs)
        if left.middle is not None and right.middle is not None
    ]
    return (median(steps) if steps else 1 / max(1, len(glyphs))) * length


def _box(strip: Strip, left: float, right: float, place: Callable[[Point], Point]) -> Box:
    """The upright box in points around the part of a strip from `left` to `right` (shares of its length)."""
    rim = (1 - TEXT_HEIGHT) / 2
    points = [place(_within(strip.corners, across, down)) for across in (left, right) for down in (rim, 1 - rim)]
    return Box(
        min(point[0] for point in points),
        min(point[1] for point in points),
        max(point[0] for point in points),
        max(point[1] for point in points),
    )


def _within(corners: Any, across: float, down: float) -> Point:
    """The point of a quadrilateral at these shares of its width and height."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = (tuple(map(float, corner)) for corner in corners)
    top = (ax + (bx - ax) * across, ay + (by - ay) * across)
    bottom = (dx + (cx - dx) * across, dy + (cy - dy) * across)
    return top[0] + (bottom[0] - top[0]) * down, top[1] + (bottom[1] - top[1]) * down
