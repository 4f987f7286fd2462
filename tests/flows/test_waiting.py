"""A document that a model was to read waits with what rules found, and not for ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from extractors.pipeline import Occasion
from flows.outcomes import Outcome
from flows.process import process
from flows.retry import wake_due
from flows.settings import Settings
from schemas.document import ParsedDocument
from schemas.errors import Reason
from schemas.results import Extraction, Fallback
from schemas.schema import Schema
from store.states import State
from store.store import Store

Run = Callable[..., Outcome]
START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(settings: Settings, clock: Clock) -> Any:
    store = Store.open(settings.database_url, settings.files_folder, clock)
    yield store
    store.close()


@pytest.fixture
def run(store: Store, clock: Clock, line_with: Callable[..., Any], extracted: Callable[..., Extraction]) -> Run:
    """Take the one document through, its model refused as told (None: it answered)."""

    def go(fallback: Fallback | None, decision: str = "review") -> Outcome:
        def extract(document: ParsedDocument, schema: Schema, occasion: Occasion) -> Extraction:
            plain = extracted(document, schema, occasion, decision)
            if fallback is None:
                return plain
            return plain.model_copy(
                update={"fallbacks": (fallback.model_copy(update={"fields": tuple(plain.fields)}),)}
            )

        (claim,) = store.claim("test")
        return process(line_with(extract=extract, now=clock), claim)

    return go


def refused(*, passing: bool = True, retry_at: datetime | None = None) -> Fallback:
    return Fallback(
        fields=(),
        reason=Reason.MODEL_UNAVAILABLE,
        message="No answer from openai/small.",
        remedy="It is asked again by itself.",
        passing=passing,
        retry_at=retry_at,
    )


def test_it_waits_until_a_new_try_can_help(store: Store, settings: Settings, clock: Clock, run: Run) -> None:
    """The record with the values of rules is kept, the reason is said, and no attempt is counted."""
    store.add_document(b"one", "a.pdf")
    at = START + timedelta(minutes=7)
    outcome = run(refused(retry_at=at))
    document = store.document(outcome.document)
    assert (outcome.state, outcome.reason) == (State.DEFERRED, Reason.MODEL_UNAVAILABLE)
    assert (document.retry_at, document.attempts) == (at, 0)
    assert store.extraction(outcome.document) is not None and "read when a model" in outcome.message


def test_its_answer_replaces_what_rules_found(store: Store, settings: Settings, clock: Clock, run: Run) -> None:
    """The record with the model is another record than the one without it, and is the current one afterwards."""
    sha256, _ = store.add_document(b"one", "a.pdf")
    run(refused(retry_at=START + timedelta(minutes=1)))
    assert wake_due(store, settings.retry.attempts) == ()
    clock.now += timedelta(minutes=1)
    assert wake_due(store, settings.retry.attempts) == (sha256,)
    outcome = run(None)
    assert outcome.state is State.IN_REVIEW
    current = store.extraction(sha256)
    assert current is not None and current.fallbacks == () and len(store.extractions(sha256)) == 2


def test_patience_ends_with_a_person(store: Store, settings: Settings, clock: Clock, run: Run) -> None:
    """However often it was woken in vain, after the hours of patience it is in review, never put aside."""
    sha256, _ = store.add_document(b"one", "a.pdf")
    hours = settings.model.patience_hours
    for _ in range(200):
        outcome = run(refused())
        if outcome.state is not State.DEFERRED:
            break
        retry_at = store.document(sha256).retry_at
        assert retry_at is not None and retry_at > clock.now
        clock.now = max(retry_at, clock.now + timedelta(minutes=10))
        assert wake_due(store, settings.retry.attempts) == (sha256,)
    assert outcome.state is State.IN_REVIEW
    assert timedelta(hours=hours) <= clock.now - START <= timedelta(hours=hours, minutes=11)


def test_patience_begins_anew_after_a_retry(store: Store, settings: Settings, clock: Clock, run: Run) -> None:
    """A person who starts a document again gives it the whole patience again."""
    sha256, _ = store.add_document(b"one", "a.pdf")
    run(refused())
    clock.now += timedelta(hours=30)
    store.retry(sha256, who="ann")
    assert run(refused()).state is State.DEFERRED


@pytest.mark.parametrize(("passing", "decision"), [(False, "review"), (True, "accepted")])
def test_no_wait_for_nothing(store: Store, run: Run, passing: bool, decision: str) -> None:
    """What another try does not mend, and fields that other sources settled, keep no document waiting."""
    store.add_document(b"one", "a.pdf")
    assert run(refused(passing=passing), decision).state is not State.DEFERRED
