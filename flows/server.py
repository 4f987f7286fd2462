"""A Prefect server of our own, as a child process: for one large batch, or for as long as `docassay serve` runs."""

from __future__ import annotations

import json
import multiprocessing
import os
import socket
import time
import urllib.request
from pathlib import Path
from types import TracebackType

from flows.heartbeat import when_parent_ends
from flows.quiet import prefect_environment
from flows.settings import Settings

LOOPBACK = "127.0.0.1"
START_SECONDS = 60.0  # five on an idle core, ten when its database is made first
NOTE = "server.json"  # where `docassay serve` notes the address of its server
LOCK = "server.lock"  # held by who runs the server of this data folder: one at a time on one database


class PrefectServer:
    """A server process that ends with this one, whatever ends it."""

    def __init__(self, settings: Settings, port: int = 0) -> None:
        """Begin to start it on `port` of the loopback address (0: a free one); it takes seconds to answer."""
        self.api_url = f"http://{LOOPBACK}:{port or _free_port()}/api"
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(target=run_server, args=(settings, self.api_url), name="prefect-server")
        self._process.start()

    def wait(self) -> bool:
        """Wait until it answers; False if it did not start."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self._process.is_alive():
            if answers(self.api_url):
                return True
            time.sleep(0.1)
        return False

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.join(10)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def __enter__(self) -> PrefectServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def run_server(settings: Settings, api_url: str) -> None:
    """Be the server; the body of the child process."""
    when_parent_ends(lambda: None)
    if hasattr(os, "setsid"):
        os.setsid()  # Ctrl-C is for the run, which still has to tell this server how it ended
    host, _, port = api_url.removeprefix("http://").removesuffix("/api").partition(":")
    settings.prefect_home.mkdir(parents=True, exist_ok=True)
    log = os.open(settings.prefect_home / "server.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.update(prefect_environment(settings))
    os.environ["PREFECT_API_URL"] = api_url
    import uvicorn
    from prefect.server.api.server import create_app

    uvicorn.run(create_app(), host=host, port=int(port), log_level="warning", timeout_graceful_shutdown=3)


def running_server(settings: Settings) -> str | None:
    """Return the address of a server that is there for this data folder: the user's, or that of `docassay serve`."""
    if settings.prefect.api_url is not None:
        return settings.prefect.api_url
    note = settings.prefect_home / NOTE
    try:
        url = str(json.loads(note.read_text())["api_url"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return url if answers(url) else None


def answers(api_url: str) -> bool:
    """Return whether a Prefect server answers there."""
    try:
        with urllib.request.urlopen(f"{api_url}/health", timeout=2) as answer:  # noqa: S310 - http, by the settings
            return bool(answer.status == 200)
    except OSError:
        return False


class ServerPlace:
    """The right to run the server of a data folder; two servers on one SQLite file would hinder each other."""

    def __init__(self, settings: Settings) -> None:
        """Name the place; nothing is taken yet."""
        self._path: Path = settings.prefect_home / LOCK
        self._handle: int | None = None

    def take(self) -> bool:
        """Take it; False if somebody has it. It comes free when this process ends, however it ends."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(handle)
        except OSError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def leave(self) -> None:
        """Let others have it."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class ServerAtHand:
    """The server that a run is shown in: one that is there, or one of its own once that is asked for."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is looked for or started yet."""
        self._settings = settings
        self._place = ServerPlace(settings)
        self._own: PrefectServer | None = None

    def start(self) -> None:
        """Begin to start a server, unless there is one, or another run has the place: then this run is not shown."""
        if self._own is None and running_server(self._settings) is None and self._place.take():
            self._own = PrefectServer(self._settings)

    def api_url(self) -> str | None:
        """Return its address once it answers; None if there is none."""
        if self._own is None:
            return running_server(self._settings)
        return self._own.api_url if self._own.wait() else None

    def __enter__(self) -> ServerAtHand:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._own is not None:
            self._own.close()
        self._place.leave()


def _lock(handle: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
