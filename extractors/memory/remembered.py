"""The layout memory as a source: candidates from the places that people corrected on earlier documents of a layout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from extractors.memory.phrases import Reader
from extractors.memory.place import Recalled, recall
from extractors.page.reading import PageReading
from schemas import reasons
from schemas.comparators import normal
from schemas.fields import FieldDefinition
from schemas.layouts import Lesson
from schemas.results import Candidate

DOUBT = 0.05  # of an error, held against every lesson before it has been tried


def is_in_use(lesson: Lesson) -> bool:
    """Return whether a lesson may give values: it is promoted, and more documents speak for it than against it."""
    return lesson.state == "promoted" and lesson.right > lesson.wrong


def history(lesson: Lesson) -> float:
    """Return the share of documents on which people agree with a lesson, with a little doubt.

    The mean of a Beta distribution whose prior counts one document for the lesson and a twentieth against it: a
    correction is rarely wrong, and a single one is not certain.
    """
    return (lesson.right + 1) / (lesson.right + lesson.wrong + 1 + DOUBT)


def candidates(page: PageReading, lessons: Iterable[Lesson]) -> tuple[Candidate, ...]:
    """Return a candidate for each field whose place is there and clear.

    Args:
        page: the document, of a layout that the lessons are about, under its schema.
        lessons: those that are not in use, or about fields that the schema has no longer, are left out.
    """
    by_field: dict[str, list[Lesson]] = {}
    for lesson in lessons:
        if is_in_use(lesson):
            by_field.setdefault(lesson.field, []).append(lesson)
    if not by_field:
        return ()
    reader = Reader(page.document, page.layout)
    fields = [field for field in page.schema.fields if field.name in by_field]
    found = (_candidate(reader, field, by_field[field.name]) for field in fields)
    return tuple(candidate for candidate in found if candidate is not None)


def version(lessons: Iterable[Lesson]) -> str:
    """Return what tells readings with other lessons, or with another history of them, apart."""
    used = sorted((lesson.number, lesson.right, lesson.wrong) for lesson in lessons if is_in_use(lesson))
    return ",".join(f"{number}:{right}/{wrong}" for number, right, wrong in used)


def _candidate(reader: Reader, field: FieldDefinition, lessons: Sequence[Lesson]) -> Candidate | None:
    """The value of the lesson with the best history; None if one with an equal history gives another value."""
    best: tuple[float, Recalled] | None = None
    for lesson in sorted(lessons, key=history, reverse=True):
        share = history(lesson)
        if best is not None and share < best[0]:
            break
        found = recall(reader, lesson.place, field)
        if best is None:
            best = (share, found) if found is not None else None
        elif found is not None and normal(field, found.value) != normal(field, best[1].value):
            return None
    return None if best is None else _of(field, best[1], best[0])


def _of(field: FieldDefinition, found: Recalled, share: float) -> Candidate:
    signals: Mapping[str, float] = {"layout_history": round(share, 4)}
    return Candidate(
        field=field.name,
        kind=field.kind,
        source="memory",
        value=found.value,
        evidence=found.evidence,
        score=round(share, 4),
        signals=signals,
        reasons=(reasons.REMEMBERED(),),
    )
