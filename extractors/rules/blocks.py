"""Blocks of lines that stand below each other with one left edge: letterheads, addressees, footers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.page.runs import Layout, Run
from schemas.document import Box, around

LEFT_EDGE = 6.0  # points by which left edges (or middles) of one block may differ
LEADING_TO_CITY = 3.2  # an old custom leaves a line blank between street and city
LEADING = 2.3  # line heights from one line of a block to the next

_CITY = re.compile(
    r"""^(?:
        (?:[A-Z]{1,2}[-–\ ])?[0-9]{4,5}\s*(?:[-–]\s*)?[A-ZÀ-Ý][a-zà-ÿA-Z].*   # 70178 Stuttgart, D-70178, F 69007 Lyon
      | [A-Z][A-Za-z.'’\ ]+,?\s(?:NSW|VIC|QLD|WA|SA|TAS|ACT|NT),?\s+[0-9]{4}    # Preston VIC 3072
      | [0-9]{4}\s?[A-Z]{2}\s+[A-ZÀ-Ý].*                                # 3521 AB Utrecht
      | [0-9]{2}[- ][0-9]{3}\s+[^\W\d_].*                               # 00-950 Warszawa
      | [0-9]{3}\s[0-9]{2}\s+[^\W\d_].*                                # 111 22 Stockholm, 110 00 Praha 1
      | [0-9]{4}-[0-9]{3}\s+[^\W\d_].*                                  # 4000-123 Porto
      | .*\b[A-Z]{1,2}[0-9][0-9A-Z]?\s?[0-9][A-Z]{2}\b.*                # SW1A 1AA
      | .*\b[A-Z][A-Za-z.\ ]+,?\s+[A-Z]{2}\.?,?\s+[0-9]{5}(?:-[0-9]{4})?\b.*   # Austin, TX 78701
      | .*\b[A-Z][0-9]{2}\s?[A-Z0-9]{4}\b.*                             # Cork T12 X8RD
    )$""",
    re.VERBOSE,
)
_POSTCODE_INSIDE = re.compile(r"\b(?:[0-9]{5}|[0-9]{4}\s?[A-Z]{2})\s+[A-ZÀ-Ý][\w.-]+")
MARKS = re.compile(r"[·•●∙|]")  # part a sender's line, and no address
PARTS = re.compile(r"\s[·•●∙|*–-]\s|\s{2,}|,\s|[·•|]")  # what parts name, street and city in a sender's line
_STREET = re.compile(
    r"\b(?:ul|al|pl|os|nám|av|avda|str|bd)\.|\b(?:rua|travessa|estrada|largo|praça|náměstí|třída|stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|ring|ufer|promenade|rue|avenue|av\.|boulevard|bd|chemin|place|quai|"
    r"calle|c/|avenida|plaza|paseo|via|viale|piazza|corso|straat|laan|plein|kade|dijk|pad|street|st\.|road|rd\.?|lane|"
    r"drive|dr\.|way|court|jalan|jln|lorong|lrg|lebuh|lebuhraya|persiaran|taman|kampung|kg|batu|blok|lot|no\.|unit|suite|"
    r"floor|block|level|p\.?o\.?\s?box|postfach)\b|^\W*no\s?\.?\s?[\w-]{0,5}[0-9][\w-]{0,4}\s?,|"
    r"(?:straße|strasse|str\.|weg|platz|allee|gasse|straat|laan|kade|dijk|pad|gatan|vägen|gränd|gade|vej|stræde)\s*[0-9]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one block from top to bottom."""

    runs: tuple[Run, ...]

    @property
    def box(self) -> Box:
        """The rectangle around all lines."""
        return around(tuple(run.box for run in self.runs))

    @property
    def page(self) -> int:
        """Number of the page."""
        return self.runs[0].page

    @property
    def city_line(self) -> int | None:
        """Position of the line with postcode and city, None if there is none."""
        return next((index for index, run in enumerate(self.runs) if index and is_city(run.text)), None)


def is_city(text: str) -> bool:
    """Return whether a line looks like postcode and city."""
    return len(text) < 60 and _CITY.match(text.strip()) is not None


def is_street(text: str) -> bool:
    """Return whether a line looks like a street, a building or a box."""
    return len(text) < 80 and any(char.isdigit() for char in text) and _STREET.search(text) is not None


def has_postcode(text: str) -> bool:
    """Return whether a postcode and a city stand anywhere in the line (a sender's line)."""
    if _POSTCODE_INSIDE.search(text) is not None:
        return True
    parted = (MARKS.split(text), text.split(", "))  # "Austin, TX 78701" has a comma of its own
    return any(is_city(part) for parts in parted if len(parts) > 2 for part in parts[1:])


def blocks_of(layout: Layout, page: int) -> list[Block]:
    """Return the blocks of a page, each line in exactly one."""
    left = list(layout.by_page.get(page, ()))
    used: set[int] = set()
    found: list[Block] = []
    for run in left:
        if run.number in used:
            continue
        chain = [run]
        used.add(run.number)
        while (below := _next(chain[-1], left, used)) is not None:
            chain.append(below)
            used.add(below.number)
        found.append(Block(tuple(chain)))
    return found


def _next(run: Run, runs: Sequence[Run], used: set[int]) -> Run | None:
    best: Run | None = None
    for other in runs:
        gap, line = other.box.y0 - run.box.y0, max(run.box.height, other.box.height)
        if other.number in used or not 0.3 * run.box.height < gap <= LEADING_TO_CITY * line:
            continue
        same_edge = abs(other.box.x0 - run.box.x0) <= LEFT_EDGE
        centred = abs(other.box.middle[0] - run.box.middle[0]) <= LEFT_EDGE
        if not (same_edge or centred) or (best is not None and other.box.y0 >= best.box.y0):
            continue
        if gap <= LEADING * line or is_city(other.text):
            best = other
    return best
