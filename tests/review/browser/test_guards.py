"""What every page keeps to in a real browser: no barriers, little weight, no request and no script of others."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest

sys.path.append(str(Path(__file__).parent.parent))
from desk_service import STACK, UNCLEAR
from payloads import PAYLOADS

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
    page, url, put_aside = tab.page, tab.service.url, tab.service.documents["empty.pdf"]

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
    yield (
        "desk, split",
        lambda: (
            desk(STACK),
            page.click("summary >> text=More"),
            page.click("#open-split"),
            page.click('[aria-label="Cut after page 1"]'),
        ),
    )
    yield "desk, unclear kind", lambda: desk(UNCLEAR)
    yield "desk, put aside", lambda: (go(f"/desk/{put_aside}"), page.wait_for_selector("#standing-acts button"))
    yield "merge", lambda: (go("/queue?queue=contract"), _preview(page, "merge"))
    yield "bulk, refused", lambda: (go("/queue?queue=contract"), _preview(page, "reject"))
    yield "unknown page", lambda: go("/desk/0123456789abcdef")


def pages_of_admins(tab):
    """The pages beside the desk: normal, empty, and with an error."""
    page, url = tab.page, tab.service.url

    def go(path):
        page.goto(url + path)

    yield "account", lambda: go("/account")
    yield "account, error", lambda: (go("/account"), _send(page, "/account/password"))
    yield "people", lambda: go("/people")
    yield "people, error", lambda: (go("/people"), _send(page, "/people"))
    yield "dashboard", lambda: go("/dashboard?days=7")
    yield "dashboard, a day", lambda: go("/dashboard?days=1")
    yield "dashboard, done", lambda: go("/dashboard?done=stop")
    yield "dashboard, error", lambda: go("/dashboard?days=5")
    yield "confirm, stop", lambda: go("/dashboard/act?act=stop")
    yield "confirm, close", lambda: go("/dashboard/act?act=close&of=acme")
    yield "upload", lambda: (go("/queue"), page.wait_for_selector("#upload"))


def pages_of_nobody(tab):
    """What is seen before somebody signs in."""
    page, url = tab.page, tab.service.url

    def wrong():
        page.goto(f"{url}/sign-in")
        page.fill("[name=name]", "anna")
        page.fill("[name=password]", "not the password")
        page.click("button.main")
        page.wait_for_selector(".error")

    yield "sign-in", lambda: page.goto(f"{url}/sign-in")
    yield "sign-in, small", lambda: page.goto(f"{url}/sign-in?small=1")
    yield "sign-in, wrong", wrong
    yield "welcome, used link", lambda: page.goto(f"{url}/welcome/no-such-link")


def _preview(page, act):
    for box in page.query_selector_all("#queue input[name=documents]"):
        box.check()
    page.select_option("[name=act]", act)
    page.click("[name=preview]")
    page.wait_for_selector("h1")


def _send(page, action):
    """Send a form as it stands, without the browser's own checks."""
    with page.expect_navigation():
        page.evaluate(
            "(action) => { const form = document.querySelector(`form[action='${action}']`);"
            " form.noValidate = true; form.submit(); }",
            action,
        )


def barriers(tab, theme, states):
    """What axe finds, by page and state."""
    tab.context.add_cookies([{"name": "docassay_theme", "value": theme, "url": tab.service.url}])
    found = {}
    for name, reach in states(tab):
        reach()
        found[name] = violations(tab.page)
    assert tab.mistakes == []
    assert tab.strangers == []
    return {name: each for name, each in found.items() if each}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_a_barrier(tab, theme):
    """axe finds nothing on any page of the desk and the queue, in any state, in light and dark."""
    assert barriers(tab, theme, states) == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_of_admins_has_a_barrier(sign_in, theme):
    """axe finds nothing on the dashboard, its confirmations, people, account and sign-in either."""
    tab = sign_in("olga")
    assert barriers(tab, theme, pages_of_admins) == {}
    tab.context.clear_cookies()
    assert barriers(tab, theme, pages_of_nobody) == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_others_hold_is_locked_without_a_barrier(sign_in, theme):
    """Whoever comes second sees whose document it is and can change nothing; axe finds nothing there either."""
    first, second = sign_in("anna"), sign_in("ben")
    second.context.add_cookies([{"name": "docassay_theme", "value": theme, "url": second.service.url}])
    first.open(INVOICE)
    first.page.keyboard.press("Enter")
    first.saved()
    page = second.open(INVOICE)
    page.wait_for_selector("#lock:not([hidden])")
    assert "anna" in page.inner_text("#lock")
    before = second.fields(INVOICE)
    page.keyboard.press("Enter")
    page.keyboard.type("mine")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert second.fields(INVOICE) == before
    assert violations(page) == []


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
    names = ("app.css", "desk.css", "viewer.js", "session.js", "split.js", "alike.js")
    assert sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names) <= 60_000


def test_no_payload_runs(tab):
    """Script and markup in values, notes, messages and filters is shown as text on every page: nothing of it runs."""
    page, url = tab.page, tab.service.url
    opened = []
    page.on("dialog", lambda dialog: (opened.append(dialog.message), dialog.dismiss()))
    ran = (
        "window.x === 1 || document.querySelector('style, base, iframe, object, embed, main script, [onload]') !== null"
    )
    for payload in PAYLOADS:
        filters = urlencode({"supplier": payload, "said": payload, "reason": payload})
        page.goto(f"{url}/queue?{filters}")
        assert not page.evaluate(ran), payload
    tab.open(INVOICE)
    for place, payload in enumerate(PAYLOADS):
        path = ("seller_name", "buyer_name")[place % 2]
        tab.go(path)
        page.keyboard.press("F2")
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(payload.replace("\x00", ""))
        page.keyboard.press("Enter")
        tab.saved()
        assert not page.evaluate(ran), payload
    page.keyboard.press("F8")
    page.fill("#ask-input", "".join(PAYLOADS).replace("\x00", ""))
    page.click("#ask button.main")
    tab.page.wait_for_url(lambda address: tab.service.documents[INVOICE] not in address)
    for path in ("/queue", "/fields/invoice/seller_name"):
        page.goto(url + path)
        assert not page.evaluate(ran), path
    tab.open(INVOICE)
    assert "window.x=1" in page.inner_text("#note")
    assert not page.evaluate(ran)
    assert "window.x=1" in tab.fields(INVOICE)["seller_name"]["value"]
    assert opened == []
    assert tab.mistakes == []
    assert tab.strangers == []
