"""The offer to apply a correction elsewhere, as a person meets it; what the server does is tested by itself."""

from __future__ import annotations

import json
from typing import Any

NAME = "invoice-08-wide-en.pdf"
CHANGES = [
    {"document": "a" * 64, "name": "other.pdf", "old": None, "new": "Northlight", "ok": True, "message": ""},
    {"document": "b" * 64, "name": "third.pdf", "old": "Invoice", "new": "Pembrook", "ok": True, "message": ""},
]


def test_a_correction_is_offered_to_alike_documents(tab: Any) -> None:
    """After a click on a word the offer appears, shows old and new values, and sends the documents that were chosen."""
    page, sent = tab.open(NAME), []

    def answer(route: Any) -> None:
        asked = json.loads(route.request.post_data)
        sent.append(asked)
        shown = CHANGES if asked["preview"] else CHANGES[:1]
        route.fulfill(json={"documents": shown, "done": len(shown), "preview": asked["preview"]})

    page.route("**/alike", answer)
    tab.go("seller_name")
    box = next(field for field in tab.fields(NAME).values() if field["evidence"])["evidence"][0]["boxes"][0]
    tab.click_on(box)
    page.wait_for_selector("#open-alike:not([hidden])")
    page.click("#open-alike")
    page.wait_for_selector("#alike[open]")
    assert "third.pdf: Invoice → Pembrook" in page.inner_text("#alike-changes")
    page.uncheck("#alike-changes li:nth-child(2) input")
    page.click("#alike-go")
    tab.until("() => document.getElementById('status').textContent.startsWith('Applied to 1 more')")
    assert [each["preview"] for each in sent] == [True, False]
    assert (sent[-1]["path"], sent[-1]["documents"]) == ("seller_name", ["a" * 64])
    assert not page.is_visible("#open-alike")
