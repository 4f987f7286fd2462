from datetime import timedelta

import pytest

from store.switches import Switches
from store.webhooks import Webhooks, emit


def test_calls_are_stopped_and_let_go_again(store, with_token):
    """An operator stops all calls to models over REST, which is written down, and lets them go again."""
    client = with_token("operate")
    stopped = client.post("/api/v1/stop", json={"why": "too dear"}).json()
    assert stopped["changed"] and "token:robot" in stopped["stopped"][0] and "too dear" in stopped["stopped"][0]
    assert Switches(store.database).stopped("openai") is not None
    assert client.post("/api/v1/stop", json={}).json()["changed"] is False
    assert client.post("/api/v1/resume", json={}).json() == {"changed": True, "stopped": []}
    assert Switches(store.database).stopped("openai") is None


def test_operator_of_one_queue_cannot_stop_all(store, with_token):
    """The switch holds for every queue, so the right to one is not enough."""
    assert with_token("operate", queue="invoice").post("/api/v1/stop", json={}).status_code == 403
    assert Switches(store.database).thrown() == []


def test_budget_is_told(with_token):
    """Programs read what models cost."""
    assert with_token("operate").get("/api/v1/budget").json() == {"periods": []}


@pytest.fixture
def outbox(store):
    outbox = Webhooks(store.database, store.now)
    outbox.register({"ledger": ()})
    with store.database.write() as connection:
        emit(connection, "calls.stopped", {"provider": ""}, store.now())
    outbox.failed(outbox.claim("ledger", timedelta(minutes=1)), 500, "It answered 500.", None)
    return outbox


def test_messages_that_were_given_up_are_told_and_sent_again(outbox, with_token):
    """An operator sees over REST which receiver lacks what and why, and lets it be sent again under the same id."""
    client = with_token("operate")
    (receiver,) = client.get("/api/v1/webhooks").json()
    assert {name: receiver[name] for name in ("name", "waiting", "dead", "error")} == {
        "name": "ledger",
        "waiting": 0,
        "dead": 1,
        "error": "It answered 500.",
    }
    (message,) = client.get("/api/v1/webhooks/messages").json()
    assert (message["receiver"], message["status"], message["attempts"]) == ("ledger", 500, 1)
    assert client.post("/api/v1/webhooks/ledger/resend").json() == {"messages": 1}
    assert outbox.claim("ledger", timedelta(minutes=1)).id == message["id"]
    assert client.get("/api/v1/webhooks/messages").json() == []
    assert client.post("/api/v1/webhooks/nobody/resend").status_code == 404
