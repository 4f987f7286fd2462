"""The server: the protocol at the network's edge, faults of the network included."""

from __future__ import annotations

import json
import select
import socket
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from benchmarks.simulator.calls import CallLog, SeenCall
from benchmarks.simulator.faults import Fault, Faults, error, read_script, refused_answer
from benchmarks.simulator.reply import Model, to_bytes
from benchmarks.simulator.request import BadRequest, read_request

MODELS = ("simulated-small", "simulated-strong")  # what is listed; any other name is served too
LONGEST_STALL = 3600.0  # seconds
REFUSED = 5.0  # seconds for which the port is closed unless a rule says otherwise
MOST_BYTES = 64_000_000


class Simulator:
    """A simulated model behind a port of this machine."""

    def __init__(self, model: Model, faults: Faults | None = None, port: int = 0) -> None:
        self.model = model
        self.faults = faults or Faults()
        self.calls = CallLog()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._listening = threading.Event()
        self._server = self._listen(port)
        self.port: int = self._server.server_address[1]

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def _listen(self, port: int) -> _Server:
        server = _Server(("127.0.0.1", port), _Handler, self)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        self._listening.set()
        return server

    def refuse(self, seconds: float) -> None:
        """Close the port and all connections for a time. Returns at once."""
        with self._lock:
            if not self._listening.is_set() or self._ended.is_set():
                return
            self._listening.clear()
            threading.Thread(target=self._away, args=(seconds,), daemon=True).start()

    def _away(self, seconds: float) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.hang_up()
        if not self._ended.wait(seconds):
            self._server = self._listen(self.port)

    def hang_up(self) -> None:
        """End all connections."""
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            cut(connection)

    def close(self) -> None:
        """End all."""
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        self.hang_up()

    def opened(self, connection: socket.socket) -> None:
        """Remember a connection."""
        with self._lock:
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        """Forget a connection."""
        with self._lock:
            self._open.discard(connection)


def cut(connection: socket.socket) -> None:
    """End a connection without a word."""
    with suppress(OSError):  # it had ended already
        connection.shutdown(socket.SHUT_RDWR)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler], simulator: Simulator) -> None:
        self.simulator = simulator
        super().__init__(address, handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Callers hang up: that is no event here."""


class _Gone(Exception):
    """The caller has hung up."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server
    connection: socket.socket

    def setup(self) -> None:
        super().setup()
        self.server.simulator.opened(self.connection)

    def finish(self) -> None:
        self.server.simulator.closed(self.connection)
        super().finish()

    def log_message(self, format: str, *args: Any) -> None:
        """The log of calls says more."""

    def do_GET(self) -> None:
        simulator = self.server.simulator
        if self.path == "/v1/models":
            listed = [{"id": name, "object": "model", "created": 0, "owned_by": "simulator"} for name in MODELS]
            self._send(200, {"object": "list", "data": listed})
        elif self.path == "/_control/calls":
            self._send(200, {"calls": simulator.calls.all()})
        else:
            self._send(404, error(f"Unknown request URL: GET {self.path}.", "invalid_request_error", "unknown_url"))

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        if size > MOST_BYTES:
            self.close_connection = True
            self._send(413, error("The request is too large.", "invalid_request_error", None))
            return
        body = self.rfile.read(size)
        if self.path == "/v1/chat/completions":
            self._completion(body)
        elif self.path.startswith("/_control/"):
            self._control(self.path.removeprefix("/_control/"), body)
        else:
            self._send(404, error(f"Unknown request URL: POST {self.path}.", "invalid_request_error", "unknown_url"))

    def _control(self, name: str, body: bytes) -> None:
        simulator = self.server.simulator
        try:
            data = json.loads(body or b"null")
            if name == "faults":
                simulator.faults.use(read_script(data))
            elif name == "reset":
                simulator.faults.use(())
                simulator.calls.forget()
                simulator.model.cache.forget()
            elif name == "refuse":
                seconds = float(data["seconds"])
            else:
                raise ValueError(f"There is no control {name}.")
        except (ValueError, KeyError, TypeError) as problem:
            self._send(400, error(str(problem), "invalid_request_error", None))
            return
        self._send(200, {"done": name})
        if name == "refuse":
            simulator.refuse(seconds)

    def _completion(self, body: bytes) -> None:
        call = self.server.simulator.calls.arrived(len(body))
        try:
            self._answer(call, body)
            call.delivered = True
        except (_Gone, OSError):
            self.close_connection = True
        finally:
            call.ended = time.time()

    def _answer(self, call: SeenCall, body: bytes) -> None:
        simulator = self.server.simulator
        try:
            request = read_request(body)
        except BadRequest as problem:
            call.status = 400
            self._send(400, error(str(problem), "invalid_request_error", None, problem.parameter))
            return
        known = simulator.model.recognise(request)
        call.model, call.document = request.model, known.id if known else None
        fault = simulator.faults.met_by(call.number, request.model, call.document)
        call.fault = fault.name if fault else None
        if fault is not None:
            if fault.name == "refused":
                cut(self.connection)
                simulator.refuse(REFUSED if fault.seconds is None else fault.seconds)
                raise _Gone
            if fault.seconds is not None and not fault.name.startswith("stall"):
                self._wait(fault.seconds)
            early = refused_answer(fault, request.model, simulator.model.profile.context_tokens)
            if early is not None:
                call.status = early[0]
                self._send(early[0], early[2], early[1])
                return
        reply = simulator.model.reply(request, known, fault)
        if reply.billed is not None:
            billed = reply.billed
            call.billed_prompt, call.billed_completion, call.billed_cached = (
                billed.prompt,
                billed.completion,
                billed.cached,
            )
        self._deliver(call, reply.status, to_bytes(reply.body), fault)

    def _deliver(self, call: SeenCall, status: int, body: bytes, fault: Fault | None) -> None:
        name = fault.name if fault else ""
        longest = LONGEST_STALL if fault is None or fault.seconds is None else fault.seconds
        half = len(body) // 2
        if name == "stall_before_headers":
            self._stall(longest)
        call.status = status
        self._head(status, len(body), {})
        if name == "stall_after_headers":
            self.wfile.write(body[:half])
            self._stall(longest)
        elif name == "cut":
            self.wfile.write(body[:half])
            self._hang_up()
        elif name == "drip":
            for place in range(len(body)):
                self.wfile.write(body[place : place + 1])
                self._wait(1.0)
        else:
            self.wfile.write(body)

    def _stall(self, seconds: float) -> None:
        """Send nothing more; then hang up."""
        self._wait(seconds)
        self._hang_up()

    def _hang_up(self) -> None:
        cut(self.connection)
        raise _Gone

    def _wait(self, seconds: float) -> None:
        """Wait, or notice that the caller has hung up: raises _Gone then."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            readable, _, _ = select.select([self.connection], [], [], left)
            if readable:
                if not self.connection.recv(1, socket.MSG_PEEK):
                    raise _Gone
                time.sleep(min(0.05, left))  # the next request is there already

    def _head(self, status: int, size: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(size), **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _send(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        data = to_bytes(body)
        self._head(status, len(data), headers or {})
        self.wfile.write(data)
