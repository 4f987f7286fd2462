"""How it stands with what receivers are told, and sending again what was given up."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.requests import Request

from review.access.gate import allowed
from review.api.answers import REFUSALS
from review.context import context_of
from schemas.errors import UnknownDocument
from store.webhooks import Webhooks

router = APIRouter(prefix="/api/v1", tags=["webhooks"], responses=REFUSALS)


class Receiver(BaseModel):
    """How it stands with one receiver."""

    name: str
    waiting: int = Field(description="Messages that are to be sent, now or again.")
    delivered: int = Field(description="Of the last thirty days.")
    dead: int = Field(description="Given up; they are sent again when that is asked for.")
    oldest: datetime | None = Field(description="Event of the oldest message that waits.")
    error: str = Field(description="Of the last message that is not delivered; empty: none.")


class Message(BaseModel):
    """One event for one receiver."""

    id: str = Field(description="Sent as `webhook-id`, the same at every attempt.")
    receiver: str
    type: str
    at: datetime = Field(description="Of the event.")
    state: str
    attempts: int
    due_at: datetime = Field(description="Of the next attempt, while it waits.")
    status: int | None = Field(description="HTTP, of the last answer.")
    error: str = Field(description="Of the last attempt.")


class Resent(BaseModel):
    """What is sent again."""

    messages: int


@router.get("/webhooks", dependencies=[allowed("operate", everywhere=True)])
def receivers(request: Request) -> list[Receiver]:
    """Say for each receiver how many messages wait, were delivered or given up, and its last error."""
    return [
        Receiver(
            name=each.endpoint,
            waiting=each.waiting,
            delivered=each.delivered,
            dead=each.dead,
            oldest=each.oldest,
            error=each.error,
        )
        for each in _outbox(request).standings()
    ]


@router.get("/webhooks/messages", dependencies=[allowed("operate", everywhere=True)])
def messages(
    request: Request,
    state: Literal["waiting", "delivered", "dead"] = "dead",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[Message]:
    """List messages in a state, newest event first."""
    return [
        Message(
            id=each.id,
            receiver=each.endpoint,
            type=each.type,
            at=each.at,
            state=each.state,
            attempts=each.attempts,
            due_at=each.due_at,
            status=each.status,
            error=each.error,
        )
        for each in _outbox(request).messages(state, limit)
    ]


@router.post("/webhooks/{name}/resend", dependencies=[allowed("operate", everywhere=True)])
def resend(request: Request, name: str) -> Resent:
    """Send the messages of a receiver again that were given up, with the ids that they had."""
    outbox = _outbox(request)
    if name not in {each.endpoint for each in outbox.standings()}:
        raise UnknownDocument(f"There is no receiver {name[:64]!r}. The settings name them under webhooks.")
    return Resent(messages=outbox.retry(name))


def _outbox(request: Request) -> Webhooks:
    store = context_of(request).store
    return Webhooks(store.database, store.now)
