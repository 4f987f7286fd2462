"""What no field read is listed by page, box and text; what a field read is not."""

from __future__ import annotations

from collections.abc import Callable

from extractors.page.unread import unread_regions
from extractors.pipeline import extract
from schemas.document import ParsedDocument
from schemas.loader import builtin_schemas


def test_blocks_without_evidence_are_listed(laid_out: Callable[..., ParsedDocument]) -> None:
    """The total and the number are read; the greeting is not, and stands in the list with its place."""
    first = [(60, 60, "Invoice number: RE-2026-118"), (60, 300, "Grand total: 119.00 EUR")]
    greeting = [(60, 200, "We hope to see you again next spring")]
    document = laid_out(first, greeting, hidden=[(60, 500, "nobody sees this")])
    regions = unread_regions(document, extract(document, builtin_schemas()["invoice"]))
    assert [(region.page, region.text) for region in regions] == [(2, "We hope to see you again next spring")]
    assert regions[0].box.y0 == 200 and regions[0].box.x0 == 60
