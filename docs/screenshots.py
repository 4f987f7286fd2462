"""Take the pictures of the manual from the samples, in a real browser: they cannot show what is no longer so.

    python docs/screenshots.py [FOLDER]

Processes some samples into a temporary folder, serves the desk over them and writes PNG files into FOLDER, which is
docs/pictures if left out. `docs/build.py` calls it where Chromium is installed; the manual builds without the pictures.
"""

from __future__ import annotations

import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

SHOWN = (  # the samples that are processed
    "invoice-01-classic-en.pdf",
    "invoice-08-wide-en.pdf",
    "invoice-02-window-de.pdf",
    "einvoice-01-embedded-de.pdf",
    "einvoice-02-page-differs-fr.pdf",
    "nda-01.pdf",
    "receipt-01.jpg",
    "empty.pdf",
    "locked.pdf",
    "damaged.pdf",
)
SIZE = {"width": 1280, "height": 800}
SECONDS = 60_000  # milliseconds that a page may take to be drawn
WHO, COLLEAGUE = "anna", "boris"


@dataclass(frozen=True)
class Desk:
    """A served desk: where it is, how to be signed in, and where each sample is found."""

    url: str
    cookie: Callable[[str], dict[str, str]]  # of a person
    documents: dict[str, str]  # name -> sha256


def chromium() -> str | None:
    """Return the Chromium of this machine; None if there is none."""
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return next((path for path in found if path), None)


def take(folder: Path) -> list[Path]:
    """Write all pictures into a folder; return them. Raises what the browser raises."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as closing:
        place = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="docassay-pictures-")))
        desk = closing.enter_context(served(place))
        playwright = closing.enter_context(sync_playwright())
        flags = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=chromium(), args=flags)
        closing.callback(browser.close)
        for name, show in PICTURES.items():
            context = browser.new_context(viewport=SIZE, locale="en-GB", timezone_id="UTC", color_scheme="light")
            if name != "sign-in":
                context.add_cookies([desk.cookie(WHO)])  # type: ignore[list-item]
            page = context.new_page()
            show(page, desk)
            page.screenshot(path=folder / f"{name}.png")
            context.close()
    return [folder / f"{name}.png" for name in PICTURES]


@contextmanager
def served(folder: Path) -> Iterator[Desk]:
    """Give a desk over samples that were processed into `folder`."""
    import uvicorn

    from flows.desk import open_desk
    from flows.loading import load_settings
    from flows.run import run_batch
    from review.access.identity import cookie_name
    from review.app import create_app
    from store.people import Grant

    samples = ROOT / "samples"
    settings = load_settings(samples / "docassay.toml", {"data_folder": folder / "data"}, {}).settings
    run_batch(settings, [samples / "documents" / name for name in SHOWN])
    with open_desk(settings) as context, socket.socket() as listener:
        for person in (WHO, COLLEAGUE):
            context.people.add(person, [Grant("admin"), Grant("bank_data")], "pictures")
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(create_app(context), log_level="warning"))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        while not server.started:
            time.sleep(0.05)

        def cookie(person: str) -> dict[str, str]:
            secret = context.sessions.start(person, timedelta(hours=1))
            return {"name": cookie_name(context.web), "value": secret, "url": url}

        yield Desk(url, cookie, {each.name: each.sha256 for each in context.store.documents()})
        server.should_exit = True
        thread.join()


def opened(name: str) -> Callable[[Any, Desk], None]:
    """Return what shows a document at the desk."""

    def show(page: Any, desk: Desk) -> None:
        sha256 = desk.documents[name]
        _open(page, f"{desk.url}/desk/{sha256}")
        page.wait_for_selector(f'#desk[data-ready="{sha256}"][data-shown^="{sha256}"]', timeout=SECONDS)
        page.wait_for_selector("#desk[data-drawing]", state="detached", timeout=SECONDS)

    return show


def plain(path: str) -> Callable[[Any, Desk], None]:
    """Return what shows an ordinary page."""
    return lambda page, desk: _open(page, desk.url + path)


def table(page: Any, desk: Desk) -> None:
    """Show a table with a cell chosen."""
    opened("invoice-08-wide-en.pdf")(page, desk)
    page.click('[data-path^="line_items[1]."]')
    page.wait_for_selector("#desk[data-drawing]", state="detached", timeout=SECONDS)


def conflict(page: Any, desk: Desk) -> None:
    """Show what happens when a colleague was faster: both values, and nothing lost."""
    opened("invoice-02-window-de.pdf")(page, desk)
    sha256, path = desk.documents["invoice-02-window-de.pdf"], "invoice_number"
    _correct(desk, sha256, path, "RE-2026-118")
    page.click(f'[data-path="{path}"]')
    page.keyboard.type("RE-2026-113")
    page.keyboard.press("Enter")
    page.wait_for_selector("#merge[open]", timeout=SECONDS)


PICTURES: dict[str, Callable[[Any, Desk], None]] = {
    "sign-in": plain("/sign-in"),
    "queue": plain("/queue"),
    "desk-invoice": opened("invoice-01-classic-en.pdf"),
    "desk-contract": opened("nda-01.pdf"),
    "desk-table": table,
    "desk-conflict": conflict,
    "dashboard": plain("/dashboard?days=1"),
}


def _open(page: Any, address: str) -> None:
    answer = page.goto(address, timeout=SECONDS)
    if answer is None or not answer.ok:
        raise RuntimeError(f"{address} does not answer with a page: {answer and answer.status}")
    page.wait_for_load_state("load")


def _correct(desk: Desk, sha256: str, path: str, value: str) -> None:
    """Correct a field as the colleague, through the interface that the desk itself uses."""
    import httpx2

    cookie = desk.cookie(COLLEAGUE)
    headers = {"origin": desk.url, "cookie": f"{cookie['name']}={cookie['value']}"}
    with httpx2.Client(base_url=desk.url, headers=headers, timeout=60) as colleague:
        token = {"x-docassay-token": colleague.get("/session").json()["token"]}
        fields = colleague.get(f"/desk/api/documents/{sha256}").json()["fields"]
        version = next(field["version"] for field in fields if field["path"] == path)
        act = {"key": "colleague", "act": "set", "path": path, "value": value, "version": version, "shown": []}
        answer = colleague.post(f"/desk/api/documents/{sha256}/acts", json=act, headers=token)
        answer.raise_for_status()


def main() -> int:
    """Take the pictures; return the exit code."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"
    if chromium() is None:
        sys.stdout.write("No Chromium here: the manual goes without its pictures.\n")
        return 0
    for path in take(folder):
        sys.stdout.write(f"{path.name}: {path.stat().st_size / 1000:.0f} kB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
