"""The fingerprint of a layout: words that are no figures and the columns they stand in, in their order down the page.

Values, added rows, a shift or a slight skew change it little. Fingerprints that may be alike are looked up by a sketch:
the anchors whose words have the least hashes, which two pages of one layout mostly share (bottom-k sampling: Broder, On
the resemblance and containment of documents, 1997).
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from extractors.memory.phrases import Reader
from schemas.document import ParsedDocument
from schemas.layouts import Anchor, Fingerprint

MOST_ANCHORS = 80
ALIKE = 0.5  # likeness from which two pages are of one layout
EQUAL = 0.04  # layouts whose likeness is this near to the best one's are as good
COLUMN = 20.0  # thousandths of the page's width within which words stand in one column
CELL = 50.0  # thousandths of the page's width: width of a cell of the sketch
KEPT, LOOKED_UP = 16, 24  # anchors of a sketch: of a layout that is kept, and of a page that is looked up


def fingerprint(document: ParsedDocument) -> Fingerprint:
    """Return the fingerprint of a document's first page; without anchors where no words stand."""
    reader = Reader(replace(document, pages=document.pages[:1]))
    seen: dict[tuple[str, int], Anchor] = {}
    for phrase in reader.phrases():
        spot = reader.spot(phrase.run, phrase.start, phrase.end)
        anchor = Anchor(text=phrase.text, x=round(spot.left, 1), y=round(spot.middle, 1))
        seen.setdefault((anchor.text, int(anchor.x / COLUMN)), anchor)  # a word of every row counts once
    return Fingerprint(anchors=tuple(sorted(seen.values(), key=lambda anchor: anchor.y)[:MOST_ANCHORS]))


def likeness(known: Fingerprint, other: Fingerprint) -> float:
    """Return how alike two pages are laid out, 0 to 1: the share of anchors in the same column and the same order.

    Sørensen's coefficient over the anchors of both, of which those count that keep their order down the page.
    """
    every = len(known.anchors) + len(other.anchors)
    if not every:
        return 0.0
    by_text: dict[str, list[Anchor]] = {}
    for anchor in other.anchors:
        by_text.setdefault(anchor.text, []).append(anchor)
    pairs = [(one, each) for one in known.anchors for each in by_text.get(one.text, ())]
    shift = median(each.x - one.x for one, each in pairs) if pairs else 0.0
    if abs(shift) > CELL / 2:
        shift = 0.0
    heights = []
    for one in known.anchors:
        near = [each for each in by_text.get(one.text, ()) if abs(each.x - one.x - shift) <= COLUMN]
        if near:
            heights.append(min(near, key=lambda each: abs(each.y - one.y)).y)
    return 2 * _longest_rising(heights) / every


def kept_terms(page: Fingerprint) -> frozenset[int]:
    """Return the sketch that a layout is found by."""
    return frozenset(_term(anchor.text, int(anchor.x / CELL)) for anchor in _sketch(page, KEPT))


def looked_up_terms(page: Fingerprint) -> frozenset[int]:
    """Return what is looked up to find layouts that may be like a page; edges of cells are crossed both ways."""
    return frozenset(
        _term(anchor.text, int(max(anchor.x + shift, 0) / CELL))
        for anchor in _sketch(page, LOOKED_UP)
        for shift in (-CELL / 2, CELL / 2)
    )


def _sketch(page: Fingerprint, size: int) -> Sequence[Anchor]:
    return sorted(page.anchors, key=lambda anchor: (_term(anchor.text, 0), anchor.y))[:size]


def _term(text: str, cell: int) -> int:
    digest = hashlib.blake2b(f"{text}\x1f{cell}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1  # a database holds 63 bits


def _longest_rising(heights: Sequence[float]) -> int:
    """Length of the longest part that does not fall (patience sorting)."""
    ends: list[float] = []
    for height in heights:
        place = bisect_left(ends, height + 0.5)  # half a thousandth: one line
        ends[place : place + 1] = [height]
    return len(ends)
