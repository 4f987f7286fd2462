"""Tokens by which programs use the REST interface: named, scoped, ending, and kept as hashes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update

from schemas.errors import Conflict, InvalidValue
from store.database import Database
from store.instants import utc_now
from store.people import note, plain_name
from store.people_tables import TokenRow
from store.sessions import SEEN_STEP, digest, new_secret

PREFIX = "docassay_"  # so that a scanner for leaked secrets can know one


@dataclass(frozen=True, slots=True)
class Token:
    """One token, without its secret."""

    name: str
    scopes: tuple[str, ...]  # permissions
    queues: tuple[str, ...]  # names of schemas; "*": all
    made_by: str
    made_at: datetime
    ends_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


class Tokens:
    """The tokens of a store whose tables are up to date. Every method raises Unavailable as the store does."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    def add(self, name: str, scopes: Sequence[str], queues: Sequence[str], lasts: timedelta, who: str) -> str:
        """Make a token and return its secret, which is nowhere kept.

        Raises:
            InvalidValue: the name cannot be one, or there is no scope or queue.
            Conflict: there is one of this name, in use or not.
        """
        name, secret, now = plain_name(name), PREFIX + new_secret(), self._now()
        if not scopes or not queues or lasts <= timedelta():
            raise InvalidValue("A token needs at least one scope, at least one queue, and time to live.")
        row = {"scopes": " ".join(scopes), "queues": " ".join(queues), "made_by": who, "made_at": now}
        with self._database.write() as connection:
            if connection.execute(select(TokenRow.name).where(TokenRow.name == name)).first():
                raise Conflict(f"There is or was a token called {name}. Give it another name.")
            rest = {"used_at": None, "revoked_at": None, "ends_at": now + lasts}
            connection.execute(insert(TokenRow), {"name": name, "digest": digest(secret), **row, **rest})
            note(connection, now, who, "token", name, f"{row['scopes']} in {row['queues']}")
        return secret

    def find(self, secret: str) -> Token | None:
        """Return the token of this secret if it may be used now."""
        now = self._now()
        with self._database.read() as connection:
            row = connection.execute(select(*_COLUMNS).where(TokenRow.digest == digest(secret))).one_or_none()
        if row is None or row.revoked_at is not None or row.ends_at <= now:
            return None
        if row.used_at is None or now - row.used_at > SEEN_STEP:
            with self._database.write() as connection:
                connection.execute(update(TokenRow).where(TokenRow.name == row.name).values(used_at=now))
        return _token(row)

    def all(self) -> Sequence[Token]:
        """Return all tokens by name, those that ended or were revoked too."""
        with self._database.read() as connection:
            return [_token(row) for row in connection.execute(select(*_COLUMNS).order_by(TokenRow.name))]

    def revoke(self, name: str, who: str) -> None:
        """End a token at once; raises InvalidValue when there is none in use."""
        here = (TokenRow.name == plain_name(name), TokenRow.revoked_at.is_(None))
        with self._database.write() as connection:
            if connection.execute(update(TokenRow).where(*here).values(revoked_at=self._now())).rowcount != 1:
                raise InvalidValue(f"There is no token {name} in use. See: docassay token list")
            note(connection, self._now(), who, "revoke", plain_name(name))


_COLUMNS = (
    TokenRow.name,
    TokenRow.scopes,
    TokenRow.queues,
    TokenRow.made_by,
    TokenRow.made_at,
    TokenRow.ends_at,
    TokenRow.used_at,
    TokenRow.revoked_at,
)


def _token(row: Row[Any]) -> Token:
    return Token(
        name=row.name,
        scopes=tuple(row.scopes.split()),
        queues=tuple(row.queues.split()),
        made_by=row.made_by,
        made_at=row.made_at,
        ends_at=row.ends_at,
        used_at=row.used_at,
        revoked_at=row.revoked_at,
    )
