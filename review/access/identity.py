"""From a request to who asks: a token, a name that a trusted proxy gives, or a session's cookie."""

from __future__ import annotations

import hashlib
from typing import cast

from starlette.requests import Request
from starlette.responses import Response

from review.access.permissions import Person, permissions_of, permissions_of_token
from review.context import Context, Web, context_of
from review.refusals import Refused
from schemas.errors import InvalidValue
from store.sessions import new_secret


def cookie_name(web: Web) -> str:
    """Return the name of the session's cookie; by https one that no other host can set."""
    return "__Host-docassay" if web.secure else "docassay"


def set_cookie(response: Response, web: Web, secret: str) -> None:
    """Give the browser the secret of its session."""
    response.set_cookie(cookie_name(web), secret, path="/", httponly=True, samesite="lax", secure=web.secure)


def drop_cookie(response: Response, web: Web) -> None:
    """Let the browser forget its session."""
    response.delete_cookie(cookie_name(web), path="/", httponly=True, samesite="lax", secure=web.secure)


def cookie_of(request: Request) -> str | None:
    """Return the secret that the browser holds."""
    return request.cookies.get(cookie_name(context_of(request).web))


def form_token(request: Request) -> str:
    """Return what forms and scripts of this browser send along with every write; "" for one that is not signed in."""
    secret = getattr(request.state, "new_cookie", None) or cookie_of(request)
    return hashlib.sha256(f"form:{secret}".encode()).hexdigest() if secret else ""


def peer_of(request: Request) -> str:
    """Return the address that the connection comes from."""
    return request.client.host if request.client else ""


def caller_address(request: Request) -> str:
    """Return whom failed sign-ins are counted against: the peer, or whom a trusted proxy speaks for."""
    proxy, peer = context_of(request).web.proxy, peer_of(request)
    if proxy is not None and proxy.trusts(peer):
        return request.headers.get("x-forwarded-for", peer).rsplit(",", 1)[-1].strip() or peer
    return peer


def identify(request: Request) -> Person | None:
    """Return who asks; None: nobody who is known. Reads the database.

    Raises:
        Refused: a token was shown that is none.
    """
    context = context_of(request)
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return _by_token(context, secret.strip())
    return _by_proxy(context, request) or _by_session(context, request)


def person_of(request: Request) -> Person:
    """Return who asks, in a route behind `allowed`."""
    return cast(Person, request.state.person)


def _by_token(context: Context, secret: str) -> Person:
    token = context.tokens.find(secret)
    if token is None:
        hint = "Make a new one with: docassay token add NAME"
        challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        raise Refused(401, "wrong_token", "The token is unknown, has ended or was revoked.", hint, challenge)
    return Person(f"token:{token.name}", permissions_of_token(token.scopes, token.queues), "token")


def _by_proxy(context: Context, request: Request) -> Person | None:
    proxy = context.web.proxy
    named = request.headers.getlist(proxy.header) if proxy else []
    if proxy is None or not named or not proxy.trusts(peer_of(request)):
        return None
    try:
        account = context.people.account(named[0]) if len(named) == 1 else None
    except InvalidValue:
        account = None
    if account is None or account.disabled:
        said = f"The proxy says that you are {named[0]}, whom Docassay does not know or has locked out."
        raise Refused(403, "unknown_person", said, "An admin can add you on the page People.")
    if cookie_of(request) is None:
        request.state.new_cookie = new_secret()  # what the tokens of forms are made from; identifies nobody
    return Person(account.name, permissions_of(account.grants), "proxy")


def _by_session(context: Context, request: Request) -> Person | None:
    secret = cookie_of(request)
    session = context.sessions.find(secret, context.web.session_lasts) if secret else None
    if session is None:
        return None
    request.state.session_ends_at = session.ends_at
    return Person(session.account.name, permissions_of(session.account.grants), "session")
