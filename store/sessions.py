"""Who is signed in where: sessions, one-time links, sign-ins under way, and how often signing in failed.

A secret is 256 random bits; only its SHA-256 is kept, so that a stolen database opens nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from store.database import Database
from store.instants import utc_now
from store.people import Account, account, note
from store.people_tables import FailureRow, FlowRow, LinkRow, SessionRow

LONGEST = timedelta(days=7)  # a session ends after so long, however busy it is
SEEN_STEP = timedelta(minutes=5)  # use of a session is written down at most so often
FIRST_WAIT = timedelta(seconds=15)  # doubles with each further failure
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN = timedelta(hours=24)  # failures longer ago no longer count
FLOW_LASTS = timedelta(minutes=10)
_ONE = select(SessionRow.person, SessionRow.started_at, SessionRow.seen_at, SessionRow.ends_at).where(
    SessionRow.digest == bindparam("digest")
)


@dataclass(frozen=True, slots=True)
class Session:
    """One browser in which somebody is signed in."""

    account: Account
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Flow:
    """A sign-in at an identity provider that is under way."""

    state: str
    nonce: str
    verifier: str
    next: str


class Sessions:
    """The sessions of a store whose tables are up to date. Every method raises Unavailable as the store does."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    def start(self, name: str, lasts: timedelta) -> str:
        """Sign a person in and return the secret for the cookie; it ends when unused for `lasts`, or after a week."""
        secret, now = new_secret(), self._now()
        row = {"digest": digest(secret), "person": name, "started_at": now, "seen_at": now, "ends_at": now + lasts}
        with self._database.write() as connection:
            connection.execute(delete(SessionRow).where(SessionRow.ends_at < now))
            connection.execute(insert(SessionRow), row)
            note(connection, now, name, "sign-in", name)
        return secret

    def find(self, secret: str, lasts: timedelta) -> Session | None:
        """Return whose session this is and put off its end; None when it is none, has ended, or its person is out."""
        now, key, table = self._now(), digest(secret), SessionRow
        with self._database.read() as connection:
            row = connection.execute(_ONE, {"digest": key}).one_or_none()
            found = account(connection, row.person) if row else None
        if row is None or found is None or found.disabled or now >= min(row.ends_at, row.started_at + LONGEST):
            return None
        ends_at = min(now + lasts, row.started_at + LONGEST)
        if now - row.seen_at > SEEN_STEP:
            with self._database.write() as connection:
                change = update(table).where(table.digest == key).values(seen_at=now, ends_at=ends_at)
                connection.execute(change)
            return Session(found, ends_at)
        return Session(found, min(row.ends_at, row.started_at + LONGEST))

    def end(self, secret: str) -> None:
        """Sign out."""
        with self._database.write() as connection:
            connection.execute(delete(SessionRow).where(SessionRow.digest == digest(secret)))

    def end_all(self, name: str) -> None:
        """Sign a person out everywhere."""
        with self._database.write() as connection:
            connection.execute(delete(SessionRow).where(SessionRow.person == name))

    def count(self, name: str) -> int:
        """Return in how many browsers a person is signed in."""
        here = (SessionRow.person == name, SessionRow.ends_at > self._now())
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(SessionRow).where(*here)).scalar_one()

    # --- one-time links ------------------------------------------------------------------------------------------

    def make_link(self, name: str, lasts: timedelta, who: str) -> str:
        """Return the secret of a new one-time link for a person; earlier ones of theirs end."""
        secret, now = new_secret(), self._now()
        with self._database.write() as connection:
            account(connection, name)
            connection.execute(delete(LinkRow).where(LinkRow.person == name))
            connection.execute(insert(LinkRow), {"digest": digest(secret), "person": name, "ends_at": now + lasts})
            note(connection, now, who, "link", name)
        return secret

    def link_of(self, secret: str) -> str | None:
        """Return whose one-time link this is without using it up; None: it is none, was used, or has ended."""
        here = (LinkRow.digest == digest(secret), LinkRow.ends_at > self._now())
        with self._database.read() as connection:
            return connection.execute(select(LinkRow.person).where(*here)).scalar()

    def use_link(self, secret: str) -> str | None:
        """Use a one-time link up and return whose it was; None as in `link_of`. Of two at once one gets it."""
        here = (LinkRow.digest == digest(secret), LinkRow.ends_at > self._now())
        with self._database.write() as connection:
            name = connection.execute(select(LinkRow.person).where(*here)).scalar()
            if name is None or connection.execute(delete(LinkRow).where(*here)).rowcount != 1:
                return None
            return name

    # --- sign-ins at an identity provider --------------------------------------------------------------------------

    def begin_flow(self, flow: Flow) -> str:
        """Keep what a sign-in under way needs and return the secret for the browser's cookie."""
        secret, now = new_secret(), self._now()
        row = {"state": flow.state, "nonce": flow.nonce, "verifier": flow.verifier, "next": flow.next}
        with self._database.write() as connection:
            connection.execute(delete(FlowRow).where(FlowRow.ends_at < now))
            connection.execute(insert(FlowRow), {"digest": digest(secret), "ends_at": now + FLOW_LASTS, **row})
        return secret

    def end_flow(self, secret: str) -> Flow | None:
        """Return what was kept and forget it; None: it was never there, was taken, or has ended."""
        table = FlowRow
        here = (table.digest == digest(secret), table.ends_at > self._now())
        with self._database.write() as connection:
            query = select(table.state, table.nonce, table.verifier, table.next).where(*here)
            row = connection.execute(query).one_or_none()
            if row is None or connection.execute(delete(table).where(*here)).rowcount != 1:
                return None
            return Flow(*row)

    # --- failed sign-ins -------------------------------------------------------------------------------------------

    def try_sign_in(self, free: Mapping[str, int]) -> timedelta | None:
        """Count an attempt for a name and an address, before its password is looked at; return how long it must wait.

        None: it may go on. It counts as failed until `signed_in` is called, so that many at once gain nothing.

        Args:
            free: by "name:…" and "address:…", how many may fail in a row before the next one has to wait.
        """
        now, table = self._now(), FailureRow
        with self._database.write() as connection:
            connection.execute(delete(table).where(table.last_at < now - FORGOTTEN))
            keys = {digest(key): allowed for key, allowed in free.items()}
            for key in sorted(keys):
                _open_failures(connection, key, now)
            query = select(table.key, table.count, table.blocked_until).where(table.key.in_(keys)).with_for_update()
            rows = [tuple(row) for row in connection.execute(query.order_by(table.key))]
            wait: timedelta = max(until for _, _, until in rows) - now
            if wait > timedelta():
                return wait
            for key, failed, _ in rows:
                until = now + waits_after(failed + 1 - keys[key])
                change = {"count": failed + 1, "last_at": now, "blocked_until": until}
                connection.execute(update(table).where(table.key == key).values(**change))
        return None

    def signed_in(self, name: str, address: str) -> None:
        """Count anew for a name whose person has signed in, and take the attempt off its address."""
        table, key = FailureRow, digest(address)
        with self._database.write() as connection:
            connection.execute(delete(table).where(table.key == digest(name)))
            change = {"count": table.count - 1, "blocked_until": self._now()}
            connection.execute(update(table).where(table.key == key, table.count > 0).values(**change))


def _open_failures(connection: Connection, key: str, now: datetime) -> None:
    """Make the row of a name or address if there is none; somebody else may do the same at this moment."""
    from sqlalchemy.dialects import postgresql, sqlite

    kind = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = {"key": key, "count": 0, "last_at": now, "blocked_until": now}
    connection.execute(kind.insert(FailureRow).values(**row).on_conflict_do_nothing())


def waits_after(failures: int) -> timedelta:
    """Return how long the next sign-in has to wait after so many more failures than are free."""
    return min(FIRST_WAIT * 2 ** min(failures, 10), LONGEST_WAIT) if failures >= 0 else timedelta()


def new_secret() -> str:
    """Return 256 random bits as text that fits a cookie or an address."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
