"""What every page keeps to in a real browser: accessibility, weight, no requests to other servers."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[3] / "review" / "static"
INVOICE, CONTRACT = "invoice-08-wide-en.pdf", "nda-01.pdf"


def violations(page) -> list[str]:
    from axe_playwright_python.base import AXE_SCRIPT

    page.evaluate(AXE_SCRIPT + "; undefined")
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:160]} ({each['nodes'][0]['failureSummary'][:200]})" for each in found
    ]


def states(tab):
    """Every page in every state: a name, and what brings it about."""
    page, url = tab.page, tab.service.url

    def go(path):
        page.goto(url + path)

    def desk(name, *keys):
        tab.open(name)
        for key in keys:
            page.keyboard.press(key)

    yield "queue", lambda: go("/queue")
    yield "queue, empty", lambda: go("/queue?supplier=nobody-of-this-name")
    yield "queue, told", lambda: go("/queue?said=Done&good=False")
    yield "desk, invoice", lambda: desk(INVOICE)
    yield "desk, contract", lambda: desk(CONTRACT)
    yield (
        "desk, refused value",
        lambda: (
            desk(INVOICE),
            tab.go("issue_date"),
            page.keyboard.type("no day"),
            page.keyboard.press("Enter"),
            page.wait_for_selector(".wrong"),
            tab.saved(),
        ),
    )
    yield "desk, editing", lambda: (desk(INVOICE), tab.go("seller_name"), page.keyboard.press("F2"))
    yield "desk, text", lambda: (desk(CONTRACT), page.click("#show-text"), page.wait_for_selector("#text p"))
    yield "desk, help", lambda: desk(INVOICE, "F1")
    yield "desk, note", lambda: desk(INVOICE, "F8")
    yield "unknown page", lambda: go("/desk/0123456789abcdef")
    yield "account", lambda: go("/account")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_a_barrier(tab, theme, service):
    """axe finds nothing on any page, in any state, in light and dark."""
    tab.context.add_cookies([{"name": "docassay_theme", "value": theme, "url": service.url}])
    found = {}
    for name, reach in states(tab):
        reach()
        found[name] = violations(tab.page)
    assert {name: each for name, each in found.items() if each} == {}
    assert tab.mistakes == []
    assert tab.strangers == []


def test_two_people_at_one_field_see_both_values(sign_in):
    """A save on what somebody else has changed meanwhile opens both values, and writes nothing before a choice."""
    first, second = sign_in("anna"), sign_in("ben")
    first.open(INVOICE)
    second.open(INVOICE)
    address = f"{first.service.url}/desk/api/documents/{first.service.documents[INVOICE]}/acts"
    token = second.page.get_attribute('meta[name="docassay-token"]', "content")
    answer = second.context.request.post(
        address,
        data={"key": "of-another-person", "act": "set", "path": "seller_name", "value": "Theirs Ltd", "version": 1},
        headers={"X-Docassay-Token": token, "Origin": first.service.url},
    )
    assert answer.ok, answer.text()
    first.go("seller_name")
    first.page.keyboard.type("Mine Ltd")
    first.page.keyboard.press("Enter")
    first.page.wait_for_selector("#merge[open]")
    assert (first.page.inner_text("#merge-mine"), first.page.inner_text("#merge-theirs")) == ("Mine Ltd", "Theirs Ltd")
    assert first.service.value(INVOICE, "seller_name") == "Theirs Ltd"
    assert violations(first.page) == []
    first.page.click("#merge button[value=mine]")
    first.saved()
    assert first.service.value(INVOICE, "seller_name") == "Mine Ltd"


def test_script_and_style_are_light():
    """All scripts and styles of the desk are at most 60 kB compressed."""
    names = ("app.css", "desk.css", "viewer.js", "session.js", "split.js")
    assert sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names) <= 60_000
