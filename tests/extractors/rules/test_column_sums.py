"""The sum at the foot of a column."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.rules.extract import candidates
from schemas.document import ParsedDocument
from schemas.results import Value
from schemas.schema import Schema
from schemas.short_forms import full_schema

Maker = Callable[..., ParsedDocument]
COST = Schema.model_validate(
    full_schema(yaml.safe_load("schema: s\ntitle: S\nfields:\n  cost: {kind: money, labels: [gross cost]}\n"))
)


def cost(document: ParsedDocument) -> Value | None:
    found = [c for c in candidates(document, COST) if c.field == "cost"]
    return max(found, key=lambda candidate: candidate.score).value if found else None


def column(amounts: list[Decimal]) -> list[tuple[float, float, str]]:
    texts = [f"{amount:.2f}" for amount in amounts]
    return [(300, 60, "Gross Cost"), *((350 - 5.0 * len(text), 72 + 12 * row, text) for row, text in enumerate(texts))]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(st.lists(st.integers(101, 99_999), min_size=2, max_size=8))
def test_sum_at_the_foot(laid_out: Maker, cents: list[int]) -> None:
    """Of a column that adds up its foot is the value, however long it is."""
    amounts = [Decimal(each) / 100 for each in cents]
    assert cost(laid_out(column([*amounts, sum(amounts, Decimal())]))) == sum(amounts)


def test_column_without_a_sum(laid_out: Maker) -> None:
    """Where nothing adds up, the amount right under the label is the value."""
    assert cost(laid_out(column([Decimal("20.00"), Decimal("30.00"), Decimal("51.00")]))) == Decimal("20.00")
