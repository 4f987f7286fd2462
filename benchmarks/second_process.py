"""A server of ours as a second process: started, waited for until it says where it listens, and surely ended."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
STOP = 5.0  # seconds after which it is killed
SAYS = "listening on "  # how its first line begins


@contextmanager
def listening(arguments: Sequence[str], ready: float) -> Iterator[tuple[str, int]]:
    """Run Python with `arguments`; give the address that it listens on and its process id.

    Args:
        arguments: such as ("-m", "benchmarks.simulator", …).
        ready: seconds until its first line has to be there.

    Raises:
        RuntimeError: it did not start; with the end of what it complained about.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as complaints:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert process.stdout is not None
        try:
            is_ready, _, _ = select.select([process.stdout], [], [], ready)
            line = process.stdout.readline() if is_ready else ""
            if not line.startswith(SAYS):
                complaints.seek(0)
                raise RuntimeError(f"{arguments[1]} did not start. {complaints.read()[-2000:].strip()}")
            yield line.removeprefix(SAYS).strip(), process.pid
        finally:
            process.terminate()
            try:
                process.wait(STOP)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()
