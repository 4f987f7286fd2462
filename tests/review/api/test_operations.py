from store.switches import Switches


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
