"""Many processes that race for one dollar, a third of them killed in the middle of a call: is a cent too much spent?

    python -m benchmarks.race --processes 200 --seeds 20 [--database postgresql://USER@HOST/NAME]

Every process reserves, "calls" for a moment, and settles, again and again, until the budget has no room; what a killed
one held is settled whole afterwards, as after a real crash. Prints one line for each seed, and ends with 1 if anything
was spent above the cap, a reservation is left held, or less than 90 % of the cap could be used.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from schemas.calls import new_id
from schemas.errors import Unavailable
from schemas.money import Held, Scope
from store.database import Database
from store.instants import utc_now
from store.ledger import StoredLedger
from store.migrate import upgrade

DOLLAR = 1_000_000_000
Made = TypeVar("Made")
LARGEST = DOLLAR // 200  # worst case of a call
LASTS = timedelta(seconds=1)  # what a killed process held is settled after so long
SCOPES = (Scope("day:race", "day", DOLLAR), Scope("month:race", "month", None), Scope("run:race", "run", 2 * DOLLAR))


@dataclass(frozen=True, slots=True)
class Outcome:
    """One race."""

    spent: int
    held: int
    killed: int
    seconds: float

    @property
    def above(self) -> int:
        """Nano-dollars above the cap."""
        return max(0, self.spent + self.held - DOLLAR)

    @property
    def used(self) -> float:
        """Share of the cap that was spent."""
        return self.spent / DOLLAR


def race(url: str, processes: int, seed: int) -> Outcome:
    """Let `processes` race on an empty ledger at `url` and return how it ended."""
    started = time.perf_counter()
    dice = random.Random(seed)
    context = multiprocessing.get_context("fork")
    begin = time.time() + 0.02 * processes  # a clock, no lock: a killed process would take a lock with it
    runners = [context.Process(target=_run, args=(url, seed, number, begin)) for number in range(processes)]
    for runner in runners:
        runner.start()
    doomed = dice.sample(runners, processes // 3)
    time.sleep(max(0.0, begin - time.time()))
    killed = 0
    for runner in doomed:
        time.sleep(dice.uniform(0, 0.03))
        if runner.is_alive() and runner.pid is not None:
            os.kill(runner.pid, signal.SIGKILL)
            killed += 1
    for runner in runners:
        runner.join()
    time.sleep(LASTS.total_seconds())
    database = Database(url)
    ledger = StoredLedger(database)
    for stranded in ledger.stranded():
        ledger.settle(stranded.call, stranded.amount, "whole")
    balance = ledger.balance("day:race")
    spent, held = ledger.totals()
    assert balance is not None and (balance.spent, balance.held) == (spent, held), "scopes and reservations differ"
    database.close()
    return Outcome(spent, held, killed, time.perf_counter() - started)


def _run(url: str, seed: int, number: int, begin: float) -> None:
    dice = random.Random(f"{seed}/{number}")
    database = Database(url)
    ledger = StoredLedger(database)
    time.sleep(max(0.0, begin - time.time()))
    while True:
        worst = dice.randrange(LARGEST // 10, LARGEST)
        call = new_id()
        held = _insistent(lambda: ledger.reserve(call, "race", "race", "0" * 64, worst, SCOPES, LASTS))  # noqa: B023
        if not isinstance(held, Held):
            if worst < LARGEST // 5:
                return  # even a small call has no room
            continue
        time.sleep(dice.uniform(0, 0.002))
        cost = dice.randrange(worst // 4, worst + 1)
        _insistent(lambda: ledger.settle(call, cost, "usage"))  # noqa: B023


def _insistent(act: Callable[[], Made]) -> Made:
    """Do `act`, again where the database was too busy for a minute: nothing was kept then."""
    while True:
        try:
            return act()
        except Unavailable:
            continue


@contextmanager
def fresh(database: str | None) -> Iterator[str]:
    """Give the address of an empty ledger: a SQLite file, or the tables of a PostgreSQL database emptied."""
    if database is None:
        with tempfile.TemporaryDirectory(prefix="race-") as folder:
            url = f"sqlite:///{Path(folder) / 'race.db'}"
            _made(url)
            yield url
        return
    _made(database)
    yield database


def _made(url: str) -> None:
    from sqlalchemy import delete

    from store.ledger_tables import ReservationRow, ScopeRow

    database = Database(url)
    upgrade(database)
    with database.write() as connection:
        connection.execute(delete(ReservationRow))
        connection.execute(delete(ScopeRow))
    database.close()


def main() -> None:
    """Race and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processes", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--database", help="address of a PostgreSQL database for this alone; a SQLite file if left out")
    arguments = parser.parse_args()
    outcomes = []
    for seed in range(arguments.seeds):
        with fresh(arguments.database) as url:
            outcome = race(url, arguments.processes, seed)
        outcomes.append(outcome)
        print(
            f"seed {seed:2}: killed {outcome.killed:3}, used {outcome.used:.2%}, above the cap {outcome.above}, "
            f"still held {outcome.held}, {outcome.seconds:.1f} s",
            flush=True,
        )
    worst = min(outcome.used for outcome in outcomes)
    print(f"at {utc_now():%Y-%m-%d}: above the cap {max(o.above for o in outcomes)}, least used {worst:.2%}")
    sys.exit(any(outcome.above or outcome.held for outcome in outcomes) or worst < 0.9)


if __name__ == "__main__":
    main()
