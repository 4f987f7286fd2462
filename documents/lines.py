"""Words to lines to blocks, in the order in which a person reads the page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from schemas.document import Box, Line, Word, around

COLUMN_GAP = 1.6  # of the font size: words further apart do not belong to one line
ALIGNED_GAP = 0.85  # of the font size: the same where words of other rows begin at the same place after a gap
ALIGNED_ROWS = 3  # rows that make a place the beginning of a column
ALIGNED_WITHIN = 0.6  # points
STYLE_GAP = 0.85  # of the font size: the same where the type changes in size or weight
GUTTER = 0.9  # of the font size: narrowest strip that parts two columns when many lines respect it
WHITE_STRIP = 1.0  # of the font size: an empty strip this high may end the columns above it
STEADY = 0.6  # share of the gutter's width that must stay free below such a strip for the columns to go on
REACHED_BACK = 4  # rows that a word may still belong to, in order of height
SAME_LINE = 0.5  # of the lower word's height: overlap that puts two words on one line
PARAGRAPH_PITCH = 1.35  # of the usual distance between lines: more starts a new block
LARGEST_PITCH = 3.2  # of the font size: lines further apart are never one block
UPRIGHT = 2.0  # of the font size: a box of several letters taller than this and not wide stands on its side
NUMBERS = 0.6  # share of cells with figures that makes a column a column of numbers
SAME_BASE = 0.35  # of the font size: rows of two columns this close in height are printed on one grid
ON_ONE_GRID = 0.7  # share of the rows of both columns that must stand on one grid to be read row by row
LEAST_SHARED_LABELS = 2
LONGEST_LABEL = 5  # words
FURTHEST_NUMBER = 9.0  # of the font size: how far the text of a numbered clause may stand from its number
CLAUSE_NUMBER = re.compile(
    r"\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-z]{1,2}|[ivxl]{1,6})[.)]|\d{1,2}(?:\.\d{1,2})+|[•●○▪■–-]", re.IGNORECASE
)
FIGURES = re.compile(r"[-+(]?[\d.,']*\d[\d.,' /:%)-]*")
MONEY_WORDS = re.compile(r"[$€£¥]|\b[A-Z]{3}\b|\b(?:stk|st|pcs|h|kg|x)\b\.?", re.IGNORECASE)


@dataclass(slots=True)
class Run:
    """Words side by side that a reader takes in one go."""

    words: list[Word]
    box: Box
    size: float
    row: int = 0

    @property
    def text(self) -> str:
        """The words joined by single blanks."""
        return " ".join(word.text for word in self.words)


def lines_of(words: Sequence[Word]) -> tuple[Line, ...]:
    """Return the words of one page as lines in reading order with rising block numbers; any origin of words will do."""
    level = [word for word in words if not _stands_on_its_side(word)]
    upright = [word for word in words if _stands_on_its_side(word)]
    blocks = _ordered(_runs(_rows(level))) + _upright_blocks(upright)
    return tuple(Line(tuple(run.words), number) for number, block in enumerate(blocks) for run in block)


def _stands_on_its_side(word: Word) -> bool:
    box = word.box
    return len(word.text) > 1 and box.height > UPRIGHT * (word.size or box.width) and box.height > 1.5 * box.width


def _size(word: Word) -> float:
    return word.size or word.box.height or 1.0


# Words to rows, rows to runs


def _rows(words: list[Word]) -> list[list[Word]]:
    """Words on one base line together, rows from the top, words from the left."""
    rows: list[_Row] = []
    for word in sorted(words, key=lambda word: (word.box.y0 + word.box.y1, word.box.x0)):
        for row in rows[: -REACHED_BACK - 1 : -1]:
            if row.takes(word):
                row.add(word)
                break
        else:
            rows.append(_Row(word))
    return [sorted(row.words, key=lambda word: word.box.x0) for row in rows]


class _Row:
    """Words on one base line while they are gathered."""

    __slots__ = ("bottom", "right", "top", "words")

    def __init__(self, word: Word) -> None:
        self.words = [word]
        self.top, self.bottom, self.right = word.box.y0, word.box.y1, word.box.x1

    def takes(self, word: Word) -> bool:
        """Whether the word is on the same height and upon no other word (tight or overprinted text)."""
        x0, y0, _, y1 = word.box
        shared = (self.bottom if self.bottom < y1 else y1) - (self.top if self.top > y0 else y0)
        if shared <= SAME_LINE * min(self.bottom - self.top, y1 - y0):
            return False
        if x0 >= self.right:
            return True
        return not any(_upon(word, other) for other in self.words)

    def add(self, word: Word) -> None:
        """Take the word in; a taller one widens the row unless it is a capital over many lines."""
        self.words.append(word)
        self.right = max(self.right, word.box.x1)
        height = self.bottom - self.top
        if height < word.box.height < 1.6 * height:
            self.top, self.bottom = word.box.y0, word.box.y1


def _upon(word: Word, other: Word) -> bool:
    box, below = word.box, other.box
    across = min(box.x1, below.x1) - max(box.x0, below.x0)
    return across > 0.5 * min(box.width, below.width) and abs(box.middle[1] - below.middle[1]) > 0.25 * _size(word)


def _runs(rows: list[list[Word]]) -> list[Run]:
    """Rows cut at wide gaps, and at narrower ones where columns begin; the row number is kept on each run."""
    runs = []
    columns = _column_starts(rows)
    for number, row in enumerate(rows):
        part: list[Word] = []
        for word in row:
            if part and _apart(part, word, columns):
                runs.append(_run(part, number))
                part = []
            part.append(word)
        runs.append(_run(part, number))
    return _numbers_joined(runs)


def _column_starts(rows: list[list[Word]]) -> frozenset[int]:
    """Places, in steps of ALIGNED_WITHIN, at which words of several rows begin after a gap."""
    places: Counter[int] = Counter()
    for row in rows:
        places.update({_place(word) for last, word in pairwise(row) if _gap(last, word) > ALIGNED_GAP})
    return frozenset(place for place in places if places[place] + places[place + 1] >= ALIGNED_ROWS) | frozenset(
        place + 1 for place in places if places[place] + places[place + 1] >= ALIGNED_ROWS and places[place + 1]
    )


def _place(word: Word) -> int:
    return int(word.box.x0 // ALIGNED_WITHIN)


def _gap(last: Word, word: Word) -> float:
    """Distance between two words of a row in font sizes."""
    return (word.box.x0 - last.box.x1) / max(_size(last), _size(word))


def _apart(part: list[Word], word: Word, columns: frozenset[int]) -> bool:
    """Whether a word stands too far from those before it to be read in one go."""
    last = part[-1]
    sizes = _size(word), _size(last)
    gap = (word.box.x0 - max(each.box.x1 for each in part[-3:])) / max(sizes)
    if gap <= ALIGNED_GAP:
        return False
    printed = word.origin == "text" == last.origin  # the sizes and places that OCR gives vary within a line
    changed = word.bold != last.bold or max(sizes) > 1.15 * min(sizes)
    return gap > COLUMN_GAP or (printed and ((changed and gap > STYLE_GAP) or _place(word) in columns))


def _numbers_joined(runs: list[Run]) -> list[Run]:
    """Clause numbers and bullets joined to the text they number."""
    joined: list[Run] = []
    for run in runs:
        before = joined[-1] if joined else None
        if before is not None and before.row == run.row and _numbers(before, run):
            joined[-1] = _run(before.words + run.words, run.row)
        else:
            joined.append(run)
    return joined


def _numbers(before: Run, run: Run) -> bool:
    near = 0 <= run.box.x0 - before.box.x1 <= FURTHEST_NUMBER * run.size
    return near and len(run.words) > 1 and len(before.words) == 1 and CLAUSE_NUMBER.fullmatch(before.text) is not None


def _run(words: list[Word], row: int) -> Run:
    return Run(words, around([word.box for word in words]), median(_size(word) for word in words), row)


# Runs to blocks in reading order


def _ordered(runs: list[Run]) -> list[list[Run]]:
    """Blocks of runs in reading order: bands from the top, columns of prose one by one, tables row by row."""
    blocks: list[list[Run]] = []
    for band, gutter in _bands(runs):
        if gutter is None:
            blocks.extend(_paragraphs(band))
            continue
        left = [run for run in band if run.box.middle[0] < gutter]
        right = [run for run in band if run.box.middle[0] >= gutter]
        if _reads_by_row(left, right):
            blocks.extend(_by_row(band))
        else:
            blocks.extend(_ordered(left))
            blocks.extend(_ordered(right))
    return blocks


def _by_row(band: list[Run]) -> list[list[Run]]:
    """Each run a block of its own, but one that stands alone below the run before it goes on with that one."""
    alone = {row for row, count in Counter(run.row for run in band).items() if count == 1}
    blocks: list[list[Run]] = []
    for run in sorted(band, key=lambda run: (run.row, run.box.x0)):
        above = blocks[-1][-1] if blocks else None
        if above is not None and run.row in alone and _goes_on(above, run):
            blocks[-1].append(run)
        else:
            blocks.append([run])
    return blocks


def _goes_on(above: Run, below: Run) -> bool:
    aligned = abs(above.box.x0 - below.box.x0) < 0.3 * below.size
    return aligned and 0 <= below.box.y0 - above.box.y0 < 2 * below.size


def _bands(runs: list[Run]) -> list[tuple[list[Run], float | None]]:
    """Cut runs from top to bottom into bands that share a gutter (its x is given) or have none."""
    rows: dict[int, list[Run]] = {}
    for run in runs:
        rows.setdefault(run.row, []).append(run)
    ordered = [rows[number] for number in sorted(rows)]
    bands: list[tuple[list[Run], float | None]] = []
    plain: list[Run] = []
    start = 0
    while start < len(ordered):
        end, gutter = _longest_band(ordered, start)
        if gutter is None:
            plain.extend(ordered[start])
            start += 1
            continue
        if plain:
            bands.append((plain, None))
            plain = []
        bands.append(([run for row in ordered[start:end] for run in row], gutter))
        start = end
    if plain:
        bands.append((plain, None))
    return bands


def _longest_band(rows: list[list[Run]], start: int) -> tuple[int, float | None]:
    """Rows from `start` that leave a strip free, which the first row crosses with text on both sides; its middle."""
    strips = _gaps(rows[start])
    if not strips:
        return start, None
    end = start + 1
    left, right = max(strips, key=lambda strip: strip[1] - strip[0])
    needed = GUTTER * median(run.size for run in rows[start])
    while end < len(rows):
        free = _free(left, right, rows[end])
        if free is None or free[1] - free[0] < needed:
            break
        if _white_above(rows, end) and free[1] - free[0] < STEADY * (right - left):
            break
        left, right = free
        end += 1
    while end > start + 1 and len(rows[end - 1]) == 1 and not _near(rows[end - 2], rows[end - 1]):
        end -= 1
    return end, (left + right) / 2


def _white_above(rows: list[list[Run]], place: int) -> bool:
    """Whether an empty strip over the whole width stands above a row, as between parts of a page."""
    above = max(run.box.y1 for run in rows[place - 1])
    return min(run.box.y0 for run in rows[place]) - above > WHITE_STRIP * rows[place][0].size


def _near(previous: list[Run], last: list[Run]) -> bool:
    above = max(run.box.y1 for run in previous)
    return last[0].box.y0 - above < 1.0 * last[0].size


def _gaps(row: list[Run]) -> list[tuple[float, float]]:
    return [(left.box.x1, right.box.x0) for left, right in pairwise(row) if right.box.x0 > left.box.x1]


def _free(left: float, right: float, row: list[Run]) -> tuple[float, float] | None:
    """What of the strip from `left` to `right` stays free of the runs of `row`: the widest rest, None if nothing."""
    rests = [(left, right)]
    for run in row:
        cut = []
        for x0, x1 in rests:
            if run.box.x1 <= x0 or run.box.x0 >= x1:
                cut.append((x0, x1))
                continue
            if run.box.x0 > x0:
                cut.append((x0, run.box.x0))
            if run.box.x1 < x1:
                cut.append((run.box.x1, x1))
        rests = cut
    return max(rests, key=lambda rest: rest[1] - rest[0]) if rests else None


def _reads_by_row(left: list[Run], right: list[Run]) -> bool:
    """Whether two columns are label and value or cells of a table, rather than two texts side by side."""
    if not left or not right:
        return False
    if _side_by_side(left, right):
        return False
    rows_left, rows_right = {run.row for run in left}, {run.row for run in right}
    if sum(run.text.endswith(":") for run in left) >= NUMBERS * len(left):
        return True
    if len(rows_left & rows_right) < 0.5 * len(rows_right):
        return False
    if _on_one_grid(left, right):
        return True
    first = _first_column(right)
    numbers = sum(_is_number(run.text) for run in first)
    return numbers >= NUMBERS * len(first)


def _side_by_side(left: list[Run], right: list[Run]) -> bool:
    """Whether two columns hold the same labels on the same rows, as the signatures of two parties do."""
    labels = {run.row: _label(run) for run in left}
    return sum(label == labels.get(run.row) for run in right if (label := _label(run))) >= LEAST_SHARED_LABELS


def _label(run: Run) -> str:
    """What stands before a colon."""
    label, colon, _ = run.text.partition(":")
    return label if colon else ""


def _on_one_grid(left: list[Run], right: list[Run]) -> bool:
    """Whether nearly every row of each column has a partner at the same height: printed as pairs."""
    if min(len(left), len(right)) < 2 or max(len(run.words) for run in left) > LONGEST_LABEL:
        return False
    heights = {run.row: run.box.y1 for run in left}
    pairs = sum(abs(heights.get(run.row, -1e9) - run.box.y1) < SAME_BASE * run.size for run in right)
    return pairs >= ON_ONE_GRID * max(len(left), len(right))


def _first_column(runs: list[Run]) -> list[Run]:
    """The leftmost run of each row."""
    first: dict[int, Run] = {}
    for run in runs:
        if run.row not in first or run.box.x0 < first[run.row].box.x0:
            first[run.row] = run
    return list(first.values())


def _is_number(text: str) -> bool:
    return FIGURES.fullmatch(MONEY_WORDS.sub("", text).strip()) is not None


def _paragraphs(runs: list[Run]) -> list[list[Run]]:
    """Runs below one another cut where the distance between lines is larger than usual around it."""
    ordered = sorted(runs, key=lambda run: (run.row, run.box.x0))
    pitches = [
        below.box.y1 - above.box.y1
        for above, below in pairwise(ordered)
        if below.row != above.row and 0 < below.box.y1 - above.box.y1 < LARGEST_PITCH * max(above.size, below.size)
    ]
    usual = median(pitches) if pitches else 0.0
    blocks: list[list[Run]] = []
    for run in ordered:
        if blocks and _same_paragraph(blocks[-1][-1], run, usual):
            blocks[-1].append(run)
        else:
            blocks.append([run])
    return blocks


def _same_paragraph(above: Run, below: Run, usual: float) -> bool:
    if above.row == below.row:
        return False
    size = max(above.size, below.size)
    pitch = below.box.y1 - above.box.y1
    if not 0 < pitch <= min(max(PARAGRAPH_PITCH * usual, 1.3 * size), LARGEST_PITCH * size):
        return False
    return min(above.box.x1, below.box.x1) > max(above.box.x0, below.box.x0)


# Text that stands on its side


def _upright_blocks(words: list[Word]) -> list[list[Run]]:
    """Words on their side, one block for each strip of them, from the bottom up as margins are read."""
    blocks: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word.box.x0, -word.box.y1)):
        last = blocks[-1][-1] if blocks else None
        if last is not None and min(last.box.x1, word.box.x1) - max(last.box.x0, word.box.x0) > 0.5 * word.box.width:
            blocks[-1].append(word)
        else:
            blocks.append([word])
    return [[_run(block, 0)] for block in blocks]
