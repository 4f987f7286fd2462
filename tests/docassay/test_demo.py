"""The demo ends with the desk at a terminal, and never waits for anybody elsewhere."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from benchmarks.small_pdfs import write_small_pdfs

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("serve")]
ROOT = Path(__file__).parents[2]
PROGRAM = """
from pathlib import Path
from docassay.commands import demo
from docassay.cli import main
if __name__ == "__main__":  # worker processes import this file too
    demo.SAMPLES = Path("samples")
    main()
"""


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    """A folder with one small document in the place of the samples."""
    write_small_pdfs(tmp_path / "samples" / "documents", 1)
    shutil.copy(ROOT / "samples" / "docassay.toml", tmp_path / "samples")
    shutil.copytree(ROOT / "samples" / "schemas", tmp_path / "samples" / "schemas")
    (tmp_path / "program.py").write_text(PROGRAM)
    return tmp_path


def command(*flags: str) -> list[str]:
    return [sys.executable, "program.py", "demo", "--data", "demo", *flags]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "NO_COLOR": "1"}


def test_without_a_terminal_it_ends_with_the_command_and_the_address(samples: Path) -> None:
    """In a pipeline the demo ends by itself, and says how to see the desk."""
    done = subprocess.run(command(), cwd=samples, env=environment(), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    said = done.stdout.split("The review desk over these documents:")[1]
    assert "serve --data demo --config samples/docassay.toml" in said
    assert "http://127.0.0.1:8017" in said


def test_at_a_terminal_it_serves_the_desk_until_ctrl_c(samples: Path) -> None:
    """At a terminal the desk answers at the address that is printed, its link signs in, and Ctrl-C ends it all."""
    head, tail = pty.openpty()
    process = subprocess.Popen(
        command(), cwd=samples, env=environment(), stdout=tail, stderr=tail, stdin=tail, start_new_session=True
    )
    os.close(tail)
    said = ""
    try:
        said = _read(head, said, r"(http://127\.0\.0\.1:\d+/welcome/\S+)")
        link = re.search(r"(http://127\.0\.0\.1:\d+)/welcome/\S+", said)
        assert link
        assert f"Review desk: {link[1]}" in said
        _answers(link[1])
        with urllib.request.urlopen(link[0], timeout=20) as page:
            assert "password" in page.read().decode().lower()
        process.send_signal(signal.SIGINT)
        said = _read(head, said, r"Stopped\.")
        assert process.wait(60) == 0
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        os.close(head)


def _read(head: int, said: str, until: str, seconds: float = 240.0) -> str:
    end = time.monotonic() + seconds
    while not re.search(until, said):
        assert time.monotonic() < end, said
        if select.select([head], [], [], 1.0)[0]:
            said += os.read(head, 65536).decode(errors="replace").replace("\r\n", "\n")
    return said


def _answers(address: str, seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(f"{address}/api/v1/health", timeout=5)
            return
        except OSError:
            assert time.monotonic() < end, "the desk does not answer"
            time.sleep(0.3)
