"""Script in whatever strangers or people wrote stays text on every page; paths lead nowhere but where they should."""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest

sys.path.append(str(Path(__file__).parent.parent))
from payloads import PAYLOADS, TRAVERSALS

from review.access.gate import READS
from review.app import parts
from store.people import Grant, note

ROUTES = sorted(
    (method, route.path) for part in parts() for route in part.routes for method in route.methods - {"HEAD"}
)
WITH_PARTS = [(method, path) for method, path in ROUTES if "{" in path]
HTML = ("/account", "/people", "/sign-in?next=%s", "/sign-in?small=1&next=%s", "/%s", "/welcome/%s", "/desk/{sha}")


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


@pytest.mark.parametrize("payload", PAYLOADS)
def test_script_stays_text_on_every_page(payload, store, signed_in, context):
    """Names, reasons, messages, addresses and histories of strangers are shown as text, and nothing of them runs."""
    sha256, _ = store.add_document(b"x", f"{payload}.pdf")
    context.people.add("bob", [Grant("viewer", payload[:60])], payload)
    with store.database.write() as connection:
        note(connection, store.now(), payload, "roles", payload, payload)
    client = signed_in("admin", "bank_data")
    for path in HTML:
        answer = client.get(path.replace("%s", quote(payload, safe="")).replace("{sha}", sha256))
        assert answer.headers["content-type"].startswith("text/html"), path
        harm = Harm()
        harm.feed(answer.text)
        assert harm.found == [], path
    forms = (
        ("/people", {"name": payload}),
        ("/tokens", {"name": payload, "scopes": payload, "queue": payload}),
        (f"/people/{quote(payload, safe='')}/link", {}),
        ("/sign-in", {"name": payload, "password": "x" * 1100, "next": payload}),  # too long to be worth a hash
        ("/theme", {"theme": payload, "next": payload}),
    )
    for path, form in forms:
        answer = client.post(path, data=form)
        harm = Harm()
        harm.feed(answer.text)
        assert harm.found == [] and answer.status_code != 500, path
        assert answer.headers.get("location", "/").startswith("/")


def test_json_with_script_is_never_taken_for_a_page(store, signed_in):
    """Answers for programs say that they are JSON, and browsers may not guess otherwise."""
    sha256, _ = store.add_document(b"x", PAYLOADS[0])
    answer = signed_in("admin").get(f"/api/v1/documents/{sha256}", headers={"accept": "text/html"})
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.json()["name"] == PAYLOADS[0]


@pytest.mark.parametrize(("method", "path"), WITH_PARTS, ids=lambda part: str(part))
def test_paths_lead_nowhere_else(method, path, tmp_path, document, signed_in):
    """Forty and more spellings of a way out of a folder are refused in every part of every route."""
    assert len(TRAVERSALS) >= 40
    client = signed_in("admin", "bank_data")
    names = re.findall(r"\{(\w+)(?::\w+)?\}", path)
    content = None if method in READS else b"{}"
    headers = {"content-type": "application/json", "accept": "application/json"}
    for name in names:
        for spelling in TRAVERSALS:
            filled = re.sub(
                r"\{(\w+)(?::\w+)?\}",
                lambda part, name=name, spelling=spelling: (
                    spelling if part[1] == name else document.sha256 if part[1] == "sha" else "1"
                ),
                path,
            )
            answer = client.request(method, filled, content=content, headers=headers)
            assert answer.status_code in (400, 401, 403, 404, 405, 422), (filled, answer.status_code)
            assert b"root:" not in answer.content and b"SQLite format" not in answer.content
