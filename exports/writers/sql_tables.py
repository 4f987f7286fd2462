"""Tables in SQLite or PostgreSQL, into which changed records are written; all of an export or nothing of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import TypeEngine, UserDefinedType

from exports.columns import ColumnType, TableLayout
from exports.tables import Chunk
from exports.writers.upsert import changes, is_main, with_operation
from exports.writers.writer import Written
from schemas.errors import Reason, SettingsError, Unavailable

_IDS_AT_ONCE = 1000  # bound parameters of one statement; SQLite allows 32,766


class ExactNumeric(UserDefinedType[Decimal]):
    """NUMERIC without bounds: exact in PostgreSQL; SQLite keeps 15 digits of a number, as it does for all of them."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Return the type's name in SQL."""
        return "NUMERIC"

    def bind_processor(self, dialect: sa.Dialect) -> Any:
        """SQLite's driver takes no Decimal; its column turns the plain text into a number."""
        if dialect.name == "sqlite":
            return lambda value: None if value is None else format(value, "f")
        return None


_TYPES: dict[ColumnType, TypeEngine[Any]] = {
    ColumnType.TEXT: sa.Text(),
    ColumnType.DECIMAL: ExactNumeric(),
    ColumnType.DATE: sa.Date(),
    ColumnType.INSTANT: sa.DateTime(),
    ColumnType.INTEGER: sa.BigInteger(),
    ColumnType.SHARE: sa.Double(),
}


def _with_driver(url: sa.URL) -> sa.URL:
    """Return the address with our driver: which one a bare `postgresql://` means changes with SQLAlchemy's version."""
    return url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url


class SqlTables:
    """Writes tables of one database in one transaction."""

    def __init__(self, url: str, layouts: tuple[TableLayout, ...]) -> None:
        self._url = _with_driver(sa.make_url(url))
        self._shown = self._url.render_as_string(hide_password=True)
        self._written = Written(rows=Counter())
        self._tables = {layout: _table(layout) for layout in layouts}
        if self._url.get_backend_name() == "sqlite" and self._url.database:
            Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
        try:
            self._engine = sa.create_engine(self._url)
            self._connection = self._engine.connect()
        except (SQLAlchemyError, ImportError) as error:
            said = f"The database {self._shown} cannot be opened ({str(error).splitlines()[0]})."
            remedy = "Check its address and that it runs; PostgreSQL needs the extra: pip install 'docassay[postgres]'."
            raise SettingsError(f"{said} {remedy}") from None
        self._connection.begin()
        self._present = {layout: self._columns(table) for layout, table in self._tables.items()}

    def write(self, chunk: Chunk) -> None:
        """Replace what the target has of the chunk's documents."""
        with self._reached():
            for layout, _ in chunk.tables:
                self._prepare(layout)
            change = changes(self._versions([*chunk.versions, *chunk.withdrawn]), chunk)
            self._delete([*change.replaced, *change.withdrawn])
            for layout, frame in chunk.tables:
                rows = _without_nul(with_operation(layout, frame, change)).to_dicts()
                if rows:
                    self._connection.execute(sa.insert(self._tables[layout]), rows)
                self._written.rows[layout.flat_name] += len(rows)
        change.count(self._written)

    def commit(self) -> Written:
        """Make everything visible."""
        with self._reached():
            self._connection.commit()
        return self._written

    def close(self) -> None:
        """Close the connection; what was not committed is undone."""
        self._connection.close()
        self._engine.dispose()

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            said = f"The database {self._shown} refused the export ({str(error).splitlines()[0]}); nothing was written."
            message = f"{said} Check that it runs and has space, and export again."
            raise Unavailable(Reason.DATABASE_UNAVAILABLE, message) from error

    def _columns(self, table: sa.Table) -> dict[str, str] | None:
        inspector = sa.inspect(self._connection)
        if not inspector.has_table(table.name):
            return None
        return {column["name"]: _family(column["type"]) for column in inspector.get_columns(table.name)}

    def _prepare(self, layout: TableLayout) -> None:
        table, present = self._tables[layout], self._present[layout]
        if present is None:
            table.create(self._connection)
            self._present[layout] = {column.name: _family(column.type) for column in table.columns}
            return
        preparer = self._connection.dialect.identifier_preparer
        for column in table.columns:
            wanted = _family(column.type)
            if column.name not in present:
                kind = column.type.compile(self._connection.dialect)
                names = f"{preparer.format_table(table)} ADD COLUMN {preparer.format_column(column)}"
                self._connection.execute(sa.text(f"ALTER TABLE {names} {kind}"))
                present[column.name] = wanted
            elif present[column.name] != wanted:
                said = f"The column {column.name} of {table.name} is of type {present[column.name]}"
                raise SettingsError(
                    f"{said}, but the schema now needs {wanted}. Export to another database, or rename the field."
                )

    def _versions(self, documents: Sequence[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for layout, table in self._tables.items():
            if is_main(layout) and self._present[layout] is not None:
                for some in _portions(documents):
                    query = sa.select(table.c.document_id, table.c.record_version).where(table.c.document_id.in_(some))
                    found.update((row.document_id, row.record_version) for row in self._connection.execute(query))
        return found

    def _delete(self, documents: Sequence[str]) -> None:
        for layout, table in self._tables.items():
            if self._present[layout] is not None:
                for some in _portions(documents):
                    self._connection.execute(sa.delete(table).where(table.c.document_id.in_(some)))


def _table(layout: TableLayout) -> sa.Table:
    main = is_main(layout)
    columns = [
        sa.Column(column.name, _TYPES[column.type], primary_key=main and column.name == "document_id")
        for column in layout.columns
    ]
    if main:
        return sa.Table(layout.flat_name, sa.MetaData(), *columns, sa.Column("op", sa.Text()))
    table = sa.Table(layout.flat_name, sa.MetaData(), *columns)
    sa.Index(f"ix_{layout.flat_name}"[:63], table.c.document_id)
    return table


def _without_nul(frame: pl.DataFrame) -> pl.DataFrame:
    """PostgreSQL refuses NUL in text; the character that stands for what cannot be shown takes its place."""
    return frame.with_columns(pl.col(pl.String).str.replace_all("\x00", "\ufffd", literal=True))


def _family(kind: TypeEngine[Any]) -> str:
    """What sort of type it is, by which the databases' own names for it can be compared."""
    for name, families in {
        "date": sa.Date,
        "timestamp": sa.DateTime,
        "bigint": sa.Integer,
        "double": sa.Float,
        "numeric": (sa.Numeric, ExactNumeric),
        "text": sa.String,
    }.items():
        if isinstance(kind, families):  # type: ignore[arg-type]
            return name
    return str(kind).lower()


def _portions(documents: Sequence[str]) -> list[Sequence[str]]:
    return [documents[start : start + _IDS_AT_ONCE] for start in range(0, len(documents), _IDS_AT_ONCE)]
