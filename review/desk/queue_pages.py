"""The queue as a page, and one field over many documents: forms that work without a script."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from review.access.bank_data import mask_for, mask_of
from review.access.gate import allowed, demand, queue_of
from review.access.identity import person_of
from review.answers import page
from review.context import context_of
from review.desk.acts import Act, new_key
from review.desk.merge_page import merge_page
from review.desk.queue_links import FILTERS, back_to_queue, filters_of
from review.desk.queue_routes import Bulk, bulk, field_mode, next_document, queue, wanted_of
from review.desk.routes import desk_of
from review.desk.words import FIELD, in_words, label, named, reasons_to_choose
from schemas.errors import DocassayError, InvalidValue
from store.acts import Done
from store.desk_queue import Order, Wanted

router = APIRouter(include_in_schema=False)

HOUR, DAY = 3600, 86_400  # seconds
AGING, OLD = 1 * DAY, 3 * DAY  # seconds after which an age is shown in another colour, and in words
ACTS = (
    ("assign", "Assign"),
    ("release", "Give back"),
    ("postpone", "Put off"),
    ("approve", "Approve"),
    ("reject", "Reject"),
    ("retry", "Read again"),
    ("reclassify", "Read as another kind"),
    ("merge", "Join into one"),
)
AROUND = (60.0, 7.0)  # points that a strip shows beside and above the evidence
FIELDS_NAMED = 3  # of those that wait


@router.get("/queue", dependencies=[allowed("see")])
def queue_page(
    request: Request,
    wanted: Annotated[Wanted, Depends(wanted_of)],
    order: Order = "worth",
    cursor: str = "",
    said: str = "",
    good: bool = True,
) -> Response:
    """Show what waits, in the order in which a look is worth most."""
    context, person = context_of(request), person_of(request)
    told = queue(request, wanted, order, cursor, 50)
    today = context.store.now().date()
    asked = {name: request.query_params.get(name, "") for name in FILTERS}
    schemas = [name for name in context.schemas if person.may("see", name)]
    return page(
        request,
        "queue.html",
        rows=[{**row, **_read(row, today)} for row in told["documents"]],
        total=told["total"],
        complete=told["complete"],
        done_today=told["done_today"],
        groups=told["groups"],
        next=told["next"],
        cursor=cursor,
        asked={**asked, "order": order},
        filters=filters_of(request),
        schemas=schemas,
        reasons=list(reasons_to_choose([context.schemas[name] for name in schemas])),
        reason=in_words(asked["reason"]) if asked["reason"] else "",
        acts=ACTS,
        may_review=person.may("review"),
        may_upload=person.may("operate"),
        said=said[:300],
        good=good,
        together=[
            (name, field.name, f"{named(field.name)} of {named(name)}")
            for name in schemas
            for field in context.schemas[name].fields
            if field.acceptance.together
        ],
    )


@router.post("/queue/next", dependencies=[allowed("review")])
def begin(request: Request, wanted: Annotated[Wanted, Depends(wanted_of)]) -> Response:
    """Take the first document that is free, and open it."""
    taken = next_document(request, wanted)["document"]
    filters = filters_of(request)
    if taken is None:
        return back_to_queue(request, "Others have all that waits here, or it is put off or assigned.", good=False)
    return RedirectResponse(f"/desk/{taken}{'?' + filters if filters else ''}", 303)


@router.post("/queue/undo", dependencies=[allowed("review")])
def take_back(request: Request) -> Response:
    """Take back the last act of whoever asks, on whatever document it was."""
    person, desk = person_of(request), desk_of(request)

    def answer(done: Done) -> dict[str, Any]:
        found = done.scene.document
        demand(person, "review", queue_of(found))
        return {"name": mask_of(context_of(request), person, found).text(found.name)}

    try:
        done = desk.take_back(Act(key=new_key(), act="undo"), answer)
    except DocassayError as error:
        return back_to_queue(request, str(error), good=False)
    return back_to_queue(request, f"Taken back: {done['name']}.", good=True)


@router.post("/queue/bulk", dependencies=[allowed("review")])
async def bulk_page(request: Request) -> Response:
    """Show what an act would do to the chosen documents; do it when that was seen."""
    from starlette.concurrency import run_in_threadpool

    form = await request.form()
    return await run_in_threadpool(_bulk, request, form)


def _bulk(request: Request, form: FormData) -> Response:
    documents = [str(each) for each in form.getlist("documents")]
    act, why, key = (str(form.get(name, "")) for name in ("act", "why", "key"))
    title = dict(ACTS).get(act)
    if not documents or title is None:
        return back_to_queue(request, "Choose documents first.", good=False)
    if act == "merge":
        return merge_page(request, form)
    preview = "key" not in form
    try:
        results = _results(request, form, documents, act, why, key or new_key(), preview)
    except ValueError as error:
        return back_to_queue(request, str(error), good=False)
    done = sum(result["ok"] for result in results)
    if not preview:
        failed = next((result["message"] for result in results if not result["ok"]), "")
        return back_to_queue(request, f"{title}: {done} of {len(results)} done. {failed}".strip(), good=not failed)
    kept = [(name, str(value)) for name, value in form.multi_items() if name not in ("token", "preview", "key")]
    values = {"results": results, "possible": done, "label": title, "form": kept, "key": new_key()}
    return page(request, "queue_preview.html", filters=filters_of(request), **values)


def _results(
    request: Request, form: FormData, documents: list[str], act: str, why: str, key: str, preview: bool
) -> list[dict[str, Any]]:
    if act == "approve":
        return [_approved(request, sha, f"{key}{place}", preview) for place, sha in enumerate(documents)]
    schema, to = str(form.get("schema", "")) or None, str(form.get("to", ""))
    asked = {"key": key, "act": act, "documents": tuple(documents), "why": why, "schema": schema, "to": to}
    results: list[dict[str, Any]] = bulk(request, Bulk.model_validate({**asked, "preview": preview}))["documents"]
    return results


def _approved(request: Request, sha: str, key: str, preview: bool) -> dict[str, Any]:
    context, person, desk = context_of(request), person_of(request), desk_of(request)
    result: dict[str, Any] = {"document": sha, "name": "", "ok": False}
    try:
        found = context.store.document(sha)
        result["name"] = mask_for(context, person, queue_of(found)).text(found.name)
        if not person.may("approve", queue_of(found)):
            raise InvalidValue("This needs the role approver.")
        if not preview:
            desk.do(found, Act(key=key, act="approve"))
        return {**result, "ok": True, "message": "It is approved as it stands."}
    except DocassayError as error:
        return {**result, "message": str(error)}


@router.get("/fields/{schema}/{field}", dependencies=[allowed("see")])
def fields_page(request: Request, schema: str, field: str, said: str = "") -> Response:
    """Show one field of many documents side by side."""
    told = field_mode(request, schema, field)
    return page(
        request,
        "fields.html",
        label=f"{label(field)} of {named(schema)}",
        total=told["total"],
        said=said[:300],
        documents=[{**one, "text": _text(one["field"]), "strip": _strip(request, one)} for one in told["documents"]],
    )


@router.post("/fields/{schema}/{field}", dependencies=[allowed("review")])
def accept_fields(
    request: Request,
    schema: str,
    field: str,
    documents: Annotated[list[str], Form()],
    odd: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Accept the field in all shown documents that were not marked."""
    context, person, desk = context_of(request), person_of(request), desk_of(request)
    accepted = refused = 0
    for each in documents:
        sha, _, version = each.partition(":")
        if sha in (odd or ()):
            continue
        try:
            found = context.store.document(sha)
            if found.schema_name != schema or not person.may("review", queue_of(found)):
                raise InvalidValue("You may not decide about this document.")
            desk.do(found, Act(key=new_key(), act="accept", path=field, version=int(version), by="keys"))
            accepted += 1
        except (DocassayError, ValueError):
            refused += 1
    told = f"{accepted} accepted; Undo in the queue takes back one after the other."
    told += f" {refused} changed meanwhile and stay." if refused else ""
    return RedirectResponse(f"/fields/{schema}/{field}?{urlencode({'said': told})}", 303)


def _read(row: dict[str, Any], today: date) -> dict[str, Any]:
    """What the list says of a document in words."""
    seconds = row["age_seconds"]
    due = date.fromisoformat(row["due"]) if row["due"] else None
    return {
        "why": _why(row["reasons"]) or row["message"],
        "age": _age(seconds),
        "age_class": "old" if seconds >= OLD else "aging" if seconds >= AGING else "",
        "overdue": due is not None and due < today,
    }


def _why(reasons: list[str]) -> str:
    """One sentence from reason codes."""
    fields = [in_words(code) for code in reasons if code.startswith(FIELD)]
    others = list(dict.fromkeys(in_words(code) for code in reasons if not code.startswith(FIELD) and code != "unsure"))
    if not fields:
        return "; ".join(others)
    more = f" and {len(fields) - FIELDS_NAMED} more" if len(fields) > FIELDS_NAMED else ""
    count = "1 field" if len(fields) == 1 else f"{len(fields)} fields"
    return "; ".join([*others, f"{count}: {', '.join(fields[:FIELDS_NAMED])}{more}"])


def _age(seconds: int) -> str:
    if seconds < HOUR:
        return "under an hour"
    if seconds < DAY:
        hours = seconds // HOUR
        return "1 hour" if hours == 1 else f"{hours} hours"
    days = seconds // DAY
    return "1 day" if days == 1 else f"{days} days"


def _text(field: dict[str, Any]) -> str:
    return "; ".join(field["values"]) or field["value"] or ""


def _strip(request: Request, one: dict[str, Any]) -> dict[str, Any] | None:
    """The part of the page around the evidence; None where there is none."""
    evidence = next((each for each in one["field"]["evidence"] if each["boxes"]), None)
    if evidence is None:
        return None
    shape = context_of(request).pictures.index(one["document"]).page(evidence["page"])
    x0, y0, x1, y1 = evidence["boxes"][0]
    across, down = AROUND
    view = f"{x0 - across:.1f} {y0 - down:.1f} {x1 - x0 + 2 * across:.1f} {y1 - y0 + 2 * down:.1f}"
    return {**evidence, "view": view, "width": shape.width, "height": shape.height}
