"""Bank data is seen only by people with the switch, wherever it stands."""

import csv
import io
import json
import time

import pytest

from review.access.bank_data import HIDDEN, bank_paths
from schemas.loader import builtin_schemas

IBAN, PRINTED = "DE89370400440532013000", "DE89 3704 0044 0532 0130 00"
ADDRESSES = ("", "/record", "/values", "/evidence", "/history", "/corrections")


def digits(text):
    return "".join(sign for sign in text if sign.isalnum())


@pytest.fixture
def corrected(store, document, desk):
    """The account was set by hand, a check quotes it, and so does the reason that somebody gave."""
    desk.set_value(document, "iban", "GB29NWBK60161331926819", f"not {PRINTED}")
    return document


def test_fields_with_an_account_are_bank_data():
    """Fields that are checked as IBAN or BIC hold bank data."""
    assert bank_paths(builtin_schemas()["invoice"]) == {"iban"}


@pytest.mark.parametrize("role", ["viewer", "admin", "bank_data:contract"])
def test_nothing_shows_an_account_to_people_without_the_switch(corrected, signed_in, role):
    """Record, values, quotes, reasons, history and corrections hold no account, not even the admin's; of the field
    itself they keep that there is one, and where."""
    client = signed_in("reviewer", role)
    for address in ADDRESSES:
        text = client.get(f"/api/v1/documents/{corrected.sha256}{address}").text
        assert IBAN not in digits(text), address
        assert "GB29NWBK60161331926819" not in digits(text), address
    record = client.get(f"/api/v1/documents/{corrected.sha256}/record").json()["extraction"]["fields"]
    assert record["iban"]["value"] == HIDDEN
    assert record["seller_name"]["value"] == f"Acme Ltd, {HIDDEN}"
    assert IBAN not in digits(client.get("/api/v1/queue").text)


@pytest.mark.parametrize("role", ["bank_data", "bank_data:invoice"])
def test_people_with_the_switch_see_everything(corrected, signed_in, role):
    """With the role bank_data, in all queues or in this one, the account is there."""
    client = signed_in("viewer", role)
    record = client.get(f"/api/v1/documents/{corrected.sha256}/record").json()["extraction"]["fields"]
    assert record["iban"]["value"] == "GB29NWBK60161331926819"
    assert IBAN in digits(json.dumps(record["iban"]["alternatives"]))


def test_original_that_holds_bank_data_needs_the_switch(document, signed_in):
    """The bytes as they came cannot be masked, so they are refused, with the role that is needed."""
    path = f"/api/v1/documents/{document.sha256}/original"
    refused = signed_in("admin").get(path)
    assert (refused.status_code, "bank_data" in refused.json()["message"]) == (403, True)
    answer = signed_in("viewer", "bank_data").get(path)
    assert answer.content == b"an invoice"
    assert answer.headers["content-disposition"].startswith("attachment;")


@pytest.mark.parametrize("name", ["iban", "seller_name"])
@pytest.mark.parametrize(("scopes", "seen"), [(("operate",), False), (("operate", "see_bank_data"), True)])
def test_exports_hide_bank_data_too(document, with_token, name, scopes, seen):
    """Tables that are asked for over the web hold an account only for those who may see it."""
    client = with_token(*scopes)
    job = client.post("/api/v1/exports", json={"review": True}).json()
    end = time.monotonic() + 30
    while job["state"] == "running" and time.monotonic() < end:
        time.sleep(0.05)
        job = client.get(job["url"]).json()
    assert (job["state"], job["records"]) == ("done", 1), job
    texts = {each["name"]: client.get(each["url"]).text for each in job["files"]}
    assert any(IBAN in digits(text) for text in texts.values()) is seen
    (row,) = csv.DictReader(io.StringIO(texts["invoice/documents.csv"]))
    assert (HIDDEN in row[name]) is not seen


def test_hidden_field_cannot_be_set_unseen(document, with_token):
    """Whoever may not see an account may not replace it, and the mask is no value."""
    body = {"key": "key-00001", "act": "set", "path": "iban", "value": "GB29NWBK60161331926819"}
    client = with_token("see", "review")
    assert client.post(f"/api/v1/documents/{document.sha256}/corrections", json=body).status_code == 403
    body = {"key": "key-00002", "act": "set", "path": "seller_name", "value": f"Acme Ltd, {HIDDEN}"}
    assert client.post(f"/api/v1/documents/{document.sha256}/corrections", json=body).status_code == 403
