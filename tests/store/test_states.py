"""No sequence of acts leaves the state machine or loses history."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from store_worker import INVOICE, parsed, person, reading

from schemas.errors import Conflict, InvalidValue, Reason, Refusal, UnknownDocument
from store.entities import Claim
from store.states import TRANSITIONS, State, allowed
from store.store import Store

REFUSAL = Refusal(Reason.MODEL_UNAVAILABLE, "No model answers.", "It is tried again.")
PICK = st.integers(0, 3)
GROSS = st.sampled_from(["12.50", "99.00", None])
DECISION = st.sampled_from(["accepted", "review"])
PATHS = st.sampled_from(["gross_total", "net_total", "line_items[1].quantity", "line_items[2].quantity", "nothing"])


def test_every_state_is_reached_and_none_is_a_trap() -> None:
    """Every state can be reached from received, and from every state a document can still be accepted."""
    for start in State:
        seen, ways = {start}, [start]
        while ways:
            ways += (new := TRANSITIONS[ways.pop()] - seen)
            seen |= new
        assert State.ACCEPTED in seen
        assert start is not State.RECEIVED or seen == set(State)


def test_nothing_is_exported_that_was_not_accepted() -> None:
    """Only accepted leads to exported, and only extracted or decided documents become accepted."""
    assert [start for start in State if allowed(start, State.EXPORTED)] == [State.ACCEPTED]
    assert not any(allowed(start, State.ACCEPTED) for start in (State.RECEIVED, State.QUARANTINED))


class AnyOrder(RuleBasedStateMachine):
    """Workers, people, clock and exports act in any order, often at the wrong time and with lost claims."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.template, self.folder / "d.db")
        self.now = datetime(2026, 3, 1, tzinfo=UTC)
        self.store = Store.open(f"sqlite:///{self.folder}/d.db", self.folder / "files", lambda: self.now)
        self.documents: list[str] = []
        self.claims: list[Claim] = []
        self.seen: dict[str, tuple[list[Any], ...]] = {}

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    def _try(self, sha256: str, act: Callable[[], Any]) -> Any:
        """Do `act`; when it is refused, nothing about the document may have changed."""
        before = self._all_of(sha256), self.store.document(sha256)
        try:
            return act()
        except (Conflict, InvalidValue, UnknownDocument):
            assert (self._all_of(sha256), self.store.document(sha256)) == before
            return None

    def _all_of(self, sha256: str) -> tuple[list[Any], ...]:
        return self.store.history(sha256), self.store.extractions(sha256), self.store.corrections(sha256)

    def _some(self, number: int) -> str | None:
        return self.documents[number % len(self.documents)] if self.documents else None

    @initialize(gross=GROSS, decision=DECISION)
    def starts_with_one_of_each(self, gross: str | None, decision: str) -> None:
        """One document is decided, one parsed, one just received: all ways are near."""
        for number in range(3):
            self.arrives(number)
        self.claims_some(2, "a")
        self.claims[0] = self.store.save_parsed(self.claims[0], parsed(self.claims[0].document), "1")
        self.moves_on(1, gross, decision, "1")
        self.moves_on(1, gross, decision, "1")
        self.moves_on(1, gross, decision, "1")

    @rule(number=PICK)
    def arrives(self, number: int) -> None:
        sha256, is_new = self.store.add_document(b"%d" % number, f"{number}.pdf")
        assert is_new == (sha256 not in self.documents)
        if is_new:
            self.documents.append(sha256)

    @rule(limit=st.integers(1, 3), owner=st.sampled_from("ab"))
    def claims_some(self, limit: int, owner: str) -> None:
        self.claims = [*self.claims, *self.store.claim(owner, limit=limit, seconds=60)][-4:]

    @rule(seconds=st.sampled_from([1, 61, 4000]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(number=PICK, gross=GROSS, decision=DECISION, extractor=st.sampled_from(["1", "2"]))
    def moves_on(self, number: int, gross: str | None, decision: str, extractor: str) -> None:
        """A worker does what its claim is for, though it may have lost it."""
        proper = {State.RECEIVED: "parse", State.PARSED: "extract", State.EXTRACTED: "decide"}
        if self.claims:
            self.works(number, proper[self.claims[number % len(self.claims)].state], gross, decision, extractor)

    @rule(
        number=PICK,
        act=st.sampled_from(["parse", "extract", "decide", "quarantine", "defer", "review", "renew", "release"]),
        gross=GROSS,
        decision=DECISION,
        extractor=st.sampled_from(["1", "2"]),
    )
    def works(self, number: int, act: str, gross: str | None, decision: str, extractor: str) -> None:
        """A worker does anything, in its turn or out of it."""
        if not self.claims:
            return
        place = number % len(self.claims)
        claim, store = self.claims[place], self.store
        found = reading(claim.document, gross, decision=decision)
        acts: dict[str, Callable[[], Any]] = {
            "parse": lambda: store.save_parsed(claim, parsed(claim.document), "1"),
            "extract": lambda: store.save_extraction(claim, found, extractor, INVOICE),
            "decide": lambda: store.decide(claim),
            "quarantine": lambda: store.quarantine(claim, REFUSAL),
            "defer": lambda: store.defer(claim, REFUSAL, self.now + timedelta(hours=1)),
            "review": lambda: store.send_to_review(claim, REFUSAL),
            "renew": lambda: store.renew(claim),
            "release": lambda: store.release(claim),
        }
        after = self._try(claim.document, acts[act])
        if isinstance(after, Claim):
            self.claims[place] = after

    @rule(number=PICK, path=PATHS, value=st.sampled_from(["12.50", "3", None, "x"]))
    def corrects(self, number: int, path: str, value: str | None) -> None:
        if sha256 := self._some(number):
            self._try(sha256, lambda: person(self.store).set_value(self.store.document(sha256), path, value))

    @rule(number=PICK, act=st.sampled_from(["accept field", "accept", "reject", "retry", "reschedule", "give up"]))
    def decides(self, number: int, act: str) -> None:
        sha256, store = self._some(number), self.store
        if sha256 is None:
            return
        acts: dict[str, Callable[[], Any]] = {
            "accept field": lambda: person(store, "ben").accept(store.document(sha256), "gross_total"),
            "accept": lambda: person(store, "ben").accept(store.document(sha256), why="looked at it"),
            "reject": lambda: person(store, "ben").reject(store.document(sha256), "not ours"),
            "retry": lambda: store.retry(sha256, who="ben"),
            "reschedule": lambda: store.reschedule(sha256),
            "give up": lambda: store.give_up(sha256, REFUSAL),
        }
        self._try(sha256, acts[act])

    @rule(place=st.sampled_from(["csv", "xlsx"]))
    def exports(self, place: str) -> None:
        window = self.store.export_window(place)
        for record in self.store.changed_since(window):
            assert record.document.state in (State.ACCEPTED, State.EXPORTED)
            assert record.extraction.decision == "accepted"
        self.store.mark_exported(place, window.until)
        assert self.store.export_window(place).count == 0
        assert State.ACCEPTED not in self.store.counts()

    @invariant()
    def histories_are_whole(self) -> None:
        """The history is a path through the machine that ends where the document stands, and only grows."""
        for sha256 in self.documents:
            document = self.store.document(sha256)
            history, *_ = kept = self._all_of(sha256)
            assert [step.version for step in history] == list(range(1, document.version + 1))
            assert history[0].from_state is None and history[-1].to_state is document.state
            for before, after in itertools.pairwise(history):
                assert after.from_state is before.to_state and allowed(before.to_state, after.to_state)
            for old, new in zip(self.seen.get(sha256, ([], [], [])), kept, strict=True):
                assert new[: len(old)] == old
            self.seen[sha256] = kept

    @invariant()
    def states_mean_what_they_say(self) -> None:
        """Accepted has a record to be accepted, deferred a time, and what people set is still set."""
        for sha256 in self.documents:
            document, record = self.store.document(sha256), self.store.extraction(sha256)
            assert (document.retry_at is not None) == (document.state is State.DEFERRED)
            if document.state in (State.ACCEPTED, State.EXPORTED):
                assert record is not None and record.decision == "accepted"
            last = {event.path: event for event in self.store.corrections(sha256)}.get("gross_total")
            if last is not None and last.act == "set":
                assert record is not None and record.record()["gross_total"] == _typed(last.new)


def _typed(value: str | None) -> Any:
    return None if value is None else Decimal(value)


@pytest.mark.slow
def test_any_order_of_acts_keeps_the_machine_and_the_history(tmp_path: Path) -> None:
    """Whatever workers, people and exports do in whatever order, no document leaves the machine or loses history."""
    AnyOrder.template = tmp_path / "template.db"
    template = Store.open(f"sqlite:///{AnyOrder.template}", tmp_path)
    template.close()
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
