"""Words by which a letter says to whom it goes and from whom it comes: "An", "Para", "Spett.", "De"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.page.runs import Layout, Run, folded

_TO = frozenset(
    ["to", "for", "an", "fur", "a", "pour", "doit", "para", "per", "spett", "spett.le", "spettle", "spett. ditta"]
) | {"spett.le ditta", "aan", "voor", "firma", "messrs", "till", "til", "dla"}
_FROM = frozenset(["from", "von", "de", "da", "van", "fra", "fran", "od"])
_WITHOUT_COLON = re.compile(r"\s*(?:For|An|Für|À|Pour|Aan|Voor|a|Spett\.?(?:\s?le)?(?:\s[Dd]itta)?)\s+(?=[A-ZÀ-Þ0-9])")
_WITH_COLON = re.compile(r"\s*(?:to|for|an|für|à|pour|a|para|per|aan|voor)\s*:\s*(?=\w)", re.IGNORECASE)


def says_to(text: str) -> bool:
    """Return whether a line says no more than that the next one is whom the document goes to."""
    return _bare(text) in _TO


def says_from(text: str) -> bool:
    """Return whether a line says no more than that the next one is whom the document comes from."""
    return _bare(text) in _FROM


def after_to(text: str) -> int:
    """Return where the name begins behind a word such as "An" or "TO:", 0 if no such word opens the line."""
    match = _WITH_COLON.match(text) or _WITHOUT_COLON.match(text)
    return match.end() if match else 0


def named_as_sender(layout: Layout, page: int) -> Iterator[Run]:
    """Yield the lines under a lone "From", "Von", "De"."""
    for run in layout.by_page.get(page, ()):
        if says_from(run.text):
            below = layout.below(run.box, page, 1.5 * layout.line_height)
            yield from [other for other in below if other is not run and abs(other.box.x0 - run.box.x0) < 4][:1]


def _bare(text: str) -> str:
    return folded(text).strip(" .:")
