import hashlib

import pytest

from store.states import State


@pytest.fixture
def client(with_token):
    return with_token("see", "operate", "see_bank_data")


def test_upload_is_stored_before_it_is_answered(client, store):
    """When the answer comes, the document is in the store and the sender may forget it."""
    answer = client.post("/api/v1/documents", params={"name": "a.pdf", "schema": "invoice"}, content=b"bytes")
    sha256 = hashlib.sha256(b"bytes").hexdigest()
    assert (answer.status_code, answer.json()["document"], answer.json()["new"]) == (202, sha256, True)
    assert store.content(sha256) == b"bytes"
    state = client.get(answer.json()["state_url"]).json()
    assert (state["state"], state["name"]) == ("received", "a.pdf")


def test_same_upload_again_is_the_same_document(client, store):
    """A sender who repeats an upload gets the same document and makes no second one."""
    for new in (True, False):
        answer = client.post("/api/v1/documents", params={"name": "a.pdf"}, content=b"bytes")
        assert answer.json()["new"] is new
    assert store.counts() == {State.RECEIVED: 1}


@pytest.mark.parametrize(
    ("params", "content", "code"),
    [
        ({"name": "a"}, b"", 422),
        ({"name": "a"}, b"x" * 1_000_001, 413),
        ({}, b"x", 422),
        ({"name": "a", "schema": "invoyce"}, b"x", 422),
        ({"name": "a" * 300}, b"x", 422),
    ],
)
def test_wrong_uploads_are_refused(client, store, params, content, code):
    """An upload without a name or body, too large, or of an unknown kind is refused and leaves nothing behind."""
    assert client.post("/api/v1/documents", params=params, content=content).status_code == code
    assert store.counts() == {}


def test_record_comes_with_its_proof(client, document):
    """The record of a document has evidence and reasons with each value."""
    body = client.get(f"/api/v1/documents/{document.sha256}/record").json()
    total = body["extraction"]["fields"]["gross_total"]
    assert (total["value"], total["evidence"][0]["page"]) == ("1250.00", 2)


def test_queue_lists_what_waits(client, document):
    """The queue names documents and fields."""
    (one,) = client.get("/api/v1/queue").json()
    assert [field["field"] for field in one["fields"]] == ["issue_date", "line_items[1].quantity", "gross_total"]


def test_unknown_document_is_not_found(client):
    """A wrong id is answered with 404 and a sentence."""
    answer = client.get("/api/v1/documents/ffff0000")
    assert answer.status_code == 404
    assert "No document" in answer.json()["message"]


def test_health_counts_documents(client, document):
    """Health says that the database answers and how many documents are where."""
    assert client.get("/api/v1/health").json() == {"status": "ok", "documents": {"in_review": 1}}
