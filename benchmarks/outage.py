"""Documents that arrive while their model's provider is down for two hours, and what becomes of them.

    python -m benchmarks.outage --documents 500 --hours 2

The line, its store and all guards run as they do in service, on a simulated clock; the model is the simulator, which
answers 503 during the outage. Prints one JSON object: documents lost, probes in each window of the breaker, fields left
to rules and whether each says so, money, and whether the final table is the one of a run without any outage.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.simulator.process import RunningSimulator, running
from benchmarks.small_pdfs import write_small_pdfs
from documents.jail import ParserPool
from extractors.classify import classify
from flows.model import open_model
from flows.process import process
from flows.retry import wake_due
from flows.settings import Settings
from flows.wiring import Line, audit_door, extract_door, known_schemas, open_confidence, versions
from store.entities import Claim
from store.ledger import StoredLedger
from store.states import State
from store.store import Store

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
STEP = timedelta(minutes=1)
THREADS = 4
DOWN = [{"fault": "server_error", "status": 503}]
MODEL = "simulator/simulated-small"


class Clock:
    """A clock that stands until it is told to go on; safe for threads."""

    def __init__(self, start: datetime = START) -> None:
        self._at = start
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return the present instant."""
        with self._lock:
            return self._at

    def sleep(self, seconds: float) -> None:
        """Let so much time pass at once."""
        with self._lock:
            self._at += timedelta(seconds=seconds)

    def until(self, moment: datetime) -> None:
        """Let the time pass up to `moment`, if it is still to come."""
        with self._lock:
            self._at = max(self._at, moment)


@dataclass
class Watched:
    """What was seen on the way."""

    calls: list[tuple[datetime, int]] = field(default_factory=list)  # end of each round, calls seen by then
    marked: int = 0
    unmarked: int = 0


def write_documents(folder: Path, count: int) -> Path:
    """Write small invoices and their truth; return the truth file."""
    rows = []
    for number, path in enumerate(write_small_pdfs(folder, count)):
        net = 100 + number
        fields = {
            "invoice_number": f"NW-{number:06}",
            "issue_date": "2026-03-14",
            "due_date": "2026-04-13",
            "net_total": f"{net}.00",
            "tax_total": f"{net * 20 // 100}.{net * 20 % 100:02}",
            "gross_total": f"{net * 120 // 100}.{net * 120 % 100:02}",
            "currency": "EUR",
            "seller_name": "Northwind Supplies Ltd",
        }
        rows.append({"id": path.stem, "file": path.name, "kind": "invoice", "fields": fields})
    truth = folder.parent / "truth.jsonl"
    truth.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return truth


def settings_for(data: Path, simulator: RunningSimulator, day_dollars: float) -> Settings:
    """Return settings that ask the simulator about every field, at a price."""
    return Settings.model_validate(
        {
            "data_folder": data,
            "model": {"name": MODEL, "route": "llm-first", "base_url": simulator.base_url, "patience_hours": 24},
            "prices": {MODEL: {"input": 1.0, "output": 4.0}},
            "budget": {"day_dollars": day_dollars},
        }
    )


@contextmanager
def open_simulated(settings: Settings, clock: Clock) -> Iterator[Line]:
    """Give the line of a worker whose every part goes by `clock`."""
    schemas = known_schemas(settings)
    parser_version, extractor_version = versions(settings)
    with ExitStack() as closing:
        store = Store.open(settings.database_url, settings.files_folder, now=clock.now)
        closing.callback(store.close)
        model = closing.enter_context(open_model(settings, store, now=clock.now, sleep=clock.sleep))
        yield Line(
            settings=settings,
            store=store,
            parser=closing.enter_context(ParserPool(settings.limits, workers=2)),
            schemas=schemas,
            classify=lambda document: classify(document, schemas.values()),
            extract=extract_door(settings, model),
            audit=audit_door(settings, open_confidence(store)),
            parser_version=parser_version,
            extractor_version=extractor_version,
            owner="outage",
            now=clock.now,
        )


def run(
    folder: Path, settings: Settings, simulator: RunningSimulator, outage: tuple[timedelta, timedelta] | None
) -> tuple[Watched, dict[str, Any]]:
    """Let the documents of `folder` arrive over twice the outage (two hours without one), and work until all are done.

    Args:
        outage: from when to when after the start the provider is down; None: never.
    """
    clock, seen = Clock(), Watched()
    simulator.reset()
    paths = sorted(folder.glob("*.pdf"))
    begin, end = outage or (timedelta(hours=1), timedelta(hours=1))
    each_step = -(-len(paths) // max(1, int((end + begin) / STEP)))
    with open_simulated(settings, clock) as line, ThreadPoolExecutor(THREADS) as threads:
        waiting = list(paths)
        moment, down = START, False
        while waiting or _unfinished(line.store):
            clock.until(moment)
            if (begin <= moment - START < end) != down:
                down = not down
                simulator.faults(DOWN if down else [])
            for path in waiting[:each_step]:
                line.store.add_document(path.read_bytes(), path.name, schema_name="invoice")
            del waiting[:each_step]
            _work(line, threads)
            seen.calls.append((clock.now(), len(simulator.calls())))
            moment = max(moment + STEP, clock.now() if not down else moment)
            if moment - START > timedelta(days=3):
                raise RuntimeError(f"After three days there are still {_unfinished(line.store)} documents to do.")
        simulator.faults([])
        return seen, _result(line, seen)


def _work(line: Line, threads: ThreadPoolExecutor) -> None:
    wake_due(line.store, line.settings.retry.attempts)
    claims = line.store.claim(line.owner, limit=10_000, seconds=86_400)

    def one(claim: Claim) -> None:
        process(line, claim)

    list(threads.map(one, claims))


def _unfinished(store: Store) -> int:
    counts = store.counts()
    return sum(counts.get(state, 0) for state in (State.RECEIVED, State.PARSED, State.EXTRACTED, State.DEFERRED))


def _result(line: Line, seen: Watched) -> dict[str, Any]:
    for document in line.store.documents():
        for extraction in line.store.extractions(document.sha256):
            for fallback in extraction.fallbacks:
                for name in fallback.fields:
                    said = any("The model did not read it" in reason for reason in extraction.fields[name].reasons)
                    seen.marked += said
                    seen.unmarked += not said
    return {
        "states": {state.value: count for state, count in line.store.counts().items()},
        "records": final_records(line.store),
        "deferrals": sum(
            step.to_state is State.DEFERRED
            for document in line.store.documents()
            for step in line.store.history(document.sha256)
        ),
    }


def final_records(store: Store) -> dict[str, Any]:
    """Return every record that an export would write, by document, without its cost and the id of its trace."""
    records = {}
    for document in store.documents():
        extraction = store.extraction(document.sha256)
        without = {"cost_nano_dollars", "trace_id"}
        records[document.name] = extraction.model_dump(mode="json", exclude=without) if extraction else None
    return records


def compare(documents: int, hours: float) -> dict[str, Any]:
    """Run the same documents with and without an outage and return the figures of both."""
    outage = (timedelta(minutes=20), timedelta(minutes=20) + timedelta(hours=hours))
    with tempfile.TemporaryDirectory(prefix="outage-") as name:
        folder = Path(name)
        truth = write_documents(folder / "documents", documents)
        with running(truth, folder / "documents", profile="honest") as simulator:
            free = settings_for(folder / "calm", simulator, 100)
            calm, undisturbed = run(folder / "documents", free, simulator, None)
            cap = 1.25 * _spent(free) / 1e9 + 0.5  # the last calls need room for their worst case
            disturbed = settings_for(folder / "outage", simulator, cap)
            seen, after = run(folder / "documents", disturbed, simulator, outage)
            begin, end = START + outage[0], START + outage[1]
            before, during = _calls_by(seen, begin), _calls_by(seen, end)
            return {
                "documents": documents,
                "states": after["states"],
                "lost": documents - sum(after["states"].values()),
                "states_without_outage": undisturbed["states"],
                "calls_without_outage": calm.calls[-1][1],
                "calls": seen.calls[-1][1],
                "calls_while_down": during - before,
                "longest_row_of_calls_between_rounds_while_down": max(_rows(seen, begin, end), default=0),
                "deferrals": after["deferrals"],
                "fields_left_to_rules": seen.marked + seen.unmarked,
                "of_these_unmarked": seen.unmarked,
                "same_records": after["records"] == undisturbed["records"],
                "spent_dollars": round(_spent(disturbed) / 1e9, 6),
                "cap_dollars": round(cap, 6),
                "drained_after_hours": round((seen.calls[-1][0] - end).total_seconds() / 3600, 2),
            }


def _spent(settings: Settings) -> int:
    store = Store.open(settings.database_url, settings.files_folder)
    try:
        return StoredLedger(store.database).totals()[0]
    finally:
        store.close()


def _calls_by(seen: Watched, moment: datetime) -> int:
    return max((calls for at, calls in seen.calls if at < moment), default=0)


def _rows(seen: Watched, begin: datetime, end: datetime) -> list[int]:
    """Calls in each round while the provider was down, once the breaker had opened (the first two rounds open it)."""
    rounds = [calls for at, calls in seen.calls if begin <= at < end]
    return [after - before for before, after in pairwise(rounds[2:])]


def main() -> None:
    """Measure, print, and end with 1 if something that must hold does not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--hours", type=float, default=2.0)
    arguments = parser.parse_args()
    figures = compare(arguments.documents, arguments.hours)
    print(json.dumps(figures, indent=2))
    holds = not figures["lost"] and not figures["of_these_unmarked"] and figures["same_records"]
    sys.exit(0 if holds and figures["spent_dollars"] <= figures["cap_dollars"] else 1)


if __name__ == "__main__":
    main()
