"""Guards around all routes: the hosts we answer to, the size of bodies, the headers of answers, our own mistakes.

Each is a small ASGI wrapper that does one thing and calls the next.
"""

from __future__ import annotations

import traceback
import uuid
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from review.access.identity import set_cookie
from review.answers import answer_of
from review.context import Web
from review.refusals import Refused

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # not no-referrer: with that browsers send "Origin: null" along with forms
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
LARGEST_FORM = 2_000_000  # bytes; a document is larger, and has a limit of its own
SEND_LESS = "Send less, or raise limits.megabytes in the settings."
UPLOADS = frozenset({"/api/v1/documents"})


class SafeHeaders:
    """Sends the security headers with every answer, and lets nothing be cached that does not say so itself."""

    def __init__(self, app: ASGIApp, web: Web) -> None:
        self.app = app
        self.web = web

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
                if self.web.secure:
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            await send(message)

        await self.app(scope, receive, with_headers)


class KnownHosts:
    """Answers only to our own names, so that a strange name that is pointed at us cannot read our pages.

    That attack (DNS rebinding) needs a name; numeric addresses are ours for certain.
    """

    def __init__(self, app: ASGIApp, names: frozenset[str]) -> None:
        self.app = app
        self.names = names | {"localhost"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and not self._ours(Headers(scope=scope).getlist("host")):
            said = "Docassay is not known under the name that was called."
            hint = "Call it by web.address of the settings, or set that to the name you want to use."
            await answer_of(Request(scope), Refused(421, "wrong_host", said, hint))(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _ours(self, hosts: list[str]) -> bool:
        if len(hosts) != 1:
            return False
        host = hosts[0].lower()
        name = host[1 : host.find("]")] if host.startswith("[") else host.rsplit(":", 1)[0]
        if name in self.names:
            return True
        try:
            ip_address(name)
        except ValueError:
            return False
        return True


class LimitedBodies:
    """Stops reading a request as soon as it is larger than its route may take."""

    def __init__(self, app: ASGIApp, largest_document: int) -> None:
        self.app = app
        self.largest_document = largest_document

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.largest_document if scope["path"] in UPLOADS else LARGEST_FORM
        read = 0
        said = f"What was sent has more than {limit:,} bytes."
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdigit() and int(announced) > limit:
            await answer_of(Request(scope), Refused(413, "too_large", said, SEND_LESS))(scope, receive, send)
            return

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise HTTPException(413, said)
            return message

        await self.app(scope, limited, send)


class ToldMistakes:
    """Turns a mistake of ours into a plain page, and keeps its report in a file for whoever runs the service."""

    def __init__(self, app: ASGIApp, web: Web) -> None:
        self.app = app
        self.web = web

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception:
            if scope["type"] != "http" or begun:
                raise
            said = f"A mistake in Docassay, number {self._kept(traceback.format_exc())}. Nothing was changed by it."
            hint = "Tell this number to whoever runs Docassay: the report is in the folder errors of the data folder."
            await answer_of(Request(scope), Refused(500, "mistake", said, hint))(scope, receive, send)

    def _kept(self, report: str) -> str:
        number = uuid.uuid4().hex[:8]
        if self.web.errors is not None:
            self.web.errors.mkdir(parents=True, exist_ok=True)
            (self.web.errors / f"web-{number}.txt").write_text(report, encoding="utf-8")
        return number


class NewCookies:
    """Gives browsers behind a trusted proxy what the tokens of their forms are made from."""

    def __init__(self, app: ASGIApp, web: Web) -> None:
        self.app = app
        self.web = web

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def with_cookie(message: Message) -> None:
            secret = scope.get("state", {}).get("new_cookie")
            if message["type"] == "http.response.start" and secret:
                carrier = Response()
                set_cookie(carrier, self.web, secret)
                MutableHeaders(scope=message).append("Set-Cookie", carrier.headers["set-cookie"])
            await send(message)

        await self.app(scope, receive, with_cookie)
