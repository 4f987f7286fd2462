"""The connection to SQLite or PostgreSQL: transactions that keep what they say, and errors in plain words."""

from __future__ import annotations

import errno
import os
import sqlite3
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DataError, IntegrityError, InterfaceError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from schemas.errors import Reason, SettingsError, Unavailable

BUSY_SECONDS = 60.0  # how long a writer waits for another one on SQLite before it gives up
_WRITE = "docassay_write"


class Database:
    """One database. `read` and `write` give a connection inside a transaction that ends with the block.

    On SQLite a writing transaction starts with BEGIN IMMEDIATE: it waits for its turn there, and cannot fail halfway
    because a read has to become a write. Every commit is on disk before it returns (synchronous=FULL).
    """

    def __init__(self, url: str) -> None:
        """Open `url` ("sqlite:///folder/file", "postgresql://user@host/name"); connects at the first use.

        Raises:
            SettingsError: the address is none, or its driver is not installed.
        """
        self.url = _with_driver(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._engine = _engine(self.url, self.is_sqlite)
        self._writer = self._engine.execution_options(**{_WRITE: True})
        _forget_connections_after_fork(self._engine)

    def __repr__(self) -> str:
        return f"Database({self.shown!r})"

    @property
    def shown(self) -> str:
        """The address without its password."""
        return self.url.render_as_string(hide_password=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection whose statements see one state of the database on SQLite, committed data on PostgreSQL.

        Raises:
            Unavailable: the database cannot be reached or read.
        """
        with self._plain_errors(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection whose changes are kept together when the block ends, and dropped when it raises.

        Raises:
            Unavailable: the database cannot be reached, stays locked, or its disk is full; nothing was kept.
        """
        with self._plain_errors(), self._writer.begin() as connection:
            yield connection

    def use_write_ahead_log(self) -> None:
        """Switch a SQLite file to WAL, once for good; readers and the one writer then do not wait for each other.

        SQLite says "locked" here at once when two processes do it together, whatever its busy timeout: we ask again.

        Raises:
            Unavailable: as for `write`.
        """
        end = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                with self._plain_errors(), closing(self._engine.raw_connection()) as connection:
                    connection.cursor().execute("PRAGMA journal_mode = WAL")
                    return
            except sqlite3.DatabaseError as error:
                if "locked" not in str(error) or time.monotonic() > end:
                    raise _unavailable(error, self.shown) from error
            time.sleep(0.02)

    def make_folder(self) -> None:
        """Create the folder that a SQLite file will lie in; raises Unavailable."""
        if not self.is_sqlite or not self.url.database:
            return
        try:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unavailable(error, self.shown) from error

    def close(self) -> None:
        """Close the pooled connections; a later use opens new ones."""
        self._engine.dispose()

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except (DataError, IntegrityError, ProgrammingError):
            raise  # a mistake of ours, to be seen as such
        except (DatabaseError, InterfaceError, PoolTimeout) as error:
            raise _unavailable(error, self.shown) from error


def disk_full(error: OSError) -> bool:
    """Return whether `error` says that there is no room (or no quota) left."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def _with_driver(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SettingsError(
            f"{url!r} is no database address. Write sqlite:///folder/docassay.db or postgresql://user@host/name."
        ) from None
    backend = parsed.get_backend_name()
    if backend == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return parsed
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    raise SettingsError(
        f"{parsed.render_as_string()} is not supported: documents are kept in a SQLite file (sqlite:///folder/file) "
        "or in PostgreSQL (postgresql://user@host/name)."
    )


def _engine(url: URL, is_sqlite: bool) -> Engine:
    if is_sqlite:
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, pool_timeout=120)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10}, pool_timeout=120)
    except ModuleNotFoundError:
        raise SettingsError("PostgreSQL needs its driver. Install it with: pip install 'docassay[postgres]'") from None


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not start transactions by itself: it would do so late, and never IMMEDIATE.
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _forget_connections_after_fork(engine: Engine) -> None:
    """Two processes on one connection corrupt each other's answers: a forked child starts with none."""
    reference = weakref.ref(engine)

    def forget() -> None:
        living = reference()
        if living is not None:
            living.dispose(close=False)

    register: Callable[..., None] | None = getattr(os, "register_at_fork", None)  # absent on Windows
    if register is not None:
        register(after_in_child=forget)


def _unavailable(error: Exception, shown: str) -> Unavailable:
    cause = str(getattr(error, "orig", None) or error).strip().splitlines()
    said = cause[0] if cause else type(error).__name__
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    if "disk is full" in said or state == "53100" or (isinstance(error, OSError) and disk_full(error)):
        return Unavailable(
            Reason.DISK_FULL,
            f"The disk of the database {shown} is full. Make room there and start again; nothing is lost.",
        )
    return Unavailable(
        Reason.DATABASE_UNAVAILABLE,
        f"The database {shown} does not answer ({said}). Check that it runs and that this user may write to it, "
        "then start again; nothing is lost.",
    )
