"""kill -9 at named steps: nothing lost, nothing twice, every history whole."""

from __future__ import annotations

import itertools
import json
import multiprocessing
import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection
from store_worker import reading, walk

from store.database import Database
from store.files import Files
from store.states import State, allowed
from store.store import Store

pytestmark = pytest.mark.slow
KILLS = 30  # on each database
STEPS = ("before begin", "before commit", "after commit", "before rename", "after rename", "before mark")
FORK = multiprocessing.get_context("fork")
LEASE = 60.0

Reach = Callable[[str], None]


class KilledDatabase(Database):
    """A database whose process may die around every transaction."""

    def __init__(self, url: str, reach: Reach) -> None:
        super().__init__(url)
        self._reach = reach

    @contextmanager
    def write(self) -> Iterator[Connection]:
        self._reach("before begin")
        with super().write() as connection:
            yield connection
            self._reach("before commit")
        self._reach("after commit")


class KilledFiles(Files):
    """Files whose process may die around every rename."""

    def __init__(self, folder: Path, reach: Reach) -> None:
        super().__init__(folder)
        self._reach = reach

    def _rename(self, beside: Path, path: Path) -> None:
        self._reach("before rename")
        super()._rename(beside, path)
        self._reach("after rename")


def _killer(step: str, count: int) -> Reach:
    """Kill this process, without any clean-up, when it reaches `step` for the `count`-th time."""
    reached = itertools.count(1)

    def reach(name: str) -> None:
        if name == step and next(reached) == count:
            os.kill(os.getpid(), signal.SIGKILL)

    return reach


def _content(number: int) -> bytes:
    return b"document %d" % number


def _live(url: str, folder: Path, life: int, reach: Reach, known: int) -> None:
    """One life of a service: take in, process, export. Each life is two leases after the one before."""
    clock = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=2 * LEASE * life)
    store = Store(KilledDatabase(url, reach), KilledFiles(folder / "files", reach), lambda: clock)
    for number in range(known):
        store.add_document(_content(number), f"{number}.pdf", f"/in/{number}.pdf")
    while claims := store.claim(f"life-{life}", limit=3, seconds=LEASE):
        for claim in claims:
            walk(store, claim)
    _export(store, folder, reach)


def _export(store: Store, folder: Path, reach: Reach) -> None:
    """Write the window to a file named after its start, so that a window written again replaces itself."""
    window = store.export_window("jsonl")
    lines = [json.dumps([record.document.sha256, record.sequence]) + "\n" for record in store.changed_since(window)]
    if lines:
        beside = folder / "beside"
        beside.write_text("".join(lines))
        beside.rename(folder / f"{window.since}.jsonl")
    reach("before mark")
    store.mark_exported("jsonl", window.until)


def _in_child(*arguments: object) -> int:
    process = FORK.Process(target=_live, args=arguments)
    process.start()
    process.join(60)
    assert process.exitcode is not None
    return process.exitcode


def test_sigkill_at_every_step_loses_nothing_and_repeats_nothing(url: str, tmp_path: Path) -> None:
    """A service killed at thirty named steps ends with every document once: one record, one export, one history."""
    Store.open(url, tmp_path / "files").close()
    chance = random.Random(2026)
    killed: Counter[str] = Counter()
    known, life = 0, 0
    while killed.total() < KILLS:
        step = STEPS[life % len(STEPS)]
        count = 1 if step == "before mark" else chance.randint(1, 14)
        known, life = known + 2, life + 1
        code = _in_child(url, tmp_path, life, _killer(step, count), known)
        assert code in (0, -signal.SIGKILL)
        killed[step] += code != 0
    assert set(killed) == set(STEPS) and min(killed.values()) > 0
    assert _in_child(url, tmp_path, life + 1, _killer("never", 1), known) == 0

    store = Store.open(url, tmp_path / "files")
    assert store.counts() == {State.EXPORTED: known}
    for document in store.documents():
        assert store.files.verify(document.sha256)
        assert store.extractions(document.sha256) == [reading(document.sha256)]
        assert len(store.aliases(document.sha256)) == 1
        _check_history(store, document.sha256, document.version)
    written = Counter(json.loads(text)[0] for path in tmp_path.glob("*.jsonl") for text in path.open())
    assert len(written) == known and set(written.values()) == {1}
    assert list((tmp_path / "files").rglob("*.json.gz"))


def _check_history(store: Store, sha256: str, version: int) -> None:
    history = store.history(sha256)
    assert [step.version for step in history] == list(range(1, version + 1))
    assert [step.to_state for step in history] == [
        State.RECEIVED, State.PARSED, State.EXTRACTED, State.ACCEPTED, State.EXPORTED,
    ]  # fmt: skip
    for before, after in itertools.pairwise(history):
        assert after.from_state is before.to_state and before.at <= after.at
        assert allowed(before.to_state, after.to_state)
