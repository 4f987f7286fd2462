"""Peak memory and time of an export by number of records: the memory must not grow with them.

    python benchmarks/exports.py [--formats csv parquet …] [--sizes 10000 100000]

Each figure is a process of its own, so that none has the memory of another. Records are invoices with twelve filled
fields and three rows, made one after the other, as they come from the store.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from exports.records import ExportRecord
from exports.run import export
from exports.targets import parse_target
from schemas.document import Box
from schemas.fields import FieldDefinition, Kind
from schemas.loader import builtin_schemas
from schemas.results import Evidence, Extraction, FieldResult, RowResult, Value
from store.states import State

TARGETS = {
    "csv": "out",
    "jsonl": "out",
    "parquet": "out",
    "xlsx": "out.xlsx",
    "duckdb": "out.duckdb",
    "sql": "out.sqlite",
}
_VALUES: dict[Kind, Value] = {
    Kind.MONEY: Decimal("1190.00"),
    Kind.NUMBER: Decimal("2.5"),
    Kind.DATE: date(2026, 1, 31),
    Kind.CURRENCY: "EUR",
}


def records(number: int) -> Iterator[ExportRecord]:
    """Yield `number` invoices that differ in their document id and version."""
    invoice = builtin_schemas()["invoice"]
    fields, rows = {}, {}
    for field in invoice.fields:
        if field.kind is Kind.TABLE:
            fields[field.name] = FieldResult(name=field.name, kind=field.kind, answer="found", decision="accepted")
            cells = {column.name: _found(column) for column in field.columns}
            rows[field.name] = tuple(RowResult(number=place, cells=cells) for place in (1, 2, 3))
        else:
            fields[field.name] = _found(field)
    one = Extraction(document="", schema_name="invoice", schema_version=invoice.version, fields=fields, rows=rows)
    for place in range(number):
        document = f"{place:064x}"
        extraction = one.model_copy(update={"document": document})
        yield ExportRecord(document, f"invoice-{place}.pdf", extraction, State.ACCEPTED, place + 1)


def _found(field: FieldDefinition) -> FieldResult:
    value = _VALUES.get(field.kind, f"A value of {field.name} as long as usual")
    return FieldResult(
        name=field.name,
        kind=field.kind,
        answer="found",
        value=value,
        confidence=0.97,
        confidence_status="scorecard",
        evidence=(Evidence(page=1, boxes=(Box(72.5, 100.25, 190.125, 112.5),), quote=str(value)),),
        source="rules",
        decision="accepted",
    )


def measure(kind: str, number: int) -> dict[str, float]:
    """Return seconds and peak megabytes of one export in a fresh process."""
    command = [sys.executable, __file__, "--one", kind, str(number)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _one(kind: str, number: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        name = TARGETS[kind]
        target = parse_target(str(Path(folder) / name), kind if name == "out" else None)
        start = time.perf_counter()
        report = export(records(number), target, builtin_schemas())
        seconds = time.perf_counter() - start
    assert report.written == number
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    print(json.dumps({"seconds": round(seconds, 2), "megabytes": round(peak, 1)}))


def main() -> None:
    """Print a line per format and size, and how memory and time grow from the smallest to the largest size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--formats", nargs="+", choices=TARGETS, default=[name for name in TARGETS if name != "xlsx"])
    parser.add_argument("--sizes", nargs="+", type=int, default=[10_000, 100_000])
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        _one(chosen.one[0], int(chosen.one[1]))
        return
    for kind in chosen.formats:
        figures = {size: measure(kind, size) for size in sorted(chosen.sizes)}
        for size, got in figures.items():
            print(
                f"{kind:8} {size:>8} records  {got['seconds']:8.2f} s  {got['megabytes']:7.1f} MB at the peak",
                flush=True,
            )
        (small, first), *_, (large, last) = figures.items()
        memory, seconds = last["megabytes"] / first["megabytes"], last["seconds"] / first["seconds"]
        print(
            f"{kind:8} {large / small:.0f} x the records: {memory:.2f} x the memory, {seconds:.1f} x the time",
            flush=True,
        )


if __name__ == "__main__":
    main()
