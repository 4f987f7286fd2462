"""Script in whatever strangers or people wrote stays text on every page; paths lead nowhere but where they should."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

sys.path += [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent / "desk")]
from desk_documents import SCHEMAS, new_document, reading, result
from payloads import PAYLOADS, TRAVERSALS

from flows.exporting import write_snapshot
from review.access.gate import READS
from review.access.identity import cookie_name
from review.app import create_app, parts
from review.context import Context, Web
from schemas.fields import Kind
from schemas.results import Extraction
from schemas.schema import Schema
from store.people import Grant, note
from store.store import Store

ORIGIN = "http://127.0.0.1"

ROUTES = sorted(
    (method, route.path) for part in parts() for route in part.routes for method in route.methods - {"HEAD"}
)
WITH_PARTS = [(method, path) for method, path in ROUTES if "{" in path]
HTML = (
    "/account",
    "/people",
    "/sign-in?next=%s",
    "/sign-in?small=1&next=%s",
    "/%s",
    "/welcome/%s",
    "/desk/{sha}",
    "/desk/{sha}?queue=%s",
    "/queue",
    "/queue?said=%s&supplier=%s&reason=%s&cause=%s&assignee=%s",
    "/fields/invoice/seller_name",
    "/fields/invoice/seller_name?said=%s",
    "/dashboard",
    "/dashboard?said=%s",
    "/dashboard/act?act=%s&of=%s",
)


class Harm(HTMLParser):
    """What of a page would run, load or lead elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if any(name.startswith("on") for name in given) or "style" in given:
            self.found.append(f"{tag} {given}")
        for name in ("src", "href", "action", "data", "formaction", "hx-get"):
            address = given.get(name)
            if address is not None and (not address.startswith(("/", "#", "?")) or address.startswith("//")):
                self.found.append(f"{tag} {given}")
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.found.append(f"{tag} {given}")
        if tag in ("iframe", "object", "embed", "style", "base", "math") or given.get("http-equiv"):
            self.found.append(f"{tag} {given}")


class World:
    """A service over documents of which every text that a stranger or a person gives is a payload."""

    def __init__(self, store: Store, folder: Path) -> None:
        schemas = {**SCHEMAS, "invoice": _together(SCHEMAS["invoice"], "seller_name")}
        self.context = Context(
            store=store,
            schemas=schemas,
            web=Web(megabytes=1),
            snapshot=partial(write_snapshot, store, schemas),
            work=folder / "exports",
        )
        self.context.people.add("anna", [Grant("admin"), Grant("bank_data")], "test")
        secret = self.context.sessions.start("anna", timedelta(hours=1))
        self.client = TestClient(create_app(self.context), base_url=ORIGIN, follow_redirects=False)
        self.client.cookies.set(cookie_name(self.context.web), secret)
        token = hashlib.sha256(f"form:{secret}".encode()).hexdigest()
        self.client.headers.update({"origin": ORIGIN, "x-docassay-token": token})
        self.documents = {payload: self._document(payload) for payload in PAYLOADS}

    def _document(self, payload: str) -> str:
        """A document with the payload as its name, its words, its values, reasons and problems, and in a note."""
        store, content = self.context.store, payload.encode()
        sha256, _ = store.add_document(content, f"{payload}.pdf")
        new_document(store, content, [payload], _record(sha256, payload))
        self.context.people.add(f"p{sha256[:8]}", [Grant("viewer", payload[:60])], payload)
        with store.database.write() as connection:
            note(connection, store.now(), payload, "roles", payload, payload)
        if PAYLOADS.index(payload) % 2:  # what is put off does not stand on the pages of one field
            act = {"key": f"note-{sha256[:16]}", "act": "postpone", "why": payload}
            assert self.client.post(f"/desk/api/documents/{sha256}/acts", json=act).status_code == 200
        return sha256


def _together(schema: Schema, name: str) -> Schema:
    """A schema in which one field may be decided over many documents at once."""
    fields = tuple(
        field.model_copy(update={"acceptance": field.acceptance.model_copy(update={"together": True})})
        if field.name == name
        else field
        for field in schema.fields
    )
    return schema.model_copy(update={"fields": fields})


def _record(sha256: str, payload: str) -> Extraction:
    seller = result("seller_name", Kind.PARTY, payload, 0.5, reasons=(payload,))
    record = reading(sha256, seller_name=seller)
    problems = tuple(each.model_copy(update={"message": payload}) for each in record.problems)
    return record.model_copy(update={"problems": problems})


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("payloads")
    store = Store.open(f"sqlite:///{folder / 'd.db'}", folder / "files")
    yield World(store, folder)
    store.close()


def harm_of(text: str) -> list[str]:
    harm = Harm()
    harm.feed(text)
    return harm.found


@pytest.mark.parametrize("path", HTML)
def test_script_stays_text_on_every_page(path, world):
    """Names, values, reasons, messages, notes, addresses and histories of strangers are text, and nothing of them runs.

    Pages that list everything show all payloads at once.
    """
    for payload in PAYLOADS if "%s" in path or "{sha}" in path else PAYLOADS[:1]:
        address = path.replace("%s", quote(payload, safe="")).replace("{sha}", world.documents[payload])
        answer = world.client.get(address)
        assert answer.headers["content-type"].startswith("text/html"), address
        assert harm_of(answer.text) == [], address


@pytest.mark.parametrize("path", ["/queue", "/fields/invoice/seller_name"])
def test_pages_show_the_payloads_that_they_are_tried_with(path, world):
    """Pages that list documents do show what strangers wrote, so that looking at them means something."""
    shown = world.client.get(path).text
    assert "&lt;script&gt;" in shown


def test_script_in_forms_stays_text(world):
    """Whatever is sent in a form comes back as text or not at all, and leads nowhere else."""
    for payload in PAYLOADS:
        sha256 = world.documents[payload]
        forms = (
            ("/people", {"name": payload}),
            ("/tokens", {"name": payload, "scopes": payload, "queue": payload}),
            (f"/people/{quote(payload, safe='')}/link", {}),
            ("/sign-in", {"name": payload, "password": "x" * 1100, "next": payload}),  # too long to be worth a hash
            ("/theme", {"theme": payload, "next": payload}),
            ("/queue/bulk", {"documents": sha256, "act": "postpone", "why": payload, "key": "bulk-0001"}),
            ("/queue/bulk", {"documents": payload, "act": "assign", "to": payload}),
            ("/fields/invoice/seller_name", {"documents": payload, "odd": payload}),
            ("/dashboard/act", {"act": payload, "of": payload, "why": payload}),
        )
        for path, form in forms:
            answer = world.client.post(path, data=form)
            assert harm_of(answer.text) == [] and answer.status_code != 500, path
            assert answer.headers.get("location", "/").startswith("/")


def test_json_with_script_is_never_taken_for_a_page(world):
    """Answers for programs, and for the merge view, say that they are JSON, and browsers may not guess otherwise."""
    payload = PAYLOADS[0]
    sha256 = world.documents[payload]
    html = {"accept": "text/html"}
    stale = {"key": "merge-0001", "act": "set", "path": "seller_name", "value": payload, "version": 99}
    state = world.client.get(f"/api/v1/documents/{sha256}", headers=html)
    merge = world.client.post(f"/desk/api/documents/{sha256}/acts", json=stale, headers=html)
    assert (state.json()["name"], merge.status_code) == (f"{payload}.pdf", 409)
    assert merge.json()["mine"] == merge.json()["theirs"]["value"] == payload
    for answer in (state, merge):
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(("method", "path"), WITH_PARTS, ids=lambda part: str(part))
def test_paths_lead_nowhere_else(method, path, world):
    """Forty and more spellings of a way out of a folder are refused in every part of every route."""
    assert len(TRAVERSALS) >= 40
    document = world.documents[PAYLOADS[0]]
    names = re.findall(r"\{(\w+)(?::\w+)?\}", path)
    content = None if method in READS else b"{}"
    headers = {"content-type": "application/json", "accept": "application/json"}
    for name in names:
        for spelling in TRAVERSALS:
            filled = re.sub(
                r"\{(\w+)(?::\w+)?\}",
                lambda part, name=name, spelling=spelling: (
                    spelling if part[1] == name else document if part[1] == "sha" else "1"
                ),
                path,
            )
            answer = world.client.request(method, filled, content=content, headers=headers)
            assert answer.status_code in (400, 401, 403, 404, 405, 422), (filled, answer.status_code)
            assert b"root:" not in answer.content and b"SQLite format" not in answer.content
