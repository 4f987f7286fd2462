"""The chain that every call goes through, outermost guard first."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from opentelemetry.trace import Tracer

from extractors.llm.guards.answered import Answered, Mode
from extractors.llm.guards.breaker import Breaker, Breakers
from extractors.llm.guards.budget import Budget, Ledger, Limits
from extractors.llm.guards.guard import Guard
from extractors.llm.guards.journal import Journal, Kept
from extractors.llm.guards.rates import RateLimits, RateLog, Rates
from extractors.llm.guards.retries import Retries
from extractors.llm.guards.steps import Steps
from extractors.llm.guards.switch import Switch, SwitchWatch
from extractors.llm.guards.traced import Cost, Traced
from extractors.llm.prices import Price
from schemas.calls import Call


@dataclass(frozen=True)
class Parts:
    """All that the guards share between documents, threads and processes."""

    network: Guard
    kept: Kept
    ledger: Ledger
    breakers: Breakers
    rate_log: RateLog
    switch: SwitchWatch
    tracer: Tracer
    price: Callable[[Call], Price]
    cost: Cost
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    limits: Limits
    rates: RateLimits
    mode: Mode = "live"
    tries: int = 3
    steps: int = 30
    call_seconds: float = 60.0
    content: bool = False
    dice: random.Random = field(default_factory=random.Random)


def chain(parts: Parts) -> Guard:
    """Return the outermost guard; read upwards from the network for the order in which an answer passes."""
    guard: Guard = Journal(parts.network, parts.kept)
    guard = Budget(guard, parts.ledger, parts.limits, parts.price, parts.now, parts.call_seconds)
    guard = Breaker(guard, parts.breakers)
    guard = Switch(guard, parts.switch)  # again: a call may have waited since it passed the first one
    guard = Rates(guard, parts.rate_log, parts.rates, parts.now, parts.sleep)
    guard = Steps(guard, parts.steps, parts.now)
    guard = Traced(guard, parts.tracer, "attempt", parts.now, parts.cost, content=parts.content)
    guard = Retries(guard, parts.tries, parts.now, parts.sleep, parts.dice)
    guard = Answered(guard, parts.kept, parts.mode)
    guard = Switch(guard, parts.switch)
    return Traced(guard, parts.tracer, "call", parts.now, parts.cost, content=parts.content)
