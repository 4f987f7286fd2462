import re

import pytest

from store.people import Grant


def test_admin_adds_somebody_who_then_gets_in(signed_in, nobody, context):
    """An admin adds a person on the page; the link shown there lets exactly them in."""
    answer = signed_in("admin").post("/people", data={"name": "Bob", "roles": ["reviewer:invoice", "bank_data:*"]})
    link = re.search(r"http://127.0.0.1(/welcome/[\w-]+)", answer.text)[1]
    assert nobody.post(link, data={"password": "a horse eats eleven lemons"}).status_code == 303
    assert nobody.get("/session").json()["permissions"] == {"*": ["see_bank_data"], "invoice": ["review", "see"]}


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": "anna"}, "already"),
        ({"name": "no blanks"}, "small letters"),
        ({"name": "bob", "roles": ["chef:*"]}, "no role"),
        ({"name": "bob", "roles": ["viewer:kitchen"]}, "no queue"),
    ],
)
def test_what_cannot_be_added_is_told_in_words(signed_in, context, form, said):
    """A name or role that does not fit adds nobody."""
    answer = signed_in("admin").post("/people", data=form)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert [account.name for account in context.people.accounts()] == ["anna"]


def test_roles_are_changed_and_people_locked_out(signed_in, context):
    """An admin gives and takes roles and locks people out; the history says who did it."""
    client = signed_in("admin")
    context.people.add("bob", [Grant("viewer")], "test")
    client.post("/people/bob/roles", data={"roles": ["approver:contract"]})
    client.post("/people/bob/disable")
    account = context.people.account("bob")
    assert (account.grants, account.disabled) == ((Grant("approver", "contract"),), True)
    assert {(event.who, event.act) for event in context.people.events()} >= {("anna", "disable"), ("anna", "roles")}
    client.post("/people/bob/enable")
    assert not context.people.account("bob").disabled


def test_admin_does_not_lock_the_door_from_inside(signed_in, context):
    """Nobody takes their own role of admin away or locks themselves out."""
    client = signed_in("admin")
    assert client.post("/people/anna/roles", data={"roles": ["viewer:*"]}).status_code == 422
    assert client.post("/people/anna/disable").status_code == 422
    assert client.get("/people").status_code == 200


def test_token_is_shown_once_and_works(signed_in, nobody):
    """A token made on the page opens what its scopes say, and is never shown again."""
    client = signed_in("admin")
    form = {"name": "ledger", "scopes": ["see"], "queue": "invoice", "days": "5"}
    token = re.search(r"docassay_[\w-]{43}", client.post("/tokens", data=form).text)[0]
    assert token not in client.get("/people").text
    nobody.headers["authorization"] = f"Bearer {token}"
    assert nobody.get("/api/v1/queue").status_code == 200
    client.post("/tokens/ledger/revoke")
    assert nobody.get("/api/v1/queue").status_code == 401
