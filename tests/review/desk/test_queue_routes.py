"""The queue through its HTTP interface."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from desk_documents import SCHEMAS, new_document, reading, result

from review.context import Context, Web
from review.desk.acts import Act, Desk, new_key
from review.desk.four_eyes import Rules
from review.queue import Ranking
from schemas.fields import Kind
from schemas.results import Problem
from store.states import State

ROLES = (("reviewer", "bank_data"), ("reviewer",))


@pytest.fixture
def three(store):
    """A small invoice, a dear one, and one of another supplier."""
    dear = reading("0" * 64, gross="98000.00")
    other = reading("0" * 64, seller_name=result("seller_name", Kind.PARTY, "Ink & Co", 0.9, decision="accepted"))
    return [
        new_document(store, b"small"),
        new_document(store, b"dear", record=dear),
        new_document(store, b"other", record=other),
    ]


def bulk(client, documents, act, **more: Any):
    body = {"key": new_key(), "act": act, "documents": [one.sha256 for one in documents], **more}
    return client.post("/desk/api/bulk", json=body).json()


def test_the_queue_shows_the_worthiest_first_with_its_reasons(signed_in, three):
    """What a wrong value would cost most, by the second, stands first; the factors stand beside it."""
    shown = signed_in("reviewer").get("/desk/api/queue").json()
    first, *rest = shown["documents"]
    assert (shown["total"], first["document"], first["amount"]) == (3, three[1].sha256, 98000.0)
    assert first["worth"] == pytest.approx(first["chance"] * first["cost"] / first["seconds"])
    assert all(first["worth"] >= other["worth"] for other in rest)
    assert first["age_seconds"] >= 0 and first["cause"].startswith("Paper Ltd")
    assert shown["groups"] == [
        {"cause": first["cause"], "count": 2, "worth": pytest.approx(shown["groups"][0]["worth"])}
    ]


def test_a_kind_that_was_not_chosen_is_asked_for(signed_in, three):
    """Reading as another kind without naming one says what to choose from, and no word of the program."""
    (told,) = bulk(signed_in("reviewer"), three[:1], "reclassify", preview=True)["documents"]
    assert told["message"].startswith("Choose the kind to read it as: ") and "None" not in told["message"]


def test_one_mistake_of_a_sender_is_one_cause_whatever_its_figures(signed_in, store):
    """Failed checks group documents by their words: no figure, no row and no code stands in a cause."""
    for content, message, rows in ((b"one", "Sum is 12.00, not 13.00.", "rows_sum"), (b"two", "3 against 4.", "sum")):
        problems = (
            Problem(check=rows, fields=("net_total", "line_items"), message=message),
            Problem(check="required", fields=("issue_date",), message="issue_date is required."),
        )
        for times in (b"a", b"b"):
            record = reading("0" * 64).model_copy(update={"problems": problems})
            new_document(store, content + times, record=record)
    causes = {group["cause"]: group["count"] for group in signed_in("reviewer").get("/desk/api/queue").json()["groups"]}
    missing = "A required value is missing (issue date)"
    assert causes == {
        f"Paper Ltd: The rows do not add up to the total (net total, line items); {missing}": 2,
        f"Paper Ltd: The amounts do not add up (net total, line items); {missing}": 2,
    }


def test_a_cause_that_quotes_an_account_is_no_group_for_all(signed_in, store):
    """A supplier's name with an account in it names a shared cause only to those who may see bank data."""
    name = "Acme Ltd, DE89 3704 0044 0532 0130 00"
    for content in (b"one", b"two"):
        seller = result("seller_name", Kind.PARTY, name, 0.9, decision="accepted")
        new_document(store, content, record=reading("0" * 64, seller_name=seller))
    shown = [signed_in(*roles, name=roles[-1]).get("/desk/api/queue").json() for roles in ROLES]
    assert [len(each["documents"]) for each in shown] == [2, 2]
    assert [len(each["groups"]) for each in shown] == [1, 0] and name in shown[0]["groups"][0]["cause"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("supplier=ink %26 co", [2]),
        ("amount_from=5000", [1]),
        ("amount_to=5000", [0, 2]),
        ("reason=required", [0, 1, 2]),
        ("reason=field:line_items", [0, 1, 2]),
        ("reason=budget_exhausted", []),
        ("schema=contract", []),
        ("state=accepted", []),
        ("days_from=1", []),
        ("days_to=1", [0, 1, 2]),
        ("assignee=nobody", [0, 1, 2]),
        ("assignee=me", []),
        ("postponed=yes", []),
    ],
)
def test_filters_stand_in_the_address(signed_in, three, query, expected):
    """Every filter is part of the address, so that a view of the queue can be shared."""
    found = signed_in("reviewer").get(f"/desk/api/queue?{query}").json()["documents"]
    assert {row["document"] for row in found} == {three[place].sha256 for place in expected}


@pytest.mark.parametrize("order", ["worth", "oldest", "due", "amount"])
def test_pages_neither_repeat_nor_skip(signed_in, store, three, order):
    """Pages go on where the last one ended, though documents come and go meanwhile."""
    client, seen, cursor = signed_in("reviewer"), [], ""
    for number in range(10):
        page = client.get(f"/desk/api/queue?order={order}&limit=1&cursor={cursor}").json()
        seen += [row["document"] for row in page["documents"]]
        cursor = page["next"]
        if number == 0:
            new_document(store, b"late", record=reading("0" * 64, gross="0.50"))
        if not cursor:
            break
    assert len(seen) == len(set(seen)) and {one.sha256 for one in three} <= set(seen)
    assert client.get("/desk/api/queue?cursor=nonsense").status_code == 422


def test_people_see_their_own_queues_only(signed_in, three):
    """A reviewer of contracts sees no invoice, claims none and cannot touch one in bulk."""
    client = signed_in("reviewer:contract")
    assert client.get("/desk/api/queue").json()["total"] == 0
    assert client.post("/desk/api/claim-next").json() == {"document": None, "claim": None}
    assert bulk(client, three, "reject", why="no")["done"] == 0


def test_the_next_document_is_claimed_while_one_is_open(signed_in, store, three):
    """Each request gives the worthiest document that nobody has or put off; the open one names the next."""
    anna, ben = signed_in("reviewer"), signed_in("reviewer", name="ben")
    bulk(anna, [three[2]], "assign", to="ben")
    first = anna.post("/desk/api/claim-next").json()["document"]
    second = anna.post("/desk/api/claim-next").json()["document"]
    assert [first, second] == [three[1].sha256, three[0].sha256]
    assert anna.post("/desk/api/claim-next").json()["document"] is None
    assert anna.get(f"/desk/api/documents/{first}").json()["next"] == second
    assert ben.post("/desk/api/claim-next").json()["document"] == three[2].sha256


def test_bulk_acts_show_first_what_they_would_do(signed_in, store, three):
    """A preview names each document and what would happen or why not, and does nothing; then each stands for itself."""
    client = signed_in("reviewer")
    store.retry(three[0].sha256, who="test")
    preview = bulk(client, three, "reject", why="doubles", preview=True)
    assert [row["ok"] for row in preview["documents"]] == [False, True, True]
    assert store.document(three[1].sha256).state is State.IN_REVIEW
    done = bulk(client, three, "reject", why="doubles")
    assert (done["done"], store.document(three[1].sha256).state) == (2, State.QUARANTINED)
    assert bulk(client, three[1:], "retry")["done"] == 2


def test_postponed_documents_keep_their_note(signed_in, three):
    """A document that somebody could not decide leaves the claims, and shows who put it off and why."""
    client = signed_in("reviewer")
    bulk(client, [three[1]], "postpone", why="which contract?")
    (row,) = client.get("/desk/api/queue?postponed=yes").json()["documents"]
    assert (row["document"], row["note"], row["postponed"]["by"]) == (three[1].sha256, "which contract?", "anna")
    assert client.post("/desk/api/claim-next").json()["document"] != three[1].sha256


def test_one_field_of_many_documents_only_where_the_schema_allows_it(signed_in, store, three, context, app):
    """Field mode gives one field of every document that waits for it, with its place, if its schema says so."""
    client = signed_in("reviewer")
    assert client.get("/desk/api/fields/invoice/gross_total").status_code == 409
    invoice = SCHEMAS["invoice"]
    fields = tuple(
        field.model_copy(update={"acceptance": field.acceptance.model_copy(update={"together": True})})
        if field.name == "gross_total"
        else field
        for field in invoice.fields
    )
    schemas = {**SCHEMAS, "invoice": invoice.model_copy(update={"fields": fields})}
    app.state.context = Context(store=store, schemas=schemas, web=Web(megabytes=1))
    shown = client.get("/desk/api/fields/invoice/gross_total").json()
    assert shown["total"] == 3
    assert {row["field"]["value"] for row in shown["documents"]} == {"1250.00", "98000.00"}
    assert all(row["field"]["evidence"] for row in shown["documents"])


def test_the_queue_shows_no_amount_that_is_to_be_entered_blindly(store, signed_in, app):
    """While somebody is still to enter the total without seeing it, the list shows none."""
    rules = Rules(amount_above=Decimal(1000), second_entry=("gross_total",))
    one = new_document(store, b"blind")
    anna = Desk(store, SCHEMAS, "anna", rules)
    for path, value in (("issue_date", "2026-03-14"), ("gross_total", "1250.00"), ("line_items[1].quantity", "3")):
        anna.do(store.document(one.sha256), Act(key=new_key(), act="set", path=path, value=value))
    client = signed_in("reviewer", name="ben")
    (row,) = client.get("/desk/api/queue").json()["documents"]
    assert (row["amount"], "approval" in row["reasons"]) == (1250.0, True)
    app.state.context = replace(app.state.context, four_eyes=rules)
    (row,) = client.get("/desk/api/queue").json()["documents"]
    assert row["amount"] is None


def test_work_is_given_before_places_are_reckoned(context, signed_in, three, monkeypatch):
    """Where many documents still wait for their places, the page says so, and who asks for the next one gets one."""
    monkeypatch.setattr(Ranking, "kept_up", lambda _: False)
    client = signed_in("reviewer")
    shown = client.get("/desk/api/queue").json()
    assert (shown["complete"], shown["total"]) == (False, 0)
    page = client.get("/queue").text
    assert "Many documents came at once." in page
    assert "Nothing waits" not in page
    assert client.post("/desk/api/claim-next").json()["document"] in {one.sha256 for one in three}
