"""A real desk for the browser tests: samples taken through the real line, and the service in a process of its own."""

from __future__ import annotations

import io
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pypdfium2 as pdfium
import uvicorn

from flows.desk import open_desk
from flows.process import process
from flows.settings import Settings
from flows.wiring import open_line, open_store
from review.access.passwords import hashed
from review.app import create_app
from schemas.document import Box, Line, Page, ParsedDocument, Word
from schemas.fields import Kind
from schemas.loader import builtin_schemas
from schemas.results import Evidence, Extraction, FieldResult
from store.people import Grant, People

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "samples" / "documents"
PASSWORD = "correct horse battery staple"
PEOPLE = {
    "anna": ("reviewer", "approver", "bank_data"),
    "ben": ("reviewer", "approver", "bank_data"),
    "vera": ("viewer",),
    "olga": ("admin",),
}
LARGE, LARGE_PAGES = "large.pdf", 1000
PLACE = Box(100, 100, 180, 112)  # of the value on each page of it
LARGE_PLACES = (2, 130, 260, 390, 520, 650, 780, 910, 990)  # pages with a field to decide
STACK, STACKED = "stack.pdf", ("invoice-01-classic-en.pdf", "invoice-10-footer-en.pdf", "invoice-11-window-en.pdf")
SERVE = (
    "import sys; from pathlib import Path; from flows.serve import be_api; from flows.settings import Settings; "
    "be_api(Settings(data_folder=Path(sys.argv[1]), api={'host': '127.0.0.1', 'port': int(sys.argv[2])}))"
)
UNCLEAR = "unclear.txt"
UNCLEAR_TEXT = b"Dear all, the lift is out of order until noon."
STARTS_WITHIN = 180.0  # seconds, on a busy machine


def fill(folder: Path, names: Sequence[str]) -> dict[str, str]:
    """Take samples through the line into a new data folder, with people in it; returns sha256 by name."""
    found = {}
    with open_line(Settings(data_folder=folder)) as line:
        for name in names:
            made = {STACK: stack, UNCLEAR: lambda: UNCLEAR_TEXT}.get(name)
            content = made() if made else (SAMPLES / name).read_bytes()
            sha256, _ = line.store.add_document(content, name, "test")
            (claim,) = line.store.claim(line.owner, seconds=600.0)
            process(line, claim)
            found[name] = sha256
        people = People(line.store.database)
        for person, roles in PEOPLE.items():
            people.add(person, [Grant(role) for role in roles], "test")
            people.set_password(person, hashed(PASSWORD, person), "test")
    return found


def add_large(folder: Path, more: Sequence[str] = ()) -> dict[str, str]:
    """Put a document of 1,000 pages, with fields to decide all over it, into a data folder; return sha256 by name.

    Args:
        folder: to put it into.
        more: names of further ones that look the same.
    """
    document, target = pdfium.PdfDocument.new(), io.BytesIO()
    with pdfium.PdfDocument(SAMPLES / "master-agreement-60-pages.pdf") as sample:
        while len(document) < LARGE_PAGES:
            document.import_pages(sample, list(range(min(len(sample), LARGE_PAGES - len(document)))))
    document.save(target)
    pages = tuple(_page(number) for number in range(1, LARGE_PAGES + 1))
    schema, found = builtin_schemas()["contract"], {}
    with open_line(Settings(data_folder=folder)) as line:
        for name in (LARGE, *more):
            sha256, _ = line.store.add_document(target.getvalue() + f"\n% {name}\n".encode(), name, "test")
            (claim,) = line.store.claim(line.owner, documents=[sha256])
            claim = line.store.save_parsed(claim, ParsedDocument(sha256, "application/pdf", pages), "p")
            line.store.decide(line.store.save_extraction(claim, _record(sha256), "e", schema))
            found[name] = sha256
    return found


def _page(number: int) -> Page:
    return Page(number, 595, 842, (Line((Word(f"V-{number}", PLACE, number),), 0),))


def _record(sha256: str) -> Extraction:
    schema = builtin_schemas()["contract"]
    names = [field.name for field in schema.fields if field.kind is not Kind.TABLE and not field.many]
    fields = {
        name: FieldResult(
            name=name,
            kind=Kind.TEXT,
            answer="found",
            value=f"V-{page}",
            evidence=(Evidence(page, (PLACE,), f"V-{page}"),),
            source="rules",
            reasons=("It is a test.",),
        )
        for name, page in zip(names, LARGE_PLACES, strict=False)
    }
    return Extraction(document=sha256, schema_name="contract", schema_version=schema.version, fields=fields)


def stack() -> bytes:
    """Three invoices that were scanned as one file."""
    whole, target = pdfium.PdfDocument.new(), io.BytesIO()
    for name in STACKED:
        with pdfium.PdfDocument(SAMPLES / name) as one:
            whole.import_pages(one)
    whole.save(target)
    return target.getvalue()


@dataclass
class Service:
    """The desk of one data folder, in a process that tests may kill and start again."""

    folder: Path
    documents: dict[str, str]
    port: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Where browsers reach it."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, at the same address as before, and wait until it answers."""
        self.port = self.port or _free_port()
        self._process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(self.folder), str(self.port)], cwd=ROOT, env={**os.environ}
        )
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/api/v1/health", timeout=5):
                    return
            except OSError:
                if self._process.poll() is not None:
                    raise RuntimeError("The desk ended at its start.") from None
                time.sleep(0.1)
        raise RuntimeError("The desk does not start.")

    def kill(self) -> None:
        """End it without warning, as a power cut does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def value(self, name: str, path: str) -> str | None:
        """What the database says about a field of a document."""
        store = open_store(Settings(data_folder=self.folder))
        try:
            extraction = store.extraction(self.documents[name])
            assert extraction is not None
            found = extraction.fields[path].value
            return None if found is None else str(found)
        finally:
            store.close()


@dataclass
class NearService(Service):
    """The same in a thread of this process: nothing is loaded again for it; it cannot be killed as by a power cut."""

    _leave: ExitStack = field(default_factory=ExitStack, repr=False)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        context = self._leave.enter_context(open_desk(Settings(data_folder=self.folder)))
        listener = self._leave.enter_context(socket.create_server(("127.0.0.1", 0)))
        self.port = listener.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(create_app(context), log_level="warning", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        self._leave.callback(thread.join)
        self._leave.callback(setattr, server, "should_exit", True)
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("The desk ended at its start.")
            time.sleep(0.01)

    def kill(self) -> None:
        """End it."""
        self._leave.close()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
