from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.small_pdfs import write_small_pdfs

Command = Callable[..., subprocess.CompletedProcess[str]]


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("DOCASSAY_", "PREFECT_"))}


@pytest.fixture
def docassay(tmp_path: Path) -> Command:
    """The real command line in a process and a folder of its own."""

    def call(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "docassay.cli", *arguments],
            cwd=tmp_path,
            env={**environment(), **variables},
            capture_output=True,
            text=True,
            timeout=300,
        )

    return call


@pytest.fixture
def invoices(tmp_path: Path) -> Path:
    """A folder with three small invoices."""
    write_small_pdfs(tmp_path / "in", 3)
    return tmp_path / "in"
