"""Connections: waiting for a turn, and saying plainly what is down."""

from __future__ import annotations

import pickle
import sqlite3
import threading
import time
import uuid
from pathlib import Path

import pytest
from private_postgresql import on_server
from sqlalchemy import insert, make_url, text

from schemas.errors import Reason, SettingsError, Unavailable
from store.database import Database
from store.instants import utc_now
from store.store import Store
from store.tables import BatchRow


def test_sqlite_keeps_what_it_acknowledges(tmp_path: Path) -> None:
    """A SQLite store uses a write-ahead log, flushes every commit to the disk, and checks references."""
    store = Store.open(f"sqlite:///{tmp_path}/new/folder/d.db", tmp_path / "files")
    with store.database.read() as connection:
        settings = [connection.execute(text(f"PRAGMA {name}")).scalar() for name in (
            "journal_mode", "synchronous", "foreign_keys")]  # fmt: skip
    assert settings == ["wal", 2, 1]


def test_a_writer_waits_for_another_one(tmp_path: Path) -> None:
    """While another program holds the file, a write waits its turn and then succeeds."""
    store = Store.open(f"sqlite:///{tmp_path}/d.db", tmp_path / "files")
    other = sqlite3.connect(tmp_path / "d.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    done: list[str] = []
    writer = threading.Thread(target=lambda: done.append(store.start_batch("waiting")))
    writer.start()
    time.sleep(0.5)
    assert done == []
    other.execute("COMMIT")
    writer.join(20)
    assert len(done) == 1


def test_a_block_that_raises_keeps_nothing(store: Store, clock) -> None:
    """What was written in a block that fails is gone."""
    with pytest.raises(RuntimeError), store.database.write() as connection:
        connection.execute(insert(BatchRow).values(id="1", label="half", started_at=clock.now))
        raise RuntimeError
    assert store.batches() == []


def test_a_full_disk_has_its_own_reason(tmp_path: Path) -> None:
    """When the database cannot grow, the error is disk_full and says that nothing is lost."""
    store = Store.open(f"sqlite:///{tmp_path}/d.db", tmp_path / "files")
    with pytest.raises(Unavailable) as caught, store.database.write() as connection:
        connection.execute(text("PRAGMA max_page_count = 1"))
        for n in range(2000):
            connection.execute(
                text("INSERT INTO batches VALUES (:id, :label, 0, NULL, NULL)"), {"id": n, "label": "x" * 999}
            )
    assert caught.value.reason is Reason.DISK_FULL
    assert store.batches() == []


def test_an_unreachable_database_says_which_and_hides_the_password(tmp_path: Path) -> None:
    """A server that does not answer is database_unavailable; the message has its address without the password."""
    pytest.importorskip("psycopg")
    database = Database(f"postgresql://me:geheim@/db?host={tmp_path}")
    with pytest.raises(Unavailable) as caught, database.read():
        pass
    assert caught.value.reason is Reason.DATABASE_UNAVAILABLE
    assert str(tmp_path) in str(caught.value) and "geheim" not in str(caught.value) + repr(database)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """A text file in the place of the database is an error in plain words, and stays as it is."""
    path = tmp_path / "d.db"
    path.write_text("Dear diary, " * 500)
    with pytest.raises(Unavailable, match="not a database"):
        Store.open(f"sqlite:///{path}", tmp_path / "files")
    assert path.read_text().startswith("Dear diary")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A database below something that is no folder is database_unavailable, with its address."""
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(Unavailable, match=r"file/d\.db") as caught:
        Store.open(f"sqlite:///{tmp_path}/file/d.db", tmp_path / "files")
    assert caught.value.reason is Reason.DATABASE_UNAVAILABLE


@pytest.mark.parametrize("url", ["mysql://host/db", "documents.db", "sqlite://", "sqlite:///:memory:", ""])
def test_other_addresses_are_refused_with_an_example(url: str) -> None:
    """An address that is neither a SQLite file nor PostgreSQL is an error that shows how to write one."""
    with pytest.raises(SettingsError, match="sqlite:///"):
        Database(url)


def test_times_must_be_aware(store: Store, clock) -> None:
    """A naive datetime never reaches the database."""
    with pytest.raises(Exception, match="no time zone"):
        list(store.documents(since=clock.now.replace(tzinfo=None)))


def test_a_restarted_server_is_found_again(postgresql: str, tmp_path: Path) -> None:
    """A connection that the server dropped costs the transaction it was in, with nothing kept; the next one works."""
    name = f"restart_{uuid.uuid4().hex[:8]}"
    on_server(postgresql, f"CREATE DATABASE {name}")
    store = Store.open(make_url(postgresql).set(database=name).render_as_string(), tmp_path / "files")
    drop_all = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    on_server(postgresql, drop_all)
    kept = store.start_batch("after an idle connection was dropped")
    with pytest.raises(Unavailable) as caught, store.database.write() as connection:
        connection.execute(insert(BatchRow).values(id="1", label="half", started_at=utc_now()))
        on_server(postgresql, drop_all)
        connection.execute(text("SELECT 1"))
    assert caught.value.reason is Reason.DATABASE_UNAVAILABLE
    assert [batch.id for batch in store.batches()] == [kept]
    store.close()
    on_server(postgresql, f"DROP DATABASE {name}")
