"""Words in a picture of a page, read by rapidocr with the models of its wheel: no network, no log.

The settings were chosen on ten hand-checked receipts and nine rendered pages and checked on ten other receipts.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from documents.picture_turn import picture_turn
from documents.strips import Glyph, Strip, level_angle, quarter_turns, text_strips, turned_point, words_of

if TYPE_CHECKING:
    from PIL.Image import Image

    from schemas.document import Word

MOST_PIXELS = 7_000_000  # about A4 at 270 dots an inch: a larger picture is shrunk before anything is read from it
DETECTOR_SIDE = (
    1600  # pixels: what the detector sees; 736 short side (the default) took 1.4 times as long for no more text
)
LEAST_SHORT_SIDE = 736  # pixels: slim pictures, as long receipts are, keep this width for the detector
LONGEST_DETECTED = 8000  # pixels
UNCLIP_RATIO = 1.8  # how far detected lines are widened; the default of 1.6 cut first and last letters more often
LEAST_SCORE = 0.5  # strips below are pictures, stamps and dirt
SMALL_SIDE = 700  # pixels: pictures narrower than this are enlarged, small letters read badly
LARGEST_ENLARGEMENT = 2.0
ASKED_STRIPS = 16  # the longest strips of text are asked which way up they stand
DOUBT = 0.3  # share of them that must say "upside down" before both ways are read and compared
COMPARED_STRIPS = 6
LEVEL = 1.0  # degrees: text that leans less is left as it is


@dataclass(frozen=True, slots=True)
class Reading:
    """What a picture says, and how it was laid straight; boxes stand in the straight picture."""

    words: tuple[Word, ...]
    turn: int  # degrees clockwise by which the picture must be turned so that its text stands upright: 0, 90, 180, 270
    skew: float  # degrees clockwise by which the text still leant after that, 0 where it was left alone
    width: int  # pixels of the turned picture
    height: int  # pixels of the turned picture


def read_picture(image: Image, *, points_per_pixel: float, page: int) -> tuple[Word, ...]:
    """Return the words of a picture in points of the picture laid straight, unsorted; empty where none can be read."""
    return read_turned(image, points_per_pixel=points_per_pixel, page=page).words


@picture_turn()
def read_turned(image: Image, *, points_per_pixel: float, page: int) -> Reading:
    """Return the words of a picture in whatever quarter turn and small lean it stands, and how it was laid straight."""
    import numpy as np

    scale = _scale(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    shown = image.resize(size) if size != image.size else image
    pixels = np.asarray(shown if shown.mode == "RGB" else shown.convert("RGB"))[:, :, ::-1].copy()
    corners = _detect(pixels)
    if not len(corners):
        return Reading((), 0, 0.0, *image.size)
    strips = text_strips(pixels, corners, quarter_turns(corners))
    if _upside_down(strips):
        strips = text_strips(pixels, corners, strips[0].quarters + 2)
    turn = -90 * strips[0].quarters % 360
    width, height = image.size if turn % 180 == 0 else image.size[::-1]
    skew = level_angle([turned_strip.angle for turned_strip in strips if turned_strip.long])
    skew = skew if abs(skew) > LEVEL else 0.0
    per_point = points_per_pixel / scale
    words: list[Word] = []
    for strip, (text, score, glyphs) in zip(strips, _recognise(strips), strict=True):
        if text.strip() and score >= LEAST_SCORE:
            place = turned_point(size, turn, skew, per_point)
            words.extend(words_of(strip, glyphs, place, page))
    return Reading(tuple(words), turn, skew, width, height)


@picture_turn()
def read_strips(pictures: Sequence[Image]) -> list[tuple[str, float]]:
    """Return the text of each picture of one line, and the engine's score; empty text where it sees none."""
    import numpy as np

    pixels = [np.asarray(each.convert("RGB"))[:, :, ::-1].copy() for each in pictures]
    result = _engine().recognize_txt(pixels)
    return [(text, float(score)) for text, score in zip(result.txts, result.scores, strict=True)]


def _scale(size: tuple[int, int]) -> float:
    """Factor by which a picture is resized before reading."""
    pixels = size[0] * size[1]
    if pixels > MOST_PIXELS:
        return float((MOST_PIXELS / pixels) ** 0.5)
    if min(size) < SMALL_SIDE:
        return max(1.0, min(LARGEST_ENLARGEMENT, SMALL_SIDE / min(size), DETECTOR_SIDE / max(size)))
    return 1.0


def detector_side(height: int, width: int) -> int:
    """Return to how many pixels the longer side is shrunk for the detector."""
    short, long = sorted((height, width))
    share = max(DETECTOR_SIDE / long, min(1.0, LEAST_SHORT_SIDE / short))
    return min(LONGEST_DETECTED, round(long * share))


@lru_cache(maxsize=1)
def _engine() -> Any:
    """The engine of this process: local models only, silent, as many threads as processors may be used."""
    import logging

    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    from rapidocr import RapidOCR

    threads = _processors()
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_preprocess_img": False,
            "Global.width_height_ratio": -1,  # no padding of long strips, which takes gigabytes on very long ones
            "Global.text_score": 0.0,
            "Global.return_word_box": True,
            "Det.limit_type": "max",
            "Det.unclip_ratio": UNCLIP_RATIO,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def _detect(pixels: Any) -> Any:
    """Four corners of each line of text in pixels; an empty list where there is none."""
    from rapidocr.main import RapidOCRError

    engine = _engine()
    padding: dict[str, Any] = {}
    (engine.text_det or engine.cfg.Det).limit_side_len = detector_side(*pixels.shape[:2])
    try:
        _, found = engine.detect_and_crop(pixels, padding)
    except RapidOCRError:
        return []
    shift = padding["padding_1"]
    return found.boxes.astype("float32") - (shift["left"], shift["top"])


def _upside_down(strips: Sequence[Strip]) -> bool:
    """Whether the longest strips stand on their head: a quick vote first, both ways read and compared in doubt."""
    longest = sorted(strips, key=lambda strip: -strip.length)[:ASKED_STRIPS]
    _, votes = _engine().cls_and_rotate([strip.pixels for strip in longest])
    if sum("180" in label for label, _ in votes.cls_res) <= DOUBT * len(longest):
        return False
    compared = longest[:COMPARED_STRIPS]
    upright = sum(score for _, score, _ in _recognise(compared))
    turned = sum(score for _, score, _ in _recognise([strip.on_its_head() for strip in compared]))
    return turned > upright


def _recognise(strips: Sequence[Strip]) -> list[tuple[str, float, tuple[Glyph, ...]]]:
    """Text, mean score and letters of each strip, in its order."""
    result = _engine().recognize_txt([strip.pixels for strip in strips])
    return [
        (text, float(score), _glyphs(text, info))
        for text, score, info in zip(result.txts, result.scores, result.word_results, strict=True)
    ]


def _glyphs(text: str, info: Any) -> tuple[Glyph, ...]:
    """Letters with the place of their middle along the strip (0 to 1); blanks keep none.

    The engine's own word boxes are not used: they pair words with the scores of single letters and fall apart into
    letters where a line holds one Chinese sign.
    """
    columns = iter([column for word in info.word_cols for column in word])
    length = max(float(info.line_txt_len), 1.0)
    glyphs = []
    for place, letter in enumerate(text):
        middle = None if letter.isspace() else min(1.0, (next(columns) + 0.5) / length)
        glyphs.append(Glyph(letter, middle, float(info.confs[place])))
    return tuple(glyphs)
