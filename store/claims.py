"""Claims: who has which document on the desk, as leases in the database.

A claim keeps two people from doing the same work; it is no lock. What is saved is guarded by the versions of fields.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from schemas.errors import Conflict
from store.database import Database
from store.desk_tables import DeskClaimMoveRow, DeskClaimRow
from store.documents import insert_if_absent, storable
from store.instants import utc_now
from store.lifecycle import locked

LASTS = timedelta(minutes=10)  # without activity
FRESH = 0.9  # of its time that a claim has left, more than which need not be written again


@dataclass(frozen=True, slots=True)
class DeskClaim:
    """Who has a document, and until when without activity."""

    document: str
    owner: str
    until: datetime


@dataclass(frozen=True, slots=True)
class ClaimMove:
    """One step in the history of claims."""

    document: str
    move: str  # claim, take_over, release
    who: str
    of: str  # whose it was before; "" if nobody's
    at: datetime


class DeskClaims:
    """The claims of a store whose tables are up to date. Every method raises Unavailable as the store does."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now, lasts: timedelta = LASTS) -> None:
        self._database = database
        self._now = now
        self._lasts = lasts

    def of(self, document: str) -> DeskClaim | None:
        """Return the claim on a document that has not run out."""
        with self._database.read() as connection:
            held = _held(connection, document)
        return held if held and held.until > self._now() else None

    def held_by(self, who: str) -> list[DeskClaim]:
        """Return what a person has, the claim that ends first before others."""
        table = DeskClaimRow
        query = select(table.document, table.owner, table.until).where(table.owner == storable(who))
        with self._database.read() as connection:
            rows = connection.execute(query.where(table.until > self._now()).order_by(table.until, table.document))
            return [DeskClaim(*row) for row in rows]

    def claim(self, document: str, who: str) -> DeskClaim:
        """Take a document, or renew what one has; a lease that ran out is taken over, which is written down.

        Raises:
            UnknownDocument: there is none.
            Conflict: somebody else has it.
        """
        with self._database.write() as connection:
            row = locked(connection, document)
            held = self._take(connection, document, who)
        assert held is not None  # noqa: S101 - what is renewed is never None
        if held.owner != storable(who):
            left = max(1, round((held.until - self._now()).total_seconds() / 60))
            raise Conflict(f"{row.name} is with {held.owner}, for {left} more minutes unless they go on.")
        return held

    def claim_first(self, candidates: Sequence[str], who: str) -> DeskClaim | None:
        """Take the first of these documents that nobody has; None: others have them all."""
        for document in candidates:
            with self._database.read() as connection:  # looking needs no turn to write
                held = _held(connection, document)
            if held is not None and held.until > self._now():
                continue
            with self._database.write() as connection:
                taken = self._take(connection, document, who, renew=False)
            if taken is not None:
                return taken
        return None

    def take_over(self, document: str, who: str) -> DeskClaim:
        """Take a document whose lease ran out; raises Conflict while it has not."""
        return self.claim(document, who)

    def renew(self, document: str, who: str) -> bool:
        """Let a claim of this person last on; False when they no longer have it.

        One of which little is gone stays as it is: else every act would have to wait for the disk once more.
        """
        now, owner, table = self._now(), storable(who), DeskClaimRow
        with self._database.read() as connection:
            held = _held(connection, document)
        if held is not None and held.owner == owner and held.until > now + FRESH * self._lasts:
            return True
        here = (table.document == document, table.owner == owner, table.until > now)
        with self._database.write() as connection:
            changed = connection.execute(update(table).where(*here).values(until=now + self._lasts))
        return changed.rowcount == 1

    def release(self, document: str, who: str) -> bool:
        """Give a document back; False when this person did not have it."""
        table = DeskClaimRow
        with self._database.write() as connection:
            gone = connection.execute(delete(table).where(table.document == document, table.owner == storable(who)))
            if gone.rowcount != 1:
                return False
            self._write_down(connection, document, "release", who, who)
        return True

    def history(self, document: str) -> list[ClaimMove]:
        """Return who had a document, first to last; mere renewals are not kept."""
        table = DeskClaimMoveRow
        query = select(table.document, table.move, table.who, table.of, table.at).where(table.document == document)
        with self._database.read() as connection:
            return [ClaimMove(*row) for row in connection.execute(query.order_by(table.id))]

    def _take(self, connection: Connection, document: str, who: str, *, renew: bool = True) -> DeskClaim | None:
        """Take the document if it is free; return who has it now (without `renew` only what was free, else None)."""
        now, owner = self._now(), storable(who)
        until = now + self._lasts
        if insert_if_absent(connection, DeskClaimRow.__table__, document=document, owner=owner, until=until):
            self._write_down(connection, document, "claim", who, "")
            return DeskClaim(document, owner, until)
        held = _held(connection, document, lock=True)
        if held is None:  # released by another process between the two statements
            return self._take(connection, document, who, renew=renew)
        mine = held.owner == owner
        if held.until > now and not (mine and renew):
            return held if renew else None
        here = DeskClaimRow.document == document
        connection.execute(update(DeskClaimRow).where(here).values(owner=owner, until=until))
        if not mine:
            self._write_down(connection, document, "take_over", who, held.owner)
        return DeskClaim(document, owner, until)

    def _write_down(self, connection: Connection, document: str, move: str, who: str, of: str) -> None:
        values = {"document": document, "move": move, "who": storable(who), "of": of, "at": self._now()}
        connection.execute(insert(DeskClaimMoveRow).values(**values))


def _held(connection: Connection, document: str, *, lock: bool = False) -> DeskClaim | None:
    table = DeskClaimRow
    query = select(table.document, table.owner, table.until).where(table.document == document)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return DeskClaim(*row) if row else None
