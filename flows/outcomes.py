"""How documents and batches ended, as plain values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from schemas.errors import Reason
from store.states import State


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one document ended in one run. Holds no document text: it is shown in Prefect."""

    document: str  # sha256
    name: str  # as it came; untrusted, for display
    state: State
    schema_name: str | None = None
    reason: Reason | None = None
    message: str = ""  # what happened and what to do next; empty if all went well
    pages: int = 0
    seconds: float = 0.0
    children: tuple[str, ...] = ()  # documents that were attached to it, to be processed in turn


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """How one run ended."""

    batch: str | None  # id in the store; None: there was nothing to do
    seconds: float
    given: int  # files that were offered
    known: int  # of these, contents that were done already
    outcomes: tuple[Outcome, ...] = ()
    unread: tuple[tuple[str, str], ...] = field(default=())  # (path, why) of files that could not even be taken in
    interrupted: bool = False

    @property
    def counts(self) -> dict[str, int]:
        """Documents by the state they ended in."""
        return dict(Counter(outcome.state.value for outcome in self.outcomes))

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """Documents that were put aside, each with its reason."""
        return tuple(outcome for outcome in self.outcomes if outcome.state is State.QUARANTINED)

    @property
    def deferred(self) -> tuple[Outcome, ...]:
        """Documents that are tried again later, each with its reason."""
        return tuple(outcome for outcome in self.outcomes if outcome.state is State.DEFERRED)

    @property
    def waiting(self) -> int:
        """Documents that wait for a person."""
        return sum(outcome.state is State.IN_REVIEW for outcome in self.outcomes)

    @property
    def pages(self) -> int:
        """Pages that were read."""
        return sum(outcome.pages for outcome in self.outcomes)

    def summary(self) -> str:
        """One line for people."""
        parts = [f"{count} {state.replace('_', ' ')}" for state, count in sorted(self.counts.items())]
        if self.known:
            parts.append(f"{self.known} done before")
        if self.unread:
            parts.append(f"{len(self.unread)} not readable")
        inside = sum(len(outcome.children) for outcome in self.outcomes)
        given = "1 file" if self.given == 1 else f"{self.given} files"
        given += f" and {inside} inside them" if inside else ""
        return f"{given}: {', '.join(parts) or 'nothing to do'} in {self.seconds:.1f} s"


def by_reason(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """Count outcomes by reason code, the frequent ones first."""
    return dict(Counter(o.reason.value for o in outcomes if o.reason is not None).most_common())
