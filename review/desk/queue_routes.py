"""The queue as JSON: what waits, the next document to do, and acts on many at once with a preview."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from review import cursors
from review.access.bank_data import mask_for, mask_of
from review.access.gate import allowed, queue_of
from review.access.identity import person_of
from review.context import Context, context_of
from review.desk import four_eyes
from review.desk.acts import Act
from review.desk.routes import claim_view, claims_of, desk_of, seat_of
from review.desk.view import View
from review.queue import claim_next
from review.refusals import Refused
from review.subjects import Subjects
from schemas.comparators import folded
from schemas.errors import DocassayError, InvalidValue
from store.desk_queue import DeskQueue, Order, Waits, Wanted
from store.entities import Document
from store.states import State

router = APIRouter(prefix="/desk/api", include_in_schema=False)
BULK = 1000  # documents of one request


class Filters(BaseModel):
    """The filters of the queue, as they stand in an address."""

    model_config = ConfigDict(frozen=True)

    queue: str = Field("", description="A schema, as `schema`.")
    schema_name: str = Field("", alias="schema", description="A schema.")
    reason: str = Field("", description="A reason code, a failed check, or field:NAME for what waits.")
    supplier: str = Field("", description="Part of the supplier's name.")
    amount_from: float | None = None
    amount_to: float | None = None
    days_from: float | None = Field(None, ge=0, description="At least so many days since it arrived.")
    days_to: float | None = Field(None, ge=0, description="At most so many days since it arrived.")
    due_until: str = Field("", pattern=r"^(\d{4}-\d{2}-\d{2})?$")
    assignee: str = Field("", description='"me", "nobody", or a name.')
    state: State = State.IN_REVIEW
    postponed: Literal["", "yes", "no"] = ""
    cause: str = ""


def wanted_of(request: Request, filters: Annotated[Filters, Query()]) -> Wanted:
    """Return what the address asks for, within what this person may see."""
    person, now = person_of(request), context_of(request).store.now()
    named = {"me": (person.name,), "nobody": ("",), "": None}
    return Wanted(
        states=(filters.state,),
        queues=person.queues("see"),
        schema=filters.schema_name or filters.queue,
        reason=filters.reason,
        supplier=folded(filters.supplier),
        amount_from=filters.amount_from,
        amount_to=filters.amount_to,
        arrived_before=now - timedelta(days=filters.days_from) if filters.days_from is not None else None,
        arrived_after=now - timedelta(days=filters.days_to) if filters.days_to is not None else None,
        due_until=filters.due_until,
        assignees=named.get(filters.assignee, (filters.assignee,)),
        postponed={"": None, "yes": True, "no": False}[filters.postponed],
        cause=filters.cause,
    )


@router.get("/queue", dependencies=[allowed("see")])
def queue(
    request: Request,
    wanted: Annotated[Wanted, Depends(wanted_of)],
    order: Order = "worth",
    cursor: str = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> dict[str, Any]:
    """Return a page of what waits, with how many there are, and causes that several documents share.

    It is not `complete` while many documents at once are given their places.
    """
    context, desk = context_of(request), desk_of(request)
    complete = context.ranking.kept_up()
    shelf = DeskQueue(context.store.database, context.store.now)
    rows, following = shelf.page(wanted, order, limit, cursors.read(cursor))
    groups = [] if cursor else shelf.groups(wanted)
    text = mask_for(context, person_of(request), None).text  # a cause is a filter too: it is shown whole or not at all
    start_of_day = context.store.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "total": shelf.count(wanted),
        "complete": complete,
        "done_today": desk.acts.finished(desk.who, start_of_day),
        "documents": [_row(request, row) for row in rows],
        "next": cursors.written(following),
        "groups": [
            {"cause": group.cause, "count": group.count, "worth": group.worth}
            for group in groups
            if text(group.cause) == group.cause
        ],
    }


@router.post("/claim-next", dependencies=[allowed("review")])
def next_document(request: Request, wanted: Annotated[Wanted, Depends(wanted_of)]) -> dict[str, Any]:
    """Take the worthiest document that nobody has, and name it; it is null when there is none."""
    context, person = context_of(request), person_of(request)
    complete = context.ranking.kept_up()

    def may(document: Document, permission: Literal["review", "approve"]) -> bool:
        return person.may(permission, queue_of(document))

    held = claim_next(context.store, claims_of(request), person.name, wanted, may)
    if held is None and not complete:
        context.ranking.begin().result()
        held = claim_next(context.store, claims_of(request), person.name, wanted, may)
    return {"document": held.document if held else None, "claim": claim_view(held, person.name)}


class Bulk(BaseModel):
    """One act on many documents."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(min_length=8, max_length=64)
    act: Literal["assign", "release", "postpone", "retry", "reject", "reclassify"]
    documents: tuple[str, ...] = Field(min_length=1, max_length=BULK)
    why: str = Field("", max_length=4000)
    schema_name: str | None = Field(None, alias="schema")
    to: str = Field("", max_length=200)
    preview: bool = False


@router.post("/bulk", dependencies=[allowed("review")])
def bulk(request: Request, asked: Annotated[Bulk, Body()]) -> dict[str, Any]:
    """Do one act to many documents, or say what it would do; each succeeds or fails by itself."""
    results = [_each(request, asked, sha) for sha in dict.fromkeys(asked.documents)]
    return {"documents": results, "done": sum(result["ok"] for result in results), "preview": asked.preview}


@router.get("/fields/{schema}/{field}", dependencies=[allowed("see")])
def field_mode(
    request: Request, schema: str, field: str, cursor: str = "", limit: Annotated[int, Query(ge=1, le=100)] = 24
) -> dict[str, Any]:
    """Return one field of many documents that wait for it, each with its evidence; only where its schema allows it."""
    context, person, desk = context_of(request), person_of(request), desk_of(request)
    if schema not in context.schemas or not person.may("see", schema):
        raise Refused(404, "not_found", "There is no such queue that you may see.")
    definition = next((each for each in context.schemas[schema].fields if each.name == field), None)
    if definition is None or not definition.acceptance.together:
        message = f"{field} of {schema} is decided document by document."
        raise Refused(409, "not_together", message, "The schema can allow it: together: true at the field.")
    context.ranking.kept_up()
    wanted = Wanted(schema=schema, reason=f"field:{field}", postponed=False)
    shelf = DeskQueue(context.store.database, context.store.now)
    rows, following = shelf.page(wanted, "worth", limit, cursors.read(cursor))
    shown = []
    for row in rows:
        scene = desk.acts.scene(row.document.sha256, desk.who)
        if scene.record is None or field not in scene.record.fields:
            continue
        view = View(scene, context.schemas[schema], seat_of(request, scene.document))
        name = view.seat.mask.text(row.document.name)
        shown.append({"document": row.document.sha256, "name": name, "field": view.field(field)})
    return {"total": shelf.count(wanted), "documents": shown, "next": cursors.written(following)}


def _each(request: Request, asked: Bulk, sha: str) -> dict[str, Any]:
    context, person, desk = context_of(request), person_of(request), desk_of(request)
    result: dict[str, Any] = {"document": sha, "name": "", "ok": False}
    try:
        found = context.store.document(sha)
        if not person.may("review", queue_of(found)):
            raise InvalidValue("You may not decide about this document.")
        result["name"] = mask_of(context, person, found).text(found.name)
        if asked.act == "release":
            held = claims_of(request).of(sha)
            if held is None or held.owner != person.name:
                raise InvalidValue("You do not have this document.")
            done = True if asked.preview else claims_of(request).release(sha, person.name)
            return {**result, "ok": done, "message": "It is given back."}
        act = Act(key=_key(asked.key, sha), act=asked.act, why=asked.why, schema=asked.schema_name, to=asked.to)
        message = desk.would(found, act)
        if not asked.preview:
            desk.do(found, act)
        return {**result, "ok": True, "message": message}
    except DocassayError as error:
        return {**result, "message": str(error)}


def _row(request: Request, row: Waits) -> dict[str, Any]:
    context, person, found = context_of(request), person_of(request), row.document
    text = mask_for(context, person, found.schema_name).text
    figures = row.figures
    postponed = None
    if row.postponed_at is not None:
        postponed = {"at": row.postponed_at.isoformat(), "by": row.postponed_by}
    return {
        "document": found.sha256,
        "name": text(found.name),
        "schema": found.schema_name or found.schema_wanted,
        "state": found.state.value,
        "version": found.version,
        "supplier": text(figures.supplier),
        "amount": None if _enters_amount(context, row) else figures.amount,
        "currency": figures.currency,
        "due": figures.due or None,
        "arrived": found.created_at.isoformat(),
        "age_seconds": round((context.store.now() - found.created_at).total_seconds()),
        "assignee": row.assignee,
        "postponed": postponed,
        "note": text(row.note),
        "claim": {"owner": row.owner, "mine": row.owner == person.name} if row.owner else None,
        "reasons": list(figures.reasons),
        "cause": text(figures.cause),
        "message": text(found.message or ""),
        "worth": figures.worth,
        "chance": figures.chance,
        "cost": figures.cost,
        "seconds": figures.seconds,
    }


def _enters_amount(context: Context, row: Waits) -> bool:
    """Whether somebody is still to enter the amount without seeing it."""
    schema = context.schemas.get(row.document.schema_name or "")
    blind = context.four_eyes.second_entry if four_eyes.SECOND in row.figures.reasons else ()
    return schema is not None and Subjects.of(schema).amount in blind


def _key(key: str, sha: str) -> str:
    return hashlib.sha256(f"{key} {sha}".encode()).hexdigest()
