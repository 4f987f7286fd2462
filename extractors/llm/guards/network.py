"""The last link: the bytes go out and come back, within a deadline for the whole answer, and can be called off.

An exception tells whether anything was sent: what was surely not sent costs nothing, and all else may be billed.
"""

from __future__ import annotations

import select
import threading
import time
import urllib.request
import zlib
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpcore2
import httpx2

from schemas.calls import Answer, Call
from schemas.errors import CallRefused, Reason

LOOK_SECONDS = 0.2  # between two looks whether a call that waits for bytes is called off
CONNECT_SECONDS = 10.0
LARGEST_ANSWER = 20_000_000  # bytes
PIECE = 16_384  # bytes written at once
CONNECTIONS = 100
KEPT_SECONDS = 5.0  # a connection that rested longer may be closed at the other end, and a call lost on it


_BROKEN = (
    httpcore2.NetworkError,
    httpcore2.TimeoutException,
    httpcore2.ProtocolError,
    httpcore2.ProxyError,
    httpcore2.UnsupportedProtocol,
    OSError,
    zlib.error,
)


class NotSent(CallRefused):
    """Surely nothing of the call left this machine's program."""


class Lost(CallRefused):
    """The call was sent, at least in part, and no whole answer came back: it may be billed."""


class _CalledOff(Exception):
    """Somebody stopped the call, or its time is over."""

    def __init__(self, why: str | None) -> None:
        super().__init__(why)
        self.why = why  # None: its time is over


class Network:
    """Sends calls by HTTP; safe for many threads."""

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        seconds: float = 60.0,
        stopped: Callable[[str], str | None] = lambda _provider: None,
    ) -> None:
        """Join the network.

        Args:
            now: the clock that the documents' deadlines are told by.
            seconds: wall clock of one call, from connecting to the last byte.
            stopped: says for a provider why its calls are called off; None: they may go on. Asked many times a second.
        """
        self._now = now
        self._seconds = seconds
        self._stopped = stopped
        self._current = threading.local()
        self._pools: dict[str | None, httpcore2.ConnectionPool] = {}
        self._lock = threading.Lock()

    def send(self, call: Call) -> Answer:
        """Return the answer as it came, whatever its status.

        Raises:
            NotSent: there is no connection, or the call was called off before anything was sent.
            Lost: no whole answer came: too slow, cut off, too large, called off.
        """
        started = time.monotonic()
        left = min(self._seconds, (call.purpose.deadline - self._now()).total_seconds())
        going = _Going(call, started + left, self._stopped)
        self._current.going = going
        try:
            status, headers, body = self._exchange(call, going)
        except _CalledOff as off:
            raise self._called_off(call, going, off.why) from None
        except _BROKEN as error:
            raise self._failed(call, going, error) from error
        finally:
            self._current.going = None
        return Answer(status, headers, body, time.monotonic() - started)

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for pool in self._pools.values():
                pool.close()
            self._pools.clear()

    def _exchange(self, call: Call, going: _Going) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
        going.look()
        timeouts = {"connect": min(CONNECT_SECONDS, going.left()), "pool": going.left()}
        pool = self._pool(call.url)
        host = [("Host", urlsplit(call.url).netloc)] if not any(n.lower() == "host" for n, _ in call.headers) else []
        own = [(name, value) for name, value in call.headers if name.lower() != "accept-encoding"]
        headers = [*host, *own, ("Accept-Encoding", "identity"), ("Content-Length", str(len(call.body)))]
        with pool.stream(
            call.method,
            call.url,
            headers=[(name.encode(), value.encode()) for name, value in headers],
            content=call.body,
            extensions={"timeout": timeouts},
        ) as response:
            raw = bytearray()
            for part in response.iter_stream():
                raw += part
                if len(raw) > LARGEST_ANSWER:
                    raise _too_large(call)
            told = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers]
        body = _unpacked(call, bytes(raw), told)
        return response.status, tuple(told), body

    def _pool(self, url: str) -> httpcore2.ConnectionPool:
        proxy = _proxy_for(url)
        with self._lock:
            if proxy not in self._pools:
                options: dict[str, Any] = {
                    "ssl_context": httpx2.create_ssl_context(),
                    "max_connections": CONNECTIONS,
                    "keepalive_expiry": KEPT_SECONDS,
                    "network_backend": _Backend(self._current),
                }
                self._pools[proxy] = (
                    httpcore2.HTTPProxy(proxy, **options) if proxy else httpcore2.ConnectionPool(**options)
                )
            return self._pools[proxy]

    def _called_off(self, call: Call, going: _Going, why: str | None) -> CallRefused:
        kind = Lost if going.sent else NotSent
        if why is not None:
            return kind(
                Reason.STOPPED, f"The call to {call.provider} was called off: {why}", "Go on with: docassay resume"
            )
        name = f"{call.provider}/{call.model}"
        return kind(
            Reason.MODEL_UNAVAILABLE,
            f"{name} gave no whole answer in time.",
            "It will be asked again; model.timeout_seconds and model.document_seconds are the limits.",
        )

    def _failed(self, call: Call, going: _Going, error: Exception) -> CallRefused:
        name, cause = f"{call.provider}/{call.model}", type(error).__name__
        if not going.sent:
            return NotSent(
                Reason.MODEL_UNAVAILABLE,
                f"There is no connection to {name} ({cause}).",
                "Check the network and model.base_url; it will be asked again.",
            )
        return Lost(
            Reason.MODEL_UNAVAILABLE,
            f"The connection to {name} broke before the answer was whole ({cause}).",
            "It will be asked again.",
        )


class _Going:
    """One call under way in this thread."""

    def __init__(self, call: Call, end: float, stopped: Callable[[str], str | None]) -> None:
        self._provider = call.provider
        self._end = end
        self._stopped = stopped
        self.sent = False

    def left(self) -> float:
        """Seconds until its time is over, at least a little: zero means no limit to some functions."""
        return max(0.01, self._end - time.monotonic())

    def look(self) -> None:
        """Raise _CalledOff if it is to end."""
        why = self._stopped(self._provider)
        if why is not None:
            raise _CalledOff(why)
        if time.monotonic() >= self._end:
            raise _CalledOff(None)


class _Backend(httpcore2.NetworkBackend):
    """Connections that look up from waiting."""

    def __init__(self, current: threading.local) -> None:
        self._current = current
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        stream = self._plain.connect_tcp(host, port, timeout, local_address, socket_options)
        return _Stream(stream, self._current)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class _Stream(httpcore2.NetworkStream):
    """A connection whose every wait is a row of short ones."""

    def __init__(self, stream: httpcore2.NetworkStream, current: threading.local) -> None:
        self._stream = stream
        self._current = current

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the call's deadline counts
        going: _Going = self._current.going
        while True:
            going.look()
            try:
                return self._stream.read(max_bytes, min(LOOK_SECONDS, going.left()))
            except httpcore2.ReadTimeout:
                continue

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        going: _Going = self._current.going
        for start in range(0, len(buffer), PIECE):
            self._wait_for_room(going)
            going.sent = True
            self._stream.write(buffer[start : start + PIECE], going.left())

    def _wait_for_room(self, going: _Going) -> None:
        """Wait until the other end takes bytes: a server that stops reading must not hold a call past its end."""
        going.look()
        while not select.select((), (self._stream.get_extra_info("socket"),), (), min(LOOK_SECONDS, going.left()))[1]:
            going.look()

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, timeout), self._current)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _unpacked(call: Call, raw: bytes, headers: list[tuple[str, str]]) -> bytes:
    """The body of an answer; some servers pack it though nobody asked them to. A bomb stays as small as it came."""
    packing = next((value.lower().strip() for name, value in headers if name.lower() == "content-encoding"), "identity")
    if packing in ("identity", ""):
        return raw
    if packing not in ("gzip", "x-gzip", "deflate"):
        raise zlib.error(f"packed as {packing}, which was not asked for")
    unpacking = zlib.decompressobj(wbits=47)  # tells gzip and zlib apart by itself
    body = unpacking.decompress(raw, LARGEST_ANSWER + 1)
    if len(body) > LARGEST_ANSWER:
        raise _too_large(call)
    if not unpacking.eof:
        raise zlib.error("the packed answer ends too early")
    return body


def _too_large(call: Call) -> Lost:
    return Lost(
        Reason.MODEL_UNAVAILABLE,
        f"The answer of {call.provider} is larger than {LARGEST_ANSWER:,} bytes and was cut off.",
        "Check model.base_url.",
        passing=False,
    )


def _proxy_for(url: str) -> str | None:
    """The proxy that the environment names for an address; None: go straight there."""
    parts = urlsplit(url)
    if not parts.hostname or urllib.request.proxy_bypass(parts.hostname):
        return None
    return urllib.request.getproxies().get(parts.scheme)
