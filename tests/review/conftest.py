from __future__ import annotations

import hashlib
import shutil
import sys
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from private_postgresql import on_server
from sqlalchemy import make_url

sys.path.append(str(Path(__file__).parent / "desk"))
from desk_documents import result

from flows.exporting import write_snapshot
from review import queue
from review.access.identity import cookie_name
from review.app import create_app
from review.context import Context, Web
from review.decisions import Decisions
from schemas.document import Box, ParsedDocument
from schemas.fields import Kind
from schemas.loader import builtin_schemas
from schemas.results import Evidence, Extraction, Problem, RowResult
from store.entities import Document
from store.people import Grant
from store.store import Store

ON_BOTH = {"test_acts", "test_four_eyes", "test_lineage", "test_routes", "test_queue_routes"}
CONTENT = b"an invoice"
IBAN, PRINTED = "DE89370400440532013000", "DE89 3704 0044 0532 0130 00"


BANK_PLACE = (Evidence(2, (Box(5, 2, 9, 4),), PRINTED),)


def extraction(sha256: str) -> Extraction:
    schema = builtin_schemas()["invoice"]
    evidence = (Evidence(2, (Box(1, 2, 3, 4),), "1,250.00"),)
    quantity = result("quantity", Kind.NUMBER, "3", 0.4)
    return Extraction(
        document=sha256,
        schema_name="invoice",
        schema_version=schema.version,
        fields={
            "invoice_number": result("invoice_number", Kind.IDENTIFIER, "A-1", 0.9, decision="accepted"),
            "gross_total": result("gross_total", Kind.MONEY, "1250.00", 0.7, evidence=evidence),
            "issue_date": result("issue_date", Kind.DATE, None, None),
            "iban": result("iban", Kind.IDENTIFIER, IBAN, 0.6, decision="accepted", evidence=BANK_PLACE),
            "seller_name": result("seller_name", Kind.PARTY, f"Acme Ltd, {PRINTED}", 0.6, decision="accepted"),
            "line_items": result("line_items", Kind.TABLE, None, 0.8, answer="found", decision="accepted"),
        },
        rows={"line_items": (RowResult(number=1, cells={"quantity": quantity}),)},
        problems=(
            Problem(check="required", fields=("issue_date",), message="issue_date is required and was not found."),
        ),
    )


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine a few documents, too, take more time to be put in their places than a person would wait."""
    monkeypatch.setattr(queue, "PATIENCE", 60.0)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database whose tables are made once, to be copied: making them takes longer than most tests."""
    path = tmp_path_factory.mktemp("empty") / "d.db"
    Store.open(f"sqlite:///{path}", path.parent / "files").close()
    return path


@pytest.fixture(scope="session")
def empty_postgresql(postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of the same on PostgreSQL."""
    on_server(postgresql, "CREATE DATABASE empty")
    address = make_url(postgresql).set(database="empty").render_as_string()
    Store.open(address, tmp_path_factory.mktemp("empty") / "files").close()
    return "empty"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what people decide on both databases."""
    if metafunc.definition.path.stem in ON_BOTH and "url" in metafunc.fixturenames:
        metafunc.parametrize("url", ("sqlite", "postgresql"), indirect=True)


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with empty tables: on SQLite, unless PostgreSQL is asked for."""
    if getattr(request, "param", "sqlite") == "sqlite":
        shutil.copy(request.getfixturevalue("empty_database"), tmp_path / "d.db")
        yield f"sqlite:///{tmp_path / 'd.db'}"
        return
    server, template = request.getfixturevalue("postgresql"), request.getfixturevalue("empty_postgresql")
    name = f"desk_{uuid.uuid4().hex[:12]}"
    on_server(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield make_url(server).set(database=name).render_as_string()
    on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[Store]:
    """A store with empty tables."""
    store = Store.open(url, tmp_path / "files")
    yield store
    store.close()


def put_in_review(store: Store) -> Document:
    """An invoice that waits for a person."""
    sha256, _ = store.add_document(CONTENT, "invoice.pdf")
    (claim,) = store.claim("w")
    claim = store.save_parsed(claim, ParsedDocument(hashlib.sha256(CONTENT).hexdigest(), "text/plain", ()), "p")
    claim = store.save_extraction(claim, extraction(sha256), "e", builtin_schemas()["invoice"])
    store.decide(claim)
    return store.document(sha256)


@pytest.fixture
def document(store: Store) -> Document:
    return put_in_review(store)


@pytest.fixture(scope="session")
def settled() -> Callable[[Store], Document]:
    """Puts a document into a store of another scope."""
    return put_in_review


@pytest.fixture
def desk(store: Store) -> Decisions:
    return Decisions(store, builtin_schemas(), "anna")


ORIGIN = "http://127.0.0.1"


@pytest.fixture
def context(store: Store, tmp_path: Path) -> Context:
    schemas = builtin_schemas()
    return Context(
        store=store,
        schemas=schemas,
        web=Web(megabytes=1),
        snapshot=partial(write_snapshot, store, schemas),
        budget=lambda: {"periods": []},
        work=tmp_path / "exports",
    )


@pytest.fixture
def app(context: Context) -> FastAPI:
    return create_app(context)


@pytest.fixture
def nobody(app: FastAPI) -> TestClient:
    """A browser in which nobody is signed in."""
    return TestClient(app, base_url=ORIGIN, headers={"origin": ORIGIN}, follow_redirects=False)


@pytest.fixture
def signed_in(app: FastAPI, context: Context) -> Callable[..., TestClient]:
    """Makes a browser in which somebody with these roles is signed in: signed_in("reviewer", "bank_data:invoice")."""

    def make(*roles: str, name: str = "anna") -> TestClient:
        grants = [Grant(*role.split(":")) for role in roles]
        if name in {account.name for account in context.people.accounts()}:
            context.people.set_grants(name, grants, "test")
        else:
            context.people.add(name, grants, "test")
        client = TestClient(app, base_url=ORIGIN, headers={"origin": ORIGIN}, follow_redirects=False)
        client.cookies.set(cookie_name(context.web), context.sessions.start(name, timedelta(hours=1)))
        client.headers["x-docassay-token"] = client.get("/session").json()["token"]
        return client

    return make


@pytest.fixture
def with_token(app: FastAPI, context: Context) -> Callable[..., TestClient]:
    """Makes a program with a token: with_token("see", "operate", queue="invoice")."""

    def make(*scopes: str, queue: str = "*", name: str = "robot") -> TestClient:
        secret = context.tokens.add(name, scopes, [queue], timedelta(hours=1), "test")
        return TestClient(app, base_url=ORIGIN, headers={"authorization": f"Bearer {secret}"}, follow_redirects=False)

    return make
