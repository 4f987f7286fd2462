"""A correction applied to documents that wait, through the interfaces of the desk and of programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from desk_documents import new_document, result
from fastapi.testclient import TestClient

from review.app import create_app
from review.context import Context
from review.desk.acts import new_key
from review.desk.alike import Fitting
from schemas.fields import Kind
from store.entities import Document
from store.store import Store


@pytest.fixture
def documents(store: Store) -> list[Document]:
    return [new_document(store, content) for content in (b"corrected", b"waits", b"waits too")]


@pytest.fixture
def context(context: Context, documents: list[Document]) -> Context:
    """A service whose memory knows another total for all documents that wait."""

    def door(document: str, field: str) -> list[Fitting]:
        reading = result(field, Kind.MONEY, "77.00", 0.9, source="memory")
        return [Fitting(each.sha256, reading) for each in documents if each.sha256 != document]

    return replace(context, alike=door)


@pytest.fixture
def app(context: Context) -> Any:
    return create_app(context)


def asked(client: TestClient, document: Document, base: str = "/desk/api", **more: Any) -> Any:
    body = {"key": new_key(), "path": "gross_total", **more}
    return client.post(f"{base}/documents/{document.sha256}/alike", json=body)


def total(store: Store, document: Document) -> Any:
    record = store.extraction(document.sha256)
    assert record is not None
    return str(record.fields["gross_total"].value), record.fields["gross_total"].decision


def test_a_preview_says_what_would_change(
    signed_in: Callable[..., TestClient], documents: list[Document], store: Store
) -> None:
    """Each waiting document is shown with the old and the new value, and nothing is written."""
    shown = asked(signed_in("reviewer"), documents[0]).json()
    assert [(each["old"], each["new"], each["ok"]) for each in shown["documents"]] == [("1250.00", "77.00", True)] * 2
    assert total(store, documents[1]) == ("1250.00", "review")


def test_only_chosen_documents_change_and_wait_on(
    signed_in: Callable[..., TestClient], documents: list[Document], store: Store
) -> None:
    """What was left out stays, what is changed waits on, a replay changes nothing more, and undo brings it back."""
    client, key = signed_in("reviewer"), new_key()
    for _ in range(2):
        done = asked(client, documents[0], key=key, documents=[documents[1].sha256], preview=False).json()
        assert done["done"] == 1
    assert total(store, documents[1]) == ("77.00", "review")
    assert total(store, documents[2]) == ("1250.00", "review")
    assert len([act for act in store.corrections(documents[1].sha256) if act.act == "recalled"]) == 1
    body = {"key": new_key(), "act": "undo"}
    assert client.post(f"/desk/api/documents/{documents[1].sha256}/acts", json=body).status_code == 200
    assert total(store, documents[1]) == ("1250.00", "review")


def test_what_a_person_decided_is_not_overwritten(
    signed_in: Callable[..., TestClient], documents: list[Document], store: Store
) -> None:
    """A field that somebody decided after the preview stays, and the answer says so."""
    client = signed_in("reviewer")
    body = {"key": new_key(), "act": "accept", "path": "gross_total"}
    assert client.post(f"/desk/api/documents/{documents[1].sha256}/acts", json=body).status_code == 200
    chosen = [each.sha256 for each in documents[1:]]
    told = asked(client, documents[0], documents=chosen, preview=False).json()
    assert [(each["ok"], "decided in the meantime" in each["message"]) for each in told["documents"]] == [
        (False, True),
        (True, False),
    ]
    assert total(store, documents[1]) == ("1250.00", "accepted")


def test_programs_need_the_scope_to_review(with_token: Callable[..., TestClient], documents: list[Document]) -> None:
    """The REST interface does the same for a token that may review, and refuses others."""
    assert asked(with_token("see", name="looker"), documents[0], "/api/v1").status_code == 403
    told = asked(with_token("see", "review", name="worker"), documents[0], "/api/v1").json()
    assert (len(told["documents"]), told["preview"]) == (2, True)
