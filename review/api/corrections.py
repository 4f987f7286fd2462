"""What people and programs decide about a record: the same acts as at the desk, each once and on what was seen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request

from review.access.bank_data import HIDDEN, mask_of
from review.access.gate import allowed, demand, document_of, queue_of
from review.access.identity import person_of
from review.api.answers import CONFLICT, REFUSALS, DocumentState, state_of
from review.context import context_of
from review.desk.acts import Act, Desk
from review.desk.alike import Alike, applied
from review.desk.routes import desk_of, seat_of
from review.refusals import Refused

OF_A_SECOND_PERSON = frozenset({"approve", "send_back"})
ONLY_AT_THE_DESK = frozenset({"undo", "redo"})  # they speak of what one person did last, on whatever document

router = APIRouter(prefix="/api/v1", tags=["corrections"], responses=REFUSALS)


class Correction(BaseModel):
    """One thing that was decided."""

    act: str
    path: str = Field(description="Field, row or cell; empty: the whole document.")
    old: Any = Field(description="Canonical value before; null: none.")
    new: Any = Field(description="Canonical value after; null: none.")
    who: str
    at: datetime
    why: str
    version: int = Field(description="Of the document after it.")


@router.get("/documents/{sha}/corrections", dependencies=[allowed("see")])
def corrections(request: Request, sha: str) -> list[Correction]:  # noqa: ARG001 - the gate has found the document
    """Return what was decided about a record, first to last: who, when, from what, to what, and why."""
    context, found = context_of(request), document_of(request)
    hide = mask_of(context, person_of(request), found)
    return [
        Correction(
            act=each.act,
            path=each.path,
            old=hide.value(each.path, each.old),
            new=hide.value(each.path, each.new),
            who=each.who,
            at=each.at,
            why=hide.text(each.why),
            version=each.version,
        )
        for each in context.store.corrections(found.sha256)
    ]


@router.post("/documents/{sha}/corrections", dependencies=[allowed("review")], responses=CONFLICT)
def correct(request: Request, sha: str, act: Act) -> DocumentState:  # noqa: ARG001
    """Set, accept, finish, reject, … Once for each `key`; 409 when `version` is not the present one any more."""
    context, person, found = context_of(request), person_of(request), document_of(request)
    hide = mask_of(context, person, found)
    if act.act in OF_A_SECOND_PERSON:
        demand(person, "approve", queue_of(found))
    if act.act in ONLY_AT_THE_DESK:
        raise Refused(422, "wrong_value", f"{act.act} is for people at the desk.", "Set the value that you want.")
    if hide.hides(act.path) or HIDDEN in str(act.value):
        demand(person, "see_bank_data", queue_of(found))
    Desk(context.store, context.schemas, person.name, context.four_eyes, typed=False).do(found, act)
    return DocumentState.model_validate(hide.data(state_of(context.store.document(found.sha256)).model_dump()))


@router.post("/documents/{sha}/alike", dependencies=[allowed("review")])
def alike(request: Request, sha: str, asked: Alike) -> dict[str, Any]:  # noqa: ARG001
    """Apply a correction to waiting documents of the same layout, or (`preview`) say what it would change in each.

    Nothing that a person decided is changed, and the documents go on waiting.
    """
    found, desk, door = document_of(request), desk_of(request), context_of(request).alike
    return applied(desk, found, asked, door, lambda document: seat_of(request, document))
