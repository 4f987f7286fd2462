"""Pieces of a row and the columns they belong to: runs that hold several cells are parted at their words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from extractors.page.runs import Passage, Run
from extractors.rules.columns import Column
from extractors.rules.grid import GridRow
from schemas.document import Word
from schemas.fields import Kind

WIDE_GAP = 0.9  # heights of a word: a gap this wide inside a run parts two cells
_THOUSANDS = re.compile(r"[0-9]{3}(?:[.,][0-9]{1,3})?")
EDGE = 8.0  # points by which a piece may stand off the edge of its head
_SIGN = r"[-−–+]"
_UNIT = r"(?:[€$£]|[A-Z]{2,3}\s|Fr\.\s?)"  # a currency before its amount
NUMERIC = re.compile(
    rf"(?:{_SIGN}|\()?\s?{_UNIT}?\s?{_SIGN}?\s?[0-9](?:[0-9.,'’ \u00a0]*[0-9])?"
    r"(?:[.,'’ \u00a0]*[€$£]?|\s?[A-Za-złč%/.²³]{1,8})\)?-?"  # a unit behind a digit: "1. Hinges" is no figure
)
AMOUNT_ALONE = re.compile(
    rf"(?:{_SIGN}|\(|\./\.)?\s?{_UNIT}?\s?{_SIGN}?\s?[0-9][0-9.,'’ \u00a0]*"
    r"(?:\s?(?:€|\$|£|[A-Z]{2,3}|Fr\.?|kr\.?|zł|Kč))?\)?-?\*?"
)


def cells_of(row: GridRow, columns: Sequence[Column], text_column: str) -> list[tuple[str, Passage]]:
    """Return each piece of the row with the name of its column."""
    out: list[tuple[str, Passage]] = []
    for run in row.runs:
        for passage in _pieces(run, columns, text_column):
            out.append((_column_of(passage, columns, text_column), passage))
    return out


def _pieces(run: Run, columns: Sequence[Column], text_column: str) -> list[Passage]:
    """A run that reaches over several heads is parted where a gap or a figure begins the next column."""
    touched = [c for c in columns if c.box.x0 < run.box.x1 and c.box.x1 > run.box.x0]
    if len(touched) < 2 or len(run.words) < 2:
        return [Passage(run, 0, len(run.text))]
    cuts = [0]
    text = next((column.box.x0 for column in touched if column.name == text_column), None)
    for index in range(1, len(run.words)):
        before, word = run.words[index - 1], run.words[index]
        behind_figure = text is not None and NUMERIC.fullmatch(before.text) and abs(word.box.x0 - text) < EDGE
        if _grouped(before, word):
            continue
        wide = word.box.x0 - before.box.x1 > WIDE_GAP * max(word.box.height, 1)
        figures = NUMERIC.fullmatch(word.text) is not None and _nearest(word.box.x0, word.box.x1, columns) != _nearest(
            before.box.x0, before.box.x1, columns
        )
        unit = (
            run.starts[index - 1] == cuts[-1]
            and NUMERIC.fullmatch(before.text) is not None
            and not NUMERIC.fullmatch(word.text)
            and _nearest(before.box.x0, before.box.x1, columns).box < _nearest(word.box.x0, word.box.x1, columns).box
        )
        leaves_number = index == 1 and re.fullmatch(r"\d{1,4}\.?", before.text) is not None and not figures
        if wide or behind_figure or unit or (figures and word.text[:1].isdigit()) or leaves_number:
            cuts.append(run.starts[index])
    cuts.append(len(run.text) + 1)
    return [Passage(run, start, end - 1) for start, end in pairwise(cuts)]


def _grouped(before: Word, word: Word) -> bool:
    """Whether two words are one figure whose thousands are parted by a blank: "4" and "669.00"."""
    close = word.box.x0 - before.box.x1 < 0.5 * max(word.box.height, 1)
    return (
        close and re.fullmatch(r"[0-9]{1,3}", before.text) is not None and _THOUSANDS.fullmatch(word.text) is not None
    )


def _nearest(x0: float, x1: float, columns: Sequence[Column]) -> Column:
    def distance(column: Column) -> float:
        edges = (abs(x0 - column.box.x0), abs(x1 - column.box.x1), abs((x0 + x1 - column.box.x0 - column.box.x1) / 2))
        overlap = min(x1, column.box.x1) - max(x0, column.box.x0)
        return min(edges) if overlap <= 0 else min(*edges, 0.5 * min(edges))

    return min(columns, key=distance)


def _column_of(passage: Passage, columns: Sequence[Column], text_column: str) -> str:
    """Figures belong to the column with the nearest edge or middle, other text mostly to the text column."""
    box = passage.box
    text = next((c for c in columns if c.name == text_column), None)
    if NUMERIC.fullmatch(passage.text.strip()) is not None:
        if text is not None and text.box.x0 - 2 <= box.x0 and box.x1 <= text.box.x1 + 2:
            return text_column  # a word of the text that happens to be a figure
        return _nearest(box.x0, box.x1, [c for c in columns if c.name != text_column] or columns).name
    if text is None:
        return text_column
    following = [c.box.x0 for c in columns if c.box.x0 > text.box.x1]
    preceding = [c for c in columns if c.box.x1 < text.box.x0 and c.kind not in (Kind.MONEY, Kind.NUMBER)]
    if box.x1 < text.box.x0:
        beside = next((c for c in preceding if abs(box.x0 - c.box.x0) < EDGE), None)
        if beside is not None:
            return beside.name
    if following and box.x0 >= min(following) - 4:
        return _nearest(box.x0, box.x1, columns).name
    return text_column
