"""A folder with one file per table: CSV, JSON Lines, Parquet.

The whole state is written anew each time, chunk by chunk: a folder of files is one consistent state, and a corrected
document simply stands in it as it is now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import polars as pl

from exports.columns import Column, ColumnType, TableLayout
from exports.formulas import neutralise, neutralised
from exports.tables import Chunk
from exports.writers.staging import Staging
from exports.writers.writer import Written

Append = Callable[[BinaryIO, TableLayout, pl.DataFrame, bool], None]  # the last: whether it is the file's beginning


class AppendedFiles:
    """One open file per table, to which each chunk is appended."""

    def __init__(self, folder: Path, ending: str, append: Append) -> None:
        self._staging = Staging(folder)
        self._ending = ending
        self._append = append
        self._open: dict[str, BinaryIO] = {}
        self._rows: Counter[str] = Counter()

    def write(self, chunk: Chunk) -> None:
        """Append each table to its file."""
        for layout, frame in chunk.tables:
            name = layout.path + self._ending
            first = name not in self._open
            if first:
                self._open[name] = self._staging.path(name).open("wb")
            self._append(self._open[name], layout, frame, first)
            self._rows[name] += frame.height

    def commit(self) -> Written:
        """Put all files in place."""
        self._close_files()
        return Written(rows=self._rows, files=self._staging.commit(dict(self._rows)))

    def close(self) -> None:
        """Close and remove what was not committed."""
        self._close_files()
        self._staging.discard()

    def _close_files(self) -> None:
        for file in self._open.values():
            file.close()


def append_csv(file: BinaryIO, layout: TableLayout, frame: pl.DataFrame, first: bool) -> None:
    """Append rows as CSV: UTF-8, commas, a header line; null is nothing, an empty text is "".

    Text cells and headers are neutralised (exports.formulas); amounts and dates are written as they are.
    """
    cells = [
        neutralised(pl.col(column.name)) if column.type is ColumnType.TEXT else _printed(column)
        for column in layout.columns
    ]
    printed = frame.select(cells).rename({column.name: neutralise(column.name) for column in layout.columns})
    printed.write_csv(file, include_header=first, datetime_format="%Y-%m-%dT%H:%M:%SZ")


def append_json_lines(file: BinaryIO, layout: TableLayout, frame: pl.DataFrame, first: bool) -> None:  # noqa: ARG001
    """Append rows as JSON objects; amounts as text, because JSON readers make binary fractions of numbers."""
    frame.select([_printed(column) for column in layout.columns]).write_ndjson(file)


class ParquetFiles:
    """Decimals, dates and times in their own types; one row group or more per chunk."""

    def __init__(self, folder: Path) -> None:
        self._staging = Staging(folder)
        self._parts: dict[str, list[Path]] = {}
        self._rows: Counter[str] = Counter()

    def write(self, chunk: Chunk) -> None:
        """Write each table of the chunk to a file of its own, for now."""
        for layout, frame in chunk.tables:
            name = layout.path + ".parquet"
            parts = self._parts.setdefault(name, [])
            final = self._staging.path(name)
            part = final.with_name(f"{final.name}.{len(parts)}")
            frame.write_parquet(part)
            parts.append(part)
            self._rows[name] += frame.height

    def commit(self) -> Written:
        """Join the files of each table and put them in place."""
        for name, parts in self._parts.items():
            if len(parts) == 1:
                parts[0].replace(self._staging.path(name))
            else:
                pl.scan_parquet(parts).sink_parquet(self._staging.path(name))
        self._remove_parts()
        return Written(rows=self._rows, files=self._staging.commit(dict(self._rows)))

    def close(self) -> None:
        """Remove what was not committed."""
        self._remove_parts()
        self._staging.discard()

    def _remove_parts(self) -> None:
        for parts in self._parts.values():
            for part in parts:
                part.unlink(missing_ok=True)
        self._parts = {}


def _printed(column: Column) -> pl.Expr:
    """The column as text formats show it: decimals without the zeros that only fill the scale."""
    value = pl.col(column.name)
    if column.type is not ColumnType.DECIMAL:
        return value
    text = value.cast(pl.String)
    if column.whole_cents:
        return text.str.replace(r"(\.\d{2}\d*?)0+$", "${1}")
    return text.str.replace(r"\.?0+$", "")
