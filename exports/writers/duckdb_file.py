"""A DuckDB file, into which changed records are written; all of an export or nothing of it."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import duckdb

from exports.columns import DECIMAL_DIGITS, DECIMAL_PLACES, ColumnType, TableLayout
from exports.tables import Chunk
from exports.writers.upsert import changes, is_main, with_operation
from exports.writers.writer import Written
from schemas.errors import SettingsError

_MEMORY = "256MB"  # DuckDB takes most of the machine's otherwise; what is beyond goes to a file beside the target

_TYPES = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.DECIMAL: f"DECIMAL({DECIMAL_DIGITS},{DECIMAL_PLACES})",
    ColumnType.DATE: "DATE",
    ColumnType.INSTANT: "TIMESTAMP",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.SHARE: "DOUBLE",
}


class DuckdbFile:
    """Writes tables of one DuckDB file in one transaction."""

    def __init__(self, path: Path, layouts: tuple[TableLayout, ...]) -> None:
        self._path = path
        self._layouts = layouts
        self._written = Written(rows=Counter())
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = duckdb.connect(str(path))
        except duckdb.Error as error:
            said = f"The DuckDB file {path} cannot be opened ({str(error).splitlines()[0]})."
            raise SettingsError(f"{said} Close the program that uses it, or name another file.") from None
        self._connection.execute(f"SET memory_limit = '{_MEMORY}'")
        self._connection.execute("BEGIN TRANSACTION")
        self._existing = self._columns()

    def write(self, chunk: Chunk) -> None:
        """Replace what the target has of the chunk's documents."""
        change = changes(self._versions([*chunk.versions, *chunk.withdrawn]), chunk)
        self._delete([*change.replaced, *change.withdrawn])
        with tempfile.TemporaryDirectory(prefix="docassay-export-") as folder:
            part = Path(folder) / "part.parquet"
            for layout, frame in chunk.tables:
                rows = with_operation(layout, frame, change)
                self._prepare(layout)
                if rows.height:
                    rows.write_parquet(part)
                    self._connection.execute(
                        f"INSERT INTO {_quoted(layout.flat_name)} BY NAME SELECT * FROM read_parquet(?)",  # noqa: S608
                        [str(part)],
                    )
                self._written.rows[layout.flat_name] += rows.height
        change.count(self._written)

    def commit(self) -> Written:
        """Make everything visible."""
        self._connection.execute("COMMIT")
        self._written.files = (self._path,)
        return self._written

    def close(self) -> None:
        """Close the file; what was not committed is undone."""
        self._connection.close()

    def _columns(self) -> dict[str, dict[str, str]]:
        query = "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'main'"
        found: dict[str, dict[str, str]] = {}
        for table, column, kind in self._connection.execute(query).fetchall():
            found.setdefault(table, {})[column] = kind
        return found

    def _prepare(self, layout: TableLayout) -> None:
        wanted = {column.name: _TYPES[column.type] for column in layout.columns}
        if is_main(layout):
            wanted["op"] = "VARCHAR"
        table = _quoted(layout.flat_name)
        present = self._existing.get(layout.flat_name)
        if present is None:
            columns = ", ".join(f"{_quoted(name)} {kind}" for name, kind in wanted.items())
            self._connection.execute(f"CREATE TABLE {table} ({columns})")
        for name, kind in wanted.items():
            if present is None:
                continue
            if name not in present:
                self._connection.execute(f"ALTER TABLE {table} ADD COLUMN {_quoted(name)} {kind}")
            elif present[name] != kind:
                said = f"The column {name} of {layout.flat_name} in {self._path} is of type {present[name]}"
                raise SettingsError(
                    f"{said}, but the schema now needs {kind}. Export to a new file, or give the field another name."
                )
        self._existing[layout.flat_name] = wanted

    def _versions(self, documents: list[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for layout in self._layouts:
            if is_main(layout) and layout.flat_name in self._existing:
                table = _quoted(layout.flat_name)
                query = f"SELECT document_id, record_version FROM {table} WHERE list_contains(?, document_id)"  # noqa: S608
                found.update(self._connection.execute(query, [documents]).fetchall())
        return found

    def _delete(self, documents: list[str]) -> None:
        for layout in self._layouts:
            if documents and layout.flat_name in self._existing:
                query = f"DELETE FROM {_quoted(layout.flat_name)} WHERE list_contains(?, document_id)"  # noqa: S608
                self._connection.execute(query, [documents])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
