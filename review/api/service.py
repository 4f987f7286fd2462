"""How the service is, and what it offers."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request

from review.access.gate import open_to_all
from review.api.answers import REFUSALS
from review.context import context_of

router = APIRouter(prefix="/api/v1", tags=["service"], responses={503: REFUSALS[503]})


class Health(BaseModel):
    """How the service is."""

    status: Literal["ok"]
    documents: dict[str, int] = Field(description="How many are in each state.")


@router.get("/health", dependencies=[open_to_all("monitoring asks without an account; it tells no names")])
def health(request: Request) -> Health:
    """Say that the database answers, and how many documents are in each state."""
    counts = context_of(request).store.counts()
    return Health(status="ok", documents={state.value: count for state, count in counts.items()})


@router.get("/openapi.json", include_in_schema=False, dependencies=[open_to_all("describes the interface, no data")])
def openapi(request: Request) -> dict[str, Any]:
    """Return the description of this interface."""
    told: dict[str, Any] = request.app.state.openapi
    return told
