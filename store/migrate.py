"""Bringing a database to the tables of this version, under a lock and all or nothing."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from schemas.errors import Reason, Unavailable
from store import (  # noqa: F401 - loaded tables are known
    confidence_tables,
    desk_tables,
    layout_tables,
    ledger_tables,
    people_tables,
    prompt_tables,
    safety_tables,
    trace_tables,
    webhook_tables,
)
from store.database import Database

HEAD = "0012"  # the newest file in migrations/versions; a constant, so that an ordinary start need not load Alembic
_LOCK = 0x646F6361  # our number among PostgreSQL's advisory locks


def upgrade(database: Database) -> bool:
    """Create or change the tables of `database`; return whether anything was done.

    Several processes may call it at once: one works, the others wait and find it done. The whole change is one
    transaction on both databases, so that an interruption leaves the old tables.

    Raises:
        Unavailable: the database cannot be reached, or was written by a newer Docassay.
    """
    database.make_folder()
    if database.is_sqlite:
        database.use_write_ahead_log()
    with database.read() as connection:
        if current(connection) == HEAD:
            return False
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        revision = current(connection)
        if revision == HEAD:
            return False
        _run(connection, revision, database.shown)
    return True


def current(connection: Connection) -> str | None:
    """Return the revision that the tables are at; None for a database without ours."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _run(connection: Connection, revision: str | None, shown: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise _newer(shown, revision)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _newer(shown: str, revision: str) -> Unavailable:
    return Unavailable(
        Reason.DATABASE_UNAVAILABLE,
        f"The database {shown} was written by a newer Docassay (its tables are at {revision}, this version knows "
        f"{HEAD}). Install that version again, or use a copy from before the update; nothing was changed.",
    )
