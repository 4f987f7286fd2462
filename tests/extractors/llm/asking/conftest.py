"""A small server that speaks three protocols and answers what a test tells it; and a chain without guards."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest

sys.path.append(str(Path(__file__).parent))  # for model_server
from model_server import ModelServer

from schemas.calls import Answer, Call, Purpose
from schemas.loader import load_schemas

SCHEMA = """
schema: order
title: Order
description: An order of goods.
fields:
  number: {kind: identifier, description: Number of the order., labels: {en: [order number, order no]}}
  day: {kind: date, description: Day of the order.}
  copy: {kind: text, description: A name that pydantic uses itself.}
  total: {kind: money, description: Sum to pay.}
  rate: {kind: number, description: Rate of tax.}
  currency: {kind: currency, description: Currency of the sum.}
  term: {kind: duration, description: How long it binds.}
  law: {kind: jurisdiction, description: Governing law.}
  seller: {kind: party, description: Who sells.}
  seat: {kind: address, description: Where the seller is.}
  state: {kind: choice, description: Open or paid., choices: {open: [unpaid, due], paid: [settled]}}
  notice: {kind: clause, description: How it ends.}
  references: {kind: identifier, many: true, description: Other numbers.}
  items:
    kind: table
    description: What is ordered.
    columns:
      page: {kind: text, description: A name that rows use themselves.}
      name: {kind: text, description: What it is.}
      amount: {kind: money, description: Its price.}
"""


@pytest.fixture(scope="session")
def schema(tmp_path_factory):
    """A schema with every kind, and with names that could collide."""
    path = tmp_path_factory.mktemp("schemas") / "order.yaml"
    path.write_text(SCHEMA)
    return load_schemas([str(path)])["order"]


@pytest.fixture
def server() -> Iterator[ModelServer]:
    """A server on this machine, in a thread."""
    model = ModelServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, answer = model.reply(self.path, body)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    model.url = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield model
    http.shutdown()
    http.server_close()


class Direct:
    """A chain of no guards: sends, and remembers the calls."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def send(self, call: Call) -> Answer:
        self.calls.append(call)
        with httpx2.Client(timeout=10) as client:
            got = client.request(call.method, call.url, headers=list(call.headers), content=call.body)
        return Answer(got.status_code, tuple(got.headers.items()), got.content, 0.0)


@pytest.fixture
def chain() -> Direct:
    return Direct()


@pytest.fixture
def purpose() -> Purpose:
    return Purpose(
        document="a" * 64, name="order.pdf", run="single", schema_name="order", pages=1, fields=("total",),
        prompt="p" * 64, route="All fields.", marker="0123456789abcdef",
        deadline=datetime.now(UTC) + timedelta(minutes=5),
    )  # fmt: skip
