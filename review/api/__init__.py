"""The REST interface under /api/v1."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter

from review.api import corrections, documents, exports, operations, queue, service, webhooks


def routers() -> Iterable[APIRouter]:
    """Return the routes of the REST interface, part by part."""
    yield service.router
    yield documents.router
    yield queue.router
    yield corrections.router
    yield exports.router
    yield operations.router
    yield webhooks.router
