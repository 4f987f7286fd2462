"""The model with all its guards, put together from the settings: the only place that knows both sides."""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from documents.jail import ParserPool
from documents.page_pictures import PARSER
from extractors.llm.bounds import settled_cost, worst_cost
from extractors.llm.client import KEY_VARIABLES, WIRES, ModelClient, ModelSettings
from extractors.llm.extract import DocumentReader, Means, ReadingLimits
from extractors.llm.guards.budget import Limits
from extractors.llm.guards.chain import Parts, chain
from extractors.llm.guards.journal import key_of
from extractors.llm.guards.network import Network
from extractors.llm.guards.rates import RateLimits
from extractors.llm.guards.switch import SwitchWatch
from extractors.llm.masks import mask_logs
from extractors.llm.prices import FREE, Price, nano_dollars, price_of
from extractors.llm.prompts.book import PromptBook
from extractors.llm.question import Picture
from extractors.llm.tracing import Collector, close_tracing, open_tracing
from extractors.pipeline import Occasion
from extractors.routing import RoutePolicy
from flows.settings import Settings
from schemas.calls import Answer, Call
from schemas.document import ParsedDocument
from schemas.errors import CallRefused, Refusal, UnknownDocument
from schemas.money import Settled
from schemas.schema import Schema
from store.breakers import BreakerRule, Breakers
from store.instants import utc_now
from store.ledger import StoredLedger
from store.prompts import StoredPrompts
from store.rates import Rates
from store.responses import Responses
from store.switches import Switches
from store.traces import Traces

if TYPE_CHECKING:
    from store.store import Store

MARK_FILE = "secret"  # file in the data folder: what the marks around documents are made with
MARK_BYTES = 32
PROBE_MARGIN = timedelta(seconds=30)


@dataclass(frozen=True)
class Model:
    """The model as a source; fits extractors.pipeline.ModelSource. One for each process, safe for its threads."""

    settings: Settings
    means: Means
    drawing: ParserPool  # its children draw pages

    def policy(self, schema: Schema) -> RoutePolicy:
        """Return the routing rule for `schema`: what the settings say for it, else for all."""
        model = self.settings.model
        own = model.schemas.get(schema.name)
        name = (own.name if own else None) or model.name
        route = (own.route if own else None) or model.route
        if name is None:
            return RoutePolicy("rules-only", "")
        return RoutePolicy(
            route=route,
            model=name,
            strong=(own.strong if own else None) or model.strong,
            strong_below=model.strong_below if own is None or own.strong_below is None else own.strong_below,
            second=model.second_reading,
            second_from=model.second_from,
            second_below=model.second_below,
        )

    def session(self, document: ParsedDocument, schema: Schema, occasion: Occasion) -> DocumentReader:
        """Begin to read a document."""
        pictures = self._pictures(document, occasion)
        return DocumentReader(self.means, document, schema, occasion.name, occasion.run, pictures)

    def _pictures(self, document: ParsedDocument, occasion: Occasion) -> list[Picture]:
        """Pages of scans and photographs, if the settings want them to be shown; without them text has to do."""
        scanned = {page.number for page in document.pages if page.origin == "ocr"}
        if not self.settings.model.pictures or not scanned or occasion.content is None:
            return []
        try:
            drawn = self.drawing.parse(occasion.content(), occasion.name, occasion.password).attachments
        except (Refusal, UnknownDocument):
            return []
        return [Picture(int(p.name), p.media_type, p.content) for p in drawn if int(p.name) in scanned]


@contextmanager
def open_model(
    settings: Settings,
    store: Store,
    *,
    now: Callable[[], datetime] = utc_now,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Model]:
    """Give the model of the settings; what earlier processes left unsettled is settled first.

    Raises:
        SettingsError: a setting is impossible.
        Unavailable: the database cannot be reached.
    """
    database = store.database
    ledger, responses = StoredLedger(database, now), Responses(database, now)
    traces = Traces(database, now)
    prices = Prices(settings, now)
    mask_logs([key for name in names_of(settings) if (key := settings_of(settings, name).api_key)])
    housekeeping(settings, store, now)
    watch = SwitchWatch(Switches(database, now), settings.data_folder)
    network = Network(now, seconds=settings.model.timeout_seconds, stopped=watch.stopped)
    endpoint = settings.traces.endpoint
    tracing = open_tracing(traces.keep, Collector(endpoint) if endpoint else None)
    guards = chain(
        Parts(
            network=network,
            kept=responses,
            ledger=ledger,
            breakers=Breakers(database, now, breaker_rule(settings)),
            rate_log=Rates(database, now),
            switch=watch,
            tracer=tracing.get_tracer("docassay"),
            price=prices.of,
            cost=prices.cost,
            now=now,
            sleep=sleep,
            limits=limits_of(settings),
            rates=RateLimits(settings.model.calls_per_minute, settings.model.tokens_per_minute),
            mode=settings.model.responses,
            tries=settings.model.tries,
            steps=settings.model.steps,
            call_seconds=settings.model.timeout_seconds,
            content=settings.traces.content,
        )
    )

    def spent(document: str, run: str) -> int:
        balance = ledger.balance(f"document:{document}:{run}")
        return balance.spent if balance else 0

    clients = Clients(lambda name: ModelClient(settings_of(settings, name), guards, _disowning(responses)))
    means = Means(
        client=clients.of,
        prompts=PromptBook(StoredPrompts(database, now)),
        secret=secret_of(settings.data_folder),
        spent=spent,
        now=now,
        limits=ReadingLimits(settings.model.whole_pages, settings.model.document_seconds),
    )
    try:
        with ParserPool(settings.limits, parser=PARSER) as drawing:
            yield Model(settings, means, drawing)
    finally:
        close_tracing(tracing)
        network.close()


class Prices:
    """Prices by model: the settings' own, else the bundled list's."""

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        self._own = own_prices(settings)
        self._own_server = settings.model.base_url is not None
        self._now = now

    def named(self, name: str) -> Price:
        """Return the price of "PROVIDER/MODEL"; raises CallRefused when nobody knows it."""
        provider, _, model = name.partition("/")
        return price_of(provider, model, self._own, self._now(), own_server=self._own_server)

    def of(self, call: Call) -> Price:
        """Return the price of a call's model; raises CallRefused when nobody knows it."""
        return self.named(f"{call.provider}/{call.model}")

    def cost(self, call: Call, answer: Answer | None) -> int | None:
        """Return what a call cost, its worst case if no answer came; None without a price."""
        try:
            price = self.of(call)
        except CallRefused:
            return None
        worst = worst_cost(call, price)
        if answer is None:
            return worst
        return 0 if answer.served == "store" else settled_cost(call.wire, answer, price, worst)


class Clients:
    """One client for each model, made when it is first asked."""

    def __init__(self, make: Callable[[str], ModelClient]) -> None:
        self._make = make
        self._made: dict[str, ModelClient] = {}
        self._lock = threading.Lock()

    def of(self, name: str) -> ModelClient:
        """Return the client of "PROVIDER/MODEL"; raises SettingsError if it is no name."""
        with self._lock:
            if name not in self._made:
                self._made[name] = self._make(name)
            return self._made[name]


def housekeeping(settings: Settings, store: Store, now: Callable[[], datetime] = utc_now) -> None:
    """Settle what dead processes held (by the kept answer, else whole) and delete what is older than it may be."""
    ledger, responses = StoredLedger(store.database, now), Responses(store.database, now)
    for stranded in ledger.stranded():
        ledger.settle(stranded.call, *_lost_cost(settings, responses, now, stranded.call, stranded.amount))
    responses.purge(settings.traces.days)
    Traces(store.database, now).purge(settings.traces.days)


def _lost_cost(
    settings: Settings, responses: Responses, now: Callable[[], datetime], call: str, amount: int
) -> tuple[int, Settled]:
    """What the call of a dead process cost: by its answer, if that was kept before the process died."""
    kept = responses.of_call(call)
    if kept is None:
        return amount, "whole"
    try:
        price = Prices(settings, now).named(f"{kept.provider}/{kept.model}")
    except CallRefused:  # its price was taken out of the settings since
        return amount, "whole"
    return settled_cost(WIRES.get(kept.provider, "openai"), kept.answer, price, amount), "journal"


def breaker_rule(settings: Settings) -> BreakerRule:
    """Return when breakers open; a probe's lease outlasts the longest call."""
    return BreakerRule(probe_lease=timedelta(seconds=settings.model.timeout_seconds) + PROBE_MARGIN)


def names_of(settings: Settings) -> tuple[str, ...]:
    """Return every "PROVIDER/MODEL" that the settings name."""
    model = settings.model
    own = (name for choice in model.schemas.values() for name in (choice.name, choice.strong))
    return tuple(dict.fromkeys(name for name in (model.name, model.strong, model.second_reading, *own) if name))


def key_for(name: str) -> str | None:
    """Return the key in the usual variable of a model's provider."""
    return os.environ.get(KEY_VARIABLES.get(name.partition("/")[0], ""), "") or None


def settings_of(settings: Settings, name: str) -> ModelSettings:
    """Return how to reach the model "PROVIDER/MODEL"; raises SettingsError for what is no such name."""
    model = settings.model
    return ModelSettings(
        name=name,
        base_url=model.base_url,
        api_key=_own_key(settings, name) or key_for(name),
        mode=model.mode,
        logprobs=model.logprobs,
    )


def _own_key(settings: Settings, name: str) -> str | None:
    """The key of the settings, for a model that it is meant for: it is not shown to another provider."""
    model = settings.model
    of = (model.name or name).partition("/")[0]
    is_meant = model.base_url is not None or name.partition("/")[0] == of
    return model.api_key.get_secret_value() if model.api_key and is_meant else None


def own_prices(settings: Settings) -> dict[str, Price]:
    """Return the prices that the settings state."""
    prices = {}
    for name, price in settings.prices.items():
        if price.free:
            prices[name] = FREE
            continue
        given, answered = nano_dollars(price.input or 0), nano_dollars(price.output or 0)
        cached = given if price.cached is None else nano_dollars(price.cached)
        prices[name] = Price(given, answered, cached, given)
    return prices


def limits_of(settings: Settings) -> Limits:
    """Return the budget in nano-dollars."""
    budget = settings.budget

    def cap(dollars: float | None) -> int | None:
        return None if dollars is None else nano_dollars(dollars)

    return Limits(
        day=cap(budget.day_dollars),
        month=cap(budget.month_dollars),
        run=cap(budget.run_dollars),
        document=cap(budget.document_dollars),
        zone=budget.timezone,
        usual_document=nano_dollars(budget.typical_dollars),
        alarm_factor=budget.alarm_factor,
        stop_factor=budget.stop_factor,
    )


def secret_of(folder: Path) -> bytes:
    """Return this installation's secret, made at the first use; only this user can read its file."""
    path = folder / MARK_FILE
    try:
        return path.read_bytes()
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f".{MARK_FILE}.{os.getpid()}.{threading.get_ident()}"
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(MARK_BYTES))
    with suppress(FileExistsError):
        os.link(fresh, path)  # the first one stays, whoever else makes one at this moment
    fresh.unlink()
    return path.read_bytes()


def _disowning(responses: Responses) -> Callable[[Call], None]:
    return lambda call: responses.disown(key_of(call))
