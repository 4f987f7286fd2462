"""The page on which admins look after people and tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from review.access.gate import allowed, own_origin
from review.access.identity import person_of
from review.access.permissions import PERMISSIONS, ROLES, read_grant, read_queue, read_scope
from review.answers import page
from review.context import Context, context_of
from schemas.errors import Conflict, InvalidValue
from store.people import EVERY_QUEUE

LONGEST_TOKEN = 730  # days

router = APIRouter(include_in_schema=False)
admins_only = allowed("administer", everywhere=True)


@router.get("/people", dependencies=[admins_only])
def people(request: Request) -> Response:
    """Show people, tokens, and what happened to them."""
    return _page(request)


@router.post("/people", dependencies=[admins_only])
def add(
    request: Request,
    name: Annotated[str, Form(max_length=200)] = "",
    roles: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Add somebody and show the one-time link for them."""
    context, who = context_of(request), person_of(request).name
    try:
        grants = [read_grant(text, context.schemas) for text in roles or ()]
        account = context.people.add(name, grants, who)
    except (Conflict, InvalidValue) as error:
        return _page(request, 422, error=str(error))
    return _with_link(request, account.name)


@router.post("/people/{name}/roles", dependencies=[admins_only])
def set_roles(request: Request, name: str, roles: Annotated[list[str] | None, Form()] = None) -> Response:
    """Let somebody have these roles and no others; nobody takes their own role of admin away."""
    context, who = context_of(request), person_of(request).name
    grants = [read_grant(text, context.schemas) for text in roles or ()]
    if name == who and not any(grant.role == "admin" and grant.queue == EVERY_QUEUE for grant in grants):
        return _page(request, 422, error="You would lock yourself out. Ask another admin to take your role away.")
    context.people.set_grants(name, grants, who)
    return RedirectResponse("/people", 303)


@router.post("/people/{name}/link", dependencies=[admins_only])
def make_link(request: Request, name: str) -> Response:
    """Show a new one-time link for somebody who has forgotten the password."""
    return _with_link(request, context_of(request).people.account(name).name)


@router.post("/people/{name}/{change}", dependencies=[admins_only])
def change(request: Request, name: str, change: str) -> Response:
    """Lock somebody out, or let them in again."""
    who = person_of(request).name
    if change not in ("disable", "enable"):
        raise InvalidValue(f"{change} is nothing that can be done with a person.")
    if name == who:
        return _page(request, 422, error="You would lock yourself out. Ask another admin.")
    context_of(request).people.set_disabled(name, change == "disable", who)
    return RedirectResponse("/people", 303)


@router.post("/tokens", dependencies=[admins_only])
def add_token(
    request: Request,
    name: Annotated[str, Form(max_length=200)] = "",
    scopes: Annotated[list[str] | None, Form()] = None,
    queue: Annotated[str, Form(max_length=100)] = EVERY_QUEUE,
    days: Annotated[int, Form(ge=1, le=LONGEST_TOKEN)] = 90,
) -> Response:
    """Make a token and show it this once."""
    context, who = context_of(request), person_of(request).name
    try:
        wanted = [read_scope(text) for text in scopes or ()]
        secret = context.tokens.add(name, wanted, [read_queue(queue, context.schemas)], timedelta(days=days), who)
    except (Conflict, InvalidValue) as error:
        return _page(request, 422, error=str(error))
    return _page(request, secret=secret, about=f"The token of {name}. It is not shown again: keep it now.")


@router.post("/tokens/{name}/revoke", dependencies=[admins_only])
def revoke_token(request: Request, name: str) -> Response:
    """End a token at once."""
    context_of(request).tokens.revoke(name, person_of(request).name)
    return RedirectResponse("/people", 303)


def _with_link(request: Request, name: str) -> Response:
    context = context_of(request)
    lasts = context.web.link_lasts
    secret = context.sessions.make_link(name, lasts, person_of(request).name)
    hours = lasts.total_seconds() / 3600
    about = f"The link for {name}. It lets them in once, within {hours:g} hours; it is not shown again."
    return _page(request, secret=f"{own_origin(request)}/welcome/{secret}", about=about)


def _page(request: Request, status: int = 200, error: str = "", secret: str = "", about: str = "") -> Response:
    context = context_of(request)
    queues = (EVERY_QUEUE, *context.schemas)
    return page(
        request,
        "people.html",
        status=status,
        error=error,
        secret=secret,
        about=about,
        accounts=context.people.accounts(),
        choices=[f"{role}:{queue}" for role in ROLES for queue in queues],
        queues=queues,
        permissions=PERMISSIONS,
        tokens=_tokens(context),
        events=context.people.events(50),
    )


def _tokens(context: Context) -> Sequence[Mapping[str, Any]]:
    now = context.store.now()
    return [
        {"token": each, "state": "revoked" if each.revoked_at else "ended" if each.ends_at <= now else "in use"}
        for each in context.tokens.all()
    ]
