"""The access matrix: every route × every kind of caller, from the one table of rules."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from review.access.gate import READS, Gate, OpenGate, gate_of
from review.access.identity import cookie_name
from review.access.permissions import ROLES
from review.access.rules import RULES
from review.app import create_app, parts
from review.context import Context, Web
from schemas.loader import builtin_schemas
from store.people import Grant
from store.store import Store

ROUTES = {
    f"{method} {route.path}": route for part in parts() for route in part.routes for method in route.methods - {"HEAD"}
}
CALLERS = ("nobody", *ROLES, "other queue", "token without scope", "token of other queue", "false token")
OTHER = "contract"
ORIGIN = "http://127.0.0.1"


def test_every_route_has_a_rule_and_every_rule_a_route():
    """A route that is added without saying who may use it does not pass."""
    rules = {name: rule.partition(" with ")[0] for name, rule in RULES.items()}
    assert {name: _declared(gate_of(route)) for name, route in ROUTES.items()} == rules


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_route_lets_in_whom_its_rule_lets_in_and_nobody_else(name, world):
    """Each kind of caller gets in, or is refused with the right status, as the table says."""
    rule = RULES[name]
    expected = {caller: _expected(caller, rule, "{sha}" in name) for caller in CALLERS}
    found = {caller: world.ask(caller, name) for caller in CALLERS}
    assert {caller: status if expected[caller] else None for caller, status in found.items()} == expected
    inside = {caller: status for caller, status in found.items() if expected[caller] is None}
    assert not {403, 500} & set(inside.values()), inside
    assert rule == "open" or 401 not in inside.values(), inside


class World:
    """A service with one document, and one caller of each kind."""

    def __init__(self, context: Context, sha256: str) -> None:
        self.context = context
        self.sha256 = sha256
        self.app = create_app(context)
        for role in ROLES:
            context.people.add(_name(role), [Grant(role)], "test")
        context.people.add("other-queue", [Grant(role, OTHER) for role in ROLES], "test")
        every = sorted(set().union(*ROLES.values()))
        hour = timedelta(hours=1)
        self.tokens = {
            "token without scope": context.tokens.add("empty", ["nothing"], ["*"], hour, "test"),
            "token of other queue": context.tokens.add("stranger", every, [OTHER], hour, "test"),
            "false token": "docassay_wrong",
        }

    def ask(self, caller: str, name: str) -> int:
        """The status that a caller gets for an empty but otherwise proper request."""
        method, _, path = name.partition(" ")
        client = TestClient(self.app, base_url=ORIGIN, headers={"origin": ORIGIN}, follow_redirects=False)
        if caller in self.tokens:
            client.headers["authorization"] = f"Bearer {self.tokens[caller]}"
        elif caller != "nobody":
            secret = self.context.sessions.start(_name(caller), timedelta(hours=1))
            client.cookies.set(cookie_name(self.context.web), secret)
            client.headers["x-docassay-token"] = hashlib.sha256(f"form:{secret}".encode()).hexdigest()
        path = re.sub(r"\{(\w+)(?::\w+)?\}", lambda part: self.filled(part[1]), path)
        content = None if method in READS else b"{}"
        headers = {"accept": "application/json", "content-type": "application/json"}
        return client.request(method, path, content=content, headers=headers).status_code

    def filled(self, part: str) -> str:
        """What a path holds: the document, or something that is not there."""
        return {"sha": self.sha256, "number": "1"}.get(part, "not-there")


@pytest.fixture(scope="module")
def world(tmp_path_factory, settled):
    folder = tmp_path_factory.mktemp("rules")
    store = Store.open(f"sqlite:///{folder / 'd.db'}", folder / "files")
    yield World(Context(store=store, schemas=builtin_schemas(), web=Web(megabytes=1)), settled(store).sha256)
    store.close()


def _name(caller: str) -> str:
    return caller.replace(" ", "-").replace("_", "-")


def _declared(gate: Gate | OpenGate | None) -> str | None:
    if isinstance(gate, Gate):
        return f"{gate.permission} everywhere" if gate.everywhere else gate.permission
    return "open" if gate else None


def _expected(caller: str, rule: str, of_document: bool) -> int | None:
    """The status of a refusal; None: gets in."""
    needed = set(rule.removesuffix(" everywhere").split(" with "))
    if rule == "open":
        return None
    if caller in ("nobody", "false token"):
        return 401
    if caller == "token without scope":
        return 403
    if caller in ("other queue", "token of other queue"):
        return 404 if of_document else 403 if rule.endswith(" everywhere") else None
    return None if needed <= ROLES[caller] else 403
