"""The queue's pages through HTTP, as a browser without scripts uses them."""

import re

import pytest
from desk_documents import new_document, reading, result

from schemas.fields import Kind
from store.states import State


@pytest.fixture
def documents(store):
    return [new_document(store, content) for content in (b"one", b"two")]


def token_of(client) -> str:
    return client.headers["x-docassay-token"]


def test_the_queue_shows_what_waits_and_why(signed_in, documents):
    """Each document is a row with its reason in words, supplier, amount and age; filters stand in the address."""
    client = signed_in("reviewer")
    page = client.get("/queue").text
    for document in documents:
        assert f'href="/desk/{document.sha256}"' in page
    assert "Paper Ltd" in page
    assert "1,250.00" in page
    assert "under an hour" in page
    assert "Issue date" in page
    assert "Nothing waits under these filters" in client.get("/queue?supplier=somebody").text
    assert f"/desk/{documents[0].sha256}?supplier=paper" in client.get("/queue?supplier=paper").text


def test_a_text_where_a_date_should_stand_hides_no_queue(signed_in, store):
    """A record that an older version of its schema made, with a text as due date, stands in the queue without one."""
    record = reading("0" * 64, due_date=result("due_date", Kind.TEXT, "in thirty days", 0.5))
    document = new_document(store, b"older", record=record)
    page = signed_in("reviewer").get("/queue")
    assert page.status_code == 200
    assert document.sha256 in page.text


def test_a_rejection_is_seen_before_it_is_done(signed_in, store, documents):
    """Without a script: the chosen documents are shown with what would happen; nothing happens before a second step."""
    client = signed_in("reviewer")
    form = {"token": token_of(client), "documents": documents[0].sha256, "act": "reject", "why": "Not ours"}
    preview = client.post("/queue/bulk", data={**form, "preview": "yes"})
    assert "Reject: 1 of 1" in preview.text
    assert store.document(documents[0].sha256).state is State.IN_REVIEW
    key = re.search(r'name="key" value="([^"]+)"', preview.text)[1]
    done = client.post("/queue/bulk", data={**form, "key": key})
    assert done.status_code == 303
    assert store.document(documents[0].sha256).state is State.QUARANTINED
    assert store.document(documents[1].sha256).state is State.IN_REVIEW


def test_the_first_document_is_claimed_and_opened(signed_in, documents):
    """One button leads to a document that nobody else gets meanwhile."""
    anna, ben = signed_in("reviewer"), signed_in("reviewer", name="ben")
    places = [
        client.post("/queue/next", data={"token": token_of(client)}).headers["location"] for client in (anna, ben)
    ]
    assert set(places) == {f"/desk/{document.sha256}" for document in documents}
    said = anna.post("/queue/next", data={"token": token_of(anna)}).headers["location"]
    assert said.startswith("/queue?said=Others+have+all")


def test_a_form_of_another_site_does_nothing(signed_in, store, documents):
    """A form without the token of the page is refused."""
    client = signed_in("reviewer")
    del client.headers["x-docassay-token"]
    form = {"documents": documents[0].sha256, "act": "reject", "why": "x", "key": "k" * 12}
    assert client.post("/queue/bulk", data=form).status_code == 403
    assert store.document(documents[0].sha256).state is State.IN_REVIEW


def test_an_unknown_act_or_no_choice_says_so(signed_in, documents):
    """Nothing chosen, or an act that does not exist, leads back with a sentence."""
    client = signed_in("reviewer")
    for form in ({"act": "reject"}, {"act": "burn", "documents": documents[0].sha256}):
        told = client.post("/queue/bulk", data={**form, "token": token_of(client)})
        assert "Choose+documents+first" in told.headers["location"]
