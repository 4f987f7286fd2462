"""Which fields go to a model follows from a rule and is written down with its inputs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractors.routing import RoutePolicy, first_choice, second_choice, second_reading
from schemas.fields import Acceptance, FieldDefinition, Kind
from schemas.results import Decision, Extraction, FieldResult, RowResult
from schemas.schema import Schema

ROW = FieldDefinition(name="amount", kind=Kind.MONEY, description="Amount.")
SCHEMA = Schema(
    name="bill",
    title="Bill",
    fields=(
        FieldDefinition(name="total", kind=Kind.MONEY, description="Total.", acceptance=Acceptance(required=True)),
        FieldDefinition(name="buyer", kind=Kind.PARTY, description="Buyer."),
        FieldDefinition(name="items", kind=Kind.TABLE, description="Items.", columns=(ROW,)),
    ),
)


def found(name: str, kind: Kind, decision: Decision, confidence: float) -> FieldResult:
    value = None if kind is Kind.TABLE else Decimal("1.00") if kind is Kind.MONEY else "Acme"
    return FieldResult(name=name, kind=kind, answer="found", value=value, confidence=confidence, decision=decision)


def missing(name: str, kind: Kind) -> FieldResult:
    return FieldResult(name=name, kind=kind, answer="not_found", decision="accepted")


def extraction(*results: FieldResult, cell: FieldResult | None = None) -> Extraction:
    rows = {"items": (RowResult(number=1, cells={"amount": cell}),)} if cell else {}
    fields = {result.name: result for result in results}
    return Extraction(document="a" * 64, schema_name="bill", schema_version="1", fields=fields, rows=rows)


PROVED = extraction(
    found("total", Kind.MONEY, "accepted", 0.99),
    missing("buyer", Kind.PARTY),
    found("items", Kind.TABLE, "accepted", 0.9),
    cell=found("amount", Kind.MONEY, "review", 0.4),
)


@pytest.mark.parametrize(
    ("route", "fields"),
    [
        ("rules-only", None),
        ("rules-first", ("buyer", "items")),
        ("llm-first", ("total", "buyer", "items")),
        ("llm-only", ("total", "buyer", "items")),
    ],
)
def test_each_route_sends_its_fields(route: str, fields: tuple[str, ...] | None) -> None:
    """Rules first sends what is not proved: absent fields too, and a table with one cell that is not."""
    decision = first_choice(RoutePolicy(route, "openai/small"), SCHEMA, PROVED)  # type: ignore[arg-type]
    assert (decision.fields if decision else None) == fields


def test_the_inputs_are_written_down() -> None:
    """A decision names the model, the rule and the confidence of each field it sent."""
    decision = first_choice(RoutePolicy("rules-first", "openai/small"), SCHEMA, PROVED)
    assert decision is not None and decision.model == "openai/small" and decision.route == "rules-first"
    assert decision.confidences == {"buyer": None, "items": 0.9} and "2 of 3" in decision.why


def test_nothing_to_ask_when_all_is_proved() -> None:
    """A record that rules proved wholly costs no call."""
    whole = extraction(
        found("total", Kind.MONEY, "accepted", 0.9),
        found("buyer", Kind.PARTY, "accepted", 0.9),
        found("items", Kind.TABLE, "accepted", 0.9),
        cell=found("amount", Kind.MONEY, "accepted", 0.9),
    )
    assert first_choice(RoutePolicy("rules-first", "openai/small"), SCHEMA, whole) is None


def test_the_strong_model_gets_what_stays_unsure() -> None:
    """Below the threshold, or required and missing; never a field whose first call was refused, never without one."""
    policy = RoutePolicy("llm-first", "openai/small", "openai/large", 0.6)
    now = extraction(
        missing("total", Kind.MONEY),
        found("buyer", Kind.PARTY, "review", 0.59),
        found("items", Kind.TABLE, "review", 0.9),
        cell=found("amount", Kind.MONEY, "review", 0.6),
    )
    again = second_choice(policy, SCHEMA, ("total", "buyer", "items"), now)
    assert again is not None and again.fields == ("total", "buyer") and again.threshold == 0.6
    assert second_choice(policy, SCHEMA, ("items",), now) is None
    assert second_choice(RoutePolicy("llm-first", "openai/small"), SCHEMA, ("total",), now) is None
    same = RoutePolicy("llm-first", "openai/small", "openai/small", 0.6)
    assert second_choice(same, SCHEMA, ("total",), now) is None


def test_only_the_grey_band_is_read_again() -> None:
    """Found values from the lower to below the upper end; not tables, blocked values, or anything without a reader."""
    policy = RoutePolicy("llm-first", "openai/small", second="openai/tiny", second_from=0.5, second_below=0.9)
    seen = extraction(
        found("total", Kind.MONEY, "review", 0.7),
        found("buyer", Kind.PARTY, "review", 0.9),
        found("items", Kind.TABLE, "review", 0.7),
    )
    decision = second_reading(policy, SCHEMA, seen)
    assert decision is not None and decision.fields == ("total",) and decision.model == "openai/tiny"
    assert decision.confidences == {"total": 0.7} and (decision.second_from, decision.threshold) == (0.5, 0.9)
    assert second_reading(RoutePolicy("llm-first", "openai/small"), SCHEMA, seen) is None
    blocked = found("total", Kind.MONEY, "review", 0.7).model_copy(update={"blocked": True})
    for other in (blocked, found("total", Kind.MONEY, "review", 0.49), missing("total", Kind.MONEY)):
        assert second_reading(policy, SCHEMA, extraction(*(seen.fields | {"total": other}).values())) is None
