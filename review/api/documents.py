"""Documents: hand one in, ask how it stands, read its record."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, status
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from review.access.bank_data import masked_record
from review.access.gate import allowed, demand, document_of
from review.access.identity import person_of
from review.access.permissions import NO_QUEUE
from review.context import context_of
from schemas.errors import InvalidValue, UnknownDocument
from store.entities import Document

LONGEST_NAME = 255

router = APIRouter(prefix="/api/v1", tags=["documents"])


@router.post("/documents", status_code=status.HTTP_202_ACCEPTED, dependencies=[allowed("operate")])
async def upload(
    request: Request,
    name: Annotated[str, Query(min_length=1, max_length=LONGEST_NAME, description="File name, for display.")],
    schema: Annotated[str | None, Query(description="Its schema; left out: classified.")] = None,
) -> dict[str, Any]:
    """Hand a document in: its bytes are the body. It is kept before the answer comes."""
    context, person = context_of(request), person_of(request)
    if schema is not None and schema not in context.schemas:
        known = ", ".join(context.schemas)
        raise InvalidValue(f"There is no schema {schema}. There are: {known}.")
    demand(person, "operate", schema or NO_QUEUE)
    content = await _body(request, context.web.megabytes)
    sha256, is_new = await run_in_threadpool(
        context.store.add_document, content, name, "upload", schema_name=schema, who=person.name
    )
    return {"document": sha256, "new": is_new, "state_url": f"/api/v1/documents/{sha256}"}


@router.get("/documents/{sha}", dependencies=[allowed("see")])
def state(request: Request, sha: str) -> dict[str, Any]:  # noqa: ARG001 - the gate has found the document
    """Say how a document stands. Eight digits of its sha256 are enough, if no other begins so."""
    return state_of(document_of(request))


@router.get("/documents/{sha}/record", dependencies=[allowed("see")])
def record(request: Request, sha: str) -> dict[str, Any]:  # noqa: ARG001
    """Return the record: each value with its evidence, confidence and reasons."""
    context, found = context_of(request), document_of(request)
    extraction = context.store.extraction(found.sha256)
    if extraction is None:
        raise UnknownDocument(f"{found.name} has no record yet: it is {found.state.value.replace('_', ' ')}.")
    return {**state_of(found), "extraction": masked_record(context, person_of(request), extraction)}


def state_of(document: Document) -> dict[str, Any]:
    """Return what programs are told of a document."""
    return {
        "document": document.sha256,
        "name": document.name,
        "state": document.state.value,
        "version": document.version,
        "schema": document.schema_name,
        "reason": document.reason.value if document.reason else None,
        "message": document.message,
        "remedy": document.remedy,
    }


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
