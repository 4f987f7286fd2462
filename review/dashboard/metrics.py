"""Metrics for Prometheus, read from the store at every scrape: however many processes there are, all tell the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from types import MappingProxyType
from typing import Literal

from fastapi import APIRouter
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from extractors.llm.prices import DOLLAR
from review.access.gate import open_to_all
from review.access.identity import identify
from review.context import Context, context_of
from review.refusals import Refused
from store.breakers import CLOSED, Breakers
from store.confidence import ConfidenceStore
from store.figures import Figures
from store.states import State
from store.switches import Switches
from store.webhooks import Webhooks

router = APIRouter(include_in_schema=False)

Samples = Iterable[tuple[tuple[str, ...], float]]  # values of the labels, and the value


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a metric is; names of counters end in _total."""

    kind: Literal["gauge", "counter"]
    said: str
    labels: tuple[str, ...] = ()


METRICS: Mapping[str, Meaning] = MappingProxyType(
    {
        "docassay_documents": Meaning("gauge", "Documents in each state.", ("state",)),
        "docassay_documents_received_total": Meaning("counter", "New contents that came in."),
        "docassay_decisions_total": Meaning(
            "counter", "Decisions: by the line (accepted, review) and by people (accepted).", ("by", "outcome")
        ),
        "docassay_documents_refused_total": Meaning("counter", "Documents put aside, by the line or by people."),
        "docassay_documents_exported_total": Meaning("counter", "Documents written to a target for the first time."),
        "docassay_review_oldest_seconds": Meaning(
            "gauge", "Age of the document that waits longest for a person; 0 if none does."
        ),
        "docassay_standing_still": Meaning(
            "gauge", "Documents that stand still, by state and reason code.", ("state", "reason")
        ),
        "docassay_spend_dollars_total": Meaning("counter", "What calls to models have cost."),
        "docassay_budget_spent_dollars": Meaning("gauge", "Spent in the present day and month.", ("period",)),
        "docassay_budget_held_dollars": Meaning("gauge", "Held for calls in flight.", ("period",)),
        "docassay_budget_cap_dollars": Meaning("gauge", "The cap, where there is one.", ("period",)),
        "docassay_calls_stopped": Meaning("gauge", "1 for each kill switch that is thrown.", ("provider",)),
        "docassay_breaker_open": Meaning("gauge", "1 while calls to a model pause.", ("provider", "model")),
        "docassay_labels": Meaning("gauge", "Judged answers that count for the promise of a pool.", ("pool",)),
        "docassay_labels_missing": Meaning(
            "gauge", "Further right labels before a certificate is possible; 0 where there is one.", ("pool",)
        ),
        "docassay_certificate_threshold": Meaning(
            "gauge", "The confidence from which values pass, for each pool with a certificate in force.", ("pool",)
        ),
        "docassay_certificates_voided_total": Meaning("counter", "Certificates that audits have voided."),
        "docassay_audits_waiting": Meaning("gauge", "Documents that wait for a person because of an audit."),
        "docassay_audited_values_total": Meaning(
            "counter", "Accepted values that a person judged blindly: right or wrong.", ("outcome",)
        ),
        "docassay_webhook_messages": Meaning(
            "gauge", "Events in the outbox: waiting, delivered (those still kept), dead.", ("receiver", "state")
        ),
    }
)


@router.get("/metrics", dependencies=[open_to_all("from this machine, or with a token: checked in the route")])
def metrics(request: Request) -> Response:
    """Give all metrics in the text format of Prometheus."""
    _check(request)
    registry = CollectorRegistry()
    registry.register(FromStore(context_of(request)))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class FromStore(Collector):
    """Reads the store when it is asked."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def describe(self) -> Iterable[Metric]:
        """Say nothing before the first scrape, which reads the store."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield every metric with its samples; raises Unavailable."""
        samples = _read(self._context)
        for name, meaning in METRICS.items():
            family = (
                CounterMetricFamily(name, meaning.said, labels=meaning.labels)
                if meaning.kind == "counter"
                else GaugeMetricFamily(name, meaning.said, labels=meaning.labels)
            )
            for labels, value in samples[name]:
                family.add_metric(labels, value)
            yield family


def _read(context: Context) -> Mapping[str, Samples]:
    store = context.store
    now, database = store.now(), store.database
    figures = Figures(database, store.now)
    flow, backlog = figures.flow(), figures.backlog()
    outbox = Webhooks(database, store.now).standings()
    messages = [
        ((each.endpoint, state), float(count))
        for each in outbox
        for state, count in (("waiting", each.waiting), ("delivered", each.delivered), ("dead", each.dead))
    ]
    return {
        "docassay_documents": [((state.value,), float(backlog.states.get(state, 0))) for state in State],
        "docassay_documents_received_total": [((), float(flow.received))],
        "docassay_decisions_total": [
            (("line", "accepted"), float(flow.straight)),
            (("line", "review"), float(flow.to_review)),
            (("people", "accepted"), float(flow.by_people)),
        ],
        "docassay_documents_refused_total": [((), float(flow.refused))],
        "docassay_documents_exported_total": [((), float(flow.exported))],
        "docassay_review_oldest_seconds": [((), _age(backlog.oldest, now))],
        "docassay_standing_still": [
            ((each.state.value, each.reason or "rejected"), float(each.count)) for each in figures.failures()
        ],
        "docassay_spend_dollars_total": [((), figures.spent() / DOLLAR)],
        **_budget(context),
        **_promises(ConfidenceStore(database, store.now), figures),
        "docassay_calls_stopped": [((each.provider or "all",), 1.0) for each in Switches(database, store.now).thrown()],
        "docassay_breaker_open": [
            ((each.provider, each.model), float(each.state != CLOSED))
            for each in Breakers(database, store.now).states()
        ],
        "docassay_webhook_messages": messages,
    }


def _budget(context: Context) -> dict[str, Samples]:
    periods = context.budget()["periods"] if context.budget else []
    found: dict[str, Samples] = {}
    for part in ("spent", "held", "cap"):
        found[f"docassay_budget_{part}_dollars"] = [
            ((each["scope"].partition(":")[0],), each[part] / DOLLAR) for each in periods if each[part] is not None
        ]
    return found


def _promises(confidence: ConfidenceStore, figures: Figures) -> dict[str, Samples]:
    pools, (audited, wrong) = confidence.pools(), figures.audits()
    return {
        "docassay_labels": [((each.pool.key,), float(each.labels)) for each in pools],
        "docassay_labels_missing": [((each.pool.key,), float(each.missing)) for each in pools],
        "docassay_certificate_threshold": [
            ((each.pool.key,), each.threshold) for each in confidence.gate().certificates
        ],
        "docassay_certificates_voided_total": [((), float(sum(each.end == "voided" for each in confidence.ended())))],
        "docassay_audits_waiting": [((), float(confidence.pending_audits()))],
        "docassay_audited_values_total": [(("right",), float(audited - wrong)), (("wrong",), float(wrong))],
    }


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())


def _check(request: Request) -> None:
    """Let in who asks from this machine, or holds a token (or session) that may see all queues.

    Behind a proxy everybody seems to ask from this machine: where the settings name an address or a proxy, only the
    token counts.
    """
    web = context_of(request).web
    if web.address is None and web.proxy is None and _is_here(request):
        return
    person = identify(request)
    if person is None or not person.everywhere("see"):
        raise Refused(
            401,
            "token_needed",
            "The metrics are for this machine, and for tokens that may see all queues.",
            "Make one with: docassay token add NAME --scope see; send it as Authorization: Bearer TOKEN.",
            {"WWW-Authenticate": "Bearer"},
        )


def _is_here(request: Request) -> bool:
    forwarded = any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip", "via"))
    try:
        return not forwarded and request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False
