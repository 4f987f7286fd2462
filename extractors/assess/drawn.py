"""Whether the picture of a page shows what the file says: a font may draw other letters than the file states.

The places of the values are read from the picture (by whom is handed in) and compared with the words of the file. What
OCR misreads is forgiven within bounds; figures are never forgiven for other figures.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

from rapidfuzz import fuzz

from extractors.page.quotes import LOOK_ALIKE, SLIP, plain
from schemas.document import Box, Page, ParsedDocument
from schemas.errors import Refusal
from schemas.reasons import DRAWN_OTHERWISE, DRAWN_SOMEWHERE, DRAWN_UNCHECKED
from schemas.results import Evidence, Extraction, FieldResult, Problem, RowResult

MOST_BOXES = 40  # of a document drawn at random that are read from pictures; those of fields come before those of rows
MOST_DOUBTED = 300  # of a document with a doubtful font; if it has more, nothing of it passes
DOTS = (200, 300)  # pixels per inch of the first look, and of a second one at what disagrees
LONG = 12  # letters and figures from which a text may run into its neighbour, as in narrow cells
SLIP_OF_LONG = 80.0  # least similarity (0..100) of such a text; of shorter ones nine letters in ten must agree
LONGEST_TOLD = 40  # letters of a reading that a person is shown

Places = Sequence[tuple[Page, Sequence[Box]]]
ReadPlaces = Callable[[Places, int], Sequence[Sequence[str]]]
_Place = tuple[int, tuple[Box, ...]]


def compared_with_picture(
    document: ParsedDocument, extraction: Extraction, read: ReadPlaces, *, doubted: bool
) -> Extraction:
    """Return the extraction; if the picture shows other words for a value, or cannot be read, none of it may pass.

    Args:
        document: what the file says.
        extraction: before it is decided what passes under certificates.
        read: gives the text at each place of each page, at so many pixels per inch; raises Refusal if that fails.
        doubted: a font of the file is doubtful, so all values are looked at; else the first ones are.
    """
    asked = _places(document, extraction)
    if doubted and sum(len(place.boxes) for place in asked) > MOST_DOUBTED:
        return _stopped(extraction, DRAWN_UNCHECKED(), {})
    asked = asked if doubted else _first(asked)
    told: dict[_Place, str] = {}
    try:
        for dots in DOTS:
            told = dict(_otherwise(document, asked, read, dots))
            asked = [place for place in asked if (place.page, place.boxes) in told]
            if not asked:
                return extraction
    except Refusal:
        return _stopped(extraction, DRAWN_UNCHECKED(), {})
    return _stopped(extraction, DRAWN_SOMEWHERE(page=asked[0].page), told)


def agrees(stated: str, shown: str) -> bool:
    """Return whether OCR may have read `shown` where `stated` is drawn: all figures, and nearly all letters.

    Signs that look alike stand for each other. Only letters and figures that the OCR models know are compared: in a
    text of other scripts nothing is.
    """
    bare = "".join(sign for sign in plain(stated) if sign.isascii())
    wanted, found = bare.translate(LOOK_ALIKE), plain(shown).translate(LOOK_ALIKE)
    if not wanted or wanted in found:
        return True
    figures = [wanted[match.start() : match.end()] for match in re.finditer(r"\d+", bare)]
    least = SLIP_OF_LONG if len(wanted) >= LONG else SLIP
    return bool(found) and all(each in found for each in figures) and fuzz.partial_ratio(wanted, found) >= least


def _places(document: ParsedDocument, extraction: Extraction) -> list[Evidence]:
    """The evidence on pages with text of their own, each place once."""
    printed = {page.number for page in document.pages if page.origin == "text"}
    cells = (cell for rows in extraction.rows.values() for row in rows for cell in row.cells.values())
    found: dict[_Place, Evidence] = {}
    for result in (*extraction.fields.values(), *cells):
        for place in result.evidence:
            if place.page in printed and place.boxes:
                found.setdefault((place.page, place.boxes), place)
    return list(found.values())


def _first(places: Sequence[Evidence]) -> list[Evidence]:
    """As many places as are read of a document drawn at random."""
    counts = accumulate(len(place.boxes) for place in places)
    return [place for place, count in zip(places, counts, strict=True) if count <= MOST_BOXES]


def _otherwise(
    document: ParsedDocument, places: Iterable[Evidence], read: ReadPlaces, dots: int
) -> Iterator[tuple[_Place, str]]:
    """The places where something else is read than the file says, and what."""
    by_page: dict[int, list[Evidence]] = {}
    for place in places:
        by_page.setdefault(place.page, []).append(place)
    asked = [
        (page, [box for place in by_page[page.number] for box in place.boxes])
        for page in document.pages
        if page.number in by_page
    ]
    for (page, _), texts in zip(asked, read(asked, dots) if asked else (), strict=True):
        left = iter(texts)
        for place in by_page[page.number]:
            shown = " ".join(next(left) for _ in place.boxes)
            if not agrees(place.quote, shown):
                yield (place.page, place.boxes), shown


def _stopped(extraction: Extraction, message: str, told: Mapping[_Place, str]) -> Extraction:
    """The extraction with a finding for a person: nothing passes, and the values in question say why."""
    fields = {name: _waiting(result, told) for name, result in extraction.fields.items()}
    rows = {
        name: tuple(
            RowResult(number=row.number, cells={column: _waiting(cell, told) for column, cell in row.cells.items()})
            for row in every
        )
        for name, every in extraction.rows.items()
    }
    problems = (*extraction.problems, Problem(check="finding", fields=(), message=message))
    return extraction.model_copy(update={"fields": fields, "rows": rows, "problems": problems})


def _waiting(result: FieldResult, told: Mapping[_Place, str]) -> FieldResult:
    update: dict[str, Any] = {"decision": "review", "blocked": True}
    shown = [told[place.page, place.boxes] for place in result.evidence if (place.page, place.boxes) in told]
    if shown:
        update["reasons"] = (*result.reasons, DRAWN_OTHERWISE(shown=shown[0][:LONGEST_TOLD] or "…"))
    return result.model_copy(update=update)
