"""What the dashboard shows, read from the store at one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from review.context import Context
from review.dashboard.reasons import Advice, advice
from schemas.errors import Reason
from store.breakers import Breakers, BreakerState
from store.figures import Attention, Backlog, CorrectedField, Cost, DayFlow, Failure, Figures, Flow
from store.states import State
from store.switches import Switches, Thrown
from store.webhooks import Message, Standing, Webhooks

SPANS: Mapping[str, int] = {"1": 1, "7": 7, "30": 30}  # days that a person may choose
CHART_DAYS = 30
DEAD_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Stand:
    """Why documents stand still, how many, and what to do."""

    failure: Failure
    advice: Advice


@dataclass(frozen=True, slots=True)
class Board:
    """All figures of the page."""

    at: datetime
    span: int  # days
    backlog: Backlog
    flow: Flow
    days: Sequence[DayFlow]
    stands: Sequence[Stand]
    cost: Cost
    budget: Mapping[str, Any] | None  # as `docassay budget --json` gives it; None: nobody knows
    thrown: Sequence[Thrown]
    breakers: Sequence[BreakerState]
    corrected: Sequence[CorrectedField]
    attention: Attention
    receivers: Sequence[Standing]
    dead: Sequence[Message]

    @property
    def oldest(self) -> timedelta | None:
        """How long the oldest document has been waiting for a person."""
        return None if self.backlog.oldest is None else max(timedelta(0), self.at - self.backlog.oldest)

    @property
    def providers(self) -> Sequence[str]:
        """The providers of which anything bad is known."""
        return sorted({each.provider for each in self.breakers} | {each.provider for each in self.thrown} - {""})

    @property
    def is_empty(self) -> bool:
        """Whether no document ever came."""
        return not self.backlog.states


def read_board(context: Context, span: int) -> Board:
    """Return the figures of the last `span` days; raises Unavailable."""
    store = context.store
    now, database = store.now(), store.database
    figures, outbox = Figures(database, store.now), Webhooks(database, store.now)
    since = now - timedelta(days=span)
    return Board(
        at=now,
        span=span,
        backlog=figures.backlog(),
        flow=figures.flow(since),
        days=figures.days(CHART_DAYS),
        stands=[Stand(each, _advice(each)) for each in figures.failures()],
        cost=figures.cost(since),
        budget=context.budget() if context.budget else None,
        thrown=Switches(database, store.now).thrown(),
        breakers=Breakers(database, store.now).states(),
        corrected=figures.corrected(since),
        attention=figures.attention(since),
        receivers=outbox.standings(),
        dead=outbox.messages("dead", DEAD_SHOWN),
    )


def _advice(failure: Failure) -> Advice:
    if failure.reason is None:
        return Advice("Rejected by a person", "If it was a mistake: docassay retry DOCUMENT.")
    if failure.state is State.DEFERRED:
        said = advice(Reason(failure.reason))
        return Advice(said.what, "It is tried again by itself. " + said.todo)
    return advice(Reason(failure.reason))
