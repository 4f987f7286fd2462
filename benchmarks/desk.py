"""What the review desk costs the people at it: the time of a document, and waiting for fields, pages, saves, the queue.

    python -m benchmarks.desk [--waiting 10000]

In a real browser at a real service, over samples, a document of 1,000 pages, and a queue of so many documents (copies
of the samples in the database). Prints one JSON object; times are milliseconds unless they are named otherwise.

The time of a document is that of the keystroke-level model (Card, Moran and Newell, 1980), from the keys and clicks
that the browser saw: what a practised person needs beside reading. The document has three doubtful fields, one of them
wrong, and is brought to its end. The exit code is 1 if a document was not finished or needs more than ten seconds of
the model, if the browser holds more than fifty megabytes after two hundred pages, or if the next field or a page that
nobody has looked at comes later than the tests of the desk allow.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import itertools
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "review" / "browser"))

from conftest import Tab
from desk_service import LARGE, LARGE_PAGES, SAMPLES, Service, add_large, fill
from playwright.sync_api import sync_playwright
from sqlalchemy import insert, select
from test_speed import COLD_PAGE, MEASURE, OTHER_PAGE, SAME_PAGE

from docs.screenshots import chromium
from flows.settings import Settings
from flows.wiring import open_line, open_store
from review.queue import refresh
from schemas.loader import builtin_schemas
from schemas.results import Alternative, Extraction, FieldResult
from store.lifecycle import next_change
from store.states import State
from store.store import Store
from store.tables import DocumentRow, ExtractionRow

NAMES = ("invoice-08-wide-en.pdf", "invoice-01-classic-en.pdf", "invoice-10-footer-en.pdf", "nda-01.pdf")
EXCEPTION = "invoice-08-wide-en.pdf"
DOUBTFUL, WRONG, INSTEAD = ("invoice_number", "seller_name", "due_date"), "due_date", "issue_date"
KEY, CLICK, POINT, HOME, THINK = 0.28, 0.2, 1.1, 0.4, 1.35  # seconds of the model: K, B, P, H, M
MODEL_SECONDS, HEAP_MEGABYTES = 10.0, 50.0  # at most
TURNS = 200  # pages
AGAIN = 20  # times that a thing is measured
MORE = ("large-2.pdf", "large-3.pdf", "large-4.pdf", "large-5.pdf")  # of 1,000 pages that nobody has looked at

Way = Callable[[Tab, FieldResult], None]
WAYS: dict[str, Way] = {  # in which the wrong value is corrected
    "second candidate": lambda tab, _: _press(tab, "ArrowDown", "Enter"),
    "word by keys": lambda tab, _: _press(tab, "Control+ArrowDown", "Enter"),
    "word by click": lambda tab, right: tab.click_on(list(right.evidence[0].boxes[0])),
    "typed": lambda tab, right: _press(tab, *str(right.value), "Enter"),
}

LISTEN = """() => { window.events = [];
  addEventListener('keydown', () => window.events.push('key'), true);
  addEventListener('pointerdown', () => window.events.push('click'), true); }"""
ASK = """async ([method, address, times]) => {
  const headers = {'X-Docassay-Token': document.querySelector('meta[name="docassay-token"]').content}, out = [];
  for (let i = 0; i < times; i++) {
    const begun = performance.now();
    const answer = await fetch(address, {method, headers});
    await answer.text();
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    out.push(performance.now() - begun);
  }
  return out;
}"""
TURN = """async (pages) => {
  const desk = document.getElementById('desk'), input = document.getElementById('page-number'), out = [];
  for (const page of pages) {
    const begun = performance.now();
    input.value = String(page);
    input.dispatchEvent(new Event('change'));
    while (!desk.dataset.shown.endsWith(`/${page}`)) await new Promise((done) => setTimeout(done, 0));
    out.push(performance.now() - begun);
  }
  return out;
}"""
SAVES = (
    "performance.getEntriesByType('resource').filter((one) => one.name.endsWith('/acts')).map((one) => one.duration)"
)


def spread(values: Iterable[float]) -> dict[str, float]:
    """Return the median, the 95th percentile and the number of some times."""
    ordered = sorted(values)
    high = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return {"median": round(statistics.median(ordered), 1), "p95": round(high, 1), "number": len(ordered)}


def exceptions(service: Service) -> tuple[dict[str, str], FieldResult]:
    """Put a document with three doubtful fields there for each way; return them by way, and the right value."""
    found = {}
    with open_line(Settings(data_folder=service.folder)) as line:
        store, schema = line.store, builtin_schemas()["invoice"]
        read = store.document(service.documents[EXCEPTION])
        record = store.extraction(read.sha256)
        assert record is not None and read.parser_version is not None
        parsed = store.files.get_parsed(read.sha256, read.parser_version)
        assert parsed is not None
        for way in WAYS:
            content = (SAMPLES / EXCEPTION).read_bytes() + f"\n% {way}\n".encode()
            sha256, _ = store.add_document(content, f"{way}.pdf")
            (claim,) = store.claim(line.owner, documents=[sha256])
            claim = store.save_parsed(claim, dataclasses.replace(parsed, sha256=sha256), read.parser_version)
            claim = store.save_extraction(claim, with_one_wrong(record, sha256), "benchmark", schema)
            store.decide(claim)
            found[way] = sha256
    return found, record.fields[WRONG]


def with_one_wrong(record: Extraction, sha256: str) -> Extraction:
    """Return a record in which all is accepted but three fields, one of which holds what stands in another place."""

    def settled(result: FieldResult) -> FieldResult:
        return result.model_copy(update={"decision": "review" if result.name in DOUBTFUL else "accepted"})

    fields = {name: settled(result) for name, result in record.fields.items()}
    right, other = record.fields[WRONG], record.fields[INSTEAD]
    assert right.value is not None and right.source is not None
    second = Alternative(kind=right.kind, value=right.value, source=right.source, evidence=right.evidence)
    wrong = {"value": other.value, "evidence": other.evidence, "alternatives": (second,), "decision": "review"}
    fields[WRONG] = right.model_copy(update=wrong)
    rows = {
        name: tuple(
            row.model_copy(update={"cells": {column: settled(cell) for column, cell in row.cells.items()}})
            for row in table
        )
        for name, table in record.rows.items()
    }
    return record.model_copy(update={"document": sha256, "fields": fields, "rows": rows, "problems": ()})


def time_of_a_document(tab: Tab, name: str, way: Way, right: FieldResult) -> dict[str, Any]:
    """Decide three fields and finish the document; return its keys, clicks and seconds of the model."""
    page, acts = tab.open(name), []
    page.on("request", lambda request: acts.append(request.url) if request.url.endswith("/acts") else None)
    page.evaluate(LISTEN)
    while tab.current in DOUBTFUL and len(acts) < len(DOUBTFUL):
        way(tab, right) if tab.current == WRONG else _press(tab, "Enter")
        tab.saved()
    value = tab.fields(name)[WRONG]["value"]
    begun = time.perf_counter()
    events: list[str] = page.evaluate("window.events")
    page.keyboard.press("Control+Enter")
    tab.until(
        """(sha) => { const shown = document.getElementById('desk')?.dataset.shown ?? sha;
        return !shown.startsWith(sha) && location.pathname.endsWith(shown.split('/')[0]); }""",
        tab.service.documents[name],
    )
    onward = (time.perf_counter() - begun) * 1000
    events += ["key", "key"]
    switches = sum(one != other for one, other in itertools.pairwise(events))
    keys, clicks = events.count("key"), events.count("click")
    thoughts = THINK * len(acts)
    return {
        "finished": value == str(right.value) and tab.state(name) == "accepted",
        "keys": keys,
        "clicks": clicks,
        "acts": len(acts),
        "model_seconds": round(thoughts + KEY * keys + (POINT + CLICK) * clicks + HOME * switches, 2),
        "next_document": round(onward, 1),
    }


def waits_at_the_desk(tab: Tab) -> dict[str, Any]:
    """Measure the next field, saves, cold pages and what the browser holds."""
    same, other, saves = [], [], []
    for name in (*NAMES, LARGE, *MORE):
        tab.open(name)
        tab.page.wait_for_timeout(1000)
        found = tab.page.evaluate(MEASURE)
        same += found["same"]
        other += found["other"]
        tab.saved()
        saves += tab.page.evaluate(SAVES)
    tab.open(LARGE)
    cold = tab.page.evaluate(TURN, list(range(37, LARGE_PAGES, LARGE_PAGES // 40)))
    before = _heap(tab)
    turned = tab.page.evaluate(TURN, list(range(1, TURNS + 1)))
    after = _heap(tab)
    return {
        "next_field_same_page": spread(same),
        "next_field_other_page": spread(other),
        "save": spread(saves),
        "cold_page_of_1000": spread(cold),
        "page_turn": spread(turned),
        "heap_megabytes": {"before": before, f"after_{TURNS}_pages": after},
    }


def add_copies(store: Store, count: int) -> None:
    """Let copies of what waits in a store wait too, until so many documents do; they have no files."""
    with store.database.write() as connection:
        documents = connection.execute(select(DocumentRow).where(DocumentRow.state == State.IN_REVIEW)).mappings().all()
        query = select(ExtractionRow).order_by(ExtractionRow.sequence)
        bodies = {row["document"]: row for row in connection.execute(query).mappings()}
        copies: list[dict[str, Any]] = []
        records: list[dict[str, Any]] = []
        for number in range(count - len(documents)):
            original = documents[number % len(documents)]
            sha256 = hashlib.sha256(f"{number}".encode()).hexdigest()
            made = {"sha256": sha256, "name": f"{number}.pdf", "change": next_change(connection)}
            arrived = original["created_at"] - timedelta(minutes=number)
            copies.append({**original, **made, "created_at": arrived, "record": 1})
            body = bodies[original["sha256"]]
            text = body["body"].replace(original["sha256"], sha256)
            records.append({**body, "document": sha256, "sequence": 1, "key": None, "body": text})
        connection.execute(insert(DocumentRow), copies)
        connection.execute(insert(ExtractionRow), records)


def waits_at_the_queue(service: Service, browser: Any, waiting: int) -> dict[str, Any]:
    """Measure the queue when so many documents wait."""
    store = open_store(Settings(data_folder=service.folder))
    schemas = builtin_schemas()
    refresh(store, schemas)
    add_copies(store, waiting)
    begun = time.perf_counter()
    reckoned = refresh(store, schemas)
    each = (time.perf_counter() - begun) * 1000 / reckoned
    idle = [_timed(lambda: refresh(store, schemas)) for _ in range(AGAIN)]
    store.close()
    tab = _signed_in(browser, service)
    tab.page.goto(f"{service.url}/queue")
    orders = {order: f"/desk/api/queue?order={order}" for order in ("worth", "oldest", "due", "amount")}
    found = {f"first_page_by_{order}": _asked(tab, "GET", address) for order, address in orders.items()}
    following = tab.context.request.get(f"{service.url}{orders['worth']}").json()
    if following["total"] != waiting:
        raise RuntimeError(f"{following['total']} documents wait, not {waiting}.")
    return {
        "documents": waiting,
        "placing_a_new_document": round(each, 2),
        "finding_nothing_new": spread(idle),
        **found,
        "second_page": _asked(tab, "GET", f"{orders['worth']}&cursor={following['next']}"),
        "page_in_the_browser": _asked(tab, "GET", "/queue"),
        "next_document": _asked(tab, "POST", "/desk/api/claim-next"),
    }


def measured(waiting: int) -> dict[str, Any]:
    """Fill a folder, and measure everything."""
    with tempfile.TemporaryDirectory(prefix="docassay-desk-") as place, sync_playwright() as playwright:
        folder = Path(place) / "data"
        documents = fill(folder, NAMES)
        service = Service(folder, {**documents, **add_large(folder, MORE)})
        ways, right = exceptions(service)
        service.documents |= ways
        browser = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--enable-precise-memory-info"],
        )
        service.start()
        try:
            tab = _signed_in(browser, service)
            document = {name: time_of_a_document(tab, name, way, right) for name, way in WAYS.items()}
            desk = waits_at_the_desk(_signed_in(browser, service))
            return {"document": document, "desk": desk, "queue": waits_at_the_queue(service, browser, waiting)}
        finally:
            browser.close()
            service.kill()


def _signed_in(browser: Any, service: Service) -> Tab:
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    context.set_default_timeout(120_000)
    tab = Tab(context, service)
    tab.sign_in("anna")
    return tab


def _press(tab: Tab, *keys: str) -> None:
    for key in keys:
        tab.page.keyboard.press(key)


def _asked(tab: Tab, method: str, address: str) -> dict[str, float]:
    return spread(tab.page.evaluate(ASK, [method, address, AGAIN]))


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def _heap(tab: Tab) -> float:
    """Megabytes of script objects that are still in use."""
    session = tab.context.new_cdp_session(tab.page)
    session.send("HeapProfiler.collectGarbage")
    used = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return round(float(used) / 1e6, 1)


def kept(found: dict[str, Any]) -> bool:
    """Return whether what must hold does."""
    documents: Sequence[dict[str, Any]] = list(found["document"].values())
    return (
        all(one["finished"] and one["model_seconds"] <= MODEL_SECONDS for one in documents)
        and found["desk"]["heap_megabytes"][f"after_{TURNS}_pages"] <= HEAP_MEGABYTES
        and found["desk"]["next_field_same_page"]["p95"] <= SAME_PAGE
        and found["desk"]["next_field_other_page"]["p95"] <= OTHER_PAGE
        and found["desk"]["cold_page_of_1000"]["median"] <= COLD_PAGE
    )


def main() -> int:
    """Measure and print; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--waiting", type=int, default=10_000)
    found = measured(parser.parse_args().waiting)
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    return 0 if kept(found) else 1


if __name__ == "__main__":
    sys.exit(main())
