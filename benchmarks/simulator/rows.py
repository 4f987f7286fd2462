"""Rows of a table: which of them were sent, and what a model answers for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.simulator.draws import Draw
from benchmarks.simulator.errors import ABSENT, Reading, Scene, drawn_mistake, wrong_reading
from benchmarks.simulator.profiles import Profile
from benchmarks.simulator.text import SentText, letters

REACH = 6  # lines around its description in which the other cells of a row stand, if its columns were sent together
LEAST_CELLS = 0.6  # share of a row's cells that must have been sent for the row to be seen
LEAST_QUOTE = 10  # letters of a row's print that name it in a question

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class SentRow:
    """A row of the truth that stands in what was sent."""

    number: int  # in the whole table, from 1
    page: int
    quote: str
    cells: Mapping[str, str]  # only those that stand there


@dataclass(frozen=True, slots=True)
class RowReading:
    """What the model answers for a row."""

    page: int
    quote: str
    cells: Mapping[str, Reading]


def sent_rows(text: SentText, rows: Sequence[Mapping[str, Any]], kinds: Mapping[str, str]) -> list[SentRow]:
    """Return the rows whose text was sent; `kinds` says of what kind each column is."""
    used: set[int] = set()
    places: dict[tuple[str, str], list[Span]] = {}
    found: list[SentRow] = []
    for number, row in enumerate(rows, 1):
        spans: dict[str, list[Span]] = {}
        for column, value in row.items():
            if value not in (None, ""):
                kind = kinds.get(column, "text")
                key = (kind, str(value))
                if key not in places:
                    places[key] = text.places(kind, str(value))
                spans[column] = places[key]
        best = _best(text, spans, kinds, used)
        if best is not None and len(best) >= LEAST_CELLS * len(spans):
            used.add(next(iter(best.values()))[0])
            cells = {column: str(row[column]) for column in row if column in best}
            start, end = _printed(text, list(best.values()))
            quote = " ".join(text.text[start:end].split())
            found.append(SentRow(number, text.page_at(start), quote, cells))
    return found


def _printed(text: SentText, cells: list[Span]) -> Span:
    """Return the stretch from the first to the last cell near the anchor; cells of a column that stands apart are not
    in it."""
    line = text.line_at(cells[0][0])
    near = [span for span in cells if abs(text.line_at(span[0]) - line) <= REACH]
    return min(start for start, _ in near), max(end for _, end in near)


def _best(
    text: SentText, spans: Mapping[str, list[Span]], kinds: Mapping[str, str], used: set[int]
) -> dict[str, Span] | None:
    """Return the place of each cell, its anchor first, where most of the row stands closest together."""
    anchor = next((column for column in spans if spans[column] and kinds.get(column, "text") == "text"), None)
    anchor = anchor or next((column for column in reversed(list(spans)) if spans[column]), None)
    best: dict[str, Span] | None = None
    rank: tuple[int, int] = (0, 0)
    for span in spans[anchor] if anchor else ():
        if span[0] in used:
            continue
        row = {anchor: span} if anchor else {}
        for column, options in spans.items():
            near = _nearest(text, span, options, set(row.values()))
            if column != anchor and near is not None:
                row[column] = near
        lines = [text.line_at(start) for start, _ in row.values()]
        this = (len(row), -(max(lines) - min(lines)))
        if best is None or this > rank:
            best, rank = row, this
    return best


def _nearest(text: SentText, anchor: Span, options: list[Span], taken: set[Span]) -> Span | None:
    """Return the nearest place of a cell; on the same page if there is none near, as where columns are sent apart."""
    line, page = text.line_at(anchor[0]), text.page_at(anchor[0])
    same_page = [
        span for span in options if text.page_at(span[0]) == page and not (span[0] < anchor[1] and anchor[0] < span[1])
    ]
    near = [span for span in same_page if abs(text.line_at(span[0]) - line) <= REACH]
    free = [span for span in near if span not in taken]
    return min(
        free or near or same_page,
        key=lambda span: (abs(text.line_at(span[0]) - line), span[0] < anchor[0], abs(span[0] - anchor[0])),
        default=None,
    )


def asked_rows(rows: list[SentRow], window: tuple[int, int] | None, page: int | None, question: str) -> list[SentRow]:
    """Return the rows that the question is about: by their numbers, by their page, without those it quotes."""
    if window is not None:
        rows = [row for row in rows if window[0] <= row.number <= window[1]]
    if page is not None:
        rows = [row for row in rows if row.page == page]
    said = letters(question)
    return [row for row in rows if len(letters(row.quote)) < LEAST_QUOTE or letters(row.quote) not in said]


def read_rows(
    rows: list[SentRow], columns: Sequence[str], kinds: Mapping[str, str], scene: Scene, profile: Profile
) -> list[RowReading]:
    """Return what the model answers for the rows, with its mistakes; it may stop early."""
    draw = scene.draw
    out: list[RowReading] = []
    swallowed = False
    for place, row in enumerate(rows[: profile.rows_per_answer]):
        factor = profile.factor(draw.model)
        own = replace(draw, field=f"{draw.field}[{row.number}]")
        if swallowed or own.share("dropped") < profile.rows_dropped * factor:
            swallowed = False
            continue
        cells = {column: _cell(row, column, kinds.get(column, "text"), scene, own, profile) for column in columns}
        if own.share("merged") < profile.rows_merged * factor and place + 1 < len(rows):
            cells = _merged(cells, rows[place + 1], kinds)
            swallowed = True
        lies = drawn_mistake(profile.rates_for("table", draw.model), own) == "false_quote"
        out.append(RowReading(row.page, scene.false_quote(row.quote) if lies else row.quote, cells))
    return out


def overlooked(rows: list[SentRow], draw: Draw, profile: Profile) -> int:
    """Return how many rows the model does not even count: of those that it drops, about half."""
    rate = profile.rows_dropped * profile.factor(draw.model)
    owns = (replace(draw, field=f"{draw.field}[{row.number}]") for row in rows)
    return sum(own.share("dropped") < rate and own.share("uncounted") < 0.5 for own in owns)


def _cell(row: SentRow, column: str, kind: str, scene: Scene, own: Draw, profile: Profile) -> Reading:
    value = row.cells.get(column)
    if value is None:
        return ABSENT
    right = Reading(value, row.quote, "stated", True)
    draw = replace(own, field=f"{own.field}.{column}")
    mistake = drawn_mistake(profile.rates_for(kind, draw.model), draw)
    return wrong_reading(right, mistake, replace(scene, kind=kind, draw=draw)) if mistake else right


def _merged(cells: Mapping[str, Reading], other: SentRow, kinds: Mapping[str, str]) -> dict[str, Reading]:
    """The next row's words are taken for a further line of this one's."""
    return {
        column: replace(cell, value=f"{cell.value} {other.cells[column]}", right=False, mistake="merged")
        if kinds.get(column, "text") == "text" and cell.value and column in other.cells
        else cell
        for column, cell in cells.items()
    }
