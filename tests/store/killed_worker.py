"""A store whose process dies at named steps; children import it, so that they start from a clean process."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection
from store_worker import walk

from store.database import Database
from store.files import Files
from store.store import Store

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


class Killer:
    """Kills its process, without any clean-up, when it reaches `step` for the `count`-th time."""

    def __init__(self, step: str, count: int) -> None:
        self.step, self.left = step, count

    def __call__(self, name: str) -> None:
        if name == self.step:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def content(number: int) -> bytes:
    return b"document %d" % number


def live(url: str, folder: Path, life: int, reach: Reach, known: int) -> None:
    """One life of a service: take in, process, export. Each life is two leases after the one before."""
    clock = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=2 * LEASE * life)
    store = Store(KilledDatabase(url, reach), KilledFiles(folder / "files", reach), lambda: clock)
    for number in range(known):
        store.add_document(content(number), f"{number}.pdf", f"/in/{number}.pdf")
    while claims := store.claim(f"life-{life}", limit=3, seconds=LEASE):
        for claim in claims:
            walk(store, claim)
    export(store, folder, reach)


def export(store: Store, folder: Path, reach: Reach) -> None:
    """Write the window to a file named after its start, so that a window written again replaces itself."""
    window = store.export_window("jsonl")
    lines = [json.dumps([record.document.sha256, record.sequence]) + "\n" for record in store.changed_since(window)]
    if lines:
        beside = folder / "beside"
        beside.write_text("".join(lines))
        beside.rename(folder / f"{window.since}.jsonl")
    reach("before mark")
    store.mark_exported("jsonl", window.until)
