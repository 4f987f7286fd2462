"""Addresses in one line: the sender's over the window of an envelope or under a letterhead, sometimes the buyer's."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.page.runs import Layout, Run
from extractors.rules.blocks import MARKS, PARTS, has_postcode, is_city

UPPER = 0.45  # share of the page height in which such lines stand
TOP = 0.12  # share of the page height that a letterhead begins in
ADDRESS = 7  # line heights from a sender's line to the city of the address under it


def whole_addresses(layout: Layout, page: int, labelled: set[int]) -> Iterator[tuple[Run, int]]:
    """Yield the lines of a page that hold a whole address, and of how many parts; none of a block."""
    for run in layout.within(page, 0, UPPER * layout.height_of(page)):
        if not has_postcode(run.text) or run.number in labelled or _continues(layout, run):
            continue
        if not is_city(run.text) or MARKS.search(run.text):
            yield run, sum(1 for part in PARTS.split(run.text) if part.strip())


def may_be_senders(layout: Layout, run: Run) -> bool:
    """Return whether the line can be the sender's: it stands at the very top, in small type or over an address."""
    below = layout.within(run.page, run.box.y1, run.box.y1 + ADDRESS * layout.line_height)
    over = any(is_city(other.text) and abs(other.box.x0 - run.box.x0) < 40 for other in below)
    return over or run.box.y0 < TOP * layout.height_of(run.page) or run.box.height < 0.9 * layout.line_height


def _continues(layout: Layout, run: Run) -> bool:
    """Whether a line follows closely on another of its block, as the second line of an address does."""
    above = layout.within(run.page, run.box.y0 - 2.5 * run.box.height, run.box.y0 - 0.5 * run.box.height)
    for other in above:
        close = run.box.y0 - other.box.y1 < 0.6 * run.box.height
        aligned = abs(other.box.x0 - run.box.x0) < 6 or abs(other.box.middle[0] - run.box.middle[0]) < 12
        if close and aligned:
            return True
    return False
