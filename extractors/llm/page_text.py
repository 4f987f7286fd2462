"""The text of a document as it is sent: visible words, in reading order, each page under a mark of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.document import Page, ParsedDocument

LONGEST_PIECE = 1_500  # characters: longer paragraphs are cut at a line's end
LEFT_OUT = "[...]"
_MARK = re.compile(r"^(\s*)\[(?=page \d+\]|\.\.\.\])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines that belong together: a paragraph, a part of a long one, a block of cells."""

    page: int  # from 1
    number: int  # place among all pieces of the document
    text: str


def whole_text(document: ParsedDocument) -> str:
    """Return the text of all pages."""
    return joined(pieces_of(document))


def pieces_of(document: ParsedDocument) -> tuple[Piece, ...]:
    """Return the visible text in pieces, in reading order."""
    pieces: list[Piece] = []
    for page in document.pages:
        pieces += [Piece(page.number, len(pieces) + at, text) for at, text in enumerate(_paragraphs(page))]
    return tuple(pieces)


def joined(pieces: Iterable[Piece]) -> str:
    """Return pieces, in reading order, as one text: every page under its mark, and a mark where some are left out."""
    lines: list[str] = []
    last = Piece(0, -1, "")
    for piece in pieces:
        if piece.page != last.page:
            lines.append(f"[page {piece.page}]")
        if piece.number != last.number + 1:
            lines.append(LEFT_OUT)
        lines.append(piece.text)
        last = piece
    return "\n".join(lines)


def _paragraphs(page: Page) -> Sequence[str]:
    """The lines of each block, cut where a piece grows too long."""
    texts: list[str] = []
    block: int | None = None
    for line in page.lines:
        words = " ".join(word.text for word in line.words if word.visible)
        if not words:
            continue
        text = _MARK.sub(r"\1(", words)  # what looks like a mark of ours is the document's own
        if texts and line.block == block and len(texts[-1]) + len(text) < LONGEST_PIECE:
            texts[-1] += f"\n{text}"
        else:
            texts.append(text)
        block = line.block
    return texts
