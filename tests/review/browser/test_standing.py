"""What stands beside the ordinary way: no fields, no role, small screens, the Tab key, notes; in a real browser."""

from __future__ import annotations

import pytest
from desk_service import UNCLEAR

INVOICE = "invoice-02-window-de.pdf"
SEEN = """(path) => {
  const inside = (box) => box.top >= -1 && box.bottom <= innerHeight + 1;
  const cell = document.querySelector(`[data-path="${path}"]`).getBoundingClientRect();
  const detail = document.querySelector(".detail").getBoundingClientRect();
  return {accept: inside(document.getElementById("accept").getBoundingClientRect()),
    cell: cell.top >= -1 && cell.bottom <= detail.top + 1,
    wide: document.documentElement.scrollWidth > innerWidth};
}"""
LINES = """() => [...document.querySelectorAll(".table th, .table td.number")].map((cell) => {
  const range = document.createRange();
  range.selectNodeContents(cell.querySelector(".text") ?? cell);
  return new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size;
})"""


def test_an_unclear_document_is_sent_on_by_choosing_its_kind(tab):
    """What nobody could tell the kind of says so and offers the kinds; one click and it is read as that."""
    page = tab.open(UNCLEAR)
    assert page.inner_text("#standing-title") == "Unclear what kind it is"
    assert page.is_disabled("#finish") and page.is_hidden(".detail")
    page.click("#standing-acts >> text=invoice")
    page.wait_for_url(lambda address: tab.service.documents[UNCLEAR] not in address)
    assert tab.state(UNCLEAR) == "parsed"
    assert tab.mistakes == []


def test_what_was_put_aside_says_why_and_is_read_again(tab):
    """A file that could not be read shows its reason and what to do, and a button that reads it again."""
    page, sha256 = tab.page, tab.service.documents["empty.pdf"]
    page.goto(f"{tab.service.url}/desk/{sha256}")
    page.wait_for_selector("#standing-acts button")
    assert "empty" in page.inner_text("#standing-why")
    page.click("#standing-acts >> text=Read it again")
    page.wait_for_url(lambda address: sha256 not in address)
    assert tab.state("empty.pdf") == "received"


def test_who_may_only_look_is_told_so(sign_in):
    """A viewer sees everything and is offered nothing; a key says why instead of failing."""
    tab = sign_in("vera")
    page = tab.open(INVOICE)
    before = tab.fields(INVOICE)
    assert "reviewer" in page.inner_text("#lock")
    offered = page.query_selector_all(".acts button:not([disabled]), .bar .end button:not([disabled])")
    assert [button.inner_text() for button in offered if button.is_visible()] == ["Keys"]
    page.keyboard.press("Enter")
    page.keyboard.type("mine")
    page.keyboard.press("Control+Enter")
    assert "reviewer" in page.inner_text("#status")
    assert tab.fields(INVOICE) == before
    assert tab.mistakes == []


@pytest.mark.parametrize("size", [(320, 640), (640, 400)], ids=["phone", "zoom of 200 %"])
def test_a_small_screen_keeps_the_field_and_its_buttons_in_sight(tab, size):
    """On a phone, and at 200 %, each field to decide is seen together with the buttons that decide it."""
    tab.page.set_viewport_size({"width": size[0], "height": size[1]})
    page = tab.open(INVOICE)
    for _ in range(4):
        before = tab.current
        assert page.evaluate(SEEN, before) == {"accept": True, "cell": True, "wide": False}, before
        page.click("#accept")
        tab.until("(path) => document.querySelector('[aria-selected=true]').dataset.path !== path", before)


def test_a_table_with_a_long_text_breaks_no_figure(tab):
    """However long a description is, headings and figures of its row stay in one line each."""
    page = tab.open(INVOICE)
    tab.go("line_items[1].description")
    page.keyboard.type("Inspection of the northern embankment " * 6)
    page.keyboard.press("Enter")
    tab.saved()
    assert max(page.evaluate(LINES)) == 1


def test_tab_reaches_every_field_and_each_table(tab):
    """The Tab key walks all fields, decided ones too, and enters each table at one cell; nothing holds it."""
    page = tab.open(INVOICE)
    page.evaluate("document.getElementById('rest').open = true")
    walked = [tab.current]
    while page.evaluate("document.activeElement.id") != "accept":
        page.keyboard.press("Tab")
        path = page.evaluate("document.activeElement.dataset.path ?? ''")
        walked += [path] if path else []
    every = page.evaluate("[...document.querySelectorAll('[data-path]')].map((cell) => cell.dataset.path)")
    fields, cells = [each for each in every if "[" not in each], [each for each in walked if "[" in each]
    assert [each for each in walked if "[" not in each] == fields
    assert len(cells) == 1
    tab.go("line_items[2].quantity")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert tab.current == "line_items[2].quantity"


def test_a_document_is_not_passed_on_without_a_word(tab):
    """A note that is asked for cannot be left empty; it is sent by Ctrl+Enter, and undo says that it took it back."""
    page = tab.open(INVOICE)
    page.keyboard.press("F8")
    page.keyboard.press("Control+Enter")
    assert page.is_visible("#ask[open]")
    page.keyboard.type("Who ordered this?")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda address: tab.service.documents[INVOICE] not in address)
    tab.until("() => document.getElementById('status').textContent.startsWith('Passed on')")
    page.keyboard.press("Control+z")
    page.wait_for_url(lambda address: tab.service.documents[INVOICE] in address)
    tab.until("() => document.getElementById('status').textContent === 'Taken back.'")
    assert tab.mistakes == []
