"""The gate before every route: who may pass, and whether a write comes from a page of ours.

Every route has `allowed(...)` or `open_to_all(...)` among its dependencies; a service with a route that has none does
not start. Where the path of a route holds `{sha}`, the gate finds the document and judges by its queue.
"""

from __future__ import annotations

import hmac
import re
from typing import Any, cast
from urllib.parse import quote

from fastapi import Depends
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from review.access.identity import form_token, identify
from review.access.permissions import NEEDS, NO_QUEUE, Permission, Person
from review.context import context_of
from review.refusals import Refused
from schemas.errors import UnknownDocument
from store.entities import Document

READS = frozenset({"GET", "HEAD", "OPTIONS"})
TOKEN_HEADER = "x-docassay-token"  # noqa: S105 - the name of a header
TOKEN_FIELD = "token"  # noqa: S105 - the name of a form's field
_DIGEST = re.compile(r"[0-9a-f]{8,64}")


class Gate:
    """What one route asks of its caller."""

    def __init__(self, permission: Permission, *, everywhere: bool) -> None:
        self.permission = permission
        self.everywhere = everywhere

    async def __call__(self, request: Request) -> Person:
        """Return who asks, and leave it with their document in `request.state`.

        Raises:
            Refused: not signed in, not permitted, or a write that no page of ours made.
            UnknownDocument: there is no such document, or none that this person may see.
        """
        person = await run_in_threadpool(identify, request)
        if person is None:
            raise not_signed_in(request)
        request.state.person = person
        if person.via != "token":
            await check_write(request)
        held = person.everywhere(self.permission) if self.everywhere else person.may(self.permission)
        if not held:
            raise not_allowed(self.permission)
        if "sha" in request.path_params:
            request.state.document = await run_in_threadpool(_document, request, person, self.permission)
        return person


class OpenGate:
    """A route for everybody: signing in, health, style sheets."""

    def __init__(self, why: str) -> None:
        self.why = why

    async def __call__(self, request: Request) -> None:
        """Refuse a write that another site makes in somebody's name."""
        if request.method not in READS:
            check_origin(request)


def allowed(permission: Permission, *, everywhere: bool = False) -> Any:
    """Return the dependency that lets those pass who hold a permission.

    Without a document in the path: in any queue at all, or with `everywhere` in all of them. With `{sha}` in the path:
    in the queue of that document, which is then `request.state.document`.
    """
    return Depends(Gate(permission, everywhere=everywhere))


def open_to_all(why: str) -> Any:
    """Return the dependency that lets everybody pass; `why` that is right."""
    return Depends(OpenGate(why))


def gate_of(route: APIRoute) -> Gate | OpenGate | None:
    """Return the gate of a route; None: it has none."""
    for each in route.dependant.dependencies:
        if isinstance(each.call, Gate | OpenGate):
            return each.call
    return None


def document_of(request: Request) -> Document:
    """Return the document that the path names, in a route behind `allowed` with `{sha}`."""
    return cast(Document, request.state.document)


def queue_of(document: Document) -> str:
    """Return the queue that a document is in: its schema, known or wanted; else "", for those who may see all."""
    return document.schema_name or document.schema_wanted or NO_QUEUE


def demand(person: Person, permission: Permission, queue: str) -> None:
    """Refuse with 403 who does not hold a permission in a queue."""
    if not person.may(permission, queue):
        raise not_allowed(permission, queue)


def not_allowed(permission: Permission, queue: str | None = None) -> Refused:
    """Return the refusal that says which role is needed."""
    where = f" in the queue {queue}" if queue else ""
    return Refused(
        403,
        "not_allowed",
        f"This needs the role {NEEDS[permission]}{where}, which you do not have.",
        "An admin can give it to you on the page People; a token needs the scope " + permission + ".",
    )


def not_signed_in(request: Request) -> Refused:
    """Return the refusal that leads to signing in."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return Refused(
        401,
        "sign_in",
        "You are not signed in, or were not active for too long.",
        f"Sign in at /sign-in?next={quote(here, safe='/')}; programs send: Authorization: Bearer TOKEN.",
        {"WWW-Authenticate": "Bearer"},
    )


def own_origin(request: Request) -> str:
    """Return the address that people reach this service under."""
    return context_of(request).web.origin or f"{request.url.scheme}://{request.headers.get('host', '')}"


def own_origins(request: Request) -> set[str]:
    """Return what the Origin of a page of ours can be; behind https nothing else than the address of the settings."""
    web = context_of(request).web
    called = f"{request.url.scheme}://{request.headers.get('host', '')}".lower()
    return {web.origin} if web.origin and web.secure else {called, web.origin or called}


def check_origin(request: Request) -> None:
    """Refuse what no page of ours sends."""
    if request.headers.get("origin", "").lower() not in own_origins(request):
        raise Refused(403, "other_site", "This request does not come from a page of Docassay.", "Load the page again.")


async def check_write(request: Request) -> None:
    """Refuse a write without the browser's own token, or from another site."""
    if request.method in READS:
        return
    check_origin(request)
    sent = request.headers.get(TOKEN_HEADER) or await _field(request)
    if not sent or not hmac.compare_digest(sent.encode(), form_token(request).encode()):
        hint = "Load the page again; what you typed is still in the browser."
        raise Refused(403, "form_expired", "This page was made before you signed in again.", hint)


async def _field(request: Request) -> str:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return ""
    sent = (await request.form()).get(TOKEN_FIELD)
    return sent if isinstance(sent, str) else ""


def _document(request: Request, person: Person, permission: Permission) -> Document:
    text = request.path_params["sha"]
    unknown = UnknownDocument(f"No document {text[:12]!r} that you may see.")
    if not _DIGEST.fullmatch(text):
        raise unknown
    try:
        document = context_of(request).store.find(text)
    except UnknownDocument:  # what it says may name documents that this person may not see
        raise unknown from None
    queue = queue_of(document)
    if not person.may("see", queue) and not person.may(permission, queue):
        raise unknown
    demand(person, permission, queue)
    return document
