"""Where page and embedded invoice differ it is told, and what follows from printed amounts is no difference."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractors.assess.embedded_page import differences
from schemas.document import Box
from schemas.loader import builtin_schemas
from schemas.results import Candidate, Evidence

INVOICE = builtin_schemas()["invoice"]
PLACE = (Evidence(1, (Box(0, 0, 10, 10),), "as printed"),)


def told(printed: dict[str, str], unprinted: dict[str, str], field: str = "tax_total") -> tuple[str, ...]:
    """What is told of a field, with embedded amounts that stand on the page and others that do not."""
    by_field: dict[str, list[Candidate]] = {each.name: [] for each in INVOICE.fields}
    for given, evidence in ((printed, PLACE), (unprinted, ())):
        for name, value in given.items():
            signals = {"e_invoice": 1.0, "labelled": float(bool(evidence))}
            kind = next(each.kind for each in INVOICE.fields if each.name == name)
            by_field[name].append(Candidate(name, kind, "embedded", Decimal(value), evidence, 0.99, signals))
    owner = next(each for each in INVOICE.fields if each.name == field)
    return differences(INVOICE, owner, by_field)


def test_a_sum_that_is_not_printed_but_follows_is_no_difference() -> None:
    """Tax is printed by rate only: what is left between the printed net and gross totals is the tax."""
    assert told({"net_total": "473.00", "gross_total": "529.87"}, {"tax_total": "56.87"}) == ()


@pytest.mark.parametrize(
    ("printed", "unprinted"),
    [
        ({"net_total": "473.00", "gross_total": "529.87"}, {"tax_total": "65.87"}),
        ({"net_total": "473.00"}, {"tax_total": "56.87", "gross_total": "529.87"}),
        ({}, {"tax_total": "56.87"}),
    ],
)
def test_a_sum_that_does_not_follow_is_one(printed: dict[str, str], unprinted: dict[str, str]) -> None:
    """Another tax than is left, or one that only other embedded amounts vouch for, is told."""
    (said,) = told(printed, unprinted)
    assert said.startswith(f"The embedded invoice says {unprinted['tax_total']}, which stands nowhere on the page")
