"""The REST interface described as OpenAPI."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from review.access.gate import Gate, gate_of

VERSION = "1"
ABOUT = (
    "Every request carries a token: `Authorization: Bearer TOKEN`. Make one with `docassay token add`. "
    "What is refused is told as JSON: `code`, `message`, `hint`."
)


def described(routers: list[APIRouter]) -> dict[str, Any]:
    """Return the description of the routes under /api/v1, each with the scope it needs."""
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    found: dict[str, Any] = get_openapi(title="Docassay", version=VERSION, description=ABOUT, routes=routes)
    found.setdefault("components", {})["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    for route in routes:
        gate = gate_of(route)
        if not route.include_in_schema or not isinstance(gate, Gate):
            continue
        for method in route.methods or ():
            told = found["paths"][route.path_format].get(method.lower())
            if told is not None:
                told["security"] = [{"token": [gate.permission]}]
    return found
