"""Fonts that lie, and honest files that are told to: values compared with the pictures of their pages.

    python -m benchmarks.pictures [--documents 1000] [--cache FOLDER]

*Lying*: 72 invoices in an embedded font whose table states another figure than its shape draws, each figure for each
other one. The sums add up in what the file states, so that without a look the wrong total passes as proved. *Honest*:
real PDF files of the shared data, each looked at as if it had been drawn at random; what is stopped is a false alarm.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import permutations
from pathlib import Path

import pypdf
from pypdf.generic import DictionaryObject, NameObject, StreamObject
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from benchmarks.promise import AD_BUY
from benchmarks.readings import DATA, kept, read_file
from documents import drawn_words
from documents.jail import ParserPool
from documents.limits import Limits
from documents.parse import parse_bytes
from evaluation.truth import read_truth
from extractors.pipeline import Look, Occasion, extract
from flows.wiring import look_door
from schemas.errors import Refusal
from schemas.loader import builtin_schemas, load_schemas
from schemas.results import Extraction, FieldResult

SETS = {"einvoice": "invoice", "nda": "contract", "adbuy": "ad_buy"}  # receipts are pictures already
FIGURES = "123456789"
STOPPED = "finding"  # the check of the problem that a look adds


@dataclass
class Figures:
    """What looks found."""

    lying: int = 0
    deceived: int = 0  # whose total reads otherwise than it is drawn
    told: int = 0  # of the deceived
    accepted: int = 0  # wrong totals that passed all the same
    honest: Counter[str] = field(default_factory=Counter)  # files looked at, by set
    alarms: dict[str, list[str]] = field(default_factory=dict)  # what was told of honest files


def invoice(figure: str) -> bytes:
    """Return an invoice in an embedded font, whose amounts have no other figures than this one and 0."""
    registerFont(TTFont("Vera", "Vera.ttf"))
    target = io.BytesIO()
    canvas = Canvas(target, invariant=True)
    canvas.setFont("Vera", 11)
    lines = (
        "Northwind Supplies Ltd",
        "INVOICE",
        f"Invoice number: NW-{figure}",
        f"Net total: EUR {figure}000.00",
        f"VAT 10%: EUR {figure}00.00",
        f"Total due: EUR {figure}{figure}00.00",
    )
    for at, line in enumerate(lines):
        canvas.drawString(60, 760 - 22 * at, line)
    canvas.save()
    return target.getvalue()


def lying(content: bytes, drawn: str, stated: str) -> bytes:
    """Return the file with a table of its font that states `stated` for the shape of `drawn`."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    for each in writer.pages[0]["/Resources"]["/Font"].values():
        font = each.get_object()
        if not isinstance(font, DictionaryObject) or "/ToUnicode" not in font:
            continue
        table = StreamObject()
        told = font["/ToUnicode"].get_object().get_data()
        table.set_data(told.replace(b"<%04X>" % ord(drawn), b"<%04X>" % ord(stated)))
        font[NameObject("/ToUnicode")] = writer._add_object(table)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def of_lying(figures: Figures, look: Look) -> None:
    """Count what a look at each lying invoice tells, and what passes without one."""
    schema = builtin_schemas()["invoice"]
    for drawn, stated in permutations(FIGURES, 2):
        content = lying(invoice(drawn), drawn, stated)
        document = parse_bytes(content, "invoice.pdf")
        occasion = Occasion("invoice.pdf", content=partial(bytes, content))
        unseen, seen = (
            extract(document, schema, accept_proved=True, occasion=occasion, look=each) for each in (None, look)
        )
        figures.lying += 1
        figures.deceived += unseen.fields["gross_total"].decision == "accepted"
        figures.told += any(problem.check == STOPPED for problem in seen.problems)
        figures.accepted += any(result.decision == "accepted" and result.evidence for result in seen.fields.values())


def of_honest(figures: Figures, look: Look, name: str, most: int, cache: Path | None) -> None:
    """Count the alarms of looks at files of one set of the shared data."""
    schema = load_schemas((str(AD_BUY),))[SETS[name]]
    for truth in list(read_truth(DATA / name / "truth.jsonl"))[:most]:
        path = DATA / name / truth.file
        if path.suffix != ".pdf":
            continue
        try:
            document = kept(cache / name / f"{truth.id}.pkl" if cache else None, partial(read_file, path))
        except Refusal:
            continue
        before = extract(document, schema)
        after = look(document, before, Occasion(path.name, content=path.read_bytes))
        figures.honest[name] += 1
        told = [problem.message for problem in after.problems if problem not in before.problems]
        told += list(drawn_otherwise(before, after))
        if told:
            figures.alarms[path.name] = told


def drawn_otherwise(before: Extraction, after: Extraction) -> Iterator[str]:
    """Yield each value that a look stopped, as the file states it, and what was read in its picture."""
    for one, other in zip(results(before), results(after), strict=True):
        for reason in other.reasons[len(one.reasons) :]:
            yield f"“{' '.join(place.quote for place in one.evidence)}”: {reason}"


def results(extraction: Extraction) -> list[FieldResult]:
    """Return the fields and the cells of all rows."""
    rows = [row for name in extraction.rows for row in extraction.rows[name]]
    return [*extraction.fields.values(), *(cell for row in rows for cell in row.cells.values())]


def main() -> int:
    """Measure and print; 1 if a wrong total passed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=1000, help="files of each set, at most")
    parser.add_argument("--cache", type=Path, help="folder in which parsed documents are kept")
    given = parser.parse_args()
    figures = Figures()
    with ParserPool(Limits(), parser=drawn_words.PARSER) as pool:
        look = look_door(pool, 1.0)
        of_lying(figures, look)
        print(
            f"lying fonts: {figures.lying} invoices, {figures.deceived} pass without a look; "
            f"with it {figures.told} are told, {figures.accepted} let a value pass",
            flush=True,
        )
        for name in SETS:
            of_honest(figures, look, name, given.documents, given.cache)
            print(f"{name}: {figures.honest[name]} files looked at", flush=True)
    print(f"false alarms: {len(figures.alarms)} of {figures.honest.total()} files")
    for name, told in figures.alarms.items():
        print(f"  {name}: {' | '.join(told)}")
    return 1 if figures.accepted else 0


if __name__ == "__main__":
    sys.exit(main())
