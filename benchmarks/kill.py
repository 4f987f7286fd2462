"""Kill `docassay run` at random moments and start it again: nothing may be lost, nothing done twice.

    python benchmarks/kill.py --documents 1000 --kills 10 --seed 1

Prints one JSON object: runs, kills, documents lost, records made twice, seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.small_pdfs import write_small_pdfs

LEASE_SECONDS = "5"  # a killed worker's documents come free after so long


def command(folder: Path, data: Path) -> list[str]:
    """Return the command line of one run."""
    return [sys.executable, "-m", "docassay.cli", "run", str(folder), "--data", str(data)]


def run_until_done(folder: Path, data: Path, kills: int, seed: int, *, whole_group: bool = True) -> dict[str, float]:
    """Start runs over `folder`, kill each of the first `kills` at a random moment, let the last one end.

    Args:
        whole_group: also kill workers, parsers and servers at the same moment, as a power cut would.
    """
    dice = random.Random(seed)
    environment = {**os.environ, "DOCASSAY_LEASE_SECONDS": LEASE_SECONDS}
    started = time.perf_counter()
    killed = runs = 0
    longest = 20.0
    while True:
        runs += 1
        process = subprocess.Popen(
            command(folder, data),
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        if killed < kills:
            begun = time.perf_counter()
            try:
                _, errors = process.communicate(timeout=dice.uniform(0.5, longest))
                longest = max(1.0, (time.perf_counter() - begun) * 0.9)  # it was through: kill the next one earlier
            except subprocess.TimeoutExpired:
                _kill(process, whole_group=whole_group)
                killed += 1
                continue
        else:
            _, errors = process.communicate()
        if process.returncode != 0:
            raise RuntimeError(f"run ended with {process.returncode}: {errors.decode(errors='replace')}")
        if killed >= kills or runs > 3 * kills + 3:
            break
    return {"runs": runs, "kills": killed, "seconds": round(time.perf_counter() - started, 1)}


def _kill(process: subprocess.Popen[bytes], *, whole_group: bool) -> None:
    if whole_group:
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate()


def damage(data: Path, documents: int) -> dict[str, int]:
    """Count what a kill may have done: documents lost, not through, with two records, or twice in a state."""
    with sqlite3.connect(data / "docassay.db") as database:

        def one(query: str) -> int:
            return int(database.execute(query).fetchone()[0])

        stored = one("select count(*) from documents")
        return {
            "stored": stored,
            "lost": documents - stored,
            "not_through": one("select count(*) from documents where state not in ('in_review', 'accepted')"),
            "without_record": one("select count(*) from documents where record = 0"),
            "records_twice": one(
                "select count(*) from (select 1 from extractions group by document having count(*) > 1)"
            ),
            "decided_twice": one(
                "select count(*) from (select 1 from transitions where to_state in ('in_review', 'accepted') "
                "group by document having count(*) > 1)"
            ),
            "versions_twice": one(
                "select count(*) from (select 1 from transitions group by document, version having count(*) > 1)"
            ),
        }


def main() -> None:
    """Run it and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="docassay-kill-") as name:
        folder, data = Path(name, "in"), Path(name, "data")
        write_small_pdfs(folder, given.documents)
        figures = run_until_done(folder, data, given.kills, given.seed)
        found = damage(data, given.documents)
        started = time.perf_counter()
        subprocess.run(command(folder, data), check=True, capture_output=True)
        again = round(time.perf_counter() - started, 1)
        unchanged = damage(data, given.documents) == found
    print(
        json.dumps({**figures, **found, "same_folder_again_seconds": again, "same_folder_again_unchanged": unchanged})
    )


if __name__ == "__main__":
    main()
