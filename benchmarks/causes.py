"""Why a field was missed: the first step of the way at which the right value was lost.

- parse: the page does not hold it, as far as our words go, though it is printed as text;
- OCR: the same on a page that was read from a picture;
- reading order: its words are there, but nowhere behind each other;
- normalisation: it was read at the right place, as another value;
- candidate not found: it stands there, but no candidate has it;
- wrong choice: a candidate has it, but another was chosen;
- nothing is there: an answer where the document has none;
- truth in doubt: the page prints another form of the answer that was given, and not the truth.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from extractors.page.places import Place, Places
from extractors.page.runs import Layout, folded
from schemas.comparators import equal
from schemas.document import Box, ParsedDocument
from schemas.fields import FieldDefinition, Kind
from schemas.results import Candidate, Value
from schemas.values.typed import canonical

CAUSES = (
    "parse", "OCR", "reading order", "normalisation", "candidate not found", "wrong choice", "nothing is there",
    "truth in doubt",
)  # fmt: skip


def cause_of(
    document: ParsedDocument,
    definition: FieldDefinition,
    wanted: Any,
    got: Any,
    candidates: Sequence[Candidate],
    *,
    certain: bool,
) -> str:
    """Return why `got` is not `wanted`, one of CAUSES.

    Args:
        document: what parsing gave.
        definition: the field; no table.
        wanted: its truth in canonical text, None if the document has no such value.
        got: the answer in canonical text, None without one.
        candidates: what rules offered for the field.
        certain: the truth is known to be printed, as it is for documents that a program made.
    """
    if wanted is None:
        return "nothing is there"
    if any(equal(definition, wanted, candidate.value) for candidate in candidates):
        return "wrong choice"
    layout = Layout(document)
    places = Places(layout)
    stands = places.of(definition.kind, _typed(definition.kind, wanted)).places
    if stands:
        read = [evidence for candidate in candidates for evidence in candidate.evidence]
        touched = any(_touch(box, place) for evidence in read for box in evidence.boxes for place in stands)
        return "normalisation" if touched else "candidate not found"
    if _all_words_stand(layout, str(wanted)) and definition.kind is not Kind.DATE:
        return "reading order"
    if not certain and got is not None and places.of(definition.kind, _typed(definition.kind, got)).places:
        return "truth in doubt"
    return "OCR" if any(page.origin == "ocr" for page in document.pages) else "parse"


def _typed(kind: Kind, text: Any) -> Value:
    try:
        return canonical(kind, text)
    except ValueError:
        return str(text)


def _touch(box: Box, place: Place) -> bool:
    return any(box.holds(part.box) or part.box.holds(box) for part in place)


def _all_words_stand(layout: Layout, text: str) -> bool:
    if isinstance(text, date):
        return False
    words = set(re.findall(r"[^\W_]+", folded(" ".join(run.text for run in layout.runs))))
    return all(word in words for word in re.findall(r"[^\W_]+", folded(text)))


def missed_value(definition: FieldDefinition, wanted: Any, got: Any) -> Any:
    """Return the truth that was missed: of several values the first one; None if there are only answers to spare."""
    if not definition.many or not isinstance(wanted, list):
        return wanted
    answers = got if isinstance(got, list) else []
    return next((each for each in wanted if not any(equal(definition, each, answer) for answer in answers)), None)


def table_cause(rows_wanted: int, rows_right: int, rows_got: int) -> str:
    """Return what is wrong with the rows of a table."""
    if not rows_got:
        return "no table found"
    if rows_right == rows_wanted:
        return "rows too many"
    if rows_got < rows_wanted:
        return "rows missing"
    return "rows wrong"
