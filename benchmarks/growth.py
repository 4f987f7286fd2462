"""Time and memory of `docassay run` as the number of documents grows: neither may grow faster than the documents.

    python -m benchmarks.growth [--counts 100 1000 5000]

The PDFs are one-page invoices made on the spot, each with its own number and amounts. Each count begins with an empty
data folder. `late/early` is the time that the documents between 60 and 80 % of a run took, divided by the time of those
between 20 and 40 %, by the moments at which each was through: 1 is linear, whatever the start costs.

Ends with 1 if a document is missing, or if in the largest run late/early is above 1.25, or if its memory is more than
1.25 times that of the smallest run.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.memory import run_and_watch
from benchmarks.small_pdfs import write_small_pdfs

ALLOWED = 1.25


@dataclass(frozen=True)
class Run:
    """What one run took."""

    documents: int
    seconds: float
    megabytes: float
    through: int  # documents that ended in a record
    late_to_early: float


def measure(count: int, workers: int) -> Run:
    """Make `count` PDFs and process them from a cold start."""
    with tempfile.TemporaryDirectory(prefix="docassay-growth-") as name:
        folder, data = Path(name, "in"), Path(name, "data")
        write_small_pdfs(folder, count)
        command = [sys.executable, "-m", "docassay.cli", "run", str(folder), "--data", str(data)]
        kept = {name: said for name, said in os.environ.items() if not name.startswith(("DOCASSAY_", "PREFECT_"))}
        watched = run_and_watch([*command, "--workers", str(workers)], kept)
        with sqlite3.connect(data / "docassay.db") as database:
            query = "select count(*) from documents where state in ('in_review', 'accepted') and record > 0"
            through = int(database.execute(query).fetchone()[0])
            query = "select at from transitions where to_state in ('in_review', 'accepted') order by at"
            ends = [float(at) for (at,) in database.execute(query)]
        return Run(count, watched.seconds, watched.megabytes, through, late_to_early(ends))


def late_to_early(ends: list[float]) -> float:
    """How many times as long the fourth fifth of the documents took as the second; `ends` are in order."""

    def took(start: float, end: float) -> float:
        return ends[int(end * (len(ends) - 1))] - ends[int(start * (len(ends) - 1))]

    return took(0.6, 0.8) / took(0.2, 0.4)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counts", nargs="+", type=int, default=[100, 1000, 5000])
    parser.add_argument("--workers", type=int, default=0, help="0: one for each core")
    chosen = parser.parse_args()
    runs = []
    print(f"{'documents':>9} {'seconds':>9} {'s/document':>11} {'peak MB':>8} {'late/early':>11}")
    for count in sorted(chosen.counts):
        run = measure(count, chosen.workers or len(os.sched_getaffinity(0)))
        runs.append(run)
        each = run.seconds / run.documents
        figures = f"{run.seconds:>9.1f} {each:>11.4f} {run.megabytes:>8.0f} {run.late_to_early:>11.2f}"
        print(f"{run.documents:>9} {figures}", flush=True)
    lost = [run for run in runs if run.through != run.documents]
    for run in lost:
        print(f"of {run.documents} documents only {run.through} ended in a record")
    return 1 if lost or runs[-1].late_to_early > ALLOWED or runs[-1].megabytes > ALLOWED * runs[0].megabytes else 0


if __name__ == "__main__":
    sys.exit(main())
