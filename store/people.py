"""Accounts: who there is, what each may do in which queue, and what happened to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from schemas.errors import Conflict, InvalidValue
from store.database import Database
from store.instants import utc_now
from store.people_tables import GrantRow, LinkRow, PeopleEventRow, PersonRow, SessionRow

EVERY_QUEUE = "*"
_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """A role in a queue."""

    role: str
    queue: str = EVERY_QUEUE  # name of a schema; "*": all


@dataclass(frozen=True, slots=True)
class Account:
    """One person."""

    name: str
    grants: tuple[Grant, ...]
    disabled: bool
    has_password: bool
    subject: str | None  # at an identity provider
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PeopleEvent:
    """Something that happened to an account or a token."""

    at: datetime
    who: str
    act: str
    about: str
    detail: str


class People:
    """The accounts of a store whose tables are up to date. Every method raises Unavailable as the store does.

    Methods that change something take `who` does it, for the history, and raise InvalidValue when there is no such
    person.
    """

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    def nobody(self) -> bool:
        """Return whether there is no account yet."""
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(PersonRow)).scalar_one() == 0

    def accounts(self) -> Sequence[Account]:
        """Return all accounts by name."""
        with self._database.read() as connection:
            names = connection.execute(select(PersonRow.name).order_by(PersonRow.name)).scalars().all()
            return [account(connection, name) for name in names]

    def account(self, name: str) -> Account:
        """Return one account; raises InvalidValue."""
        with self._database.read() as connection:
            return account(connection, plain_name(name))

    def by_subject(self, subject: str) -> Account | None:
        """Return the account of somebody that an identity provider names so; None: there is none."""
        with self._database.read() as connection:
            name = connection.execute(select(PersonRow.name).where(PersonRow.subject == subject)).scalar()
            return account(connection, name) if name else None

    def add(self, name: str, grants: Iterable[Grant], who: str, subject: str | None = None) -> Account:
        """Make an account without a password.

        Raises:
            InvalidValue: the name cannot be one.
            Conflict: there is one of this name.
        """
        name = plain_name(name)
        with self._database.write() as connection:
            if connection.execute(select(PersonRow.name).where(PersonRow.name == name)).first():
                raise Conflict(f"There is a person called {name} already.")
            row = {"name": name, "password": None, "subject": subject, "disabled": False, "created_at": self._now()}
            connection.execute(insert(PersonRow), row)
            note(connection, self._now(), who, "add", name)
            self._grant(connection, name, tuple(grants), who)
            return account(connection, name)

    def set_grants(self, name: str, grants: Iterable[Grant], who: str) -> Account:
        """Let a person have these roles and no others; counts from their next click."""
        name = plain_name(name)
        with self._database.write() as connection:
            account(connection, name)
            connection.execute(delete(GrantRow).where(GrantRow.person == name))
            self._grant(connection, name, tuple(grants), who)
            return account(connection, name)

    def set_subject(self, name: str, subject: str, who: str) -> None:
        """Join an account with what an identity provider calls its person."""
        self._change(name, who, "join", subject, subject=subject)

    def set_disabled(self, name: str, disabled: bool, who: str) -> None:
        """Lock a person out, everywhere and at once, or let them in again."""
        self._change(name, who, "disable" if disabled else "enable", "", disabled=disabled)
        if disabled:
            with self._database.write() as connection:
                connection.execute(delete(SessionRow).where(SessionRow.person == plain_name(name)))
                connection.execute(delete(LinkRow).where(LinkRow.person == plain_name(name)))

    def set_password(self, name: str, hashed: str, who: str) -> None:
        """Keep the hash of a new password; ends all sessions and one-time links of that person."""
        name = plain_name(name)
        with self._database.write() as connection:
            account(connection, name)
            connection.execute(update(PersonRow).where(PersonRow.name == name).values(password=hashed))
            connection.execute(delete(SessionRow).where(SessionRow.person == name))
            connection.execute(delete(LinkRow).where(LinkRow.person == name))
            note(connection, self._now(), who, "password", name)

    def rehash(self, name: str, hashed: str) -> None:
        """Keep the same password under a stronger hash."""
        with self._database.write() as connection:
            connection.execute(update(PersonRow).where(PersonRow.name == name).values(password=hashed))

    def password_hash(self, name: str) -> str | None:
        """Return the hash of the password of a person who may sign in; None: no such person, or none to compare."""
        query = select(PersonRow.password).where(PersonRow.name == name, PersonRow.disabled.is_(False))
        with self._database.read() as connection:
            return connection.execute(query).scalar()

    def events(self, most: int = 200) -> Sequence[PeopleEvent]:
        """Return what happened to accounts and tokens, newest first."""
        table = PeopleEventRow
        query = select(table.at, table.who, table.act, table.about, table.detail).order_by(table.id.desc()).limit(most)
        with self._database.read() as connection:
            return [PeopleEvent(*row) for row in connection.execute(query)]

    def _grant(self, connection: Connection, name: str, grants: Sequence[Grant], who: str) -> None:
        for each in sorted(set(grants)):
            connection.execute(insert(GrantRow), {"person": name, "role": each.role, "queue": each.queue})
        said = ", ".join(f"{each.role}:{each.queue}" for each in sorted(set(grants))) or "none"
        note(connection, self._now(), who, "roles", name, said)

    def _change(self, name: str, who: str, act: str, detail: str, **columns: object) -> None:
        name = plain_name(name)
        with self._database.write() as connection:
            account(connection, name)
            connection.execute(update(PersonRow).where(PersonRow.name == name).values(**columns))
            note(connection, self._now(), who, act, name, detail)


def plain_name(name: str) -> str:
    """Return a name as it is kept: lower case, without blanks around it; raises InvalidValue."""
    plain = name.strip().lower()
    if not _NAME.fullmatch(plain):
        raise InvalidValue(
            "A name has up to 64 small letters, digits and . _ @ + -, and starts with a letter or digit."
        )
    return plain


def account(connection: Connection, name: str) -> Account:
    """Return one account, inside another transaction; raises InvalidValue."""
    row = connection.execute(_ONE, {"name": name}).one_or_none()
    if row is None:
        raise InvalidValue(f"There is no person called {name}. See: docassay user list")
    grants = tuple(Grant(*each) for each in connection.execute(_GRANTS, {"person": name}))
    return Account(row.name, grants, row.disabled, row.password is not None, row.subject, row.created_at)


def note(connection: Connection, now: datetime, who: str, act: str, about: str, detail: str = "") -> None:
    """Write down what happened, inside another transaction."""
    row = {"at": now, "who": who, "act": act, "about": about, "detail": detail}
    connection.execute(insert(PeopleEventRow), row)


_COLUMNS = (PersonRow.name, PersonRow.disabled, PersonRow.password, PersonRow.subject, PersonRow.created_at)
_ONE = select(*_COLUMNS).where(PersonRow.name == bindparam("name"))  # every request asks for somebody
_GRANTS = (
    select(GrantRow.role, GrantRow.queue)
    .where(GrantRow.person == bindparam("person"))
    .order_by(GrantRow.role, GrantRow.queue)
)
