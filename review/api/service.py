"""How the service is, and what it offers."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request

from review.access.gate import open_to_all
from review.context import context_of

router = APIRouter(prefix="/api/v1", tags=["service"])


@router.get("/health", dependencies=[open_to_all("monitoring asks without an account; it tells no names")])
def health(request: Request) -> dict[str, Any]:
    """Say that the database answers, and how many documents are in each state."""
    counts = context_of(request).store.counts()
    return {"status": "ok", "documents": {state.value: count for state, count in counts.items()}}


@router.get("/openapi.json", include_in_schema=False, dependencies=[open_to_all("describes the interface, no data")])
def openapi(request: Request) -> dict[str, Any]:
    """Return the description of this interface."""
    told: dict[str, Any] = request.app.state.openapi
    return told
