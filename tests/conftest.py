"""Shared fixtures: where the shared documents lie, and databases of each kind.

No test may reach the network's outside or a home folder.
"""

import os
import shutil
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import make_url

sys.path.append(str(Path(__file__).parent / "databases"))  # for private_postgresql
from private_postgresql import installed, on_server, served

DATABASES = ("sqlite", "postgresql")
ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("DOCASSAY_DATA", ROOT.parent / "shared" / "data")).resolve()

settings.register_profile("docassay", deadline=None)  # how fast is for benchmarks: a busy machine is no failure
settings.load_profile("docassay")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real documents with truth; tests that need it skip where it is absent."""
    if not DATA.is_dir():
        pytest.skip(f"the shared documents are not at {DATA}; set DOCASSAY_DATA to their folder")
    return DATA


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a private PostgreSQL; skips where none is installed, except in CI."""
    binaries = installed()
    if binaries is None:
        message = "PostgreSQL is not installed here (no postgres and initdb); the Debian package is postgresql"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    folder = Path(tempfile.mkdtemp(prefix="docassay-pg-"))  # short: a socket's path holds 107 bytes
    try:
        yield from served(binaries, folder)
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
