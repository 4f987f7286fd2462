"""A store on each database. PostgreSQL is a private cluster of this test session, on a socket in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

sys.path.append(str(Path(__file__).parent))  # for store_worker, which child processes import too
from store_worker import on_server

from store.store import Store

DATABASES = ("sqlite", "postgresql")


class Clock:
    """A clock that stands until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a private PostgreSQL; skips where none is installed, except in CI."""
    binaries = _binaries()
    if binaries is None:
        message = "PostgreSQL is not installed here (no postgres and initdb); the Debian package is postgresql"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    folder = Path(tempfile.mkdtemp(prefix="docassay-pg-"))  # short: a socket's path holds 107 bytes
    try:
        yield from _serve(binaries, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, once for each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/docassay.db"
        return
    server = request.getfixturevalue("postgresql")
    name = f"test_{uuid.uuid4().hex[:12]}"
    on_server(server, f"CREATE DATABASE {name}")
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def store(url: str, tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """A store with empty tables and a clock that the test moves."""
    store = Store.open(url, tmp_path / "files", clock)
    yield store
    store.close()


@pytest.fixture
def open_store(url: str, tmp_path: Path) -> Callable[[], Store]:
    """Opens further stores on the same database and folder, with the real clock."""
    return lambda: Store.open(url, tmp_path / "files")


def _binaries() -> Path | None:
    found = [path.parent for path in sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), reverse=True)]
    for name in ("postgres", "initdb"):
        where = shutil.which(name)
        if where:
            found.append(Path(where).resolve().parent)
    return next((folder for folder in found if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


def _serve(binaries: Path, folder: Path) -> Iterator[str]:
    user = _user()
    owner = pwd.getpwnam(user) if user else None
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    started = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    data, log = folder / "data", folder / "log"
    common = {"cwd": folder, "env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, **started}
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "docassay", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        check=True,
        capture_output=True,
        **common,
    )
    with log.open("wb") as output:
        server = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses="],
            stdout=output,
            stderr=output,
            **common,
        )
    url = f"postgresql://docassay@/postgres?host={folder}"
    try:
        _wait_for(url, server, log)
        yield url
    finally:
        server.send_signal(signal.SIGINT)  # fast shutdown: it does not wait for clients
        server.wait(30)


def _user() -> str | None:
    """PostgreSQL refuses to run as root: the name of whoever runs it then."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            on_server(url, "SELECT 1")
            return
        except OperationalError:
            if server.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from None
            time.sleep(0.1)
