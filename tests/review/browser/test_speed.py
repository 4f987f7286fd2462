"""How long a person waits, measured inside the browser: from the key to the frame that shows what it led to.

A time is to be kept by one of some whole measurements, each of them with nothing at hand: another process on the
machine must not make a slow desk of a fast one. What makes it fast is tested beside that, without a clock.
"""

from __future__ import annotations

import shutil
import statistics
import time
from pathlib import Path

import pytest
from desk_service import LARGE, LARGE_PLACES, Service, add_large

NAMES = ("invoice-08-wide-en.pdf", "invoice-01-classic-en.pdf", "invoice-10-footer-en.pdf", "nda-01.pdf")
SAME_PAGE, OTHER_PAGE = 50.0, 100.0  # milliseconds, p95, as the issue names them
COLD_PAGE = 500.0  # milliseconds, median
TRIES = 4  # whole measurements
SLOWER = 2.0  # times as long as with everything at hand, on a busy machine
AHEAD = 8  # pages of fields to come that are asked for before they are needed

MEASURE = """async () => {
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
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
    await painted();
    if (placed()) (desk.dataset.shown === page ? out.same : out.other).push(performance.now() - begun);
  }
  return out;
}"""


DONE = "(end) => performance.getEntriesByType('resource').some((one) => one.name.endsWith(end) && one.responseEnd)"


@pytest.fixture(scope="session")
def filled(filled, tmp_path_factory):
    """The samples of all tests, and a document of 1,000 pages."""
    folder = Path(shutil.copytree(filled.folder, tmp_path_factory.mktemp("large") / "data"))
    return Service(folder, {**filled.documents, **add_large(folder)})


def p95(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(0.95 * len(values)))]


def test_the_next_field_is_there_at_once(tab):
    """From Enter to the next field with its evidence painted: p95 within 50 ms on the same page."""
    measured = []
    for name in NAMES:
        tab.open(name)
        tab.page.wait_for_timeout(500)
        measured.append(p95(tab.page.evaluate(MEASURE)["same"]))
        if measured[-1] <= SAME_PAGE:
            return
    raise AssertionError(f"p95 in {len(measured)} measurements: {measured} ms")


def test_the_next_field_on_another_page_is_there_at_once(sign_in, service):
    """From Enter to a field on another page that nobody has looked at, its evidence shown: p95 within 100 ms.

    On a machine so busy that it takes more than 50 ms with everything at hand: within twice that.
    """
    measured = []
    for _ in range(TRIES):
        shutil.rmtree(service.folder / "drawn", ignore_errors=True)
        tab = sign_in("anna")  # with nothing in the cache of the browser
        tab.open(LARGE)
        tab.page.wait_for_timeout(1000)
        cold = _on_other_pages(tab)
        if cold <= OTHER_PAGE:
            return
        at_hand = _on_other_pages(tab)
        measured.append((cold, at_hand))
        if cold <= SLOWER * at_hand:
            return
        tab.page.close()
    raise AssertionError(f"p95 cold and with everything at hand, in {TRIES} measurements: {measured} ms")


def _on_other_pages(tab) -> float:
    """Go through all fields, and take it back."""
    times = tab.page.evaluate(MEASURE)["other"]
    assert len(times) == len(LARGE_PLACES) - 1
    for _ in times:
        tab.page.keyboard.press("Control+z")
        tab.saved()
    return p95(times)


def test_pages_of_the_next_fields_are_there_before_they_are_needed(tab):
    """Once they had time to come, eight fields on eight other pages are shown though the server gives nothing more."""
    tab.open(LARGE)
    for page in LARGE_PLACES[1 : AHEAD + 1]:
        tab.until(DONE, f"/{page}.png?scale=110")
    tab.page.route("**/pages/**", lambda route: route.abort())
    tab.page.route("**/acts", lambda route: route.abort())
    for page in LARGE_PLACES[1 : AHEAD + 1]:
        tab.page.keyboard.press("Enter")
        tab.until("(page) => document.getElementById('desk').dataset.shown.endsWith(`/${page}`)", page)
        assert tab.page.evaluate("document.getElementById('picture').naturalWidth") > 0
        assert tab.page.evaluate("document.getElementById('picture').src").endswith(f"/{page}.png?scale=110")
        assert tab.page.evaluate("document.querySelectorAll('#marks .evidence').length") == 1


def test_thumbnails_wait_for_the_pages_that_people_wait_for(tab):
    """No thumbnail is asked for before all pages that are needed next have come, and then one at a time."""
    happened = []
    tab.page.on("request", lambda request: happened.append(("asked", request.url)))
    tab.page.on("requestfinished", lambda request: happened.append(("came", request.url)))
    tab.open(LARGE)
    tab.until(DONE, "/3.png?scale=24")
    thumbnails = [what for what, address in happened if address.endswith("scale=24")]
    first = next(at for at, (_, address) in enumerate(happened) if address.endswith("scale=24"))
    came = [address for what, address in happened[:first] if what == "came"]
    for page in LARGE_PLACES[: AHEAD + 1]:
        assert any(address.endswith(f"/{page}.png?scale=110") for address in came)
    assert thumbnails[:4] == ["asked", "came", "asked", "came"]


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
