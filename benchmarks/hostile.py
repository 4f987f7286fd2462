"""Every file that is known to break parsers, through the parser children: outcomes by reason, time, memory.

    python benchmarks/hostile.py FOLDER      (a folder with manifest.csv; columns file and expected_outcome)

Ends with 1 if the service failed, a file took longer than its limit, or an outcome is none of those expected.
"""

from __future__ import annotations

import argparse
import csv
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from documents.jail import ParserPool
from documents.limits import Limits
from schemas.errors import Reason, Refusal

OVERHEAD = 3.0  # seconds for starting and ending a child on a busy machine
DAMAGE = {Reason.BROKEN_STRUCTURE, Reason.TYPE_MISMATCH, Reason.NOT_SUPPORTED, Reason.EMPTY, Reason.NO_TEXT}
BOUNDS = {Reason.TOO_SLOW, Reason.TOO_MUCH_MEMORY, Reason.TOO_MANY_PAGES, Reason.TOO_LARGE}
LOCKED = {Reason.PASSWORD_NEEDED}


@dataclass(frozen=True)
class Outcome:
    """How one file ended."""

    file: str
    expected: str
    reason: str  # "text" or a reason code; "crash" if the service itself failed
    seconds: float
    allowed: float  # seconds
    letters: int
    findings: tuple[str, ...]
    needs_review: bool
    text: str

    @property
    def over_limit(self) -> bool:
        return self.seconds > self.allowed + OVERHEAD

    @property
    def as_expected(self) -> bool:
        return is_expected(self)


def files_of(folder: Path) -> Iterator[tuple[Path, str]]:
    """The files that the manifest names, wherever below the folder they lie, with the outcome expected."""
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as manifest:
        for row in csv.DictReader(manifest):
            path = folder / row["file"]
            yield (path if path.is_file() else next(folder.rglob(path.name))), row["expected_outcome"]


def outcomes(folder: Path, limits: Limits, workers: int = 1) -> Iterator[Outcome]:
    """Parse the files one after the other and give each outcome as it comes."""
    with ParserPool(limits, workers) as pool:
        for path, expected in files_of(folder):
            yield outcome(pool, path, expected, limits)


def outcome(pool: ParserPool, path: Path, expected: str, limits: Limits) -> Outcome:
    begun = time.monotonic()
    pictures, letters, findings, review, text = 0, 0, (), False, ""
    try:
        document = pool.parse(path.read_bytes(), path.name)
    except Refusal as refusal:
        reason = str(refusal.reason)
        text = refusal.message
    except Exception as error:  # noqa: BLE001 - what is counted here
        reason, text = "crash", f"{type(error).__name__}: {error}"
    else:
        reason, text, letters = "text", document.text, len(document.text)
        findings = tuple(sorted({finding.code for finding in document.findings}))
        review = any(finding.needs_review for finding in document.findings)
        pictures = sum(page.origin == "ocr" for page in document.pages)
    allowed = limits.seconds + (pictures or 1) * limits.seconds_per_picture
    return Outcome(path.name, expected, reason, time.monotonic() - begun, allowed, letters, findings, review, text)


def is_expected(found: Outcome) -> bool:
    """Whether an outcome is one that the manifest's words allow.

    A file that a reader can repair may give text where an error was expected if the text then goes to a person, and a
    page read from its picture may give text where no text was expected.
    """
    expected, reason = found.expected, found.reason
    refused = reason in DAMAGE | BOUNDS | LOCKED
    if expected.startswith("clear error: password"):
        return reason in LOCKED
    if expected.startswith("clear reason: no text"):
        return refused or reason == "text"
    if expected.startswith("clear error"):
        return refused or (reason == "text" and found.needs_review)
    if expected == "text":
        return reason == "text"
    if "hidden text flagged" in expected:
        return reason == "text"
    if "flag active content" in expected:
        return reason == "text" and "active_content" in found.findings
    if expected.startswith("DTD refused"):
        return reason == "text" and "embedded_unsafe" in found.findings and "root:" not in found.text
    if "clear error" in expected:
        return reason == "text" or refused
    return reason == "text"


def report(found: Iterable[Outcome]) -> bool:
    """Print the table and say whether all went as it must."""
    rows = list(found)
    print(f"{'outcome':<20}{'files':>6}")
    for reason, count in Counter(row.reason for row in rows).most_common():
        print(f"{reason:<20}{count:>6}")
    crashes = [row for row in rows if row.reason == "crash"]
    late = [row for row in rows if row.over_limit]
    odd = [row for row in rows if not row.as_expected]
    longest = max(rows, key=lambda row: row.seconds)
    print(f"files {len(rows)}, service crashes {len(crashes)}, beyond the limit {len(late)}, unexpected {len(odd)}")
    print(f"longest {longest.seconds:.1f} s ({longest.file})")
    print(f"peak memory of the service {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    for row in [*crashes, *late, *odd]:
        print(f"  {row.file}: expected {row.expected!r}, got {row.reason} in {row.seconds:.1f} s {row.text[:100]!r}")
    return not (crashes or late or odd)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--workers", type=int, default=1)
    arguments = parser.parse_args()
    return 0 if report(outcomes(arguments.folder, Limits(), arguments.workers)) else 1


if __name__ == "__main__":
    sys.exit(main())
