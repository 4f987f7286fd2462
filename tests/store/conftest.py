"""A store on each database, with a clock that tests move."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))  # for store_worker, which child processes import too

from store.store import Store


class Clock:
    """A clock that stands until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(url: str, tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """A store with empty tables and a clock that the test moves."""
    store = Store.open(url, tmp_path / "files", clock)
    yield store
    store.close()


@pytest.fixture
def open_store(url: str, tmp_path: Path) -> Callable[[], Store]:
    """Opens further stores on the same database and folder, with the real clock."""
    return lambda: Store.open(url, tmp_path / "files")
