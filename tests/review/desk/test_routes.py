"""The desk through its HTTP interface: the contract of the page."""

from __future__ import annotations

from typing import Any

import pytest
from desk_documents import new_document, parsed, result

from review.desk.acts import new_key
from schemas.errors import Reason, Refusal
from schemas.fields import Kind

IBAN = "DE89370400440532013000"


@pytest.fixture
def document(store):
    return new_document(store, b"an invoice")


def act(client, document, name, **more: Any):
    body = {"key": new_key(), "act": name, **more}
    return client.post(f"/desk/api/documents/{document.sha256}/acts", json=body)


def test_the_screen_gets_all_that_it_shows(signed_in, document):
    """One request brings fields with value, version, place and reason, tables with rows, and what one can do."""
    shown = signed_in("reviewer").get(f"/desk/api/documents/{document.sha256}").json()
    gross = next(field for field in shown["fields"] if field["path"] == "gross_total")
    assert (gross["value"], gross["version"], gross["doubtful"]) == ("1250.00", 1, True)
    assert gross["evidence"] == [{"page": 1, "boxes": [[1, 2, 3, 4]], "quote": "1,250.00", "match": "exact"}]
    assert gross["reasons"] == ["Reason of gross total."]
    (table,) = shown["tables"]
    assert table["rows"][0]["cells"]["quantity"]["value"] == "3"
    assert shown["can"] == {"review": True, "undo": False, "redo": False, "finish": False, "approve": False}
    assert shown["standing"] is None
    assert shown["problems"][0]["fields"] == ["issue_date"]


def test_every_waiting_field_has_a_reason(signed_in, store):
    """A field that waits is never without a sentence, even where its source gave none."""
    bare = {"gross_total": result("gross_total", Kind.MONEY, "5.00", 0.5, reasons=())}
    absent = {"due_date": result("due_date", Kind.DATE, None, None, reasons=())}
    from desk_documents import reading

    one = new_document(store, b"bare", record=reading("0" * 64, **bare, **absent))
    shown = signed_in("reviewer").get(f"/desk/api/documents/{one.sha256}").json()
    cells = [cell for table in shown["tables"] for row in table["rows"] for cell in row["cells"].values()]
    assert all(field["reasons"] for field in (*shown["fields"], *cells) if field["doubtful"])


def test_a_save_says_what_changed_and_where_to_go(signed_in, document):
    """An answer brings the changed fields, open problems and the next doubtful field; nothing else need be asked."""
    client = signed_in("reviewer")
    saved = act(client, document, "set", path="issue_date", value="2026-03-14", version=1, seconds=2.5, by="keys")
    assert saved.status_code == 200
    body = saved.json()
    assert [field["path"] for field in body["changed"]] == ["issue_date"]
    assert (body["problems"], body["next_doubtful"], body["can"]["undo"]) == ([], "line_items[1].quantity", True)
    (event,) = client.get(f"/desk/api/documents/{document.sha256}/history?path=issue_date").json()
    assert (event["new"], event["seconds"], event["by"]) == ("2026-03-14", 2.5, "keys")


def test_a_stale_save_shows_both_values(signed_in, document):
    """Who was slower sees the other's value beside their own, and nothing was written."""
    act(signed_in("reviewer", name="ben"), document, "set", path="gross_total", value="2.00", version=1)
    refused = act(signed_in("reviewer"), document, "set", path="gross_total", value="3.00", version=1)
    assert refused.status_code == 409
    body = refused.json()
    assert (body["mine"], body["theirs"]["value"], body["theirs"]["who"]) == ("3.00", "2.00", "ben")
    again = act(
        signed_in("reviewer"), document, "set", path="gross_total", value="3.00", version=body["field"]["version"]
    )
    assert again.status_code == 200


def test_a_value_that_does_not_fit_stays_in_its_field(signed_in, document):
    """A value that is none of its kind is refused at its field with what fits."""
    refused = act(signed_in("reviewer"), document, "set", path="gross_total", value="a lot")
    assert refused.status_code == 422
    assert refused.json()["path"] == "gross_total" and "amount" in refused.json()["message"]


def test_bank_data_is_hidden_and_kept_from_people_without_the_switch(signed_in, store):
    """An account is neither shown to nor decided by who may not see bank data, not even in reasons or the history."""
    from desk_documents import reading

    account = result("iban", Kind.IDENTIFIER, IBAN, 0.5, reasons=(f"Another source reads {IBAN}.",))
    one = new_document(store, b"bank", record=reading("0" * 64, iban=account))
    act(signed_in("reviewer", "bank_data", name="ben"), one, "accept", path="iban", version=1)
    client = signed_in("reviewer")
    shown = client.get(f"/desk/api/documents/{one.sha256}")
    iban = next(field for field in shown.json()["fields"] if field["path"] == "iban")
    assert (iban["masked"], iban["value"]) == (True, None)
    assert IBAN not in shown.text + client.get(f"/desk/api/documents/{one.sha256}/history").text
    assert act(client, one, "absent", path="iban").status_code == 403


def test_claims_are_given_renewed_and_taken_over(signed_in, document):
    """A document is with one person at a time; another is told with whom, and gets it after a release."""
    anna, ben = signed_in("reviewer"), signed_in("reviewer", name="ben")
    address = f"/desk/api/documents/{document.sha256}"
    assert anna.post(f"{address}/claim").json()["claim"]["mine"] is True
    refused = ben.post(f"{address}/claim")
    assert refused.status_code == 409 and "anna" in refused.json()["message"]
    assert ben.get(address).json()["claim"] == {**anna.get(address).json()["claim"], "mine": False}
    assert anna.post(f"{address}/renew").json()["claim"]["mine"] is True
    assert ben.post(f"{address}/renew").json()["claim"] is None
    assert anna.post(f"{address}/release").json() == {"released": True}
    assert ben.post(f"{address}/claim").json()["claim"]["owner"] == "ben"


def test_drafts_come_back(signed_in, document):
    """What a person typed and did not save is there again in another window, for nobody else, until they finish."""
    anna, address = signed_in("reviewer"), f"/desk/api/documents/{document.sha256}/draft"
    anna.put(address, json={"texts": {"gross_total": "13", "seller_name": "Pap"}})
    anna.put(address, json={"texts": {"gross_total": "130"}})
    assert anna.get(address).json() == {"texts": {"gross_total": "130"}}
    assert signed_in("reviewer", name="ben").get(address).json() == {"texts": {}}
    act(anna, document, "reject", why="not ours")
    assert anna.get(address).json() == {"texts": {}}


def test_a_viewer_looks_and_changes_nothing(signed_in, document):
    """Who may only see gets the document and no act goes through."""
    viewer = signed_in("viewer")
    assert viewer.get(f"/desk/api/documents/{document.sha256}").json()["can"]["review"] is False
    assert act(viewer, document, "accept", path="gross_total").status_code == 403


def test_a_document_without_fields_says_what_to_do(signed_in, store):
    """Unclear, put aside, being read, or only a mail around others: the desk says why, and offers what helps."""
    client = signed_in("reviewer")

    def told(content: bytes) -> dict[str, Any]:
        sha256, _ = store.add_document(content, f"{content.decode()}.pdf")
        return client.get(f"/desk/api/documents/{sha256}").json()["standing"]

    def claimed(content: bytes):
        sha256, _ = store.add_document(content, f"{content.decode()}.pdf")
        (claim,) = store.claim("worker", documents=[sha256])
        return claim

    assert (told(b"new")["title"], told(b"new")["choose"], told(b"new")["again"]) == ("It is being read", False, False)
    unsure = Refusal(Reason.UNSURE_SCHEMA, "Neither invoice nor contract.", "docassay retry")
    claim = claimed(b"unclear")
    store.send_to_review(store.save_parsed(claim, parsed(claim.document), "p"), unsure)
    assert (told(b"unclear")["choose"], told(b"unclear")["why"]) == (True, "Neither invoice nor contract.")
    assert "docassay" not in told(b"unclear")["todo"]
    store.quarantine(claimed(b"broken"), Refusal(Reason.EMPTY, "It is empty.", "Save it again."))
    broken = told(b"broken")
    assert (broken["title"], broken["todo"], broken["choose"], broken["again"]) == (
        "Put aside",
        "Save it again.",
        False,
        True,
    )
    claim = claimed(b"mail")
    inside, _ = store.add_document(b"inside", "inside.pdf", parent=claim.document)
    store.close_envelope(store.save_parsed(claim, parsed(claim.document), "p"), "only a mail")
    assert told(b"mail")["attached"] == [{"document": inside, "name": "inside.pdf"}]


def test_what_was_done_before_can_be_taken_back_at_a_document_that_is_still_read(signed_in, store, document):
    """Whoever rejected a document and stands at the next, which has no fields yet, can still undo the rejection."""
    client = signed_in("reviewer")
    sha256, _ = store.add_document(b"still read", "next.pdf")
    shown = f"/desk/api/documents/{sha256}"
    assert client.get(shown).json()["can"]["undo"] is False
    act(client, document, "reject", why="not ours")
    assert client.get(shown).json()["can"]["undo"] is True
    taken = client.post(f"{shown}/acts", json={"key": new_key(), "act": "undo"})
    assert (taken.status_code, taken.json()["document"], taken.json()["state"]) == (200, document.sha256, "in_review")
