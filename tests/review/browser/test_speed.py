"""How long a person waits, measured inside the browser."""

from __future__ import annotations

import shutil
import statistics
import time
from pathlib import Path

import pytest
from desk_service import LARGE, Service, add_large

NAMES = ("invoice-08-wide-en.pdf", "invoice-01-classic-en.pdf", "invoice-10-footer-en.pdf", "nda-01.pdf")
SAME_PAGE, OTHER_PAGE = 50.0, 100.0  # milliseconds, p95, as the issue names them
COLD_PAGE = 500.0  # milliseconds, median
TRIES = 4  # of a whole measurement: another process on the machine must not make a slow desk of a fast one

MEASURE = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const desk = document.getElementById('desk'), out = {same: [], other: []};
  const placed = () => document.getElementById('spoken').textContent !== 'No place on the page.';
  for (let i = 0; i < 12; i++) {
    const cell = document.querySelector('[aria-selected=true]'), page = desk.dataset.shown, path = cell.dataset.path;
    await new Promise((done) => setTimeout(done, 250));
    if (document.querySelectorAll('[data-state=doubt]').length < 2) break; // there is no next one
    const begun = performance.now();
    cell.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true}));
    while (document.querySelector('[aria-selected=true]').dataset.path === path || desk.dataset.drawing
      || (placed() && !document.querySelector('#marks .evidence'))) {
      if (performance.now() - begun > 5000) break;
      await new Promise((done) => setTimeout(done, 0));
    }
    const marked = performance.now();
    if (placed()) (desk.dataset.shown === page ? out.same : out.other).push(marked - begun);
    await frame();
  }
  return out;
}"""


@pytest.fixture(scope="session")
def filled(filled, tmp_path_factory):
    """The samples of all tests, and a document of 1,000 pages."""
    folder = Path(shutil.copytree(filled.folder, tmp_path_factory.mktemp("large") / "data"))
    return Service(folder, {**filled.documents, **add_large(folder)})


def p95(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(0.95 * len(values)))]


def test_the_next_field_is_there_at_once(tab):
    """From Enter to the next field with its evidence marked: p95 within 50 ms on the same page."""
    measured = []
    for name in NAMES:
        tab.open(name)
        tab.page.wait_for_timeout(500)
        measured.append(p95(tab.page.evaluate(MEASURE)["same"]))
        if measured[-1] <= SAME_PAGE:
            return
    raise AssertionError(f"p95 in {len(measured)} measurements: {measured} ms")


def test_the_next_field_on_another_page_is_there_at_once(tab):
    """From Enter to a field on another page, its page drawn and its evidence marked: p95 within 100 ms."""
    measured = []
    for _ in range(TRIES):
        tab.open(LARGE)
        tab.page.wait_for_timeout(1500)
        measured.append(p95(tab.page.evaluate(MEASURE)["other"]))
        if measured[-1] <= OTHER_PAGE:
            return
        for _ in range(12):
            tab.page.keyboard.press("Control+z")
            tab.saved()
    raise AssertionError(f"p95 in {len(measured)} measurements: {measured} ms")


def test_any_page_of_a_thousand_is_drawn_cold_at_once(tab, service):
    """Pages that nobody has looked at yet come within 500 ms, half of them at least, in a document of 1,000 pages."""
    pages = iter(range(37, 1000, 13))
    measured = []
    for _ in range(TRIES):
        times = []
        for number in (next(pages) for _ in range(15)):
            begun = time.perf_counter()
            answer = tab.context.request.get(f"{service.url}/pages/{service.documents[LARGE]}/{number}.png")
            times.append((time.perf_counter() - begun) * 1000)
            assert answer.headers["content-type"] == "image/png"
        measured.append(statistics.median(times))
        if measured[-1] <= COLD_PAGE:
            return
    raise AssertionError(f"medians: {measured} ms")


def test_five_thousand_words_stay_smooth(tab):
    """Moving over a page of 5,000 words costs less than a frame a move, and makes no node per word."""
    words = [[x * 8.0, y * 8.0, x * 8.0 + 7, y * 8.0 + 7, "w", 1, y] for y in range(71) for x in range(71)]
    tab.page.route("**/words.json", lambda route: route.fulfill(json={"width": 595, "height": 842, "words": words}))
    tab.open("invoice-08-wide-en.pdf")
    cost = tab.page.evaluate(
        """async () => { await new Promise((done) => setTimeout(done, 300));
        const layer = document.getElementById('layer'), box = layer.getBoundingClientRect(), costs = [];
        for (let i = 0; i < 200; i++) {
          const event = new PointerEvent('pointermove', {bubbles: true, clientX: box.x + (i * 37) % box.width,
            clientY: box.y + (i * 53) % Math.min(400, box.height)});
          const begun = performance.now(); layer.dispatchEvent(event); costs.push(performance.now() - begun);
        }
        return costs; }"""
    )
    assert statistics.median(cost) < 16
    assert tab.page.evaluate("document.querySelectorAll('*').length") < 2500
