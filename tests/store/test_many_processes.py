"""Many processes on one store: no document is worked on twice, and no change is passed over."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from store_worker import walk

from store.documents import insert_if_absent
from store.instants import utc_now
from store.states import State
from store.store import Store
from store.tables import DocumentRow

pytestmark = pytest.mark.slow
FORK = multiprocessing.get_context("fork")


def _together(count: int, work: Callable[..., Any], *arguments: Any) -> list[Any]:
    """Run `work` in several processes that start at the same moment; return their answers."""
    barrier, answers = FORK.Barrier(count), FORK.Queue()
    processes = [FORK.Process(target=_answer, args=(barrier, answers, work, n, arguments)) for n in range(count)]
    for process in processes:
        process.start()
    found = [answers.get(timeout=120) for _ in processes]
    for process in processes:
        process.join(30)
    errors = [answer for answer in found if isinstance(answer, Exception)]
    assert errors == []
    return found


def _answer(barrier: Any, answers: Any, work: Callable[..., Any], number: int, arguments: Any) -> None:
    barrier.wait()
    try:
        answers.put(work(number, *arguments))
    except Exception as error:  # noqa: BLE001 - the test shows it
        answers.put(error)


def _claim_all(number: int, store: Store) -> list[str]:
    mine: list[str] = []
    while claims := store.claim(f"worker-{number}", limit=5, seconds=600):
        mine += [claim.document for claim in claims]
    return mine


def _add_same(number: int, store: Store) -> int:
    return sum(store.add_document(b"%d" % n, f"{number}-{n}.pdf")[1] for n in range(20))


def _walk_all(number: int, store: Store) -> int:
    done = 0
    while claims := store.claim(f"worker-{number}", limit=2, seconds=600):
        for claim in claims:
            walk(store, claim)
            done += 1
    return done


def _many(store: Store, count: int) -> None:
    with store.database.write() as connection:
        for n in range(count):
            values = {"state": State.RECEIVED, "version": 1, "attempts": 0, "record": 0, "change": 0, "lease_token": 0}
            insert_if_absent(
                connection,
                DocumentRow.__table__,
                sha256=f"{n:064x}",
                name=f"{n}.pdf",
                size=1,
                created_at=utc_now(),
                updated_at=utc_now(),
                **values,
            )


def test_no_document_is_claimed_twice(open_store: Callable[[], Store]) -> None:
    """Eight processes that claim five hundred documents get every one, each once."""
    store = open_store()
    _many(store, 500)
    claimed = Counter(document for mine in _together(8, _claim_all, store) for document in mine)
    assert len(claimed) == 500
    assert set(claimed.values()) == {1}


def test_the_same_content_from_many_processes_is_one_document(open_store: Callable[[], Store]) -> None:
    """Processes that add the same contents at once make one document of each, with every name."""
    store = open_store()
    assert sum(_together(6, _add_same, store)) == 20
    assert store.counts() == {State.RECEIVED: 20}
    assert all(len(store.aliases(document.sha256)) == 6 for document in store.documents())


def test_an_export_during_the_work_passes_nothing_over(open_store: Callable[[], Store]) -> None:
    """A target that is written again and again while four processes finish documents has each of them, once."""
    store = open_store()
    for n in range(120):
        store.add_document(b"%d" % n, f"{n}.pdf")
    written: list[str] = []
    workers = [FORK.Process(target=_walk_all, args=(n, store)) for n in range(4)]
    for worker in workers:
        worker.start()
    working = True
    while working:
        working = any(worker.is_alive() for worker in workers)
        window = store.export_window("csv")
        written += [record.document.sha256 for record in store.changed_since(window)]
        store.mark_exported("csv", window.until)
    assert store.counts() == {State.EXPORTED: 120}
    assert Counter(Counter(written).values()) == {1: 120}
