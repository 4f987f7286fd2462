"""One field of a record that is there already, read again by what corrections taught since."""

from __future__ import annotations

from collections.abc import Iterable

from extractors.assess.circumstances import Heard, Surroundings
from extractors.assess.decide import Policy
from extractors.assess.drafts import draft
from extractors.assess.scorer import Scorer
from extractors.ground import Ground
from extractors.memory import remembered
from extractors.page.reading import PageReading
from schemas.comparators import normal
from schemas.document import ParsedDocument
from schemas.layouts import Lesson
from schemas.results import Candidate, Extraction, FieldResult
from schemas.schema import Schema


def reread(
    document: ParsedDocument, schema: Schema, record: Extraction, name: str, lessons: Iterable[Lesson], scorer: Scorer
) -> FieldResult | None:
    """Return what a field would be with these lessons; None where they change nothing.

    The value that stands there competes as the reading of its source, and stays among the alternatives if it loses. A
    person has to decide either way.
    """
    field, old = schema.field(name), record.fields[name]
    page = PageReading(document, schema)
    given = remembered.candidates(page, [each for each in lessons if each.field == name])
    if not given or given[0].value is None or old.source == "person":
        return None
    if old.value is not None and normal(field, old.value) == normal(field, given[0].value):
        return None
    before = Candidate(
        field=name,
        kind=field.kind,
        source=old.source or "rules",
        value=old.value,
        evidence=old.evidence,
        score=old.confidence or 0.0,
    )
    placed = Ground(page).grounded(given)
    found = draft(field, [*placed, *([before] if old.value is not None else [])])
    if found.value is None or normal(field, found.value) != normal(field, given[0].value):
        return None
    scored = found.scored(scorer, Surroundings(document), Heard())
    return scored.result(Policy(blocked=old.blocked, accept_proved=False, absence_told=False))
