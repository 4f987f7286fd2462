"""Documents and pages per second of the line beside other readers of the same files, as ratios to the barest.

    python -m benchmarks.speed [--folder samples/documents] [--rounds 3]

Who is measured, each in a fresh process, in turns, `--rounds` times; the median counts:

- pdfium: nothing but the text of each page, by the library that the line reads PDF with. The limit.
- pypdf: nothing but the text of each page.
- line: parse in a child process, classify, embedded data, rules, assess; one parser child, nothing kept.
- run: `docassay run` from a cold start with an empty store, start of the program and its workers included.
- invoice2data: text by pdfium, then its own 200 templates, loaded beforehand. It needs a template for each sender, so
  on invoices of senders it does not know it finds nothing: its figure is the cost of trying.
- rapidocr, on pictures: nothing but its own reading with its own settings, by the engine and the models of the line.
- unstructured, on DOCX and HTML: its partitioning alone, beside the line on the same files.

Start of the process and imports are not counted, except for `run`. Memory is that of the process and its children
together, looked at while it works.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.memory import run_and_watch

ROOT = Path(__file__).resolve().parent.parent
LEAST_SECONDS = 2.0  # the files are read again until so much time has passed
NOT_READABLE = {"damaged.pdf", "empty.pdf", "locked.pdf"}
WITHOUT_TEXT_LAYER = "scan-"
Reader = Callable[[Path], int]  # reads a file and returns its pages


@dataclass(frozen=True)
class Figures:
    """What one reader did in one round."""

    documents: int
    pages: int
    seconds: float
    megabytes: float


def pdfium() -> Reader:
    import pypdfium2

    def read(path: Path) -> int:
        document = pypdfium2.PdfDocument(path)
        for number in range(len(document)):
            document[number].get_textpage().get_text_bounded()
        pages = len(document)
        document.close()
        return pages

    return read


def pypdf() -> Reader:
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)

    def read(path: Path) -> int:
        reader = PdfReader(path)
        for page in reader.pages:
            page.extract_text()
        return len(reader.pages)

    return read


def line() -> Reader:
    from documents.jail import ParserPool
    from documents.limits import Limits
    from extractors.classify import classify
    from extractors.pipeline import extract
    from schemas.loader import load_schemas

    schemas = load_schemas([str(ROOT / "samples" / "schemas")])
    pool = ParserPool(Limits(), workers=1)  # ended with this process

    def read(path: Path) -> int:
        document = pool.parse(path.read_bytes(), path.name)
        found = classify(document, schemas.values())
        if found.schema_name is not None:
            extract(document, schemas[found.schema_name])
        return len(document.pages)

    return read


def invoice2data() -> Reader:
    from invoice2data import extract_data
    from invoice2data import input as inputs
    from invoice2data.extract.loader import read_templates

    logging.disable(logging.CRITICAL)
    templates = read_templates()

    def read(path: Path) -> int:
        inputs._cached_to_text.cache_clear()  # it keeps the text of a file that it has read before
        extract_data(str(path), templates, "pdfium")
        return 1

    return read


def unstructured() -> Reader:
    from documents.unstructured_setup import partition

    def read(path: Path) -> int:
        partition("docx" if path.suffix == ".docx" else "html", filename=str(path))
        return 1

    return read


def rapidocr() -> Reader:
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "critical"})

    def read(path: Path) -> int:
        engine(path)
        return 1

    return read


READERS: dict[str, Callable[[], Reader]] = {
    "pdfium": pdfium,
    "pypdf": pypdf,
    "line": line,
    "invoice2data": invoice2data,
    "unstructured": unstructured,
    "rapidocr": rapidocr,
}


def _one(name: str, files: Sequence[Path]) -> None:
    """Be the process of one reader: read the files over and over and print the figures."""
    read = READERS[name]()
    read(files[0])  # what loads late is loaded
    documents = pages = 0
    started = time.perf_counter()
    while time.perf_counter() - started < LEAST_SECONDS:
        for path in files:
            pages += read(path)
            documents += 1
    seconds = time.perf_counter() - started
    print(json.dumps({"documents": documents, "pages": pages, "seconds": seconds}))


def read_by(name: str, files: Sequence[Path]) -> Figures:
    """Return the figures of one reader over the files, in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.speed", "--one", name, *map(str, files)]
    watched = run_and_watch(command)
    return Figures(**json.loads(watched.output.splitlines()[-1]), megabytes=watched.megabytes)


def by_run(files: Sequence[Path], pages: int) -> Figures:
    """Return the figures of `docassay run` over the files, with an empty store."""
    with tempfile.TemporaryDirectory(prefix="docassay-speed-") as data:
        config = ROOT / "samples" / "docassay.toml"
        command = [sys.executable, "-m", "docassay.cli", "run", *map(str, files), "--data", data]
        kept = {name: said for name, said in os.environ.items() if not name.startswith(("DOCASSAY_", "PREFECT_"))}
        watched = run_and_watch([*command, "--config", str(config)], kept)
    return Figures(len(files), pages, watched.seconds, watched.megabytes)


def median(rounds: Sequence[Figures]) -> Figures:
    """Return the round whose documents per second are the median."""
    return sorted(rounds, key=lambda one: one.documents / one.seconds)[(len(rounds) - 1) // 2]


def compare(title: str, names: Sequence[str], files: Sequence[Path], rounds: int, base: str) -> None:
    """Measure the readers in turns and print a row for each, with its ratio to `base`; nothing without files."""
    if not files:
        return
    found: dict[str, list[Figures]] = {name: [] for name in names}
    for _ in range(rounds):
        pages = 0
        for name in names:
            one = by_run(files, pages) if name == "run" else read_by(name, files)
            found[name].append(one)
            if name == base:
                pages = round(one.pages * len(files) / one.documents)
    middle = {name: median(each) for name, each in found.items()}
    limit = middle[base].documents / middle[base].seconds
    print(f"\n{title}: {len(files)} files, {statistics.fmean(p.stat().st_size for p in files) / 1000:.0f} kB each")
    print(f"{'':14}{'documents/s':>12}{'pages/s':>9}{f'to {base}':>17}{'peak MB':>9}")
    for name, one in middle.items():
        speed = one.documents / one.seconds
        shown = f"{one.pages / one.seconds:.1f}" if name not in ("invoice2data", "unstructured") else ""
        print(f"{name:14}{speed:>12.1f}{shown:>9}{speed / limit:>17.3f}{one.megabytes:>9.0f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=ROOT / "samples" / "documents")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", nargs="+", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        _one(chosen.one[0], [Path(name) for name in chosen.one[1:]])
        return
    files = [path for path in sorted(chosen.folder.resolve().iterdir()) if path.name not in NOT_READABLE]
    printed = [path for path in files if path.suffix == ".pdf" and not path.name.startswith(WITHOUT_TEXT_LAYER)]
    invoices = [path for path in printed if "invoice" in path.name]
    office = [path for path in files if path.suffix in (".docx", ".html")]
    pictures = [path for path in files if path.suffix in (".jpg", ".png")]
    compare("PDF with a text layer", ("pdfium", "pypdf", "line", "run"), printed, chosen.rounds, "pdfium")
    compare("Invoices among them", ("pdfium", "line", "invoice2data"), invoices, chosen.rounds, "pdfium")
    compare("DOCX and HTML", ("unstructured", "line"), office, chosen.rounds, "unstructured")
    compare("Pictures, by text recognition", ("rapidocr", "line"), pictures, chosen.rounds, "rapidocr")


if __name__ == "__main__":
    main()
