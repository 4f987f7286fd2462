"""One Excel workbook with a sheet per table, written row by row so that memory stays small.

Text stays text (no formulas, no links), amounts are numbers, dates are dates. Excel keeps 15 digits of a number: an
amount with more is written as text, exactly. A table with more rows than a sheet holds goes on in the next sheet.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from exports.columns import Column, ColumnType, TableLayout
from exports.tables import Chunk
from exports.writers.staging import Staging
from exports.writers.writer import Written

MOST_ROWS = 1_048_575  # below the header
LONGEST_TEXT = 32_767  # characters of a cell; a longer one would be dropped without a word
LONGEST_NAME = 31  # characters of a sheet's name
_EXACT_DIGITS = 15
_FIRST_DAY = date(1900, 1, 1)
_WIDTHS = {
    ColumnType.TEXT: 24,
    ColumnType.DECIMAL: 14,
    ColumnType.DATE: 12,
    ColumnType.INSTANT: 20,
    ColumnType.INTEGER: 10,
    ColumnType.SHARE: 11,
}
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class Workbook:
    """Writes one .xlsx file."""

    def __init__(self, path: Path) -> None:
        self._staging = Staging(path.parent, manifest=False)
        self._book = xlsxwriter.Workbook(self._staging.path(path.name), _OPTIONS)
        self._header = self._book.add_format({"bold": True, "bottom": 1})
        self._formats: dict[ColumnType, Format | None] = {
            ColumnType.TEXT: None,
            ColumnType.DECIMAL: self._book.add_format({"num_format": "#,##0.00########"}),
            ColumnType.DATE: self._book.add_format({"num_format": "yyyy-mm-dd"}),
            ColumnType.INSTANT: self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            ColumnType.INTEGER: self._book.add_format({"num_format": "0"}),
            ColumnType.SHARE: self._book.add_format({"num_format": "0.000"}),
        }
        self._sheets: dict[TableLayout, tuple[Worksheet, int]] = {}  # the sheet and its next row
        self._names: set[str] = set()
        self._rows: Counter[str] = Counter()
        self._cut = 0
        self._closed = False

    def write(self, chunk: Chunk) -> None:
        """Append each table to its sheet."""
        for layout, frame in chunk.tables:
            sheet, number = self._sheets.get(layout) or (self._new_sheet(layout), 1)
            for row in frame.iter_rows():
                if number > MOST_ROWS:
                    sheet, number = self._new_sheet(layout), 1
                for place, (column, value) in enumerate(zip(layout.columns, row, strict=True)):
                    if value is not None:
                        self._write_cell(sheet, number, place, column, value)
                number += 1
            self._sheets[layout] = sheet, number
            self._rows[layout.flat_name] += frame.height

    def commit(self) -> Written:
        """Close the workbook and put it in place."""
        self._closed = True
        self._book.close()
        notes = (
            [f"{self._cut} texts were cut at {LONGEST_TEXT} characters, the most that Excel holds."]
            if self._cut
            else []
        )
        return Written(rows=self._rows, files=self._staging.commit(), notes=notes)

    def close(self) -> None:
        """Remove what was not committed."""
        if not self._closed:
            self._closed = True
            self._book.close()  # its temporary files go away with it
        self._staging.discard()

    def _new_sheet(self, layout: TableLayout) -> Worksheet:
        sheet = self._book.add_worksheet(self._free_name(layout.flat_name))
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(layout.columns):
            sheet.set_column(place, place, _WIDTHS[column.type])
        for place, column in enumerate(layout.columns):
            sheet.write_string(0, place, column.name, self._header)
        return sheet

    def _free_name(self, wanted: str) -> str:
        """The table's name, cut to what Excel allows and numbered if it is taken (case does not count there)."""
        number, name = 1, wanted[:LONGEST_NAME]
        while name.casefold() in self._names:
            number += 1
            ending = f" ({number})"
            name = wanted[: LONGEST_NAME - len(ending)] + ending
        self._names.add(name.casefold())
        return name

    def _write_cell(self, sheet: Worksheet, row: int, place: int, column: Column, value: Any) -> None:
        form = self._formats[column.type]
        if isinstance(value, str):
            self._cut += len(value) > LONGEST_TEXT
            sheet.write_string(row, place, value[:LONGEST_TEXT], form)
        elif isinstance(value, Decimal) and len(digits := _plain(value)) > _EXACT_DIGITS and not _is_exact(digits):
            sheet.write_string(row, place, digits, form)
        elif isinstance(value, datetime) or (isinstance(value, date) and value >= _FIRST_DAY):
            sheet.write_datetime(row, place, value, form)
        elif isinstance(value, date):
            sheet.write_string(row, place, value.isoformat(), form)  # Excel's calendar begins in 1900
        else:
            sheet.write_number(row, place, value, form)


def _plain(value: Decimal) -> str:
    """Every digit of the value, without the zeros that only fill the scale."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _is_exact(digits: str) -> bool:
    return len(digits.lstrip("-0.").replace(".", "").rstrip("0")) <= _EXACT_DIGITS
