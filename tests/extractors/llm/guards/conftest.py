"""A server whose answers are scripted byte by byte, and a clock that moves only when somebody sleeps."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))  # for guard_calls
from guard_calls import Clock, Server


@pytest.fixture
def server() -> Iterator[Server]:
    served = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            served.arrivals.append(time.monotonic())
            try:
                served.script(self)
            except OSError:
                self.close_connection = True  # the caller hung up

        def log_message(self, *args: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    http = Quiet(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{http.server_port}/v1/chat/completions"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield served
    http.shutdown()
    http.server_close()


@pytest.fixture
def clock() -> Clock:
    return Clock()
