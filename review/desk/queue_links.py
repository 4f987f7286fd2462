"""Addresses of the queue: its filters go along from page to page, with what is said there."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

FILTERS = ("queue", "reason", "supplier", "assignee", "due_until", "postponed", "cause", "order")


def filters_of(request: Request) -> str:
    """Return the filters of an address, to be kept from page to page."""
    return urlencode({name: value for name in FILTERS if (value := request.query_params.get(name))})


def back_to_queue(request: Request, said: str, *, good: bool) -> Response:
    """Lead back to the queue under the same filters, and say something there."""
    kept = {name: value for name in FILTERS if (value := request.query_params.get(name))}
    return RedirectResponse(f"/queue?{urlencode({**kept, 'said': said, 'good': good})}", 303)
