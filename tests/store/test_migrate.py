"""Tables made and changed by migrations, on both databases."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

import store as room
from schemas.errors import Reason, Unavailable
from store import migrate
from store.database import Database
from store.store import Store
from store.tables import Base


class StopsBeforeCommit(Database):
    """A database whose process dies just before a commit, as seen from outside."""

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with super().write() as connection:
            yield connection
            raise KeyboardInterrupt


def test_migrations_make_the_tables_of_the_models(store: Store) -> None:
    """The migrations lead exactly to the tables that the code works with."""
    with store.database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_head_is_the_newest_migration() -> None:
    """The constant that ordinary starts compare with is the newest migration, and there is one line of them."""
    config = Config()
    config.set_main_option("script_location", str(Path(room.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [migrate.HEAD]


def test_a_second_start_changes_nothing(store: Store) -> None:
    """Opening an up-to-date database does not migrate, and keeps what is there."""
    sha256, _ = store.add_document(b"x", "x.pdf")
    assert store.upgrade() is False
    assert store.document(sha256).name == "x.pdf"


def test_a_newer_database_is_refused(store: Store, url: str, tmp_path: Path) -> None:
    """A database of a newer version is not touched, and the message says what to do."""
    with store.database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Unavailable, match="newer Docassay") as caught:
        Store.open(url, tmp_path / "files")
    assert caught.value.reason is Reason.DATABASE_UNAVAILABLE


def test_an_interrupted_upgrade_leaves_no_trace(url: str, tmp_path: Path) -> None:
    """When the process dies in a migration, the next start finds the old tables and finishes."""
    database = StopsBeforeCommit(url)
    with pytest.raises(KeyboardInterrupt):
        migrate.upgrade(database)
    with database.read() as connection:
        assert inspect(connection).get_table_names() == []
    assert Store.open(url, tmp_path / "files").counts() == {}


def test_many_processes_may_start_at_once(url: str) -> None:
    """Of several processes that open a new database at the same moment one makes the tables, and all go on."""
    context = multiprocessing.get_context("fork")
    barrier, answers = context.Barrier(5), context.Queue()
    processes = [context.Process(target=_upgrade, args=(url, barrier, answers)) for _ in range(5)]
    for process in processes:
        process.start()
    assert sorted(answers.get(timeout=60) for _ in processes) == ["False"] * 4 + ["True"]
    for process in processes:
        process.join(20)


def _upgrade(url: str, barrier, answers) -> None:
    database = Database(url)
    barrier.wait()
    try:
        answers.put(str(migrate.upgrade(database)))
    except Exception as error:
        answers.put(repr(error))
        raise
