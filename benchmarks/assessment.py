"""What assessment costs beside parsing: milliseconds a page of both, in one process, and their ratio.

    python -m benchmarks.assessment FILE_OR_FOLDER … [--documents 40]

Assessment is everything after the sources have spoken: looking every value up on the page, counting rows, comparing
sources, checks, scoring. Processor time is measured, so that other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from documents.parse import parse_bytes
from extractors.assess.assess import assess
from extractors.classify import classify
from extractors.ground import Ground
from extractors.page.reading import PageReading
from extractors.pipeline import EXTRACTORS, source_versions
from schemas.errors import Refusal
from schemas.fields import Kind
from schemas.loader import builtin_schemas

SAMPLES = Path(__file__).parent.parent / "samples" / "documents"
SOURCES = ("embedded", "rules")


@dataclass
class Figures:
    """Processor seconds of each step, over all documents."""

    documents: int = 0
    pages: int = 0
    parsing: float = 0.0
    sources: float = 0.0  # embedded data and rules
    assessment: float = 0.0


def measure(files: Sequence[Path]) -> Figures:
    """Take the files through the line once to warm up and once to measure; those that are refused are passed over."""
    figures = Figures()
    for counted in (False, True):
        for path in files if counted else files[:2]:
            found = _one(path)
            if found is not None and counted:
                pages, parsing, sources, assessment = found
                figures.documents += 1
                figures.pages += pages
                figures.parsing += parsing
                figures.sources += sources
                figures.assessment += assessment
    return figures


def _one(path: Path) -> tuple[int, float, float, float] | None:
    schemas = builtin_schemas()
    content = path.read_bytes()
    begun = time.process_time()
    try:
        document = parse_bytes(content, path.name)
    except Refusal:
        return None
    parsed = time.process_time()
    schema = schemas.get(classify(document, schemas.values()).schema_name or "invoice", schemas["invoice"])
    told = time.process_time()
    candidates = [candidate for source in SOURCES for candidate in EXTRACTORS[source](PageReading(document, schema))]
    read = time.process_time()
    ground = Ground(PageReading(document, schema))
    placed = ground.grounded(candidates)
    shown = {f.name: ground.shown_rows(f, placed) for f in schema.fields if f.kind is Kind.TABLE}
    versions = source_versions(SOURCES)
    assess(document, schema, placed, accept_proved=True, source_versions=versions, shown_rows=shown)
    return len(document.pages), parsed - begun, read - told, time.process_time() - read


def _files(given: Sequence[Path], most: int) -> list[Path]:
    def every() -> Iterator[Path]:
        for path in given:
            yield from sorted(each for each in path.iterdir() if each.is_file()) if path.is_dir() else [path]

    return list(every())[:most]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, default=[SAMPLES], help="files and folders of documents")
    parser.add_argument("--documents", type=int, default=40, help="at most so many")
    arguments = parser.parse_args()
    figures = measure(_files(arguments.files, arguments.documents))
    pages = max(1, figures.pages)
    print(f"documents {figures.documents}, pages {figures.pages}")
    for name in ("parsing", "sources", "assessment"):
        print(f"{name:11} {1000 * getattr(figures, name) / pages:8.1f} ms a page")
    print(f"assessment / parsing {figures.assessment / figures.parsing if figures.parsing else 0.0:.2f}")


if __name__ == "__main__":
    main()
