"""Joining the chosen documents of the queue: a page shows the new document first, and its order can be changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from review.access.bank_data import mask_of
from review.access.gate import queue_of
from review.access.identity import person_of
from review.answers import page
from review.context import context_of
from review.desk.acts import new_key
from review.desk.lineage import Merge, merge
from review.desk.queue_links import back_to_queue, filters_of
from review.desk.routes import desk_of
from schemas.errors import DocassayError, InvalidValue
from store.entities import Document
from store.states import UNFINISHED


def merge_page(request: Request, form: FormData) -> Response:
    """Show what would be joined; join it when that was seen."""
    chosen = list(dict.fromkeys(str(each) for each in form.getlist("documents")))
    if len(chosen) < 2:
        return back_to_queue(request, "Choose at least two documents to join.", good=False)
    if "key" in form and "earlier" not in form:
        return _joined(request, form, chosen)
    order = _with_earlier(chosen, str(form.get("earlier", "")))
    parts = list(_parts(request, order))
    return page(
        request,
        "queue_merge.html",
        parts=parts,
        possible=all(part["ok"] for part in parts),
        pages=sum(part["pages"] for part in parts),
        schema=str(form.get("schema", "")),
        schemas=list(context_of(request).schemas),
        filters=filters_of(request),
        key=new_key(),
    )


def _joined(request: Request, form: FormData, chosen: Sequence[str]) -> Response:
    context, desk = context_of(request), desk_of(request)
    try:
        named = [_mine(request, sha) for sha in chosen]
        schema = str(form.get("schema", "")) or None
        asked = Merge.model_validate({"key": str(form["key"]), "documents": tuple(chosen), "schema": schema})
        merge(desk, named, asked, context.cut, lambda _: {})
    except (DocassayError, ValueError) as error:
        return back_to_queue(request, str(error), good=False)
    said = f"{len(chosen)} documents are now one, which is read next. Undo takes it back."
    return back_to_queue(request, said, good=True)


def _with_earlier(chosen: list[str], moved: str) -> list[str]:
    """The documents with one of them moved a place up."""
    order = list(chosen)
    if moved in order[1:]:
        place = order.index(moved)
        order[place - 1 : place + 1] = [moved, order[place - 1]]
    return order


def _parts(request: Request, order: Sequence[str]) -> Iterator[dict[str, Any]]:
    """What each document becomes in the new one: its pages there, or why it cannot be joined."""
    context, person = context_of(request), person_of(request)
    first = 1
    for sha in order:
        part: dict[str, Any] = {"document": sha, "name": sha[:12], "pages": 0, "ok": False}
        try:
            found = _mine(request, sha)
            pages = len(context.pictures.index(sha).pages) if found.parser_version else 0
            part["name"] = mask_of(context, person, found).text(found.name)
            where = f"Page {first}" if pages == 1 else f"Pages {first} to {first + pages - 1}"
            yield {**part, "ok": True, "pages": pages, "message": where if pages else "Its pages are counted later."}
            first += pages
        except DocassayError as error:
            yield {**part, "message": str(error)}


def _mine(request: Request, sha: str) -> Document:
    """The document, if this person may decide about it now."""
    found = context_of(request).store.document(sha)
    if not person_of(request).may("review", queue_of(found)):
        raise InvalidValue("You may not decide about this document.")
    if found.state in UNFINISHED:
        raise InvalidValue(f"{found.name} is being processed. Wait until it is decided.")
    return found
