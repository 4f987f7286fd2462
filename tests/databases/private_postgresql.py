"""A private PostgreSQL for tests: a cluster of its own, on a socket in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError


def on_server(url: str, statement: str) -> None:
    """Run one statement on a PostgreSQL server, outside any transaction."""
    address = make_url(url).set(drivername="postgresql+psycopg")
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()


def installed() -> Path | None:
    """Return the folder of its programs; None where it is not installed."""
    found = [path.parent for path in sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), reverse=True)]
    for name in ("postgres", "initdb"):
        where = shutil.which(name)
        if where:
            found.append(Path(where).resolve().parent)
    return next((folder for folder in found if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


def served(binaries: Path, folder: Path) -> Iterator[str]:
    """Give the address of a cluster in a folder, and end it afterwards."""
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
