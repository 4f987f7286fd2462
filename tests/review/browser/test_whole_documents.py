"""A whole document with its table, a rejection and an undo: once without a mouse, once without a keyboard."""

from __future__ import annotations

from typing import Any

NAME, OTHER = "invoice-08-wide-en.pdf", "nda-01.pdf"


def test_a_document_without_a_mouse(tab, service):
    """Fields, a table row added, pasted and deleted, an undo, a rejection with its reason, and finishing: keys only."""
    page = tab.open(NAME)
    page.mouse.move = page.mouse.click = page.mouse.down = None  # nothing below may use it
    assert tab.current == "invoice_number"
    for _ in range(3):
        page.keyboard.press("Enter")
    tab.saved()
    page.keyboard.press("Control+z")
    tab.until("() => document.getElementById('status').textContent === 'Taken back.'")
    tab.saved()
    _enter_all(tab, until="line_items[")
    assert tab.current == "line_items[1].description"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert tab.current == "line_items[2].quantity"
    page.keyboard.press("Insert")
    tab.until("() => document.querySelectorAll('#table-line_items .wide tbody tr').length === 8")
    tab.saved()
    assert tab.current.startswith("line_items[3].")
    page.keyboard.press("Control+Delete")
    tab.until("() => document.querySelectorAll('#table-line_items .wide tbody tr').length === 7")
    tab.saved()
    _enter_all(tab)
    assert not any(field["doubtful"] for field in tab.fields(NAME).values())
    page.keyboard.press("Control+Enter")
    _left(tab, NAME)
    assert _state(tab, NAME) == "accepted"
    tab.open(OTHER)
    for _ in range(60):
        if page.evaluate("document.activeElement.textContent.trim()").startswith("More"):
            break
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    for _ in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "reject"
    page.keyboard.press("Enter")
    page.keyboard.type("Not ours")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    _left(tab, OTHER)
    assert _state(tab, OTHER) == "quarantined"
    assert tab.mistakes == []


def test_a_document_without_a_keyboard(tab):
    """Fields by buttons, a column drawn, a row added and deleted, an undo, finishing, a rejection: clicks only."""
    page = tab.open(NAME)
    page.keyboard.press = page.keyboard.type = None
    page.click("#accept")
    tab.until("() => document.querySelector('[aria-selected=true]').dataset.path !== 'invoice_number'")
    tab.saved()
    page.click("#undo")
    tab.until("() => document.getElementById('status').textContent === 'Taken back.'")
    tab.saved()
    assert tab.current == "invoice_number"
    tab.go("line_items[1].quantity")
    page.click("text=Draw a column")
    boxes = [tab.fields(NAME)[f"line_items[{row}].quantity"]["evidence"][0]["boxes"][0] for row in (1, 7)]
    left, right = boxes[0][0] - 8, boxes[0][2] + 4  # of the column; the evidence of row 7 may be a 3 beside it
    _drag(page, [left, boxes[0][1] - 2], [right, boxes[1][3] + 2])
    tab.until("() => document.getElementById('status').textContent.startsWith('7 cells filled')")
    tab.saved()
    cells = [tab.fields(NAME)[f"line_items[{row}].quantity"] for row in range(1, 8)]
    assert [cell["value"] for cell in cells] == ["3", "2", "12", "1", "2", "1", "3"]
    assert {cell["decision"] for cell in cells} == {"accepted"}
    page.click("text=Add row")
    tab.until("() => document.querySelectorAll('#table-line_items .wide tbody tr').length === 8")
    tab.saved()
    page.click("text=Delete row")
    tab.until("() => document.querySelectorAll('#table-line_items .wide tbody tr').length === 7")
    tab.saved()
    page.click('[data-path="invoice_number"]')
    for _ in range(80):
        if page.evaluate("() => document.getElementById('left').textContent.startsWith('0 ')"):
            break
        page.click("#accept")
        tab.saved()
    page.click("#finish")
    _left(tab, NAME)
    assert _state(tab, NAME) == "accepted"
    tab.open(OTHER)
    page.click("summary >> text=More")
    page.click("#reject")
    page.evaluate("document.getElementById('ask-input').value = 'Not ours'")  # the note is what a keyboard is for
    page.click("#ask button.main")
    _left(tab, OTHER)
    assert _state(tab, OTHER) == "quarantined"
    assert tab.mistakes == []


def _enter_all(tab: Any, until: str = "") -> None:
    """Press Enter until nothing waits, or a field whose path begins so is current."""
    for _ in range(80):
        waiting = "() => Boolean(document.querySelector('[data-state=doubt]'))"
        if (until and tab.current.startswith(until)) or not tab.page.evaluate(waiting):
            break
        tab.page.keyboard.press("Enter")
        tab.saved()


def _left(tab: Any, name: str) -> None:
    """Wait until the desk shows another document, or the queue."""
    sha256 = tab.service.documents[name]
    tab.page.wait_for_url(lambda address: f"/desk/{sha256}" not in address)


def _state(tab: Any, name: str) -> str:
    address = f"{tab.service.url}/api/v1/documents/{tab.service.documents[name]}"
    state: str = tab.context.request.get(address).json()["state"]
    return state


def _drag(page: Any, start: list[float], end: list[float]) -> None:
    points = page.evaluate(
        """(points) => { const layer = document.getElementById('layer').getBoundingClientRect();
        const [, , width, height] = document.getElementById('marks').getAttribute('viewBox').split(' ').map(Number);
        return points.map(([x, y]) => [layer.x + x / width * layer.width, layer.y + y / height * layer.height]); }""",
        [start, end],
    )
    page.mouse.move(*points[0])
    page.mouse.down()
    page.mouse.move(*points[1], steps=4)
    page.mouse.up()
