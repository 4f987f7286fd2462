"""What waits for a person."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.requests import Request

from review import cursors
from review.access.bank_data import mask_for
from review.access.gate import allowed, queue_of
from review.access.identity import person_of
from review.access.permissions import Person
from review.api.answers import REFUSALS, DocumentState, state_of
from review.context import Context, context_of
from review.queue import Waiting, waiting_of
from store.desk_queue import DeskQueue, Order, Wanted

router = APIRouter(prefix="/api/v1", tags=["queue"], responses=REFUSALS)


class WaitingValue(BaseModel):
    """A field or cell that waits."""

    field: str
    value: str | None = Field(description="Canonical text; null: not found.")
    confidence: float | None


class WaitingDocument(DocumentState):
    """A document that waits."""

    why: str = Field(description="One sentence.")
    fields: list[WaitingValue] = Field(description="The least sure first.")
    problems: list[str] = Field(description="Checks that fail.")


class WaitingPage(BaseModel):
    """A part of what waits."""

    documents: list[WaitingDocument]
    total: int = Field(description="Documents that wait.")
    next: str | None = Field(description="Send it as `after` for what follows; null: that was all.")


@router.get("/queue", dependencies=[allowed("see")])
def queue(
    request: Request,
    order: Annotated[Order, Query(description="As the desk has it (worth), by age, due date or amount.")] = "worth",
    after: Annotated[str, Query(description="`next` of the answer before, in the same order.")] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> WaitingPage:
    """Return what waits in the queues that one may see, with the fields and the failed checks of each document.

    In the order of the desk: first where a second of a person's time saves most.
    """
    context, person = context_of(request), person_of(request)
    context.ranking.begin().result()
    shelf = DeskQueue(context.store.database, context.store.now)
    wanted = Wanted(queues=person.queues("see"))
    rows, following = shelf.page(wanted, order, limit, cursors.read(after))
    documents = [_waiting(context, person, waiting_of(context.store, row.document)) for row in rows]
    return WaitingPage(documents=documents, total=shelf.count(wanted), next=cursors.written(following))


def _waiting(context: Context, person: Person, one: Waiting) -> WaitingDocument:
    hide = mask_for(context, person, queue_of(one.document))
    return WaitingDocument(
        **hide.data(state_of(one.document).model_dump()),
        why=hide.text(one.why),
        fields=[
            WaitingValue(field=field.path, value=hide.value(field.path, field.value), confidence=field.confidence)
            for field in one.fields
        ],
        problems=[hide.text(problem.message) for problem in one.problems],
    )
