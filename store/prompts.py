"""Prompts: versions of templates that never change, aliases that point to them, and who moved those, when and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, delete, insert, select

from schemas.errors import InvalidValue
from store.database import Database
from store.instants import utc_now
from store.prompt_tables import PromptAliasRow, PromptMoveRow, PromptRow, PromptUseRow

Act = Literal["activate", "rollback"]
SHORTEST = 4  # hex digits of a version that a person may give


@dataclass(frozen=True, slots=True)
class StoredPrompt:
    """One version of a template."""

    version: str
    text: str
    at: datetime
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class PromptUse:
    """What a prompt version that was sent was made of."""

    version: str
    template: str
    schema_name: str
    schema_version: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PromptMove:
    """One move of an alias; None stands for the built-in template."""

    alias: str
    schema_name: str  # "": for all schemas that have none of their own
    act: Act
    old: str | None
    new: str | None
    at: datetime
    who: str
    why: str


class StoredPrompts:
    """The prompts of a store whose tables are up to date. Every method raises Unavailable as the store does."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    def add(self, version: str, text: str, who: str, why: str) -> bool:
        """Keep a version for good; return whether it is new. What is kept under a version stays as it is."""
        with self._database.write() as connection:
            return self._add(connection, version, text, who, why)

    def note_use(self, version: str, template: str, text: str, schema_name: str, schema_version: str) -> None:
        """Keep what a prompt version was made of, at its first use."""
        with self._database.write() as connection:
            self._add(connection, template, text, "docassay", "used")
            if connection.execute(select(PromptUseRow.at).where(PromptUseRow.version == version)).first() is None:
                row = {"version": version, "template": template, "schema_name": schema_name}
                connection.execute(insert(PromptUseRow), {**row, "schema_version": schema_version, "at": self._now()})

    def versions(self) -> Sequence[StoredPrompt]:
        """Return all versions, oldest first."""
        table = PromptRow
        query = select(table.version, table.text, table.at, table.who, table.why).order_by(table.at, table.version)
        with self._database.read() as connection:
            return [StoredPrompt(*row) for row in connection.execute(query)]

    def uses(self, template: str) -> Sequence[PromptUse]:
        """Return the prompt versions that a template made with schemas, oldest first."""
        table = PromptUseRow
        columns = (table.version, table.template, table.schema_name, table.schema_version, table.at)
        query = select(*columns).where(table.template == template).order_by(table.at, table.version)
        with self._database.read() as connection:
            return [PromptUse(*row) for row in connection.execute(query)]

    def find(self, text: str) -> StoredPrompt:
        """Return the version that begins with `text`, of a template or of a prompt made with it.

        Raises:
            InvalidValue: there is none, or several.
        """
        if len(text) < SHORTEST or text.strip("0123456789abcdef"):
            raise InvalidValue(f"{text!r} is no version: give at least {SHORTEST} of its hex digits.")
        with self._database.read() as connection:
            used = select(PromptUseRow.template).where(PromptUseRow.version.startswith(text))
            table = PromptRow
            query = select(table.version, table.text, table.at, table.who, table.why).where(
                table.version.startswith(text) | table.version.in_(used)
            )
            found = [StoredPrompt(*row) for row in connection.execute(query)]
        if len(found) != 1:
            said = "No prompt has" if not found else f"{len(found)} prompts have"
            raise InvalidValue(f"{said} a version that begins with {text}. See: docassay prompts list")
        return found[0]

    def active(self, alias: str, schema_name: str) -> str | None:
        """Return the version in force for a schema: its own, else the one for all; None is the built-in one."""
        with self._database.read() as connection:
            return _version(connection, alias, schema_name) or _version(connection, alias, "")

    def active_text(self, alias: str, schema_name: str) -> str | None:
        """Return the text of the version in force for a schema; None when nobody chose one."""
        with self._database.read() as connection:
            version = _version(connection, alias, schema_name) or _version(connection, alias, "")
            query = select(PromptRow.text).where(PromptRow.version == version)
            return connection.execute(query).scalar_one() if version else None

    def moves(self, alias: str | None = None) -> Sequence[PromptMove]:
        """Return the moves of an alias, or of all, oldest first."""
        with self._database.read() as connection:
            return _moves(connection, alias, None)

    def activate(self, alias: str, schema_name: str, version: str, who: str, why: str) -> PromptMove:
        """Let an alias stand for `version` (in full), and return the move; raises InvalidValue if it does already."""
        with self._database.write() as connection:
            old = _version(connection, alias, schema_name)
            if old == version:
                raise InvalidValue(f"{version[:12]} is in force already.")
            return self._move(
                connection, PromptMove(alias, schema_name, "activate", old, version, self._now(), who, why)
            )

    def rollback(self, alias: str, schema_name: str, who: str, why: str) -> PromptMove:
        """Let an alias stand for what it stood for before the last activation that was not taken back.

        Raises:
            InvalidValue: it has none.
        """
        with self._database.write() as connection:
            standing: list[str | None] = []
            for move in _moves(connection, alias, schema_name):
                if move.act == "activate":
                    standing.append(move.old)
                else:
                    standing.pop()
            if not standing:
                raise InvalidValue(f"There is nothing to roll {alias} back to: the built-in prompt is in force.")
            old = _version(connection, alias, schema_name)
            move = PromptMove(alias, schema_name, "rollback", old, standing[-1], self._now(), who, why)
            return self._move(connection, move)

    def _add(self, connection: Connection, version: str, text: str, who: str, why: str) -> bool:
        if connection.execute(select(PromptRow.at).where(PromptRow.version == version)).first() is not None:
            return False
        row = {"version": version, "text": text, "at": self._now(), "who": who, "why": why}
        connection.execute(insert(PromptRow), row)
        return True

    def _move(self, connection: Connection, move: PromptMove) -> PromptMove:
        table = PromptAliasRow
        here = (table.alias == move.alias) & (table.schema_name == move.schema_name)
        connection.execute(delete(table).where(here))
        if move.new is not None:
            row = {"alias": move.alias, "schema_name": move.schema_name, "version": move.new}
            connection.execute(insert(table), row)
        row = {"alias": move.alias, "schema_name": move.schema_name, "act": move.act, "who": move.who, "why": move.why}
        connection.execute(insert(PromptMoveRow), {**row, "old": move.old, "new": move.new, "at": move.at})
        return move


def _version(connection: Connection, alias: str, schema_name: str) -> str | None:
    table = PromptAliasRow
    query = select(table.version).where(table.alias == alias, table.schema_name == schema_name)
    return connection.execute(query).scalar_one_or_none()


def _moves(connection: Connection, alias: str | None, schema_name: str | None) -> list[PromptMove]:
    table = PromptMoveRow
    columns = (table.alias, table.schema_name, table.act, table.old, table.new, table.at, table.who, table.why)
    query = select(*columns).order_by(table.id)
    if alias is not None:
        query = query.where(table.alias == alias)
    if schema_name is not None:
        query = query.where(table.schema_name == schema_name)
    return [PromptMove(*row) for row in connection.execute(query)]
