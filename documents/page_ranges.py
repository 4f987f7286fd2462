"""Documents taken apart into ranges of pages, and put together: new files, made in a parser child as parsing is.

The same pages of the same files always make the same bytes, so that doing it again makes no further document.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Sequence

import pypdfium2 as pdfium
from PIL.Image import Image

from documents.image import frames
from documents.limits import Limits
from documents.parse import PICTURES
from documents.pdf_open import open_pdf
from documents.sniff import PDF, media_type
from schemas.document import Attachment, ParsedDocument
from schemas.errors import Reason, Refusal

PARSER = "documents.page_ranges:page_ranges"  # what a parser pool is told, to have its children cut and join
QUALITY = 90  # of their JPEG
_WRITTEN = re.compile(rb"(/CreationDate\(D:)[0-9]{14}")
_CHANCE = re.compile(rb"/ID\[<[0-9A-F]{32}><[0-9A-F]{32}>\]")


def page_ranges(
    content: bytes,
    name: str = "",
    *,
    limits: Limits,
    password: str | None = None,
    sizes: Sequence[int] = (),
    ranges: Sequence[Sequence[int]] = (),
) -> ParsedDocument:
    """Return new PDFs as attachments, without words: one for each range of pages, or of all files one.

    Args:
        content: the bytes of the files, one after the other.
        name: what the file is called, for messages.
        limits: bounds of the work.
        password: to open locked PDFs with.
        sizes: bytes of each file; none: there is one.
        ranges: first and last page of each new file, over the pages of all files together, from 1; none: all pages.

    Raises:
        Refusal: `not_supported` for what has no pages of its own (only PDF and pictures have), `too_many_pages`, or as
            `documents.parse.parse_bytes` does for files that cannot be opened.
    """
    parts = _parts(content, sizes)
    whole = pdfium.PdfDocument.new()
    try:
        for part in parts:
            _append(whole, part, name, limits, password)
        count = len(whole)
        wanted = [(int(first), int(last)) for first, last in ranges] or [(1, count)]
        for first, last in wanted:
            if not 1 <= first <= last <= count:
                raise ValueError(f"{name} has {count} pages; {first} to {last} is no range of them")
        made = tuple(_cut(whole, first, last) for first, last in wanted)
    finally:
        whole.close()
    return ParsedDocument(hashlib.sha256(content).hexdigest(), PDF, (), attachments=made)


def _parts(content: bytes, sizes: Sequence[int]) -> list[bytes]:
    out, start = [], 0
    for size in sizes or (len(content),):
        out.append(content[start : start + size])
        start += size
    return out


def _append(whole: pdfium.PdfDocument, content: bytes, name: str, limits: Limits, password: str | None) -> None:
    kind = media_type(content)
    if kind == PDF:
        source, _ = open_pdf(content, password, limits.seconds / 4)
        try:
            if len(whole) + len(source) > limits.pages:
                raise Refusal(
                    Reason.TOO_MANY_PAGES, f"{name} would have more than {limits.pages} pages.", "Take fewer files."
                )
            whole.import_pages(source)
        finally:
            source.close()
    elif kind in PICTURES:
        for image, points_per_pixel, _ in frames(content, kind, limits):
            _append_picture(whole, image.convert("RGB"), points_per_pixel)
    else:
        raise Refusal(
            Reason.NOT_SUPPORTED,
            f"{name} has no pages that can be cut or joined: only PDF and pictures have.",
            "Print it to PDF, and give that.",
        )


def _append_picture(whole: pdfium.PdfDocument, image: Image, points_per_pixel: float) -> None:
    target = io.BytesIO()
    image.save(target, "JPEG", quality=QUALITY)
    width, height = (side * points_per_pixel for side in image.size)
    picture = pdfium.PdfImage.new(whole)
    target.seek(0)
    picture.load_jpeg(target, inline=True)
    picture.set_matrix(pdfium.PdfMatrix().scale(width, height))
    page = whole.new_page(width, height)
    page.insert_obj(picture)
    page.gen_content()


def _cut(whole: pdfium.PdfDocument, first: int, last: int) -> Attachment:
    made = pdfium.PdfDocument.new()
    try:
        made.import_pages(whole, pages=list(range(first - 1, last)))
        target = io.BytesIO()
        made.save(target)
    finally:
        made.close()
    content = _undated(target.getvalue())
    return Attachment(f"{first}-{last}", PDF, content, hashlib.sha256(content).hexdigest())


def _undated(content: bytes) -> bytes:
    """The PDF without the time and the chance in it; nothing moves, so that its table of contents stays true."""
    content = _WRITTEN.sub(rb"\1" + b"20000101000000", content, count=1)  # the first objects are the writer's own
    head, mark, tail = content.rpartition(b"/ID[<")
    found = _CHANCE.match(mark + tail)
    if found is None:
        return content
    digest = hashlib.sha256(head).hexdigest()[:32].upper().encode()
    return head + b"/ID[<" + digest + b"><" + digest + b">]" + (mark + tail)[found.end() :]
