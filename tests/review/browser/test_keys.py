"""How many keys a field costs, counted in a real browser, and whole documents by one hand only."""

from __future__ import annotations

from typing import Any

import pytest

CASES = {"invoice-08-wide-en.pdf": 24, "nda-01.pdf": 8}  # least
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


def _typed(page: Any, text: str) -> None:
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def _back(tab: Any, path: str, value: str) -> None:
    """Undo what was done to a field."""
    tab.page.keyboard.press("Control+z")
    shown = "([path, value]) => document.querySelector(`[data-path='${path}'] .text`)?.textContent === value"
    tab.until(shown, [path, value])
    tab.saved()
