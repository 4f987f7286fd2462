"""Time and memory of `docassay run` as the number of documents grows: neither may grow faster than the documents.

    python -m benchmarks.growth [--counts 100 1000 5000]

The PDFs are one-page invoices made on the spot, each with its own number and amounts. Each count begins with an empty
data folder. Ends with 1 if a document is missing, or if a further document takes more than 1.25 times as much processor
time between the last two counts as between the first two (with two counts: as the average before). Processor time is
what neighbours on the machine hardly change; the seconds on the clock are printed beside it.
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
    processor_seconds: float
    megabytes: float
    through: int  # documents that ended in a record


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
        return Run(count, watched.seconds, watched.processor_seconds, watched.megabytes, through)


def marginal(smaller: Run, larger: Run) -> float:
    """Processor seconds that each further document took."""
    return (larger.processor_seconds - smaller.processor_seconds) / (larger.documents - smaller.documents)


def growth(runs: list[Run]) -> float:
    """How many times as much a further document costs at the end as at the beginning; 1 is linear."""
    if len(runs) < 2:
        return 1.0
    if len(runs) == 2:
        return marginal(*runs) / (runs[0].processor_seconds / runs[0].documents)
    return marginal(runs[-2], runs[-1]) / marginal(runs[0], runs[1])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counts", nargs="+", type=int, default=[100, 1000, 5000])
    parser.add_argument("--workers", type=int, default=0, help="0: one for each core")
    chosen = parser.parse_args()
    runs = []
    print(f"{'documents':>9} {'seconds':>9} {'s/document':>11} {'processor s':>12} {'peak MB':>8}")
    for count in sorted(chosen.counts):
        run = measure(count, chosen.workers or len(os.sched_getaffinity(0)))
        runs.append(run)
        each = run.seconds / run.documents
        figures = f"{run.seconds:>9.1f} {each:>11.4f} {run.processor_seconds:>12.1f} {run.megabytes:>8.0f}"
        print(f"{run.documents:>9} {figures}", flush=True)
    lost = [run for run in runs if run.through != run.documents]
    for run in lost:
        print(f"of {run.documents} documents only {run.through} ended in a record")
    factor = growth(runs)
    print(f"a further document takes {factor:.2f} times as much processor time at the end as at the beginning")
    return 1 if lost or factor > ALLOWED else 0


if __name__ == "__main__":
    sys.exit(main())
