"""Metrics: what a scrape gets, who may scrape, and that manual and Grafana speak of nothing else."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from review.app import create_app
from review.context import Context, ProxySignIn, Web
from review.dashboard.metrics import METRICS
from schemas.confidence import Certificate, Pool, PoolState
from schemas.loader import builtin_schemas
from store.confidence import ConfidenceStore
from store.store import Store
from store.switches import Switches

ROOT = Path(__file__).parents[3]
HERE = ("127.0.0.1", 50000)
AWAY = ("10.0.0.7", 50000)


def budget() -> dict[str, object]:
    period = {"name": None, "alarm": None, "left": None, "ends_at": "", "held": 0}
    day = {**period, "scope": "day:2026-11-25", "spent": 1_500_000_000, "cap": 5_000_000_000}
    return {"periods": [day, {**period, "scope": "month:2026-11", "spent": 2_000_000_000, "cap": None}], "runs": []}


def client(store: Store, peer: tuple[str, int], web: Web | None = None) -> TestClient:
    context = Context(store=store, schemas=builtin_schemas(), web=web or Web(megabytes=1), budget=budget)
    return TestClient(create_app(context), base_url="http://127.0.0.1", client=peer)


def scraped(text: str) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_scrape_tells_what_is_in_the_store(store: Store, document, desk):
    """All metrics are there, in the format of Prometheus, with the figures of the store at this moment."""
    Switches(store.database).stop("openai", "anna", "")
    found = scraped(client(store, HERE).get("/metrics").text)
    assert found["docassay_documents", "in_review"] == 1
    assert found["docassay_documents_received_total",] == 1
    assert found["docassay_decisions_total", "line", "review"] == 1
    assert found["docassay_calls_stopped", "openai"] == 1
    assert found["docassay_budget_spent_dollars", "day"] == 1.5
    assert found["docassay_budget_cap_dollars", "day"] == 5
    assert ("docassay_budget_cap_dollars", "month") not in found
    assert found["docassay_review_oldest_seconds",] > 0
    desk.accept(document, why="it is right")
    found = scraped(client(store, HERE).get("/metrics").text)
    assert found["docassay_decisions_total", "people", "accepted"] == 1
    assert found["docassay_review_oldest_seconds",] == 0


def test_a_scrape_tells_what_is_promised(store: Store) -> None:
    """Labels and what is missing by pool, certificates in force and voided, and what audits found."""
    confidence = ConfidenceStore(store.database, store.now)
    pools = [
        Pool(name=kind, kinds=(kind,), origins=("digital",), maximum_error=0.01) for kind in ("money", "date", "party")
    ]
    for pool in pools[:2]:
        confidence.issue(
            Certificate(
                id=pool.name, pool=pool, schemas=("invoice",), scorer="s", threshold=0.9, delta=0.1, look=1, labels=300,
                wrong=0, at=store.now(),
            )
        )  # fmt: skip
    confidence.end("date", "voided", "Too many were wrong.")
    confidence.keep_pools(
        [PoolState(pool=pool, scorer="s", labels=40, wrong=1, looks=0, missing=239) for pool in pools[2:]]
    )
    found = scraped(client(store, HERE).get("/metrics").text)
    assert found["docassay_certificate_threshold", "money/digital/0.01"] == 0.9
    assert ("docassay_certificate_threshold", "date/digital/0.01") not in found
    assert found["docassay_certificates_voided_total",] == 1
    assert found["docassay_labels", "party/digital/0.01"] == 40
    assert found["docassay_labels_missing", "party/digital/0.01"] == 239
    assert found["docassay_audits_waiting",] == 0
    assert found["docassay_audited_values_total", "wrong"] == 0


def test_two_processes_tell_the_same(store: Store, document):
    """Nothing is counted in memory: another process on the same store gives the same answer."""
    other = Store.open(store.database.url.render_as_string(hide_password=False), store.files.folder)
    del_age = re.compile(r"docassay_review_oldest_seconds \S+")
    first, second = (del_age.sub("", client(each, HERE).get("/metrics").text) for each in (store, other))
    assert first == second
    other.close()


def test_who_may_scrape(store: Store):
    """This machine may; others need a token that may see all queues."""
    secrets = {
        name: Context(store=store, schemas={}, web=Web(megabytes=1)).tokens.add(
            name, scopes, queues, timedelta(hours=1), "test"
        )
        for name, scopes, queues in (
            ("all", ["see"], ["*"]),
            ("one", ["see"], ["invoice"]),
            ("none", ["review"], ["*"]),
        )
    }
    assert client(store, HERE).get("/metrics").status_code == 200
    assert client(store, AWAY).get("/metrics").status_code == 401
    for name, status in (("all", 200), ("one", 401), ("none", 401)):
        headers = {"authorization": f"Bearer {secrets[name]}"}
        assert client(store, AWAY).get("/metrics", headers=headers).status_code == status, name


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "via", "x-real-ip"])
def test_a_proxy_on_this_machine_does_not_open_them(store: Store, header: str):
    """What comes through a proxy seems to come from here, and still needs a token."""
    assert client(store, HERE).get("/metrics", headers={header: "10.0.0.7"}).status_code == 401


def test_a_public_address_closes_the_door_of_this_machine(store: Store):
    """Where settings name an address or a proxy, a proxy may stand before us that tells nothing of itself."""
    from ipaddress import ip_network

    for web in (
        Web(megabytes=1, address="http://127.0.0.1"),
        Web(megabytes=1, proxy=ProxySignIn("X-Remote-User", (ip_network("10.0.0.0/8"),))),
    ):
        assert client(store, HERE, web).get("/metrics").status_code == 401


def test_the_manual_and_grafana_name_exactly_what_there_is():
    """Every metric has its row in the manual, and the dashboard for Grafana asks for none that is not there."""
    page = (ROOT / "docs" / "reference" / "metrics.md").read_text()
    assert set(re.findall(r"^\| `(docassay_\w+)` ", page, re.M)) == set(METRICS)
    for name, meaning in METRICS.items():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{name}` "))
        assert meaning.said in row and meaning.kind in row and all(f"`{label}`" in row for label in meaning.labels)
    board = json.loads((ROOT / "review" / "dashboard" / "grafana.json").read_text())
    asked = " ".join(target["expr"] for panel in board["panels"] for target in panel["targets"])
    named = set(re.findall(r"\bdocassay_\w+", asked))
    assert named and named <= set(METRICS)
    for name, braces in re.findall(r"\b(docassay_\w+)\{([^}]*)\}", asked):
        assert set(re.findall(r"(\w+)=", braces)) <= set(METRICS[name].labels), name
    alarms = (ROOT / "docs" / "how-to" / "watch-the-line.md").read_text()
    assert set(re.findall(r"\bdocassay_\w+", alarms)) <= set(METRICS)
