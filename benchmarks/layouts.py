"""How right rules are on invoices of many layouts and locales, fitted and held out, and why they miss.

    python -m benchmarks.layouts                        # 216 printed invoices: 72 layouts, each in three locales
    python -m benchmarks.layouts --photographed         # a photograph of each layout instead
    python -m benchmarks.layouts --truth DATA/einvoice/truth.jsonl --visible

The invoices are made on the spot (samples/varied) and the same in every run. A third of the layouts is held out: of
these only the score is shown, never a document, so that no rule can be made from them; `--misses` lists the others.
With `--truth` the documents of a truth file are read by the schema that it names. F1 counts as `docassay eval` does;
`micro` is over the single fields, `all` with each row of the line items counted as one more value.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.causes import CAUSES, cause_of, missed_value, table_cause
from documents.jail import ParserPool
from documents.limits import Limits
from evaluation.measures import Count
from evaluation.predictions import predicted
from evaluation.scores import compared
from evaluation.truth import Truth, read_truth
from extractors.pipeline import extract
from extractors.rules.extract import candidates as rule_candidates
from samples.varied.layouts import Drawn, documents, layouts
from samples.varied.photographs import photograph
from schemas.errors import Refusal
from schemas.fields import Kind
from schemas.loader import builtin_schemas, load_schemas
from schemas.schema import Schema

ROOT = Path(__file__).resolve().parent.parent
LARGEST_PICTURES = 2  # parser children; text recognition takes about a gigabyte in each


class Case(NamedTuple):
    """One document, what is right for it, and by which groups its figures are shown."""

    truth: Truth
    content: bytes
    groups: tuple[str, ...]
    held_out: bool
    certain: bool  # the truth is known to be printed


class Miss(NamedTuple):
    """A field that is not right."""

    document: str
    field: str
    wanted: Any
    got: Any
    cause: str
    held_out: bool


class Figures:
    """Counts by group and field, and the misses."""

    def __init__(self) -> None:
        self.counts: dict[str, dict[str, Count]] = defaultdict(lambda: defaultdict(Count))
        self.misses: list[Miss] = []

    def add(self, case: Case, field: str, count: Count) -> None:
        """Count one field of one document in all of its groups."""
        for group in case.groups:
            self.counts[group][field] = self.counts[group][field].plus(count)


def generated(*, photographed: bool, each: int) -> Iterator[Case]:
    """Yield the invented invoices; photographs show first pages only, so that long tables are left out."""
    fields = _all_fields()
    wanted = (lambda layout: layout.rows <= 8) if photographed else (lambda _: True)
    for made in documents(wanted, 1 if photographed else each):
        content = photograph(made.pdf, made.id) if photographed else made.pdf
        yield Case(_truth(made, fields), content, _groups(made), made.layout.held_out, certain=True)


def _all_fields() -> tuple[str, ...]:
    return tuple(field.name for field in builtin_schemas()["invoice"].fields)


def _truth(made: Drawn, fields: Iterable[str]) -> Truth:
    return Truth(made.id, "", "invoice", {name: made.truth.get(name) for name in fields})


def _groups(made: Drawn) -> tuple[str, ...]:
    part = "held out" if made.layout.held_out else "fitted"
    return (part, f"facts: {made.layout.facts}", f"columns: {made.layout.form.columns}", f"locale: {made.locale}")


def of_truth(path: Path) -> Iterator[Case]:
    """Yield the documents of a truth file."""
    known = {name for truth in read_truth(path) for name in truth.fields}
    for truth in read_truth(path):
        silent = dict.fromkeys(known - truth.unknown)  # a value that the document does not have
        whole = replace(truth, fields={**silent, **truth.fields})
        yield Case(whole, (path.parent / truth.file).read_bytes(), ("all",), held_out=False, certain=False)


def measured(cases: Iterable[Case], schemas: Mapping[str, Schema], *, visible: bool) -> Figures:
    """Return how right the rules are on the cases."""
    figures = Figures()
    with ParserPool(Limits(), LARGEST_PICTURES) as pool, ThreadPoolExecutor(LARGEST_PICTURES) as threads:
        for case, found in threads.map(lambda case: (case, _read(pool, case, schemas)), cases):
            _count(figures, case, found, schemas[case.truth.kind or ""], visible=visible)
    return figures


class _Found(NamedTuple):
    document: Any
    fields: Mapping[str, Any]
    candidates: tuple[Any, ...]


def _read(pool: ParserPool, case: Case, schemas: Mapping[str, Schema]) -> _Found | None:
    schema = schemas[case.truth.kind or ""]
    try:
        document = pool.parse(case.content, case.truth.file or case.truth.id)
    except Refusal:
        return None
    answered = predicted(case.truth.id, extract(document, schema, ("rules",)))
    return _Found(document, answered.fields, rule_candidates(document, schema))


def _count(figures: Figures, case: Case, found: _Found | None, schema: Schema, *, visible: bool) -> None:
    for field in schema.fields:
        if field.name not in case.truth.fields:
            continue
        got = found.fields.get(field.name) if found else None
        outcome = compared(field, case.truth, got, visible=visible)
        if outcome is None or not (outcome.counts.answered or outcome.counts.wanted):
            continue
        figures.add(case, field.name, outcome.counts)
        if outcome.right:
            continue
        wanted = missed_value(field, case.truth.fields[field.name], got)
        if field.kind is Kind.TABLE:
            cause = table_cause(outcome.counts.wanted, outcome.counts.right, outcome.counts.answered)
        elif found is None:
            cause = "parse"
        else:
            offered = [candidate for candidate in found.candidates if candidate.field == field.name]
            cause = cause_of(found.document, field, wanted, got, offered, certain=case.certain)
        figures.misses.append(Miss(case.truth.id, field.name, wanted, got, cause, case.held_out))


def report(figures: Figures, tables: set[str]) -> str:
    """Return the figures as text."""
    out: list[str] = []
    main = [group for group in ("fitted", "held out", "all") if group in figures.counts]
    for group in main:
        out.append(f"{group}")
        for name, count in sorted(figures.counts[group].items()):
            out.append(f"  {name:16} {_line(count)}")
        out.append(f"  {'micro':16} {_line(_sum(figures.counts[group], without=tables))}")
        out.append(f"  {'all':16} {_line(_sum(figures.counts[group], without=set()))}")
    for group in sorted(set(figures.counts) - set(main)):
        single = _sum(figures.counts[group], without=tables)
        rows = _sum({name: count for name, count in figures.counts[group].items() if name in tables}, without=set())
        out.append(f"{group:32} micro {single.f1:.3f}   rows {rows.f1:.3f}")
    for held_out in (False, True):
        out.extend(_causes([miss for miss in figures.misses if miss.held_out is held_out], held_out=held_out))
    return "\n".join(out)


def _causes(misses: list[Miss], *, held_out: bool) -> Iterator[str]:
    if not misses:
        return
    yield f"misses {'held out' if held_out else 'looked at'}: {len(misses)}"
    by_cause: dict[str, Counter[str]] = defaultdict(Counter)
    for miss in misses:
        by_cause[miss.cause][miss.field] += 1
    order = {cause: number for number, cause in enumerate(CAUSES)}
    for cause in sorted(by_cause, key=lambda each: (-by_cause[each].total(), order.get(each, 99))):
        fields = ", ".join(f"{name} {number}" for name, number in by_cause[cause].most_common())
        yield f"  {cause:20} {by_cause[cause].total():4}   {fields}"


def _line(count: Count) -> str:
    said = f"{count.right} right, {count.answered} answered, {count.wanted} true"
    return f"P {count.precision:.3f}  R {count.recall:.3f}  F1 {count.f1:.3f}  ({said})"


def _sum(counts: Mapping[str, Count], without: set[str]) -> Count:
    total = Count()
    for name, count in counts.items():
        if name not in without:
            total = total.plus(count)
    return total


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photographed", action="store_true", help="photographs of the pages")
    parser.add_argument("--each", type=int, default=3, help="documents of each layout")
    parser.add_argument("--truth", type=Path, help="a truth file instead of invented invoices")
    parser.add_argument("--visible", action="store_true", help="count a truth only where the page prints it")
    parser.add_argument("--misses", metavar="FIELD", help="list the misses of a field, or all, of layouts not held out")
    asked = parser.parse_args()
    schemas = load_schemas([str(ROOT / "samples" / "schemas")])
    cases = of_truth(asked.truth) if asked.truth else generated(photographed=asked.photographed, each=asked.each)
    figures = measured(cases, schemas, visible=asked.visible)
    tables = {field.name for schema in schemas.values() for field in schema.fields if field.kind is Kind.TABLE}
    print(report(figures, tables))
    for miss in figures.misses:
        if asked.misses in (miss.field, "all") and not miss.held_out:
            print(f"{miss.document}  {miss.field}  {miss.cause}: wanted {miss.wanted!r}, got {miss.got!r}")
    print(f"{len(layouts())} layouts, {sum(layout.held_out for layout in layouts())} of them held out")
    return 0


if __name__ == "__main__":
    sys.exit(main())
