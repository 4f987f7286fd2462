"""The desk as JSON: what the page of a document reads and sends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Body
from fastapi.responses import JSONResponse
from starlette.requests import Request
from starlette.responses import Response

from review.access.bank_data import HIDDEN, mask_of
from review.access.gate import allowed, demand, document_of, queue_of
from review.access.identity import person_of
from review.context import context_of
from review.desk.acts import Act, Desk
from review.desk.alike import Alike, applied
from review.desk.lineage import Merge, Split, merge, split
from review.desk.view import Seat, View, answer_view, document_view
from review.desk.words import spoken
from review.desk.wrong import WrongPart
from review.refusals import Refused
from schemas.errors import InvalidValue, StaleField
from store.acts import Done, Scene
from store.claims import DeskClaim, DeskClaims
from store.drafts import Drafts
from store.entities import Document
from store.page_index import PageIndex

router = APIRouter(prefix="/desk/api", include_in_schema=False)


@router.get("/documents/{sha}", dependencies=[allowed("see")])
def document(request: Request) -> dict[str, Any]:
    """Return all that the screen needs of a document."""
    found, desk, seat = document_of(request), desk_of(request), seat_of(request)
    scene = desk.acts.scene(found.sha256, desk.who)
    claims = claims_of(request)
    mine = [claim.document for claim in claims.held_by(desk.who) if claim.document != found.sha256]
    view = _view(desk, scene, seat)
    return document_view(
        view,
        scene,
        _pages(request, found),
        seat=seat,
        attached=_attached(request, found) if view is None else (),
        claim=claim_view(claims.of(found.sha256), desk.who),
        following=next(iter(mine), None),
        note=desk.acts.personal(found.sha256)["note"],
    )


@router.post("/documents/{sha}/acts", dependencies=[allowed("review")])
def acts(request: Request, act: Annotated[Act, Body()]) -> Response:
    """Do what a person wants, once; the answer says what changed, or shows both values where somebody was faster."""
    found, desk, seat = document_of(request), desk_of(request), seat_of(request)
    if act.act in ("approve", "send_back"):
        demand(person_of(request), "approve", queue_of(found))
    if act.path and seat.mask.hides(act.path):
        raise Refused(403, "not_allowed", "You may not see bank data, and so not decide about it.")
    if HIDDEN in str(act.value):  # a covered word that was clicked on, or a text with a hidden part that was changed
        told = "Part of this is bank data that is hidden from you. Type the value without it, or pass the document on."
        return JSONResponse({"path": act.path, "message": told}, 422)
    try:
        answer = desk.do(found, act, lambda done: _answer(request, desk, done, act.path))
    except StaleField as stale:
        return JSONResponse(_merge(desk, seat, found, act, stale), 409)
    except WrongPart as wrong:
        return JSONResponse({"path": wrong.path, "message": _said(desk, found, seat, wrong)}, 422)
    except InvalidValue as wrong:
        return JSONResponse({"path": act.path, "message": _said(desk, found, seat, wrong)}, 422)
    claims = claims_of(request)
    if act.act in ("finish", "reject", "postpone", "reclassify", "approve", "send_back"):
        claims.release(found.sha256, desk.who)
        Drafts(desk.store.database, desk.store.now).put(found.sha256, desk.who, {})
    else:
        claims.renew(found.sha256, desk.who)
    return JSONResponse(answer)


@router.post("/documents/{sha}/alike", dependencies=[allowed("review")])
def alike(request: Request, asked: Annotated[Alike, Body()]) -> dict[str, Any]:
    """Apply a correction to waiting documents of the same layout, or (preview) say what it would change in each."""
    found, desk, door = document_of(request), desk_of(request), context_of(request).alike
    return applied(desk, found, asked, door, lambda document: seat_of(request, document))


@router.post("/documents/{sha}/split", dependencies=[allowed("review")])
def split_document(request: Request, asked: Annotated[Split, Body()]) -> dict[str, Any]:
    """Make a document of each range of pages; the original is kept, put aside. Undo takes it back."""
    found, desk = document_of(request), desk_of(request)
    return split(desk, found, asked, context_of(request).cut, lambda done: _answer(request, desk, done, ""))


@router.post("/merge", dependencies=[allowed("review")])
def merge_documents(request: Request, asked: Annotated[Merge, Body()]) -> dict[str, Any]:
    """Make one document of several; they are kept, put aside. Undo takes it back."""
    person, desk = person_of(request), desk_of(request)
    named = [desk.store.document(sha) for sha in dict.fromkeys(asked.documents)]
    for each in named:
        demand(person, "review", queue_of(each))
    return merge(desk, named, asked, context_of(request).cut, lambda done: _answer(request, desk, done, ""))


@router.get("/documents/{sha}/history", dependencies=[allowed("see")])
def history(request: Request, path: str = "") -> list[dict[str, Any]]:
    """Return who did what to a document, or to one field of it, first to last."""
    found, desk, seat = document_of(request), desk_of(request), seat_of(request)
    known = {act.number: act for act in desk.acts.of(found.sha256)}
    out = []
    for event in desk.store.corrections(found.sha256):
        if path and event.path not in ("", path):
            continue
        act = known.get(event.event) if event.event is not None else None
        hidden = seat.mask.hides(event.path)
        out.append(
            {
                "act": event.act,
                "path": event.path,
                "old": None if hidden else _masked(seat, event.old),
                "new": None if hidden else _masked(seat, event.new),
                "who": event.who,
                "at": event.at.isoformat(),
                "why": seat.mask.text(event.why),
                "undone": event.undone,
                "seconds": act.seconds if act else None,
                "by": act.by if act else "",
            }
        )
    return out


@router.post("/documents/{sha}/claim", dependencies=[allowed("review")])
def claim(request: Request) -> dict[str, Any]:
    """Take the document, unless somebody else has it."""
    found, desk = document_of(request), desk_of(request)
    return {"claim": claim_view(claims_of(request).claim(found.sha256, desk.who), desk.who)}


@router.post("/documents/{sha}/take-over", dependencies=[allowed("review")])
def take_over(request: Request) -> dict[str, Any]:
    """Take a document from somebody whose time ran out; it is written down."""
    found, desk = document_of(request), desk_of(request)
    return {"claim": claim_view(claims_of(request).take_over(found.sha256, desk.who), desk.who)}


@router.post("/documents/{sha}/renew", dependencies=[allowed("review")])
def renew(request: Request) -> dict[str, Any]:
    """Let one's claim last on, as any activity does; "claim" is null when it was lost."""
    found, desk = document_of(request), desk_of(request)
    claims = claims_of(request)
    held = claims.renew(found.sha256, desk.who)
    return {"claim": claim_view(claims.of(found.sha256), desk.who) if held else None}


@router.post("/documents/{sha}/release", dependencies=[allowed("review")])
def release(request: Request) -> dict[str, Any]:
    """Give the document back."""
    found, desk = document_of(request), desk_of(request)
    return {"released": claims_of(request).release(found.sha256, desk.who)}


@router.get("/documents/{sha}/draft", dependencies=[allowed("review")])
def draft(request: Request) -> dict[str, Any]:
    """Return what one typed and did not save."""
    found, desk = document_of(request), desk_of(request)
    return {"texts": Drafts(desk.store.database, desk.store.now).get(found.sha256, desk.who)}


@router.put("/documents/{sha}/draft", dependencies=[allowed("review")])
def put_draft(request: Request, texts: Annotated[dict[str, str], Body(embed=True)]) -> dict[str, Any]:
    """Keep what one typed and did not save, by path, in the place of what was kept before."""
    found, desk = document_of(request), desk_of(request)
    Drafts(desk.store.database, desk.store.now).put(found.sha256, desk.who, texts)
    claims_of(request).renew(found.sha256, desk.who)
    return {"kept": len(texts)}


def desk_of(request: Request) -> Desk:
    """Return the desk of whoever asks."""
    context = context_of(request)
    return Desk(context.store, context.schemas, person_of(request).name, context.four_eyes)


def claims_of(request: Request) -> DeskClaims:
    """Return the claims of the service."""
    store = context_of(request).store
    return DeskClaims(store.database, store.now)


def seat_of(request: Request, found: Document | None = None) -> Seat:
    """Return what whoever asks may see and do about a document, by default the one that the path names."""
    context, person, found = context_of(request), person_of(request), found or document_of(request)
    queue = queue_of(found)
    return Seat(
        who=person.name,
        mask=mask_of(context, person, found),
        may_review=person.may("review", queue),
        may_approve=person.may("approve", queue),
    )


def _said(desk: Desk, found: Document, seat: Seat, error: InvalidValue) -> str:
    """An error in the words of the desk, without bank data for those who may not see it."""
    schema = desk.schemas.get(found.schema_name or "")
    return seat.mask.text(spoken(str(error), schema) if schema else str(error))


def _pages(request: Request, found: Document) -> PageIndex | None:
    """Sizes and findings, without the words: reading those of a thousand pages takes seconds."""
    return context_of(request).pictures.index(found.sha256) if found.parser_version else None


def _attached(request: Request, found: Document) -> list[tuple[str, str]]:
    """The documents that came in one, as far as whoever asks may see them."""
    context, person = context_of(request), person_of(request)
    every = [context.store.document(sha256) for sha256 in context.store.children(found.sha256)]
    seen = [each for each in every if person.may("see", queue_of(each))]
    return [(each.sha256, mask_of(context, person, each).text(each.name)) for each in seen]


def _view(desk: Desk, scene: Scene, seat: Seat) -> View | None:
    if scene.record is None or scene.record.schema_name not in desk.schemas:
        return None
    return View(scene, desk.schemas[scene.record.schema_name], seat)


def _answer(request: Request, desk: Desk, done: Done, path: str) -> dict[str, Any]:
    """What the screen needs after an act: of an undo it may be about another document than the one on the screen."""
    demand(person_of(request), "review", queue_of(done.scene.document))
    view = _view(desk, done.scene, seat_of(request, done.scene.document))
    if view is not None:
        return answer_view(view, done.before, path)
    found = done.scene.document
    can = {"review": True, "undo": done.scene.can_undo, "redo": done.scene.can_redo, "finish": False, "approve": False}
    nothing: dict[str, Any] = {"changed": [], "tables": [], "problems": [], "can": can, "next_doubtful": None}
    return {**nothing, "document": found.sha256, "state": found.state.value, "version": found.version}


def _merge(desk: Desk, seat: Seat, found: Document, act: Act, stale: StaleField) -> dict[str, Any]:
    """What the person wanted beside what stands there now."""
    view = _view(desk, desk.acts.scene(found.sha256, desk.who), seat)
    path = stale.path or act.path
    shown = view.fields([path]) if view is not None and path else []
    theirs = shown[0]["values"] or shown[0]["value"] if shown else None
    return {
        "path": path,
        "message": str(stale),
        "mine": act.value,
        "theirs": {"value": theirs, "who": stale.who, "at": stale.at.isoformat() if stale.at else None},
        "field": shown[0] if shown else None,
    }


def claim_view(held: DeskClaim | None, who: str) -> dict[str, Any] | None:
    """Return who has a document, as the page shows it."""
    if held is None:
        return None
    return {"owner": held.owner, "mine": held.owner == who, "until": held.until.isoformat()}


def _masked(seat: Seat, value: Any) -> Any:
    if isinstance(value, str):
        return seat.mask.text(value)
    if isinstance(value, Mapping):
        return {key: _masked(seat, each) for key, each in value.items()}
    return [_masked(seat, each) for each in value] if isinstance(value, list) else value
