"""Which fields go to which model: a rule that a person can read, and every input it looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from schemas.fields import Kind
from schemas.results import Extraction, FieldResult, RouteDecision
from schemas.schema import Schema

Route = Literal["rules-first", "llm-first", "llm-only", "rules-only"]


@dataclass(frozen=True, slots=True)
class RoutePolicy:
    """The rule in force for a schema."""

    route: Route
    model: str  # "PROVIDER/MODEL"
    strong: str | None = None  # asked again for fields that stay unsure
    strong_below: float = 0.5  # confidence
    second: str | None = None  # reads again, asked differently, what is neither sure nor hopeless
    second_from: float = 0.5  # confidence
    second_below: float = 0.95


def first_choice(policy: RoutePolicy, schema: Schema, without_model: Extraction) -> RouteDecision | None:
    """Return what the model is to read at first; None if there is nothing for it.

    Args:
        policy: the rule.
        schema: all fields there are.
        without_model: what rules and embedded data gave, decided with proved values accepted.
    """
    if policy.route == "rules-only":
        return None
    names = [field.name for field in schema.fields]
    if policy.route == "rules-first":
        names = [name for name in names if not _is_proved(without_model, name)]
        why = f"{len(names)} of {len(schema.fields)} fields are not proved by rules or embedded data."
    elif policy.route == "llm-first":
        why = "The model reads every field; rules are the second witness."
    else:
        why = "Only the model reads; rules stand in when it cannot be asked."
    if not names:
        return None
    return RouteDecision(
        model=policy.model,
        route=policy.route,
        why=why,
        fields=tuple(names),
        confidences=_confidences(without_model, names),
    )


def second_choice(policy: RoutePolicy, schema: Schema, asked: Iterable[str], now: Extraction) -> RouteDecision | None:
    """Return what the strong model is to read after the first one; None if there is none, or nothing is unsure.

    Args:
        policy: the rule.
        schema: all fields there are.
        asked: fields that the first model has read (a refused call is no reason for a dearer one).
        now: the answers with its readings.
    """
    if policy.strong is None or policy.strong == policy.model:
        return None
    unsure = [name for name in asked if _is_unsure(schema, now, name, policy.strong_below)]
    if not unsure:
        return None
    return RouteDecision(
        model=policy.strong,
        route=policy.route,
        why=f"{len(unsure)} fields have a confidence below {policy.strong_below:g}, or are required and missing.",
        fields=tuple(unsure),
        confidences=_confidences(now, unsure),
        threshold=policy.strong_below,
    )


def second_reading(policy: RoutePolicy, schema: Schema, now: Extraction) -> RouteDecision | None:
    """Return what is to be read a second time; None if nobody is to, or no field lies in the grey band.

    A field below the band goes to a person whatever a second reading says, and one above it needs none. Tables are
    left out: their rows confirm each other, and reading them again costs most.
    """
    if policy.second is None:
        return None
    grey = [field.name for field in schema.fields if _is_grey(policy, now.fields[field.name])]
    if not grey:
        return None
    return RouteDecision(
        model=policy.second,
        route=policy.route,
        why=f"{len(grey)} fields have a confidence from {policy.second_from:g} to below {policy.second_below:g}: "
        "a second reading, asked differently, is to confirm them or not.",
        fields=tuple(grey),
        confidences=_confidences(now, grey),
        threshold=policy.second_below,
        second_from=policy.second_from,
    )


def _is_grey(policy: RoutePolicy, result: FieldResult) -> bool:
    if result.answer != "found" or result.kind is Kind.TABLE or result.confidence is None or result.blocked:
        return False
    return policy.second_from <= result.confidence < policy.second_below


def _is_proved(extraction: Extraction, name: str) -> bool:
    """Found and acceptable without a person; for a table each of its cells."""
    result = extraction.fields[name]
    cells = [cell for row in extraction.rows.get(name, ()) for cell in row.cells.values()]
    return result.answer == "found" and all(each.decision == "accepted" for each in (result, *cells))


def _is_unsure(schema: Schema, extraction: Extraction, name: str, threshold: float) -> bool:
    result = extraction.fields[name]
    if result.answer != "found":
        return schema.field(name).acceptance.required
    if result.kind is Kind.TABLE:
        cells = [cell for row in extraction.rows.get(name, ()) for cell in row.cells.values()]
        beliefs = [cell.confidence for cell in cells if cell.answer == "found"]
        lowest = min((belief for belief in beliefs if belief is not None), default=result.confidence)
        return lowest is not None and lowest < threshold
    return result.confidence is not None and result.confidence < threshold


def _confidences(extraction: Extraction, names: Iterable[str]) -> dict[str, float | None]:
    given = {name: extraction.fields[name] for name in names}
    return {name: result.confidence if result.answer == "found" else None for name, result in given.items()}
