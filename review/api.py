"""The REST interface: hand a document in, ask how it stands, read its record, see what waits."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query, Request, status
from fastapi.responses import JSONResponse

from review.queue import Waiting, waiting
from schemas.errors import Conflict, DocassayError, Unavailable, UnknownDocument
from schemas.schema import Schema
from store.entities import Document
from store.store import Store

LONGEST_NAME = 255


def create_app(store: Store, schemas: Mapping[str, Schema], megabytes: int) -> FastAPI:
    """Return the application.

    Args:
        megabytes: largest document that is taken, in millions of bytes.
    """
    app = FastAPI(title="Docassay", docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json")

    @app.exception_handler(DocassayError)
    async def told(_request: Request, error: DocassayError) -> JSONResponse:
        code = {UnknownDocument: 404, Unavailable: 503}.get(type(error), 409 if isinstance(error, Conflict) else 400)
        return JSONResponse({"message": str(error)}, status_code=code)

    @app.get("/api/v1/health")
    def health() -> dict[str, Any]:
        counts = store.counts()
        return {"status": "ok", "documents": {state.value: count for state, count in counts.items()}}

    @app.post("/api/v1/documents", status_code=status.HTTP_202_ACCEPTED)
    async def upload(
        request: Request,
        name: Annotated[str, Query(min_length=1, max_length=LONGEST_NAME)],
        schema: str | None = None,
    ) -> dict[str, Any]:
        if schema is not None and schema not in schemas:
            known = ", ".join(schemas)
            raise HTTPException(422, f"There is no schema {schema}. There are: {known}.")
        content = await _body(request, megabytes)
        from starlette.concurrency import run_in_threadpool

        sha256, is_new = await run_in_threadpool(
            store.add_document, content, name, "upload", schema_name=schema, who="api"
        )
        return {"document": sha256, "new": is_new, "state_url": f"/api/v1/documents/{sha256}"}

    @app.get("/api/v1/documents/{document}")
    def state(document: str) -> dict[str, Any]:
        return _state(store.find(document))

    @app.get("/api/v1/documents/{document}/record")
    def record(document: str) -> dict[str, Any]:
        found = store.find(document)
        extraction = store.extraction(found.sha256)
        if extraction is None:
            raise UnknownDocument(f"{found.name} has no record yet: it is {found.state.value.replace('_', ' ')}.")
        return {**_state(found), "extraction": extraction.model_dump(mode="json")}

    @app.get("/api/v1/review")
    def queue(limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> list[dict[str, Any]]:
        return [_waiting(one) for one in islice(waiting(store), limit)]

    return app


async def _body(request: Request, megabytes: int) -> bytes:
    """The uploaded bytes, refused as soon as they are too many: nothing larger is ever held in memory."""
    limit = megabytes * 1_000_000
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > limit:
            raise HTTPException(413, f"The document has more than {megabytes} megabytes. Split it, or raise the limit.")
    if not content:
        raise HTTPException(422, "The request has no body. Send the bytes of the document as the body.")
    return bytes(content)


def _state(document: Document) -> dict[str, Any]:
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


def _waiting(one: Waiting) -> dict[str, Any]:
    return {
        **_state(one.document),
        "why": one.why,
        "fields": [{"field": field.path, "value": field.value, "confidence": field.confidence} for field in one.fields],
        "problems": [problem.message for problem in one.problems],
    }
