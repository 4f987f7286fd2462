"""Characters that leave no ink: taken out of the words, and told where they can carry text that nobody sees.

Tags (U+E0000 and on) spell invisible ASCII; overrides of the writing direction let a text read otherwise than it is
stored (Boucher and Anderson, Trojan Source, USENIX Security 2023); rows of zero-width characters hold messages in bits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from schemas.document import Finding, Line, Page, Word

TAGS = "\U000e0000-\U000e007f\U000e0100-\U000e01ef"
OVERRIDES = "\u202d\u202e"
MARKS = "\u200b\u200e\u200f\u202a-\u202c\u2060-\u2064\u2066-\u206f\ufeff\u180e"  # harmless one by one
JOINERS = "\u200c\u200d"  # belong to the spelling of some scripts, never to Latin letters, figures or blanks
SPELT = "\u0590-\u180d\u180f-\u1fff"  # the blocks that hold these scripts
UNSEEN = re.compile(f"[{TAGS}{OVERRIDES}{MARKS}]|(?<![{SPELT}])[{JOINERS}]|[{JOINERS}](?![{SPELT}])")
TREACHEROUS = re.compile(f"[{TAGS}{OVERRIDES}]")
MOST_MARKS = 16  # in a document: more are a message


def without_unseen(pages: Sequence[Page]) -> tuple[tuple[Page, ...], tuple[Finding, ...]]:
    """Return the pages with such characters taken out of their words, and what a person should know about them."""
    texts = ["\n".join(word.text for word in page.words) for page in pages]
    counts = [len(UNSEEN.findall(text)) for text in texts]
    if not any(counts):
        return tuple(pages), ()
    cleaned = tuple(_cleaned(page) if count else page for page, count in zip(pages, counts, strict=True))
    treacherous = [page.number for page, text in zip(pages, texts, strict=True) if TREACHEROUS.search(text)]
    if not treacherous and sum(counts) <= MOST_MARKS:
        return cleaned, ()
    first = treacherous[0] if treacherous else next(p.number for p, count in zip(pages, counts, strict=True) if count)
    message = (
        f"The text holds {sum(counts)} characters that nobody sees, from page {first} on; they were taken out. "
        "They can hide words, or turn the order of what is read."
    )
    return cleaned, (Finding("hidden_text", message, first, needs_review=True),)


def _cleaned(page: Page) -> Page:
    return replace(
        page, lines=tuple(Line(tuple(map(_bare, line.words)), line.block, line.section) for line in page.lines)
    )


def _bare(word: Word) -> Word:
    text = UNSEEN.sub("", word.text)
    if text == word.text:
        return word
    return replace(word, text=text) if text else replace(word, visible=False)
