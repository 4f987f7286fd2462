"""A whole document with its table, a split, a rejection and an undo: once without a mouse, once without a keyboard."""

from __future__ import annotations

from typing import Any

from desk_service import STACK

NAME, OTHER = "invoice-08-wide-en.pdf", "nda-01.pdf"


def test_a_document_without_a_mouse(tab, service):
    """Fields, a table row added and deleted, finishing, a split, its undo, a rejection with a reason: keys only."""
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
    assert tab.state(NAME) == "accepted"
    tab.open(STACK)
    _menu_by_keys(page, "open-split")
    page.wait_for_selector("#split[open]")
    for key in (
        "Space",
        "ArrowRight",
        "Space",
        "ArrowLeft",
        "Space",
    ):  # after page 1 and 2, and page 1 again: not there
        page.keyboard.press(key)
    assert _parts(page) == ["Part 1: pages 1 to 2", "Part 2: page 3"]
    page.keyboard.press("Control+Enter")
    _left(tab, STACK)
    assert tab.state(STACK) == "quarantined"
    assert len(_received(tab)) == 2
    tab.ready(page.url.partition("?")[0].rpartition("/")[2])
    page.keyboard.press("Control+z")
    page.wait_for_url(lambda address: f"/desk/{service.documents[STACK]}" in address)
    assert tab.state(STACK) == "in_review"
    assert not _received(tab)
    tab.open(OTHER)
    _menu_by_keys(page, "reject")
    page.keyboard.type("Not ours")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    _left(tab, OTHER)
    assert tab.state(OTHER) == "quarantined"
    assert tab.mistakes == []


def test_a_document_without_a_keyboard(tab, service):
    """Fields by buttons, a column drawn, a row added and deleted, finishing, a split, its undo, a rejection: clicks."""
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
    _drag(tab, [left, boxes[0][1] - 2], [right, boxes[1][3] + 2])
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
    assert tab.state(NAME) == "accepted"
    tab.open(STACK)
    page.click("summary >> text=More")
    page.click("#open-split")
    for number in (1, 2):
        page.click(f'[aria-label="Cut after page {number}"]')
    assert _parts(page) == ["Part 1: page 1", "Part 2: page 2", "Part 3: page 3"]
    page.click("#split-go")
    _left(tab, STACK)
    assert tab.state(STACK) == "quarantined"
    assert len(_received(tab)) == 3
    tab.ready(page.url.partition("?")[0].rpartition("/")[2])
    page.click("#undo")
    page.wait_for_url(lambda address: f"/desk/{service.documents[STACK]}" in address)
    assert (tab.state(STACK), _received(tab)) == ("in_review", [])
    tab.open(OTHER)
    page.click("summary >> text=More")
    page.click("#reject")
    page.click("#ask-common >> text=Not for us")
    page.click("#ask button.main")
    _left(tab, OTHER)
    assert tab.state(OTHER) == "quarantined"
    assert "Not for us" in tab.context.request.get(_address(tab, OTHER)).json()["message"]
    assert tab.mistakes == []


def test_documents_are_joined_without_a_script(sign_in):
    """Chosen documents are shown as the one they would become; the order changes there; joining them is taken back."""
    tab = sign_in("anna", java_script_enabled=False)
    page, url = tab.page, tab.service.url
    page.goto(f"{url}/queue?queue=contract")
    for box in page.query_selector_all("#queue input[name=documents]"):
        box.check()
    page.select_option("[name=act]", "merge")
    page.click("text=See what it would do")
    first, second = page.locator(".joined strong").all_inner_texts()
    page.click(".joined button")
    assert page.locator(".joined strong").all_inner_texts() == [second, first]
    assert page.locator(".joined .faint").all_inner_texts() == ["Page 1", "Page 2"]
    assert (tab.state(first), _received(tab)) == ("in_review", [])
    page.click("text=Join them")
    page.wait_for_selector(".good")
    assert {tab.state(name) for name in (first, second)} == {"quarantined"}
    assert [made["name"] for made in _received(tab)] == [f"{second.removesuffix('.pdf')} and 1 more.pdf"]
    page.click("text=Undo")
    page.wait_for_selector("text=Taken back")
    assert ({tab.state(name) for name in (first, second)}, _received(tab)) == ({"in_review"}, [])


def _menu_by_keys(page: Any, wanted: str) -> None:
    """Open the menu with the keyboard, and press the button of an id in it."""
    for _ in range(60):
        if page.evaluate("document.activeElement.textContent.trim()").startswith("More"):
            break
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == wanted:
            break
    page.keyboard.press("Enter")


def _parts(page: Any) -> list[str]:
    """What the preview says of the parts, without their kinds."""
    texts: list[str] = page.evaluate(
        "[...document.querySelectorAll('#split-parts label')].map((each) => each.firstChild.textContent.trim())"
    )
    return texts


def _received(tab: Any) -> list[dict[str, Any]]:
    """The documents that wait to be read."""
    found: list[dict[str, Any]] = tab.context.request.get(f"{tab.service.url}/api/v1/documents?state=received").json()[
        "documents"
    ]
    return found


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


def _address(tab: Any, name: str) -> str:
    return f"{tab.service.url}/api/v1/documents/{tab.service.documents[name]}"


def _drag(tab: Any, start: list[float], end: list[float]) -> None:
    mouse = tab.page.mouse
    mouse.move(*tab.point(start))
    mouse.down()
    mouse.move(*tab.point(end), steps=4)
    mouse.up()
