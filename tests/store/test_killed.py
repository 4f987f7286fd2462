"""kill -9 at named steps: nothing lost, nothing twice, every history whole."""

from __future__ import annotations

import itertools
import json
import multiprocessing
import random
import signal
from collections import Counter
from pathlib import Path

import pytest
from killed_worker import Killer, live
from store_worker import reading

from store.states import State, allowed
from store.store import Store

pytestmark = pytest.mark.slow
KILLS = 30  # on each database
STEPS = ("before begin", "before commit", "after commit", "before rename", "after rename", "before mark")
CLEAN = multiprocessing.get_context("forkserver")  # other tests leave threads behind, which no fork survives


def _in_child(*arguments: object) -> int:
    process = CLEAN.Process(target=live, args=arguments)
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
        code = _in_child(url, tmp_path, life, Killer(step, count), known)
        assert code in (0, -signal.SIGKILL)
        killed[step] += code != 0
    assert set(killed) == set(STEPS) and min(killed.values()) > 0
    assert _in_child(url, tmp_path, life + 1, Killer("never", 1), known) == 0

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
