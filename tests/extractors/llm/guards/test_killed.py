"""A process killed between an answer and its settlement: what the journal holds is not paid twice."""

import multiprocessing
import os
import random
import signal
from datetime import UTC, datetime, timedelta

import pytest
from guard_calls import call, completion, reply

from extractors.llm.bounds import input_bound, settled_cost
from extractors.llm.guards.answered import Answered
from extractors.llm.guards.budget import Budget, Limits
from extractors.llm.guards.journal import Journal
from extractors.llm.guards.network import Network
from extractors.llm.prices import Price
from store.ledger import StoredLedger
from store.responses import Responses
from store.store import Store

PRICE = Price(1_000_000_000, 4_000_000_000, 1_000_000_000, 1_000_000_000)
COST = 100 * 1000 + 10 * 4000
KILLS = 100
POINTS = ("before the journal", "after the journal", "after the settlement")


class Dying:
    """A guard that ends its process, as a power cut would, before or after the next one has answered."""

    def __init__(self, next_guard, *, after: bool) -> None:
        self.next = next_guard
        self.after = after

    def send(self, made):
        answer = self.next.send(made)
        if self.after:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer


def chain(store: Store, now, die: str = ""):
    end = Network(lambda: datetime.now(UTC), seconds=10)
    end = Dying(end, after=die == POINTS[0])
    kept, ledger = Responses(store.database, now), StoredLedger(store.database, now)
    guard = Dying(Journal(end, kept), after=die == POINTS[1])
    guard = Dying(Budget(guard, ledger, Limits(day=10**12), lambda _call: PRICE, now), after=die == POINTS[2])
    return Answered(guard, kept, "live")


@pytest.mark.slow
def test_a_hundred_kills_pay_no_journaled_answer_twice(server, tmp_path):
    """Killed at three points in turn: what was on disk is served, not bought again; the ledger ends exact to a unit."""
    server.script = lambda handler: reply(handler, body=completion())
    url, files = f"sqlite:///{tmp_path}/d.db", tmp_path / "files"
    store = Store.open(url, files)
    dice, expected, context = random.Random(5), 0, multiprocessing.get_context("fork")
    for number in range(KILLS):
        point, body = dice.choice(POINTS), f'{{"n": {number}}}'.encode()
        whole = input_bound(body) * 1000 + 100 * 4000

        def die(point=point, body=body) -> None:
            chain(Store.open(url, files), lambda: datetime.now(UTC), point).send(call(server.url, body))

        before = len(server.arrivals)
        child = context.Process(target=die)
        child.start()
        child.join()
        assert child.exitcode == -signal.SIGKILL
        again = chain(store, lambda: datetime.now(UTC)).send(call(server.url, body))
        journaled = point != POINTS[0]
        assert again.served == ("store" if journaled else "network")
        assert len(server.arrivals) - before == (1 if journaled else 2)
        expected += COST if journaled else whole + COST
    later = StoredLedger(store.database, lambda: datetime.now(UTC) + timedelta(hours=1))
    kept = Responses(store.database)
    for stranded in later.stranded():
        answer = kept.of_call(stranded.call)
        cost = settled_cost("openai", answer.answer, PRICE, stranded.amount) if answer else stranded.amount
        assert later.settle(stranded.call, cost, "journal" if answer else "whole")
    assert later.totals() == (expected, 0)
    store.close()
