"""The engine as a second process: started, waited for, and surely ended."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
READY = 60.0  # seconds to write the model, load it and listen
STOP = 5.0  # seconds after which it is killed


@contextmanager
def running(seed: int = 0) -> Iterator[str]:
    """Run an engine with a random model; gives what an SDK takes as its base URL."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as complaints:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.engine", "--seed", str(seed)],
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        try:
            assert process.stdout is not None
            ready, _, _ = select.select([process.stdout], [], [], READY)
            line = process.stdout.readline() if ready else ""
            if not line.startswith("listening on "):
                complaints.seek(0)
                raise RuntimeError(f"The engine did not start. {complaints.read()[-2000:]}")
            yield f"{line.removeprefix('listening on ').strip()}/v1"
        finally:
            process.terminate()
            try:
                process.wait(STOP)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout:
                process.stdout.close()
