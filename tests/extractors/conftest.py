"""Small laid-out pages for tests: texts put at places, as a reader sees them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from schemas.document import Attachment, Box, Finding, Line, Page, ParsedDocument, Word

Placed = tuple[float, float, str]


def _words(x: float, y: float, text: str, page: int, size: float, visible: bool) -> tuple[Word, ...]:
    out, at = [], x
    for part in text.split():
        width = 0.5 * size * len(part)
        out.append(Word(part, Box(at, y, at + width, y + size), page, visible, size=size))
        at += width + 0.3 * size
    return tuple(out)


@pytest.fixture
def laid_out() -> Callable[..., ParsedDocument]:
    """Return a maker of documents from texts at places (x, y, text) in points, a list for each page."""

    def make(
        *pages: Sequence[Placed],
        size: float = 10.0,
        hidden: Sequence[Placed] = (),
        attachments: tuple[Attachment, ...] = (),
        findings: tuple[Finding, ...] = (),
        origin: str = "text",
    ) -> ParsedDocument:
        made = []
        for number, texts in enumerate(pages, 1):
            placed = [(*place, True) for place in texts] + (
                [(*place, False) for place in hidden] if number == 1 else []
            )
            placed.sort(key=lambda place: (place[1], place[0]))
            lines = tuple(
                Line(_words(x, y, text, number, size, seen), block) for block, (x, y, text, seen) in enumerate(placed)
            )
            made.append(Page(number, 595.0, 842.0, lines, origin))  # type: ignore[arg-type]
        return ParsedDocument("0" * 64, "application/pdf", tuple(made), attachments=attachments, findings=findings)

    return make


@pytest.fixture
def prose(laid_out: Callable[..., ParsedDocument]) -> Callable[[str], ParsedDocument]:
    """Return a maker of one-column documents from text; an empty line parts paragraphs."""

    def make(text: str) -> ParsedDocument:
        placed, y = [], 60.0
        for paragraph in text.strip().split("\n\n"):
            line: list[str] = []
            for word in [*paragraph.split(), ""]:
                if word and len(" ".join([*line, word])) <= 90:
                    line.append(word)
                    continue
                placed.append((60.0, y, " ".join(line)))
                line, y = [word], y + 13
            y += 14
        return laid_out(placed, size=9.0)

    return make
