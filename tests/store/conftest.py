"""A store on each database, with a clock that tests move."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))  # for store_worker, which child processes import too

from store_worker import Clock

from store.store import Store


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
