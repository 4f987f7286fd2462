"""The application: every part of the web joined, behind the guards."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from review import api, static_files
from review.access import pages as access_pages
from review.access import people_pages
from review.access.gate import gate_of
from review.access.guards import KnownHosts, LimitedBodies, NewCookies, SafeHeaders, ToldMistakes
from review.answers import tell_error, tell_invalid, tell_refusal, tell_status
from review.api.description import described
from review.context import Context
from review.dashboard import metrics as dashboard_metrics
from review.dashboard import pages as dashboard_pages
from review.desk import pages as desk_pages
from review.desk import queue_pages, queue_routes
from review.desk import routes as desk_routes
from review.refusals import Refused
from schemas.errors import DocassayError


def parts() -> Iterable[APIRouter]:
    """Return the routes of all parts; each part is one line here."""
    yield static_files.router()
    yield access_pages.router
    yield people_pages.router
    yield desk_pages.router
    yield queue_pages.router
    yield from api.routers()
    yield desk_routes.router
    yield queue_routes.router
    yield dashboard_pages.router
    yield dashboard_metrics.router


def create_app(context: Context) -> FastAPI:
    """Return the application.

    Raises:
        RuntimeError: a route says not who may use it; a mistake of ours.
    """
    app = FastAPI(title="Docassay", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.context = context
    app.state.openapi = described(list(api.routers()))
    for part in parts():
        for route in part.routes:
            if not isinstance(route, APIRoute) or gate_of(route) is None:
                raise RuntimeError(f"{route} has neither allowed(...) nor open_to_all(...) among its dependencies.")
        app.include_router(part)
    app.add_exception_handler(Refused, tell_refusal)
    app.add_exception_handler(DocassayError, tell_error)
    app.add_exception_handler(HTTPException, tell_status)
    app.add_exception_handler(RequestValidationError, tell_invalid)
    _guard(app, context)
    return app


def _guard(app: FastAPI, context: Context) -> None:
    """Put the guards around all routes; the last one stands outermost."""
    web = context.web
    app.add_middleware(NewCookies, web=web)
    app.add_middleware(ToldMistakes, web=web)
    app.add_middleware(LimitedBodies, largest_document=web.megabytes * 1_000_000)
    app.add_middleware(KnownHosts, names=frozenset({web.host} if web.host else ()))
    app.add_middleware(SafeHeaders, web=web)
