"""Shared fixtures: where the shared documents lie; no test may reach the network's outside or a home folder."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

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
