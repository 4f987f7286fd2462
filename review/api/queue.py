"""What waits for a person."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request

from review.access.bank_data import mask_for
from review.access.gate import allowed, queue_of
from review.access.identity import person_of
from review.access.permissions import Person
from review.api.documents import state_of
from review.context import Context, context_of
from review.queue import Waiting, waiting

router = APIRouter(prefix="/api/v1", tags=["queue"])


@router.get("/queue", dependencies=[allowed("see")])
def queue(request: Request, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> list[dict[str, Any]]:
    """Return what waits in the queues that one may see, with the fields and the failed checks of each document."""
    context, person = context_of(request), person_of(request)
    seen = (one for one in waiting(context.store) if person.may("see", queue_of(one.document)))
    return [_waiting(context, person, one) for one in islice(seen, limit)]


def _waiting(context: Context, person: Person, one: Waiting) -> dict[str, Any]:
    hide = mask_for(context, person, one.document.schema_name)
    return {
        **state_of(one.document),
        "why": hide.text(one.why),
        "fields": [
            {"field": field.path, "value": hide.value(field.path, field.value), "confidence": field.confidence}
            for field in one.fields
        ],
        "problems": [hide.text(problem.message) for problem in one.problems],
    }
