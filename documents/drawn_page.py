"""One page as a person sees it, drawn for the review desk. Runs in a parser child, as parsing does."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from itertools import islice
from math import ceil, floor
from typing import TYPE_CHECKING, Any

from documents.limits import Limits
from documents.sniff import media_type
from schemas.document import Attachment, ParsedDocument
from schemas.errors import Reason, Refusal

if TYPE_CHECKING:
    import pypdfium2 as pdfium
    from PIL.Image import Image

PARSER = "documents.drawn_page:drawn_page"  # what a parser pool is told, to have its children draw
QUALITY = 80  # of JPEG: scans and photographs
FASTEST = 1  # level of PNG, at which a page of text takes half the time of the default and is a tenth larger
GREYS = bytes(level for level in range(256) for _ in "rgb")
LETTER_SHARE = 0.8  # of a box's height that the letters in it take, where words are all there is to draw
SMALLEST_LETTER = 4  # pixels


def prepare() -> None:
    """Load what drawing needs: it takes longer than to draw a page."""
    from PIL import Image, ImageDraw  # noqa: F401

    from documents import kept_pdf, parse, pdf_page  # noqa: F401

    Image.preinit()


def drawn_page(
    content: bytes,
    name: str = "",  # noqa: ARG001 - what every parser is given
    *,
    limits: Limits,
    password: str | None = None,
    page: dict[str, Any],
    dots: float,
    words: Sequence[Sequence[Any]] | None = None,
    covers: Sequence[Sequence[float]] = (),
) -> ParsedDocument:
    """Return one page as the only attachment: grey PNG, or JPEG where `page["origin"]` is "ocr".

    The picture stands as parsing laid the page straight, so that boxes of words fit it.

    Args:
        content: the file; not looked at where `words` are given.
        name: of the file.
        limits: bounds for the work.
        password: opens the file.
        page: `number`, `width`, `height`, `rotation`, `lean` and `origin` as `schemas.document.Page` has them.
        dots: pixels per inch; fewer are drawn where the page would have more pixels than allowed.
        words: x0, y0, x1, y1 and text of each: drawn on white, for documents without pictures of pages.
        covers: x0, y0, x1, y1 of what is painted black, in points of the upright page.

    Raises:
        Refusal: `not_supported` where the file has no picture of that page, `too_large` for pictures over the limit,
            and those of files that cannot be opened.
    """
    inches = page["width"] / 72 * page["height"] / 72
    dots = min(dots, (limits.pixels / max(inches, 1e-6)) ** 0.5)
    image = _image(content, page, dots, limits, password) if words is None else _of_words(words, page, dots)
    if page["lean"]:
        image = image.rotate(page["lean"], resample=_bilinear(), fillcolor=_white(image))
    image = _covered(image, page, covers) if covers else image
    kind = media_type(content) if words is None else "text/plain"
    return ParsedDocument(
        hashlib.sha256(content).hexdigest(), kind, (), attachments=(_attachment(image, page["origin"]),)
    )


def _image(content: bytes, page: dict[str, Any], dots: float, limits: Limits, password: str | None) -> Image:
    from documents.parse import PICTURES

    kind = media_type(content)
    if kind == "application/pdf":
        from documents.kept_pdf import kept_open

        return pdf_picture(kept_open(content, password, limits.seconds / 4), page, dots, limits)
    if kind in PICTURES:
        return _of_picture(content, kind, page, dots, limits)
    raise Refusal(Reason.NOT_SUPPORTED, "Files of this kind have no pictures of pages.", "Read its text instead.")


def pdf_picture(document: pdfium.PdfDocument, page: dict[str, Any], dots: float, limits: Limits) -> Image:
    """Return a page of an open PDF file as a picture, at most `limits.pixels` large.

    `page` and `dots` are as for `drawn_page`, and so are the errors.
    """
    import pypdfium2 as pdfium

    from documents.pdf_page import PictureTooLarge, page_at

    try:
        return page_at(document, page["number"], page["rotation"], dots, limits.pixels)
    except (pdfium.PdfiumError, IndexError):
        message = f"Page {page['number']} cannot be drawn: its structure is damaged."
        raise Refusal(Reason.BROKEN_STRUCTURE, message, "Read its text instead.") from None
    except PictureTooLarge:
        message = f"Page {page['number']} holds a picture of more than {limits.pixels:,} pixels."
        raise Refusal(Reason.TOO_LARGE, message, "Raise the limit of pixels in the settings.") from None


def _of_picture(content: bytes, kind: str, page: dict[str, Any], dots: float, limits: Limits) -> Image:
    from documents.image import frames

    frame = next(islice(frames(content, kind, limits), page["number"] - 1, None), None)
    if frame is None:
        message = f"The picture has no page {page['number']}."
        raise Refusal(Reason.BROKEN_STRUCTURE, message, "Look at another page.")
    image = frame[0]
    if page["rotation"]:
        image = image.rotate(-page["rotation"], expand=True)
    wanted = (max(1, round(page["width"] * dots / 72)), max(1, round(page["height"] * dots / 72)))
    return image.resize(wanted, _bilinear(), reducing_gap=2.0) if wanted[0] < image.width else image


def _of_words(words: Sequence[Sequence[Any]], page: dict[str, Any], dots: float) -> Image:
    from PIL import Image, ImageDraw, ImageFont

    scale = dots / 72
    image = Image.new("L", (max(1, round(page["width"] * scale)), max(1, round(page["height"] * scale))), 255)
    pen = ImageDraw.Draw(image)
    for x0, y0, x1, y1, text in words:
        size = max(SMALLEST_LETTER, (y1 - y0) * scale * LETTER_SHARE)
        font = ImageFont.load_default(size)
        across = font.getlength(text)
        if across > (x1 - x0) * scale > 0:
            font = ImageFont.load_default(max(SMALLEST_LETTER, size * (x1 - x0) * scale / across))
        pen.text((x0 * scale, (y0 + y1) / 2 * scale), text, fill=0, font=font, anchor="lm")
    return image


def _covered(image: Image, page: dict[str, Any], covers: Sequence[Sequence[float]]) -> Image:
    from PIL import ImageDraw

    image = image.convert("RGB")
    across, down = image.width / page["width"], image.height / page["height"]
    pen = ImageDraw.Draw(image)
    for x0, y0, x1, y1 in covers:
        pen.rectangle((floor(x0 * across), floor(y0 * down), ceil(x1 * across), ceil(y1 * down)), fill=(0, 0, 0))
    return image


def _attachment(image: Image, origin: str) -> Attachment:
    target = io.BytesIO()
    if origin == "ocr":
        image.convert("RGB").save(target, "JPEG", quality=QUALITY)
        kind = "image/jpeg"
    else:
        image = image.convert("L")
        image.putpalette(GREYS)  # the rows of such pictures go unfiltered: text takes half the time, and is smaller
        image.save(target, "PNG", compress_level=FASTEST)
        kind = "image/png"
    data = target.getvalue()
    return Attachment("page", kind, data, hashlib.sha256(data).hexdigest())


def _bilinear() -> Any:
    from PIL.Image import Resampling

    return Resampling.BILINEAR


def _white(image: Image) -> Any:
    return tuple(255 for _ in image.getbands()) if len(image.getbands()) > 1 else 255
