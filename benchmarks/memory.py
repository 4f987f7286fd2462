"""How much memory a process and all that it started use together, looked at while it runs (Linux)."""

from __future__ import annotations

import subprocess
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Watched:
    """How a command went."""

    seconds: float
    megabytes: float  # the most that it and all that it started used at one look
    output: str


def run_and_watch(command: list[str], environment: dict[str, str] | None = None) -> Watched:
    """Run a command to its end.

    Raises:
        RuntimeError: it ended with another code than 0 or 1 (some documents failed).
    """
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    peak = 0.0
    while True:
        try:
            output, said = process.communicate(timeout=LOOK_SECONDS)
            break
        except subprocess.TimeoutExpired:
            peak = max(peak, tree_megabytes(process.pid))
    seconds = time.perf_counter() - started
    if process.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {said.decode(errors='replace')}")
    return Watched(seconds, peak, output.decode())


def tree_megabytes(root: int) -> float:
    """Return the memory of a process and its descendants; pages that several share are counted once (PSS)."""
    children: dict[int, list[int]] = defaultdict(list)
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue  # it has ended
            children[parent].append(int(folder.name))
    total, waiting = 0.0, [root]
    while waiting:
        process = waiting.pop()
        waiting += children[process]
        total += _megabytes(process)
    return total


def _megabytes(process: int) -> float:
    try:
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass  # it has ended, or belongs to somebody else
    return 0.0
