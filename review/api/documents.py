"""Documents: hand one in, ask how it stands, read its record with the proof of each value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Query, status
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from review.access.bank_data import bank_paths, mask_for, mask_of
from review.access.covers import cover_of
from review.access.gate import allowed, demand, document_of, queue_of
from review.access.identity import person_of
from review.access.permissions import NO_QUEUE, Person
from review.api.answers import BYTES, CONFLICT, REFUSALS, DocumentState, Told, state_of
from review.context import Context, context_of
from review.desk.acts import Act, ActName, Desk
from review.queue import every_result
from schemas.errors import InvalidValue, UnknownDocument
from schemas.results import Extraction
from store.acts import Acts
from store.entities import Document
from store.states import State

LONGEST_NAME = 255

router = APIRouter(prefix="/api/v1", tags=["documents"], responses=REFUSALS)


class Uploaded(BaseModel):
    """A document that was taken."""

    document: str = Field(description="Its sha256.")
    new: bool = Field(description="False: the same content was here before.")
    state_url: str


class Retry(BaseModel):
    """A wish to have a document read again."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(min_length=8, max_length=64, description="Made by the client; a replay has one effect.")
    why: str = Field("", max_length=4000, description="For the history.")
    schema_name: str | None = Field(None, alias="schema", description="Read it with this one; left out: as before.")


class Page(BaseModel):
    """A part of a list."""

    documents: list[DocumentState]
    next: str | None = Field(None, description="Send it as `after` for what follows; null: that was all.")


class Record(DocumentState):
    """The record of a document with the proof of each value."""

    extraction: Extraction
    field_versions: dict[str, int] = Field(description="Of fields that were changed; others have version 1.")


class Step(BaseModel):
    """One step in the life of a document."""

    at: datetime
    from_state: str | None = Field(serialization_alias="from", description="null: it was new.")
    to: str
    who: str
    why: str


class Place(BaseModel):
    """Where a value stands."""

    path: str = Field(description="Field or cell, such as gross_total or line_items[3].quantity.")
    page: int
    boxes: list[list[float]] = Field(description="x0, y0, x1, y1 in points of the upright page, from the top left.")
    quote: str = Field(description="The words as printed.")
    match: str


@router.post(
    "/documents",
    status_code=status.HTTP_202_ACCEPTED,
    dependencies=[allowed("operate")],
    responses={413: {"model": Told, "description": "It is larger than limits.megabytes."}},
    openapi_extra={"requestBody": {"required": True, "content": BYTES}},
)
async def upload(
    request: Request,
    name: Annotated[str, Query(min_length=1, max_length=LONGEST_NAME, description="File name, for display.")],
    schema: Annotated[str | None, Query(description="Its schema; left out: classified.")] = None,
) -> Uploaded:
    """Hand a document in; its bytes are the body. It is kept before the answer comes."""
    context, person = context_of(request), person_of(request)
    if schema is not None and schema not in context.schemas:
        raise InvalidValue(f"There is no schema {schema}. There are: {', '.join(context.schemas)}.")
    demand(person, "operate", schema or NO_QUEUE)
    content = await _body(request, context.web.megabytes)
    sha256, is_new = await run_in_threadpool(
        context.store.add_document, content, name, "upload", schema_name=schema, who=person.name
    )
    return Uploaded(document=sha256, new=is_new, state_url=f"/api/v1/documents/{sha256}")


@router.get("/documents", dependencies=[allowed("see")])
def documents(
    request: Request,
    state: Annotated[list[State] | None, Query(description="Only in these states.")] = None,
    schema: Annotated[str | None, Query(description="Only of this schema.")] = None,
    after: Annotated[str | None, Query(description="`next` of the list before.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Page:
    """List the documents of the queues that one may see, oldest first."""
    context, person = context_of(request), person_of(request)
    found = list(islice(_listed(context, person, state, schema, after), limit + 1))
    more = f"{found[limit - 1].created_at.isoformat()}~{found[limit - 1].sha256}" if len(found) > limit else None
    return Page(documents=[_told(context, person, each) for each in found[:limit]], next=more)


@router.get("/documents/{sha}", dependencies=[allowed("see")])
def document_state(request: Request, sha: str) -> DocumentState:  # noqa: ARG001 - the gate has found the document
    """Say how a document stands. The first eight digits of its sha256 are enough, if no other begins so."""
    return _told(context_of(request), person_of(request), document_of(request))


@router.post("/documents/{sha}/retry", dependencies=[allowed("operate")], responses=CONFLICT)
def retry(request: Request, sha: str, wanted: Retry) -> DocumentState:  # noqa: ARG001
    """Read a document again, from the beginning or with another schema; once for each `key`.

    409 while it is being processed.
    """
    context, person, found = context_of(request), person_of(request), document_of(request)
    if wanted.schema_name is not None:
        demand(person, "operate", wanted.schema_name)
    act: ActName = "retry" if wanted.schema_name is None else "reclassify"
    Desk(context.store, context.schemas, person.name, context.four_eyes).do(
        found, Act(key=wanted.key, act=act, why=wanted.why, schema=wanted.schema_name)
    )
    return _told(context, person, context.store.document(found.sha256))


@router.get("/documents/{sha}/record", dependencies=[allowed("see")], responses={200: {"model": Record}})
def record(request: Request, sha: str) -> dict[str, Any]:
    """Return the record: each value with its evidence, confidence and reasons, and the versions of changed fields.

    A field that `field_versions` does not name has version 1; send the version along with a correction.
    """
    context, found = context_of(request), document_of(request)
    shown = _shown(request).model_dump(mode="json")
    scene = Acts(context.store.database, context.store.now).scene(found.sha256, person_of(request).name)
    state = document_state(request, sha).model_dump(by_alias=True)
    return {**state, "extraction": shown, "field_versions": dict(scene.versions)}


@router.get("/documents/{sha}/values", dependencies=[allowed("see")])
def values(request: Request, sha: str) -> dict[str, Any]:  # noqa: ARG001
    """Return the bare values of the record, tables as lists of rows; null where there is none."""
    record: dict[str, Any] = _shown(request).record()
    return record


@router.get("/documents/{sha}/evidence", dependencies=[allowed("see")])
def evidence(request: Request, sha: str) -> list[Place]:  # noqa: ARG001
    """Return where each value of the record stands."""
    return [
        Place(
            path=path,
            page=each.page,
            boxes=[[box.x0, box.y0, box.x1, box.y1] for box in each.boxes],
            quote=each.quote,
            match=each.match,
        )
        for path, result in every_result(_shown(request))
        for each in result.evidence
    ]


@router.get("/documents/{sha}/history", dependencies=[allowed("see")])
def history(request: Request, sha: str) -> list[Step]:  # noqa: ARG001
    """Return every step of a document: when, from and to which state, who and why."""
    context, found = context_of(request), document_of(request)
    hide = mask_of(context, person_of(request), found)
    return [
        Step(
            at=each.at,
            from_state=each.from_state.value if each.from_state else None,
            to=each.to_state.value,
            who=each.who,
            why=hide.text(each.why),
        )
        for each in context.store.history(found.sha256)
    ]


@router.get(
    "/documents/{sha}/pages/{number}.png",
    dependencies=[allowed("see")],
    response_class=Response,
    responses={200: {"content": {"image/png": {}, "image/jpeg": {}}, "description": "The page, drawn by us."}},
)
def page_picture(request: Request, sha: str, number: int, scale: Literal[24, 110, 200] = 110) -> Response:  # noqa: ARG001
    """Return the picture of a page at 24, 110 or 200 dots an inch: PNG, or JPEG for scans.

    Bank data is painted over for those without see_bank_data.
    """
    pictures, sha256 = context_of(request).pictures, document_of(request).sha256
    drawn = pictures.picture(sha256, number, scale, cover_of(request).boxes(number))
    return Response(drawn.content, media_type=drawn.media_type)


@router.get(
    "/documents/{sha}/original",
    dependencies=[allowed("see")],
    response_class=Response,
    responses={200: {"content": BYTES, "description": "The bytes as they came."}},
)
def original(request: Request, sha: str) -> Response:  # noqa: ARG001
    """Download a document as it came. What holds bank data needs the scope see_bank_data as well."""
    context, found = context_of(request), document_of(request)
    schema = context.schemas.get(queue_of(found))
    if schema is None or bank_paths(schema):  # of an unknown schema nobody knows what it holds
        demand(person_of(request), "see_bank_data", queue_of(found))
    return download(context.store.content(found.sha256), found.name)


def download(content: bytes, name: str) -> Response:
    """Return bytes that a browser stores and never shows, under a name without any path in it."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)[-100:].lstrip(".") or "document"
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name[-100:].lstrip('.'), safe='')}"
    headers = {"Content-Disposition": disposition, "Content-Security-Policy": "default-src 'none'; sandbox"}
    return Response(content, headers=headers, media_type="application/octet-stream")


def _told(context: Context, person: Person, document: Document) -> DocumentState:
    """How a document stands, as whoever asks may see it."""
    hide = mask_for(context, person, queue_of(document))
    return DocumentState.model_validate(hide.data(state_of(document).model_dump()))


def _shown(request: Request) -> Extraction:
    """The record of the document in the path, as whoever asks may see it."""
    context, found = context_of(request), document_of(request)
    extraction = context.store.extraction(found.sha256)
    if extraction is None:
        raise UnknownDocument(f"{found.name} has no record yet: it is {found.state.value.replace('_', ' ')}.")
    return mask_of(context, person_of(request), found).record(extraction)


def _listed(
    context: Context, person: Person, states: list[State] | None, schema: str | None, after: str | None
) -> Iterator[Document]:
    since, last = _cursor(after)
    for document in context.store.documents(states, since=since):
        if since is not None and (document.created_at, document.sha256) <= (since, last):
            continue
        if person.may("see", queue_of(document)) and schema in (None, queue_of(document)):
            yield document


def _cursor(after: str | None) -> tuple[datetime | None, str]:
    if after is None:
        return None, ""
    at, _, sha256 = after.partition("~")
    try:
        since = datetime.fromisoformat(at)
    except ValueError:
        since = None
    if since is None or since.tzinfo is None:
        raise InvalidValue("`after` is what the list before gave as `next`.")
    return since, sha256


async def _body(request: Request, megabytes: int) -> bytes:
    """The uploaded bytes, refused as soon as they are too many: nothing larger is ever held in memory."""
    limit = megabytes * 1_000_000
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > limit:
            raise HTTPException(413, f"The document has more than {megabytes} megabytes. Split it, or raise the limit.")
    if not content:
        raise InvalidValue("The request has no body. Send the bytes of the document as the body.")
    return bytes(content)
