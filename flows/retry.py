"""Again: documents that a person names, and deferred ones whose time has come; bounded, then put aside."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property

from flows.engine import Engine, open_engine, outcome_of
from flows.intake import Taken
from flows.outcomes import BatchOutcome
from flows.run import PREFECT_FROM, run_taken
from flows.server import ServerAtHand
from flows.settings import Settings
from schemas.errors import Reason, Refusal
from store.breakers import CLOSED, Breakers
from store.entities import Document
from store.states import UNFINISHED
from store.store import Store
from store.switches import Switches

LONGEST_HELD = timedelta(minutes=15)  # after its time a document wakes whatever is known: patience may have ended


def retry_documents(
    settings: Settings,
    documents: Sequence[str],
    who: str,
    schema_name: str | None = None,
    password: str | None = None,
) -> BatchOutcome:
    """Process stored documents again from the beginning and return how they ended.

    Raises:
        ForbiddenTransition: one of them is being worked on.
        Unavailable: database, disk or storage are down.
    """
    started = time.perf_counter()
    with open_engine(settings, password) as engine, ServerAtHand(settings) as server:
        taken = Taken(len(documents), tuple(dict.fromkeys(documents)), 0, (), None)
        if len(taken.to_do) >= PREFECT_FROM:
            server.start()
        if documents:
            taken = _begun_again(engine, taken, who, schema_name)
        return outcome_of(taken, run_taken(engine, taken, server), started, engine.stopped)


def retry_due(settings: Settings) -> BatchOutcome:
    """Process deferred documents whose time has come; those tried often enough are put aside."""
    started = time.perf_counter()
    with open_engine(settings) as engine, ServerAtHand(settings) as server:
        due = wake_due(engine.store, settings.retry.attempts)
        batch = engine.store.start_batch("deferred documents") if due else None
        for sha256 in due:
            engine.store.add_to_batch(str(batch), sha256)
        taken = Taken(len(due), due, 0, (), batch)
        if len(due) >= PREFECT_FROM:
            server.start()
        return outcome_of(taken, run_taken(engine, taken, server), started, engine.stopped)


def wake_due(store: Store, attempts: int) -> tuple[str, ...]:
    """Let deferred documents whose time has come start again, and return them; give up on those tried often enough.

    Documents that wait for a model sleep on while it is known that none can be asked; of those that wait for a provider
    whose breaker is due for a probe, one wakes.
    """
    awake = []
    blocked = _Blocked(store)
    for document in store.due_deferred():
        if blocked.holds(document):
            continue
        if document.attempts >= attempts:
            store.give_up(document.sha256, _gave_up(document))
        else:
            store.reschedule(document.sha256)
            awake.append(document.sha256)
    return tuple(awake)


class _Blocked:
    """What is known to be in the way of calls at this moment; looked up when a document first asks."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._probes = 1  # documents that may wake while a breaker is due for its probe

    @cached_property
    def _stopped(self) -> bool:
        return bool(Switches(self._store.database).thrown())

    @cached_property
    def _waits(self) -> list[datetime | None]:
        """For each breaker that is not closed, when its next probe may go."""
        states = Breakers(self._store.database).states()
        return [state.until for state in states if state.state != CLOSED]

    def holds(self, document: Document) -> bool:
        """Return whether waking the document now would only have it refused again."""
        now = self._store.now()
        if document.retry_at is None or now - document.retry_at > LONGEST_HELD:
            return False
        if document.reason is Reason.STOPPED:
            return self._stopped
        if document.reason is not Reason.MODEL_UNAVAILABLE or not self._waits:
            return False
        if any(until is not None and until > now for until in self._waits):
            return True
        self._probes -= 1
        return self._probes < 0


def _begun_again(engine: Engine, taken: Taken, who: str, schema_name: str | None) -> Taken:
    batch = engine.store.start_batch(f"retry of {taken.given} documents")
    for sha256 in taken.to_do:
        if schema_name is not None or engine.store.document(sha256).state not in UNFINISHED:
            engine.store.retry(sha256, who=who, schema_name=schema_name)
        engine.store.add_to_batch(batch, sha256)
    return Taken(taken.given, taken.to_do, taken.known, taken.unread, batch)


def _gave_up(document: Document) -> Refusal:
    return Refusal(
        document.reason or Reason.STOPPED,
        f"{document.name} was tried {document.attempts} times. {document.message or ''}".strip(),
        f"When the cause is gone: docassay retry {document.sha256[:12]}.",
    )
