"""A drill of the kill switch: real calls to a slow server on this machine, stopped by the real switch."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from extractors.llm.guards.network import Network
from extractors.llm.guards.switch import Switch, SwitchWatch
from flows.settings import Settings
from schemas.calls import Call, Purpose, new_id
from schemas.errors import CallRefused
from store.instants import utc_now
from store.store import Store
from store.switches import Drill, Switches

PROVIDER = "drill"  # whose switch is thrown: nobody's calls go there
CALLS = 20  # at once
ANSWER_SECONDS = 5.0  # the server takes its time
GRACE = 1.0  # seconds after which no call may reach the server any more


def run_drill(settings: Settings, store: Store, who: str) -> Drill:
    """Let calls run, throw their switch, and return (and keep) how long the last one lived on.

    Raises:
        Unavailable: the database cannot be reached.
    """
    switches = Switches(store.database)
    switches.resume(PROVIDER, who, "before a drill")
    watch = SwitchWatch(switches, settings.data_folder)
    network = Network(utc_now, seconds=2 * ANSWER_SECONDS, stopped=watch.stopped)
    guard, done = Switch(network, watch), threading.Event()
    with _slow_server() as server:

        def caller() -> None:
            while not done.is_set():
                try:
                    guard.send(_call(server.url))
                except CallRefused:
                    if switches.stopped(PROVIDER):
                        return

        threads = [threading.Thread(target=caller, daemon=True) for _ in range(CALLS)]
        for thread in threads:
            thread.start()
        server.wait_for(CALLS)
        in_flight, thrown = server.open, time.monotonic()
        switches.stop(PROVIDER, who, "drill")
        for thread in threads:
            thread.join(2 * ANSWER_SECONDS)
        ended = time.monotonic()
        done.set()
        late = sum(at > thrown + GRACE for at in server.arrivals)
    network.close()
    switches.resume(PROVIDER, who, "drill")
    drill = Drill(utc_now(), who, in_flight, late, round(ended - thrown, 3))
    switches.keep_drill(drill)
    return drill


class _Slow(ThreadingHTTPServer):
    """Answers after a while, and notes when calls come."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.arrivals: list[float] = []
        self.open = 0
        self.ending = threading.Event()
        self._changed = threading.Condition()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}/"

    def come(self, step: int) -> None:
        """Note that a call came (1) or went (-1)."""
        with self._changed:
            self.open += step
            if step > 0:
                self.arrivals.append(time.monotonic())
            self._changed.notify_all()

    def wait_for(self, calls: int) -> None:
        """Wait until so many calls are being answered."""
        with self._changed:
            self._changed.wait_for(lambda: self.open >= calls, 2 * ANSWER_SECONDS)


class _Handler(BaseHTTPRequestHandler):
    server: _Slow

    def do_GET(self) -> None:
        self.server.come(1)
        try:
            self.server.ending.wait(ANSWER_SECONDS)
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")
        except OSError:
            return  # the caller hung up, as it should
        finally:
            self.server.come(-1)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def _slow_server() -> Iterator[_Slow]:
    server = _Slow()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.ending.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _call(url: str) -> Call:
    purpose = Purpose(
        document="0" * 64,
        name="drill",
        run="drill",
        schema_name="",
        pages=0,
        fields=(),
        prompt="",
        route="drill",
        marker="",
        deadline=utc_now() + timedelta(seconds=4 * ANSWER_SECONDS),
        trace=new_id(),
    )
    return Call(PROVIDER, "drill", "openai", purpose, "GET", url, (), b"", 0)
