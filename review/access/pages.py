"""Pages on which people sign in and out and look after their own account."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from review.access.gate import allowed, open_to_all, own_origin
from review.access.identity import caller_address, cookie_of, drop_cookie, form_token, identify, person_of, set_cookie
from review.access.passwords import SHORTEST, hashed, matches, outdated
from review.access.provider import ProviderSignIn, account_of, refused
from review.answers import THEME_COOKIE, THEMES, page
from review.context import Context, context_of
from review.refusals import Refused
from schemas.errors import InvalidValue
from store.sessions import FLOW_LASTS

FREE_BY_NAME = 5  # sign-ins that may fail in a row before one has to wait
FREE_BY_ADDRESS = 50  # a whole office may have one address
FLOW_COOKIE = "docassay_flow"
YEAR = 31_536_000  # seconds

router = APIRouter(include_in_schema=False)
signing_in = open_to_all("whoever signs in is not signed in yet")


@router.get("/", dependencies=[open_to_all("leads on")])
def home() -> Response:
    """Lead to the queue."""
    return RedirectResponse("/queue", 303)


@router.get("/sign-in", dependencies=[signing_in])
def sign_in_page(request: Request, next: str = "/", small: bool = False) -> Response:
    """Ask for name and password; `small` in a little window over a page that is still open."""
    return _sign_in_page(request, next=own_path(next), small=small, error="", name="")


@router.post("/sign-in", dependencies=[signing_in])
def sign_in(
    request: Request,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=2000)] = "",
    next: Annotated[str, Form()] = "/",
    small: Annotated[bool, Form()] = False,
) -> Response:
    """Sign somebody in by password."""
    context, name = context_of(request), name.strip().lower()
    asked = {"next": own_path(next), "small": small, "name": name}
    by_name, by_address = f"name:{name}", f"address:{caller_address(request)}"
    wait = context.sessions.try_sign_in({by_name: FREE_BY_NAME, by_address: FREE_BY_ADDRESS})
    if wait is not None:
        seconds = math.ceil(wait.total_seconds())
        answer = _sign_in_page(request, 429, error=_wait_words(seconds), **asked)
        answer.headers["Retry-After"] = str(seconds)
        return answer
    kept = context.people.password_hash(name)
    if not matches(kept, password) or kept is None:
        return _sign_in_page(request, 401, error="Name or password is wrong.", **asked)
    context.sessions.signed_in(by_name, by_address)
    if outdated(kept):
        context.people.rehash(name, hashed(password, name))
    return begin_session(request, context, name, "/signed-in" if small else own_path(next))


@router.get("/sign-in/provider", dependencies=[signing_in])
def to_provider(request: Request, next: str = "/", small: bool = False) -> Response:
    """Send the browser to the identity provider."""
    context, provider = context_of(request), _provider(request)
    address, flow = provider.begin(_back(request), "/signed-in" if small else own_path(next))
    answer = RedirectResponse(address, 303)
    secret, lasts = context.sessions.begin_flow(flow), int(FLOW_LASTS.total_seconds())
    # Lax: the provider sends the browser back from its own site.
    answer.set_cookie(FLOW_COOKIE, secret, lasts, path="/", httponly=True, samesite="lax", secure=context.web.secure)
    return answer


@router.get("/sign-in/back", dependencies=[signing_in])
def from_provider(request: Request) -> Response:
    """Sign in whom the identity provider has signed in."""
    context, provider = context_of(request), _provider(request)
    flow = context.sessions.end_flow(request.cookies.get(FLOW_COOKIE, ""))
    if flow is None:
        raise refused("This sign-in was not begun in this browser, or took too long.")
    claims = provider.finish(flow, _back(request), request.query_params)
    account = account_of(context.people, provider.provider, claims)
    answer = begin_session(request, context, account.name, own_path(flow.next))
    answer.delete_cookie(FLOW_COOKIE, path="/")
    return answer


@router.get("/signed-in", dependencies=[signing_in])
def signed_in(request: Request) -> Response:
    """Close the little window, whose opener goes on."""
    return page(request, "signed_in.html")


@router.post("/sign-out", dependencies=[allowed("see")])
def sign_out(request: Request) -> Response:
    """End this session."""
    context, secret = context_of(request), cookie_of(request)
    if secret:
        context.sessions.end(secret)
    answer = RedirectResponse("/sign-in", 303)
    drop_cookie(answer, context.web)
    return answer


@router.get("/session", dependencies=[signing_in])
def session(request: Request) -> Mapping[str, Any]:
    """Say who is signed in until when, with the token for writes: for scripts of a page that is still open."""
    person = identify(request)
    if person is None:
        raise Refused(401, "sign_in", "You are not signed in.", "Open /sign-in?small=1 in a little window.")
    ends_at = getattr(request.state, "session_ends_at", None)
    return {
        "person": person.name,
        "token": form_token(request),
        "until": ends_at.isoformat() if ends_at else None,
        "permissions": {queue: sorted(held) for queue, held in person.permissions.items()},
    }


@router.get("/welcome/{link}", dependencies=[signing_in])
def welcome(request: Request, link: str) -> Response:
    """Let somebody with a one-time link choose a password; looking at it does not use it up."""
    name = context_of(request).sessions.link_of(link)
    if name is None:
        raise spent_link()
    return page(request, "welcome.html", name=name, link=link, shortest=SHORTEST, error="")


@router.post("/welcome/{link}", dependencies=[signing_in])
def begin(request: Request, link: str, password: Annotated[str, Form(max_length=2000)] = "") -> Response:
    """Take the password, use the link up and sign in."""
    context = context_of(request)
    name = context.sessions.link_of(link)
    if name is None:
        raise spent_link()
    try:
        kept = hashed(password, name)
    except InvalidValue as error:
        asked = {"name": name, "link": link, "shortest": SHORTEST}
        return page(request, "welcome.html", status=422, error=str(error), **asked)
    if context.sessions.use_link(link) is None:
        raise spent_link()
    context.people.set_password(name, kept, name)
    return begin_session(request, context, name, "/")


@router.get("/account", dependencies=[allowed("see")])
def account(request: Request) -> Response:
    """Show what one may do, and let one change the password."""
    return _account(request)


@router.post("/account/password", dependencies=[allowed("see")])
def change_password(
    request: Request,
    old: Annotated[str, Form(max_length=2000)] = "",
    new: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Change the password, which signs out everywhere else."""
    context, name = context_of(request), person_of(request).name
    wait = context.sessions.try_sign_in({f"name:{name}": FREE_BY_NAME})
    if wait is not None:
        return _account(request, 429, error=_wait_words(math.ceil(wait.total_seconds())))
    if not matches(context.people.password_hash(name), old):
        return _account(request, 422, error="The old password is wrong.")
    context.sessions.signed_in(f"name:{name}", "")
    try:
        context.people.set_password(name, hashed(new, name), name)
    except InvalidValue as error:
        return _account(request, 422, error=str(error))
    return begin_session(request, context, name, "/account")


@router.post("/account/sign-out-everywhere", dependencies=[allowed("see")])
def sign_out_everywhere(request: Request) -> Response:
    """End all sessions of this person."""
    context = context_of(request)
    context.sessions.end_all(person_of(request).name)
    answer = RedirectResponse("/sign-in", 303)
    drop_cookie(answer, context.web)
    return answer


@router.post("/theme", dependencies=[open_to_all("changes nothing but a colour")])
def choose_theme(
    theme: Annotated[str, Form()] = "auto",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Keep whether pages are light or dark in this browser."""
    answer = RedirectResponse(own_path(next), 303)
    answer.set_cookie(THEME_COOKIE, theme if theme in THEMES else "auto", max_age=YEAR, httponly=True, samesite="lax")
    return answer


def begin_session(request: Request, context: Context, name: str, to: str) -> Response:
    """Return the answer that signs a person in and leads on; a session that the browser had before ends."""
    before = cookie_of(request)
    if before:
        context.sessions.end(before)
    answer = RedirectResponse(to, 303)
    set_cookie(answer, context.web, context.sessions.start(name, context.web.session_lasts))
    return answer


def own_path(path: str) -> str:
    """Return a path of ours to go on to; "/" for everything that could lead elsewhere."""
    if not path.startswith("/") or path.startswith(("//", "/\\")) or "\\" in path or not path.isprintable():
        return "/"
    parts = urlsplit(path)
    return "/" if parts.scheme or parts.netloc else path


def spent_link() -> Refused:
    """Return the refusal of a one-time link."""
    hint = "Ask an admin for a new one, or make it with: docassay user link NAME"
    return Refused(404, "spent_link", "This link was used already, or its time is over.", hint)


def _provider(request: Request) -> ProviderSignIn:
    provider = context_of(request).provider
    if provider is None:
        raise Refused(404, "not_found", "There is no identity provider in the settings.", "Sign in by password.")
    return provider


def _back(request: Request) -> str:
    return f"{own_origin(request)}/sign-in/back"


def _sign_in_page(request: Request, status: int = 200, **asked: Any) -> Response:
    provider = context_of(request).provider
    return page(request, "sign_in.html", status=status, title=provider.provider.title if provider else "", **asked)


def _account(request: Request, status: int = 200, error: str = "") -> Response:
    context, person = context_of(request), person_of(request)
    return page(
        request,
        "account.html",
        status=status,
        error=error,
        account=context.people.account(person.name) if person.via != "token" else None,
        sessions=context.sessions.count(person.name),
        shortest=SHORTEST,
    )


def _wait_words(seconds: int) -> str:
    return f"Too many attempts failed. Try again in {seconds} seconds."
