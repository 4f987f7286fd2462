"""The queue in a real browser: filters that apply at once, and keys in the list."""

from __future__ import annotations


def test_a_filter_applies_at_once_and_keeps_the_focus(tab):
    """A chosen filter changes list, count and address without a new page, and keys work in the new list."""
    page = tab.page
    page.goto(f"{tab.service.url}/queue")
    page.evaluate("window.same = true")
    page.focus("[name=queue]")
    page.select_option("[name=queue]", "contract")
    page.wait_for_url("**/queue?queue=contract*")
    tab.until("() => document.querySelectorAll('#queue tbody tr').length === 2")
    assert page.inner_text("#head .faint").startswith("2 waiting")
    assert page.evaluate("window.same === true && document.activeElement.name") == "queue"
    page.focus("#queue tbody tr")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.evaluate("[...document.querySelectorAll('[name=documents]')].map((box) => box.checked)") == [
        False,
        True,
    ]
    page.go_back()
    page.wait_for_selector("#queue tbody tr:nth-child(3)")
    assert tab.mistakes == []
    assert tab.strangers == []
