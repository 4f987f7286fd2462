"""What a batch would cost, said before it starts: nothing is asked, nothing is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from documents.jail import ParserPool
from extractors.classify import classify
from extractors.llm.extract import THINKING
from extractors.llm.prices import Price
from flows.budget import periods_now
from flows.intake import files_under, read_file
from flows.model import Model, Prices, open_model
from flows.settings import Settings
from flows.wiring import known_schemas
from schemas.errors import Refusal, SettingsError, UnknownDocument
from schemas.fields import Kind
from schemas.schema import Schema
from store.instants import utc_now
from store.ledger import StoredLedger
from store.store import Store

MOST_READ = 100  # documents that are opened; of larger batches so many, evenly spread
CHARACTERS = 2_500  # of a usual page
PER_TOKEN = 4  # characters, as providers' guides say
INSTRUCTIONS = 1_200  # tokens of instructions and question, in each call
PER_FIELD = 60  # tokens of a usual answer
ROWS_PER_PAGE = 15
PER_ROW = 90
MOST_BYTES = 6_000  # of a dense page, for the worst case: one token for each


@dataclass(frozen=True, slots=True)
class Guess:
    """What documents would cost, in nano-dollars."""

    documents: int
    pages: int
    usual: int  # by what such documents have cost, else by usual lengths
    worst: int  # every call at its longest; no bound if calls are tried again
    known: bool  # whether `usual` rests on documents that were paid


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a batch would cost, beside what may still be spent."""

    files: int
    new: int
    opened: int  # of the new ones; the others are reckoned like these
    unread: int  # of those opened
    guess: Guess
    left: int | None  # of the tighter of day and month, nano-dollars; None: no cap


def forecast(settings: Settings, store: Store, paths: Sequence[Path], schema_name: str | None) -> Forecast:
    """Return what the documents at `paths` that are new would cost; they are opened, and nothing is kept of them.

    Raises:
        SettingsError: the settings name no model.
        CallRefused: its price is not known.
    """
    if not settings.asks_a_model:
        raise SettingsError("The settings name no model, so the batch costs nothing. To use one: set model.name.")
    files, new = 0, []
    for path in files_under(paths):
        files += 1
        try:
            content, _ = read_file(path, settings.limits, follow_links=True)
            store.document(hashlib.sha256(content).hexdigest())
        except Refusal:
            continue
        except UnknownDocument:
            new.append(path)
    opened = new[:: max(1, -(-len(new) // MOST_READ))]
    schemas = known_schemas(settings)
    asked: list[tuple[Schema, int]] = []
    with ParserPool(settings.limits) as parser, open_model(settings, store) as model:
        for path in opened:
            if (found := _kind_and_pages(settings, parser, schemas, path, schema_name)) is not None:
                asked.append(found)
        guess = _by_model(settings, model, store, asked)
    by = len(new) / len(opened) if opened else 1.0
    documents, pages = round(guess.documents * by), round(guess.pages * by)
    whole = Guess(documents, pages, round(guess.usual * by), round(guess.worst * by), guess.known)
    left = [period.left for period in periods_now(settings, StoredLedger(store.database), utc_now())]
    caps = [each for each in left if each is not None]
    return Forecast(files, len(new), len(opened), len(opened) - len(asked), whole, min(caps, default=None))


def _kind_and_pages(
    settings: Settings, parser: ParserPool, schemas: Mapping[str, Schema], path: Path, schema_name: str | None
) -> tuple[Schema, int] | None:
    try:
        content, _ = read_file(path, settings.limits, follow_links=True)
        document = parser.parse(content, path.name)
    except Refusal:
        return None
    name = schema_name or classify(document, schemas.values()).schema_name
    return (schemas[name], len(document.pages)) if name is not None and name in schemas else None


def _by_model(settings: Settings, model: Model, store: Store, asked: Sequence[tuple[Schema, int]]) -> Guess:
    """Sum over the models that the schemas are routed to."""
    prices, ledger, total = Prices(settings, utc_now), StoredLedger(store.database), Guess(0, 0, 0, 0, True)
    for schema in {schema.name: schema for schema, _ in asked}.values():
        policy = model.policy(schema)
        mine = [pair for pair in asked if pair[0].name == schema.name]
        if policy.route == "rules-only":
            part = Guess(len(mine), sum(pages for _, pages in mine), 0, 0, True)
        else:
            part = estimate(mine, prices.named(policy.model), {schema.name: ledger.usual(schema.name)})
        total = Guess(
            total.documents + part.documents,
            total.pages + part.pages,
            total.usual + part.usual,
            total.worst + part.worst,
            total.known and part.known,
        )
    return total


def estimate(documents: Iterable[tuple[Schema, int]], price: Price, per_page: Mapping[str, int | None]) -> Guess:
    """Return the forecast for documents that are new.

    Args:
        documents: schema and pages of each.
        price: of the model.
        per_page: schema name -> median cost of a page so far, in nano-dollars; None: too few are known.
    """
    count = total = usual = worst = 0
    known = True
    for schema, pages in documents:
        count += 1
        total += pages
        page = per_page.get(schema.name)
        known = known and page is not None
        usual += page * pages if page is not None else _by_length(schema, pages, price)
        worst += _at_most(schema, pages, price)
    return Guess(count, total, usual, worst, known and count > 0)


def _by_length(schema: Schema, pages: int, price: Price) -> int:
    tables = [field for field in schema.fields if field.kind is Kind.TABLE]
    text = pages * CHARACTERS // PER_TOKEN
    calls = 1 + len(tables)
    output = PER_FIELD * (len(schema.fields) - len(tables)) + len(tables) * pages * ROWS_PER_PAGE * PER_ROW
    return price.worst(calls * (text + INSTRUCTIONS), output)


def _at_most(schema: Schema, pages: int, price: Price) -> int:
    tables = [field for field in schema.fields if field.kind is Kind.TABLE]
    calls = 1 + 3 * len(tables)
    output = THINKING * calls + 350 * len(schema.fields) + len(tables) * pages * 40 * 150
    return price.worst(calls * (pages * MOST_BYTES + 4 * INSTRUCTIONS), output)
