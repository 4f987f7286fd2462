"""Names that are printed over two lines: where the second one ends the name."""

from __future__ import annotations

from extractors.page.companies import has_legal_form, is_mostly_form, may_be_name
from extractors.page.runs import Layout, Passage, Run


def form_below(layout: Layout, name: Passage) -> Run | None:
    """Return the line under a name that holds little but its legal form; None if there is none."""
    if has_legal_form(name.text):
        return None
    near = layout.below(name.box, name.run.page, 1.2 * name.box.height)
    below = next((other for other in near if other is not name.run), None)
    return below if below and joins(name, below) and is_mostly_form(below.text.strip()) else None


def joins(upper: Passage, lower: Run) -> bool:
    """Return whether a line goes on with the name above it: close, and with one left edge or one middle."""
    box = upper.box
    close = -0.3 * box.height < lower.box.y0 - box.y1 < 0.9 * box.height
    edge = abs(box.x0 - lower.box.x0) < box.height
    middle = abs(box.middle[0] - lower.box.middle[0]) < box.height
    return close and (edge or middle) and not has_legal_form(upper.text) and may_be_name(upper.text)
