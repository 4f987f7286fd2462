"""How many keys a field costs, counted in a real browser, and whole documents by one hand only."""

from __future__ import annotations

from typing import Any

import pytest

CASES = {"invoice-08-wide-en.pdf": 24, "nda-01.pdf": 8}  # least; with eight words by keys and clicks they are forty
COUNT = """() => { window.pressed = 0; window.clicked = 0;
  addEventListener('keydown', (event) => {
    if (!['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) window.pressed++;
  }, true);
  addEventListener('pointerdown', () => window.clicked++, true); }"""


class Counted:
    """Counts what a person pressed for one field."""

    def __init__(self, tab: Any) -> None:
        self.tab = tab
        tab.page.evaluate(COUNT)

    def cost(self, work: Any) -> tuple[int, int]:
        """Keys and clicks of `work`, after which the field must be saved and another one be current."""
        page = self.tab.page
        before = self.tab.current
        page.evaluate("window.pressed = window.clicked = 0")
        work(page)
        self.tab.until("(path) => document.querySelector('[aria-selected=true]')?.dataset.path !== path", before)
        self.tab.saved()
        return page.evaluate("window.pressed"), page.evaluate("window.clicked")


@pytest.mark.parametrize("name", CASES)
def test_keys_per_field(tab, name):
    """Confirming costs 1 key, the k-th candidate k, a word at most 5 keys or 1 click, typing its length and 1."""
    tab.open(name)
    counted = Counted(tab)
    before = tab.fields(name)
    waiting = [path for path, field in before.items() if field["doubtful"] and field["evidence"] and "[" not in path]
    cases = 0
    for path in waiting:
        field = before[path]
        if field["many"] or field["kind"] in ("clause", "choice"):
            continue
        tab.go(path)
        others = [other["value"] for other in field["alternatives"] if other["value"] != field["value"]]
        for place, value in enumerate(dict.fromkeys(others), 2):

            def walk(page, place=place):
                for _ in range(place - 1):
                    page.keyboard.press("ArrowDown")
                page.keyboard.press("Enter")

            tab.go(path)
            assert counted.cost(walk) == (place, 0), (path, place)
            assert tab.fields(name)[path]["value"] == value
            cases += 1
            _back(tab, path, field["value"])
        tab.go(path)
        text = field["value"]
        assert counted.cost(lambda page, text=text: _typed(page, text)) == (len(text) + 1, 0), path
        assert tab.fields(name)[path]["value"] == field["value"]
        _back(tab, path, field["value"])
        tab.go(path)
        assert counted.cost(lambda page: page.keyboard.press("Enter")) == (1, 0), path
        assert not tab.fields(name)[path]["doubtful"]
        cases += 2
    assert cases >= CASES[name]
    assert tab.mistakes == []


def test_a_word_costs_five_keys_or_one_click(tab):
    """The evidence moves by words and grows by words, the value follows; one click on a word fills and goes on."""
    name = "invoice-08-wide-en.pdf"
    tab.open(name)
    counted = Counted(tab)
    page = tab.page
    tab.go("seller_name")
    keys = ("Shift+ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowRight", "Enter")

    def shrink_and_grow(page):
        for key in keys:
            page.keyboard.press(key)

    assert counted.cost(shrink_and_grow) == (4, 0)
    assert tab.fields(name)["seller_name"]["value"] == "Northlight Software"
    tab.go("order_reference")

    def onward(page):
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("Enter")

    assert counted.cost(onward)[0] <= 5
    assert tab.fields(name)["order_reference"]["value"] != "PO-86122"
    for path in ("invoice_number", "due_date", "order_reference", "net_total", "gross_total", "tax_total"):
        box = (
            tab.fields("invoice-08-wide-en.pdf")[path]["evidence"][0]["boxes"][0] if path != "order_reference" else None
        )
        box = box or _box_of(tab, name, "PO-86122")
        tab.go(path)
        assert counted.cost(lambda _, box=box: tab.click_on(box)) == (0, 1)
        assert tab.fields(name)[path]["decision"] == "accepted"
        assert tab.fields(name)[path]["evidence"][0]["boxes"]
    assert tab.fields(name)["order_reference"]["value"] == "PO-86122"
    assert page.evaluate("window.pressed") == 0


def test_a_value_that_does_not_fit_stays_in_its_field(tab):
    """A refused value jumps nowhere: it stays with the reason beside it, and Esc brings the old value back."""
    name = "invoice-08-wide-en.pdf"
    page = tab.open(name)
    tab.go("issue_date")
    _typed(page, "no day at all")
    page.wait_for_selector('[data-path="issue_date"] .wrong')
    tab.saved()
    assert tab.current == "issue_date"
    assert page.inner_text('[data-path="issue_date"] .text') == "no day at all"
    page.keyboard.press("Escape")
    assert page.inner_text('[data-path="issue_date"] .text') == "2026-01-15"
    assert tab.fields(name)["issue_date"]["value"] == "2026-01-15"


def _typed(page: Any, text: str) -> None:
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def _back(tab: Any, path: str, value: str) -> None:
    """Undo what was done to a field."""
    tab.page.keyboard.press("Control+z")
    shown = "([path, value]) => document.querySelector(`[data-path='${path}'] .text`)?.textContent === value"
    tab.until(shown, [path, value])
    tab.saved()


def _box_of(tab: Any, name: str, text: str) -> list[float]:
    address = f"{tab.service.url}/pages/{tab.service.documents[name]}/1/words.json"
    found: list[float] = next(word[:4] for word in tab.context.request.get(address).json()["words"] if word[4] == text)
    return found
