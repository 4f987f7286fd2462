"""Drafts: what a person typed and did not save yet, kept so that no crash and no closed window loses it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import delete, insert, select

from schemas.errors import InvalidValue
from store.database import Database
from store.desk_tables import DraftRow
from store.documents import storable
from store.instants import utc_now

MOST = 500  # fields of one document
LONGEST = 100_000  # characters of one field


class Drafts:
    """The drafts of a store whose tables are up to date. Every method raises Unavailable as the store does."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    def put(self, document: str, who: str, texts: Mapping[str, str]) -> None:
        """Keep these texts by path in the place of all that this person had for the document.

        Raises:
            InvalidValue: they are too many or too long.
        """
        if len(texts) > MOST or any(len(text) > LONGEST or len(path) > 160 for path, text in texts.items()):
            raise InvalidValue(f"A draft holds at most {MOST} fields of {LONGEST} characters.")
        table, at = DraftRow, self._now()
        same = {"document": document, "who": storable(who), "at": at}
        rows = [{**same, "path": storable(path), "text": storable(text)} for path, text in texts.items()]
        with self._database.write() as connection:
            connection.execute(delete(table).where(table.document == document, table.who == same["who"]))
            if rows:
                connection.execute(insert(table), rows)

    def get(self, document: str, who: str) -> dict[str, str]:
        """Return what this person typed, by path."""
        table = DraftRow
        query = select(table.path, table.text).where(table.document == document, table.who == storable(who))
        with self._database.read() as connection:
            return dict(connection.execute(query.order_by(table.path)).tuples().all())
