"""Pictures of pages: PNG, JPEG and TIFF with any number of pages, scanned or photographed, standing any way up."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator

from PIL import Image, ImageFile, ImageSequence, UnidentifiedImageError

from documents.limits import Limits
from documents.lines import lines_of
from documents.ocr import MOST_PIXELS, read_turned
from documents.parts import Parts
from documents.sniff import TIFF
from schemas.document import Finding, Page
from schemas.errors import Reason, Refusal

A4_LONG_SIDE = 842.0  # points
RECEIPT_WIDTH = 227.0  # points: 80 millimetres
RECEIPT_SHAPE = 1.6  # long side over short side: slimmer pages are taken for receipts
SHORT_SIDES = (1.5, 13.0)  # inches: a resolution that makes the short side smaller or larger is not believed
LONGEST_SIDE = 45.0  # inches
EASILY_SHRUNK = frozenset({"RGB", "L", "RGBA", "CMYK"})  # modes that look the same when shrunk first
EXIF_ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
DEEP = 255 / 65535  # from 16 to 8 bits


def parse_image(content: bytes, media_type: str, limits: Limits) -> Parts:
    """Return the pages of a picture with the words read from them, in points of the picture laid upright.

    `Page.rotation` counts from the picture as viewers show it, its EXIF orientation applied.

    Raises:
        Refusal: `too_large` for more pixels than allowed (before they are decoded), `too_many_pages`,
            `broken_structure` for what cannot be decoded at all.
    """
    pages, findings = [], []
    for number, (image, points_per_pixel, cut_short) in enumerate(frames(content, media_type, limits), start=1):
        page, skew = _read_page(image, points_per_pixel, number)
        pages.append(page)
        if cut_short:
            findings.append(_cut_short(number))
        if skew:
            findings.append(_leaning(number, skew))
    return Parts(tuple(pages), findings=tuple(findings))


def _read_page(image: Image.Image, points_per_pixel: float, number: int) -> tuple[Page, float]:
    """Page `number` as read from `image`, and the lean in degrees clockwise that was taken out of its boxes."""
    reading = read_turned(image, points_per_pixel=points_per_pixel, page=number)
    width, height = reading.width * points_per_pixel, reading.height * points_per_pixel
    page = Page(number, width, height, lines_of(reading.words), "ocr", reading.turn, reading.skew)
    return page, reading.skew


def frames(content: bytes, media_type: str, limits: Limits) -> Iterator[tuple[Image.Image, float, bool]]:
    """Each page as decoded, how many points a pixel of it is wide, and whether its data end too early."""
    before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, limits.pixels  # of the process: others read too
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(content))
            count = getattr(picture, "n_frames", 1) if media_type == TIFF else 1
            if count > limits.pages:
                raise Refusal(
                    Reason.TOO_MANY_PAGES,
                    f"The picture has {count} pages, the limit is {limits.pages}.",
                    "Split it, or raise the limit for pages in the settings.",
                )
            frames = ImageSequence.Iterator(picture) if count > 1 else iter([picture])
            for frame in frames:
                _check_size(frame, limits)
                yield _decoded(frame)
    except Image.DecompressionBombError:
        raise _too_large(limits) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise Refusal(
            Reason.BROKEN_STRUCTURE,
            f"The picture cannot be decoded ({type(error).__name__}).",
            "Scan or photograph the document again, or save the picture anew as PNG.",
        ) from error
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _check_size(frame: Image.Image, limits: Limits) -> None:
    if frame.width * frame.height > limits.pixels:
        raise _too_large(limits)


def _too_large(limits: Limits) -> Refusal:
    return Refusal(
        Reason.TOO_LARGE,
        f"The picture has more than the {limits.pixels:,} pixels allowed.",
        "Scan it with fewer dots per inch (200 to 300 are best), or raise the limit for pixels in the settings.",
    )


def _decoded(frame: Image.Image) -> tuple[Image.Image, float, bool]:
    """The frame in plain colours, upright by its EXIF data, no larger than is read; what is left of a damaged one."""
    points_per_pixel = _points_per_pixel(frame)
    full = frame.width
    share = min(1.0, (MOST_PIXELS / (frame.width * frame.height)) ** 0.5)
    size = (max(1, round(frame.width * share)), max(1, round(frame.height * share)))
    if share < 1:
        frame.draft("RGB", size)  # a JPEG can be decoded at a half, a quarter or an eighth, which saves its memory
    cut_short = False
    try:
        frame.load()
    except OSError:
        ImageFile.LOAD_TRUNCATED_IMAGES = True
        try:
            frame.load()
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = False
        cut_short = True
    flat = _flattened(frame.resize(size) if share < 1 and frame.mode in EASILY_SHRUNK else frame)
    if flat.size != size:
        flat = flat.resize(size)
    orientation = frame.getexif().get(EXIF_ORIENTATION)
    flat = flat.transpose(TURNS[orientation]) if orientation in TURNS else flat
    return flat, points_per_pixel * full / size[0], cut_short


def _flattened(image: Image.Image) -> Image.Image:
    """The picture in plain colours on white."""
    if image.mode == "RGB" and "transparency" not in image.info:
        return image
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * DEEP).convert("L").convert("RGB")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        clear = image.convert("RGBA")
        white = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(white, clear).convert("RGB")
    return image.convert("RGB")


def _points_per_pixel(image: Image.Image) -> float:
    """From the resolution where it makes a usual page, else such that the picture is an A4 page or a receipt."""
    short, long = sorted(image.size)
    resolution = _resolution(image)
    if resolution and SHORT_SIDES[0] <= short / resolution <= SHORT_SIDES[1] and long / resolution <= LONGEST_SIDE:
        return 72 / resolution
    return RECEIPT_WIDTH / short if long / short > RECEIPT_SHAPE else A4_LONG_SIDE / long


def _resolution(image: Image.Image) -> float:
    """Dots an inch, 0 where the file says nothing usable."""
    given = image.info.get("dpi")
    try:
        across, down = float(given[0]), float(given[1])  # type: ignore[index]  # checked by the except
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return 0.0
    return across if across > 1 and abs(across - down) < 0.05 * across else 0.0


def _cut_short(number: int) -> Finding:
    return Finding(
        "repaired",
        f"The data of page {number} end too early; its lower part is missing.",
        page=number,
        needs_review=True,
    )


def _leaning(number: int, skew: float) -> Finding:
    way = "clockwise" if skew > 0 else "anticlockwise"
    message = f"Page {number} leans by {abs(skew):.1f} degrees {way}; it was set straight."
    return Finding("skewed", message, page=number)
