"""Tests of the ledger: no cap is passed, nothing is booked twice, what the dead held is settled."""

from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from benchmarks.race import race
from schemas.calls import new_id
from schemas.money import Halted, Held, NoRoom, Scope
from store.ledger import ENOUGH_KNOWN, StoredLedger
from store.store import Store
from store.switches import Switches

DAY = Scope("day:2026-03-01", "day", 1000)
MONTH = Scope("month:2026-03", "month", None)
LASTS = timedelta(minutes=3)


def document(number: int, pages: int = 1, cap: int | None = None) -> Scope:
    return Scope(f"document:{number}:run", "document", cap, "invoice", pages, f"{number}.pdf")


@pytest.fixture
def ledger(store, clock) -> StoredLedger:
    return StoredLedger(store.database, clock)


def reserve(ledger, amount: int, *scopes: Scope, call: str | None = None):
    return ledger.reserve(call or new_id(), "openai", "m", "d" * 64, amount, scopes or (DAY, MONTH), LASTS)


def test_a_reservation_that_passes_one_cap_changes_no_scope(ledger):
    """All scopes or none: the tight one refuses, with its figures, and the other keeps its balance."""
    tight = document(1, cap=150)
    assert isinstance(reserve(ledger, 100, DAY, tight), Held)
    refused = reserve(ledger, 100, DAY, tight)
    assert isinstance(refused, NoRoom)
    assert (refused.scope.key, refused.spent, refused.held) == (tight.key, 0, 100)
    assert ledger.balance(DAY.key).held == 100


def test_a_cap_can_be_used_to_the_last_nano_dollar_and_not_beyond(ledger):
    """1,000 fit into 1,000; one more does not."""
    assert isinstance(reserve(ledger, 1000), Held)
    assert isinstance(reserve(ledger, 1), NoRoom)


def test_settling_books_the_real_cost_once(ledger):
    """What was held is given back, what it cost is spent, and a second settlement does nothing."""
    held = reserve(ledger, 600)
    assert ledger.settle(held.call, 250, "usage")
    assert not ledger.settle(held.call, 600, "whole")
    day = ledger.balance(DAY.key)
    assert (day.spent, day.held) == (250, 0)
    assert ledger.balance(MONTH.key).spent == 250


def test_what_was_not_sent_costs_nothing(ledger):
    """A release gives all of it back."""
    held = reserve(ledger, 600)
    assert ledger.release(held.call)
    assert (ledger.balance(DAY.key).spent, ledger.balance(DAY.key).held) == (0, 0)


def test_reservations_of_dead_processes_are_found_when_their_time_is_over(ledger, clock):
    """Not before, so that a slow call is not settled under its feet."""
    held = reserve(ledger, 600)
    clock.forward(LASTS.total_seconds() - 1)
    assert not ledger.stranded()
    clock.forward(1)
    assert [each.call for each in ledger.stranded()] == [held.call]


def test_the_kill_switch_is_looked_at_in_the_same_transaction(ledger, store, clock):
    """A switch that is thrown while a call is on its way to the ledger stops it there."""
    Switches(store.database, clock).stop("openai", "ann", "wrong prices")
    halted = reserve(ledger, 1)
    assert isinstance(halted, Halted) and "wrong prices" in halted.said
    assert ledger.balance(DAY.key) is None


def test_what_is_usual_is_a_median_of_finished_documents_without_runaways(ledger):
    """Twenty documents are needed, per page; one that was stopped for its cost does not raise the bar."""
    for number in range(ENOUGH_KNOWN):
        assert ledger.usual("invoice") is None
        held = reserve(ledger, 10 * (number + 1), document(number, pages=2))
        ledger.settle(held.call, 10 * (number + 1), "usage")
    assert ledger.usual("invoice") == 55
    held = reserve(ledger, 10**9, document(99))
    ledger.settle(held.call, 10**9, "usage")
    assert ledger.raise_alarm("document:99:run", "stopped") and not ledger.raise_alarm("document:99:run", "stopped")
    assert ledger.usual("invoice") == 55


class Spending(RuleBasedStateMachine):
    """Reserve, settle, release in any order: caps hold and scopes equal the sum of their reservations."""

    def __init__(self) -> None:
        super().__init__()
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        self.store = Store.open(f"sqlite:///{self.folder.name}/l.db", self.folder.name)
        self.ledger = StoredLedger(self.store.database)
        self.open: dict[str, int] = {}
        self.spent = 0

    @rule(amount=st.integers(0, 700))
    def reserve(self, amount: int) -> None:
        made = self.ledger.reserve(new_id(), "openai", "m", "d" * 64, amount, (DAY, MONTH), LASTS)
        assert isinstance(made, Held) == (self.spent + sum(self.open.values()) + amount <= 1000)
        if isinstance(made, Held):
            self.open[made.call] = amount

    @precondition(lambda self: self.open)
    @rule(part=st.floats(0, 1), again=st.booleans())
    def settle(self, part: float, again: bool) -> None:
        call, amount = self.open.popitem()
        cost = int(part * amount)
        assert self.ledger.settle(call, cost, "usage")
        if again:
            assert not self.ledger.settle(call, amount, "whole")
        self.spent += cost

    @invariant()
    def adds_up(self) -> None:
        day = self.ledger.balance(DAY.key)
        if day is not None:
            assert day.spent + day.held <= 1000
            assert (day.spent, day.held) == (self.spent, sum(self.open.values())) == self.ledger.totals()

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()


Spending.TestCase.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
TestSpending = Spending.TestCase


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_a_race_with_kills_spends_nothing_above_the_cap(url, seed, tmp_path):
    """Thirty processes race for a dollar and ten are killed: nothing above it, nothing left held, nearly all usable."""
    Store.open(url, tmp_path).close()
    outcome = race(url, 30, seed)
    assert outcome.above == 0 and outcome.held == 0
    assert outcome.killed > 0 and outcome.used >= 0.9
