"""Text that a spreadsheet would run as a formula, made harmless and turned back (OWASP, CSV injection).

A cell that begins, after blanks, with = + - @ (also in full width), a tab, a carriage return or a NUL gets an
apostrophe in front. Text that already looks so gets one more, so that the way back is exact for every text.
"""

from __future__ import annotations

import re

import polars as pl

_BLANKS = r"\x01-\x20\x7f\x{85}\x{a0}\x{1680}\x{2000}-\x{200f}\x{2028}-\x{202f}\x{205f}-\x{206f}\x{3000}\x{feff}"
_STARTS = r"=+\-@\t\r\x00\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}"
_PATTERN = rf"^[{_BLANKS}']*[{_STARTS}]"  # polars' spelling: x{a0}
_PYTHON = re.compile(re.sub(r"\\x\{([0-9a-f]+)\}", lambda code: f"\\u{int(code[1], 16):04x}", _PATTERN))


def neutralise(text: str) -> str:
    """Return `text` as it may stand in a cell."""
    return f"'{text}" if _PYTHON.match(text) else text


def restore(cell: str) -> str:
    """Return the text that `neutralise` was given."""
    return cell[1:] if cell.startswith("'") and _PYTHON.match(cell) else cell


def neutralised(column: pl.Expr) -> pl.Expr:
    """Return the expression of a text column whose every cell is neutralised."""
    return column.str.replace(_PATTERN, "'$0")
