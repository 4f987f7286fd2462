"""Answers: pages from templates, and refusals as a page or as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi.exceptions import RequestValidationError
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from review.access.identity import form_token
from review.access.permissions import Permission
from review.refusals import Refused, plain_status, refusal_of
from review.static_files import STATIC
from schemas.errors import DocassayError

MENU: tuple[tuple[str, str, Permission, bool], ...] = (  # at the top of every page, for those who may (everywhere)
    ("Queue", "/queue", "see", False),
    ("Dashboard", "/dashboard", "see", True),
    ("People", "/people", "administer", False),
)
THEMES = ("auto", "light", "dark")
THEME_COOKIE = "docassay_theme"

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.globals["static"] = STATIC.address


def page(request: Request, template: str, /, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page. Templates also know `person` (None: not signed in), `token` for forms, `menu` and `theme`."""
    person = getattr(request.state, "person", None)
    theme = request.cookies.get(THEME_COOKIE, "auto")
    known = {
        "person": person,
        "token": form_token(request),
        "menu": [
            (label, path)
            for label, path, permission, everywhere in MENU
            if person and (person.everywhere(permission) if everywhere else person.may(permission))
        ],
        "theme": theme if theme in THEMES else "auto",
        "path": request.url.path,
    }
    return HTMLResponse(_TEMPLATES.get_template(template).render(**known, **values), status_code=status)


def answer_of(request: Request, refused: Refused) -> Response:
    """Return a refusal: JSON for programs and scripts, the way to signing in or a page in plain words for people."""
    if wants_json(request):
        body = {"code": refused.code, "message": refused.message, "hint": refused.hint}
        return JSONResponse(body, refused.status, refused.headers)
    if refused.code == "sign_in" and request.method in ("GET", "HEAD"):
        return _to_sign_in(request, refused)
    answer = page(request, "refused.html", status=refused.status, refused=refused)
    answer.headers.update(refused.headers)
    return answer


def wants_json(request: Request) -> bool:
    """Return whether a program or a script asks, and not somebody with the address line of a browser."""
    path = request.url.path
    if "/api/" in path or path == "/session" or path.endswith((".json", ".png")):
        return True
    accepted = request.headers.get("accept", "")
    return "application/json" in accepted and "text/html" not in accepted


async def tell_refusal(request: Request, error: Exception) -> Response:
    """Answer a refusal of ours."""
    assert isinstance(error, Refused)  # noqa: S101 - what it is registered for
    return answer_of(request, error)


async def tell_error(request: Request, error: Exception) -> Response:
    """Answer an error of the other rooms."""
    assert isinstance(error, DocassayError)  # noqa: S101 - what it is registered for
    return answer_of(request, refusal_of(error))


async def tell_status(request: Request, error: Exception) -> Response:
    """Answer what the framework refuses."""
    assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for
    refused = plain_status(error.status_code, str(error.detail))
    refused.headers.update(error.headers or {})
    return answer_of(request, refused)


async def tell_invalid(request: Request, error: Exception) -> Response:
    """Answer a request whose parts do not fit; what was sent is not repeated."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - what it is registered for
    said = "; ".join(f"{'.'.join(str(part) for part in each['loc'][1:])}: {each['msg']}" for each in error.errors())
    hint = "See GET /api/v1/openapi.json for what fits." if wants_json(request) else "Go back and correct it."
    return answer_of(request, Refused(422, "wrong_value", f"Something in the request does not fit: {said}.", hint))


def _to_sign_in(request: Request, refused: Refused) -> Response:
    where = refused.hint.partition("Sign in at ")[2].partition(";")[0]
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": where})
    return RedirectResponse(where, 303)
