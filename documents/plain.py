"""Plain text and RTF. Columns that blanks make in plain text stay columns on the page."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import groupby

from documents.elements import is_heading
from documents.flow_layout import Block, PageBreak, Paragraph, lay_out
from documents.limits import Limits
from documents.parts import Parts
from documents.sniff import decoded
from schemas.errors import Reason, Refusal

LONG_LINE = 110  # signs: texts with longer lines are running text, to be wrapped


def parse_text(content: bytes, limits: Limits) -> Parts:
    """Return a text file (UTF-8, UTF-16 or Windows-1252) as laid-out pages; form feeds start new pages.

    Raises:
        Refusal: `not_supported` for what is no text, `too_many_pages`.
    """
    text = decoded(content)
    if text is None:
        raise Refusal(Reason.NOT_SUPPORTED, "The file holds no text that can be decoded.", "Save it as UTF-8 text.")
    pages, tables = lay_out(text_blocks(text), limits.pages)
    return Parts(pages, tables=tables)


def parse_rtf(content: bytes, limits: Limits) -> Parts:
    """Return an RTF file as laid-out pages: its paragraphs, tabs and table cells as text.

    Raises:
        Refusal: `broken_structure` for RTF that cannot be read, `too_many_pages`.
    """
    from striprtf.striprtf import rtf_to_text

    logging.getLogger("striprtf").setLevel(logging.CRITICAL)
    try:
        text: str = rtf_to_text(content.decode("latin-1"), errors="replace")  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, IndexError, KeyError) as error:
        raise Refusal(
            Reason.BROKEN_STRUCTURE,
            f"The RTF cannot be read ({type(error).__name__}).",
            "Open it in a word processor and save it as DOCX or PDF.",
        ) from error
    pages, tables = lay_out(_paragraphs(text.replace("|", "\t")), limits.pages)
    return Parts(pages, tables=tables)


def text_blocks(text: str) -> Iterator[Block]:
    """Give the blocks of a plain text: fixed-width pieces, or paragraphs where its lines are long."""
    for number, page in enumerate(_lines(text).split("\f")):
        if number:
            yield PageBreak()
        if max((len(line) for line in page.split("\n")), default=0) > LONG_LINE:
            yield from _paragraphs(page)
        else:
            yield from _fixed(page)


def _lines(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n")


def _paragraphs(text: str) -> Iterator[Block]:
    for line in _lines(text).replace("\f", "\n").split("\n"):
        if line.strip():
            yield Paragraph(line.strip(), "heading" if is_heading(line) else "text", 2)


def _fixed(page: str) -> Iterator[Block]:
    """Pieces between headings; a heading is a line of its own with an empty line above or below."""
    lines = page.split("\n")
    marks = [_is_lone_heading(lines, place) for place in range(len(lines))]
    for heading, piece in groupby(zip(marks, lines, strict=True), key=lambda pair: pair[0]):
        texts = [line for _, line in piece]
        if heading:
            yield from (Paragraph(line.strip(), "heading", 2) for line in texts)
        elif any(line.strip() for line in texts):
            yield Paragraph("\n".join(texts).strip("\n"), "verbatim")


def _is_lone_heading(lines: list[str], place: int) -> bool:
    above = lines[place - 1].strip() if place else ""
    below = lines[place + 1].strip() if place + 1 < len(lines) else ""
    wide = "   " in lines[place].strip()
    return not above and not below and not wide and is_heading(lines[place])
