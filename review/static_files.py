"""Style sheets, scripts and pictures of the pages: read once, served from memory under the hash of all of them.

An address holds the hash, so browsers may keep a file for good; modules that import each other by relative names stay
together. Only names that are known are looked up, so no path can lead anywhere else.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from review.access.gate import open_to_all

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
}
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class File:
    """One file."""

    content: bytes
    packed: bytes  # gzip
    media_type: str


class StaticFiles:
    """The files of a folder."""

    def __init__(self, folder: Path) -> None:
        self.files = {
            path.relative_to(folder).as_posix(): _file(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix in TYPES
        }
        whole = hashlib.sha256()
        for name, file in self.files.items():
            whole.update(f"{name}:{len(file.content)}:".encode() + file.content)
        self.version = whole.hexdigest()[:16]

    def address(self, name: str) -> str:
        """Return where a file is served; raises KeyError for one that is not there."""
        if name not in self.files:  # a template with a slip is to fail in its test
            raise KeyError(name)
        return f"/static/{self.version}/{name}"

    def answer(self, request: Request, version: str, name: str) -> Response:
        """Return a file, or 404; under the address of an older version it is not to be kept."""
        file = self.files.get(name)
        if file is None:
            return Response("There is no such file.", 404, media_type="text/plain")
        headers = {"Cache-Control": FOREVER if version == self.version else "no-store", "Vary": "Accept-Encoding"}
        content = file.content
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            content = file.packed
        return Response(content, headers=headers, media_type=file.media_type)


def _file(path: Path) -> File:
    content = path.read_bytes()
    return File(content, gzip.compress(content, 9, mtime=0), TYPES[path.suffix])


STATIC = StaticFiles(Path(__file__).parent / "static")


def router() -> APIRouter:
    """Return the route of the files."""
    routes = APIRouter(include_in_schema=False, dependencies=[open_to_all("the sign-in page has style sheets too")])

    @routes.get("/static/{version}/{name:path}")
    def file(request: Request, version: str, name: str) -> Response:
        return STATIC.answer(request, version, name)

    return routes
