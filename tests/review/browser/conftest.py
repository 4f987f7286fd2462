"""A real browser at a real desk. Chromium comes from the system; nothing is fetched."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parent))  # for desk_service
from desk_service import PASSWORD, STACK, UNCLEAR, NearService, Service, fill

SAMPLES = (
    "invoice-01-classic-en.pdf",
    "invoice-08-wide-en.pdf",
    "invoice-02-window-de.pdf",
    "invoice-10-footer-en.pdf",
    "invoice-11-window-en.pdf",
    "einvoice-02-page-differs-fr.pdf",
    "nda-01.pdf",
    "nda-02.pdf",
    "empty.pdf",
    STACK,
    UNCLEAR,
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of these share one browser and one filled data folder, so one worker runs them."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser of the system; skips where there is none, except in CI."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        message = "Chromium is not installed here; the Debian package is chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Service:
    """A data folder with samples that wait for people; tests work on copies of it."""
    folder = tmp_path_factory.mktemp("filled") / "data"
    return Service(folder, fill(folder, SAMPLES))


@pytest.fixture
def service(filled: Service, tmp_path: Path) -> Iterator[Service]:
    """A desk over a fresh copy of the samples."""
    own = NearService(Path(shutil.copytree(filled.folder, tmp_path / "data")), filled.documents)
    own.start()
    yield own
    own.kill()


class Tab:
    """One page of the browser, with somebody signed in; notes what it asked of other servers and what went wrong."""

    def __init__(self, context: Any, service: Service) -> None:
        self.context = context
        self.service = service
        self.strangers: list[str] = []
        self.mistakes: list[str] = []
        self.page = self._new_page()

    def close_and_open_another(self) -> None:
        """Close the tab of the browser, and go on in another one."""
        self.page.close()
        self.page = self._new_page()

    def _new_page(self) -> Any:
        page = self.context.new_page()
        page.on("request", self._asked)
        page.on("pageerror", lambda error: self.mistakes.append(str(error)))
        return page

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.service.url, "data:", "blob:")):
            self.strangers.append(request.url)

    def open(self, name: str) -> Any:
        """Open a document at the desk and wait until its page is drawn; returns the playwright page."""
        sha256 = self.service.documents[name]
        self.page.goto(f"{self.service.url}/desk/{sha256}")
        self.ready(sha256)
        return self.page

    def ready(self, sha256: str) -> None:
        """Wait until a document is on the screen."""
        self.page.wait_for_selector(f'#desk[data-ready="{sha256}"][data-shown^="{sha256}"]', timeout=60_000)
        self.page.wait_for_selector("#desk[data-drawing]", state="detached", timeout=60_000)

    def saved(self) -> None:
        """Wait until nothing waits to be sent."""
        self.until("(document.getElementById('desk').dataset.unsaved ?? '0') === '0'")

    def until(self, script: str, value: Any = None) -> None:
        """Wait until a script says true; by asking, since the policy of our pages forbids what playwright would do."""
        deadline = time.monotonic() + 60
        while not self.page.evaluate(script, value):
            if time.monotonic() > deadline:
                said = self.page.evaluate("document.getElementById('status')?.textContent")
                raise AssertionError(f"never came true: {script}; the desk says {said!r}")
            time.sleep(0.02)

    def sign_in(self, person: str) -> None:
        """Sign somebody in on the page of its own."""
        self.page.goto(f"{self.service.url}/sign-in")
        self.page.fill("[name=name]", person)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("button.main")
        self.page.wait_for_url(lambda address: "/sign-in" not in address)

    def sign_in_again(self, person: str) -> None:
        """Sign in by the little window that the page offers after the session ended."""
        with self.context.expect_page() as opened:
            self.page.click("dialog[open] button.main")
        window = opened.value
        window.fill("[name=name]", person)
        window.fill("[name=password]", PASSWORD)
        window.click("button.main")
        self.page.wait_for_selector("dialog[open]", state="detached")

    @property
    def current(self) -> str:
        """The path of the field that has the focus."""
        path: str = self.page.evaluate("document.querySelector('[aria-selected=true]')?.dataset.path ?? ''")
        return path

    def go(self, path: str) -> None:
        """Make a field the current one, as a click on it does; what is decided may be folded away."""
        if not self.page.is_visible(f'[data-path="{path}"]'):
            self.page.click("#rest > summary")
        self.page.click(f'[data-path="{path}"]')
        self.page.wait_for_selector(f'[data-path="{path}"][aria-selected=true]')

    def state(self, name: str) -> str:
        """The state of a document as the server says it."""
        address = f"{self.service.url}/api/v1/documents/{self.service.documents[name]}"
        state: str = self.context.request.get(address).json()["state"]
        return state

    def point(self, place: tuple[float, float]) -> list[float]:
        """Where a place on the page, in points, is on the screen."""
        found: list[float] = self.page.evaluate(
            """([x, y]) => { const layer = document.getElementById('layer').getBoundingClientRect();
            const [, , width, height] = document.getElementById('marks').getAttribute('viewBox').split(' ').map(Number);
            return [layer.x + x / width * layer.width, layer.y + y / height * layer.height]; }""",
            place,
        )
        return found

    def click_on(self, box: list[float]) -> None:
        """Click the middle of a box of points on the page."""
        x0, y0, x1, y1 = box
        self.page.mouse.click(*self.point(((x0 + x1) / 2, (y0 + y1) / 2)))

    def fields(self, name: str) -> dict[str, Any]:
        """What the server says of the fields of a document."""
        address = f"{self.service.url}/desk/api/documents/{self.service.documents[name]}"
        told = self.context.request.get(address).json()
        return {field["path"]: field for field in told["fields"]} | {
            cell["path"]: cell for table in told["tables"] for row in table["rows"] for cell in row["cells"].values()
        }


@pytest.fixture
def sign_in(chromium: Any, service: Service) -> Iterator[Any]:
    """Opens a browser of its own for a person: sign_in("anna")."""
    contexts = []

    def opened(person: str = "anna", **more: Any) -> Tab:
        context = chromium.new_context(viewport={"width": 1400, "height": 900}, **more)
        contexts.append(context)
        context.set_default_timeout(60_000)
        tab = Tab(context, service)
        tab.sign_in(person)
        return tab

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def tab(sign_in: Any) -> Tab:
    """Anna's browser."""
    one: Tab = sign_in("anna")
    return one
