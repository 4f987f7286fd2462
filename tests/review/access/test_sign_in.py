"""Signing in and out, one-time links, and writes that no page of ours makes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from review.access.identity import cookie_name
from review.access.pages import own_path
from review.access.passwords import hashed
from review.app import create_app
from review.context import Context, Web
from schemas.loader import builtin_schemas
from store.people import Grant

PASSWORD = "a horse eats eleven lemons"
ORIGIN = "http://127.0.0.1"


@pytest.fixture
def anna(context):
    context.people.add("anna", [Grant("reviewer")], "test")
    context.people.set_password("anna", hashed(PASSWORD, "anna"), "test")


def sign_in(client, password=PASSWORD, name="anna", **more):
    return client.post("/sign-in", data={"name": name, "password": password, **more})


def test_person_signs_in_and_out(nobody, anna):
    """A right password opens the pages until the person signs out; the cookie is out of reach of scripts."""
    answer = sign_in(nobody, next="/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "secure" not in cookie
    told = nobody.get("/session").json()
    assert (told["person"], told["permissions"]) == ("anna", {"*": ["review", "see"]})
    kept = dict(nobody.cookies)
    assert nobody.post("/sign-out", data={"token": told["token"]}).status_code == 303
    nobody.cookies.update(kept)
    assert nobody.get("/session").status_code == 401


@pytest.mark.parametrize(("name", "password"), [("anna", "wrong"), ("nobody", PASSWORD), ("anna", ""), ("", "")])
def test_wrong_sign_in_tells_nothing(nobody, anna, name, password):
    """Whether the name or the password was wrong is not told."""
    answer = sign_in(nobody, password, name)
    assert answer.status_code == 401
    assert "Name or password is wrong" in answer.text
    assert "set-cookie" not in answer.headers


def test_guessing_is_slowed_down(nobody, anna):
    """After five wrong passwords in a row even the right one has to wait, and the answer says how long."""
    for _ in range(5):
        assert sign_in(nobody, "wrong").status_code == 401
    answer = sign_in(nobody)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 15


def test_https_makes_the_cookie_strict(store, anna):
    """Where people come by https, the cookie never travels without, and no other host can set it."""
    web = Web(megabytes=1, address="https://desk.example.com")
    app = create_app(Context(store=store, schemas=builtin_schemas(), web=web))
    client = TestClient(app, base_url="https://desk.example.com", headers={"origin": "https://desk.example.com"})
    answer = client.post("/sign-in", data={"name": "anna", "password": PASSWORD}, follow_redirects=False)
    assert answer.headers["set-cookie"].startswith("__Host-docassay=")
    assert "secure" in answer.headers["set-cookie"].lower()
    assert "strict-transport-security" in answer.headers
    assert client.get("/account", headers={"host": "other.example.com"}).status_code == 421
    assert client.post("/theme", headers={"origin": "http://desk.example.com"}).status_code == 403


def test_one_time_link_works_once(nobody, context):
    """A link lets its person choose a password, once; looking at it does not use it up."""
    context.people.add("bob", [Grant("viewer")], "test")
    link = f"/welcome/{context.sessions.make_link('bob', timedelta(hours=1), 'test')}"
    assert "Welcome, bob" in nobody.get(link).text
    assert nobody.post(link, data={"password": "short"}).status_code == 422
    assert nobody.post(link, data={"password": PASSWORD}).status_code == 303
    assert nobody.get("/session").json()["person"] == "bob"
    for request in (nobody.get, nobody.post):
        assert request(link).status_code == 404


@pytest.mark.parametrize("password", ["short", "a" * 40, "bob bob bob bob", "x" * 2000])
def test_weak_passwords_are_refused(nobody, context, password):
    """A password that is too short, too long or too easy to guess is refused, and the link stays good."""
    context.people.add("bob", [], "test")
    link = f"/welcome/{context.sessions.make_link('bob', timedelta(hours=1), 'test')}"
    assert nobody.post(link, data={"password": password}).status_code == 422
    assert nobody.get(link).status_code == 200


def test_secrets_are_kept_as_hashes_only(context, tmp_path, nobody, anna):
    """Nothing that opens the service can be read out of its database."""
    session = context.sessions.start("anna", timedelta(hours=1))
    link = context.sessions.make_link("anna", timedelta(hours=1), "test")
    token = context.tokens.add("robot", ["see"], ["*"], timedelta(hours=1), "test")
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("d.db*"))
    for secret in (PASSWORD, session, link, token, token.removeprefix("docassay_")):
        assert secret.encode() not in kept
    assert b"$argon2id$" in kept


def test_locking_out_counts_at_once(signed_in, context):
    """Whoever is locked out, or has another role, is so at the next click, without signing in anew."""
    client = signed_in("reviewer", name="carl")
    context.people.set_grants("carl", [], "test")
    assert client.get("/account").status_code == 403
    context.people.set_grants("carl", [Grant("viewer")], "test")
    assert client.get("/account").status_code == 200
    context.people.set_disabled("carl", True, "test")
    assert client.get("/session").status_code == 401


def test_changed_password_ends_other_sessions(signed_in, nobody, anna, context):
    """After a password is changed, only the browser in which that was done stays signed in."""
    sign_in(nobody)
    here, before = nobody.get("/session").json()["token"], nobody.cookies[cookie_name(context.web)]
    other = context.sessions.start("anna", timedelta(hours=1))
    form = {"token": here, "old": PASSWORD, "new": "nine blue bicycles in the rain"}
    assert nobody.post("/account/password", data=form).status_code == 303
    assert nobody.get("/session").status_code == 200
    for secret in (before, other):
        assert context.sessions.find(secret, timedelta(hours=1)) is None


def test_revoked_and_ended_tokens_open_nothing(context, with_token):
    """A token works until it ends or is revoked, and a wrong one is no way to a session's rights."""
    client = with_token("see")
    assert client.get("/api/v1/queue").status_code == 200
    context.tokens.revoke("robot", "test")
    assert client.get("/api/v1/queue").json()["code"] == "wrong_token"


WRITES = ("/account/sign-out-everywhere", "/sign-out", "/account/password")


@pytest.mark.parametrize("path", WRITES)
@pytest.mark.parametrize(
    ("origin", "token"),
    [
        ("https://evil.example", True),
        ("null", True),
        (None, True),
        ("http://127.0.0.1:9999", True),
        ("https://127.0.0.1", True),
        ("http://127.0.0.1.evil.example", True),
        (ORIGIN, False),
    ],
)
def test_writes_of_other_sites_are_refused(signed_in, context, path, origin, token):
    """A write with somebody's cookie counts only from a page of ours with that browser's own token."""
    client = signed_in("admin")
    del client.headers["origin"]
    if not token:
        client.headers["x-docassay-token"] = "0" * 64
    answer = client.post(path, headers={"origin": origin} if origin else {})
    assert answer.status_code == 403
    assert client.get("/session").status_code == 200


@pytest.mark.parametrize(
    "next_",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil.example",
        " //evil.example",
        "/x\r\nSet-Cookie: a=b",
        "",
    ],
)
def test_signing_in_never_leads_elsewhere(nobody, anna, next_):
    """The address to go on to after signing in is one of ours, whatever a link says."""
    assert own_path(next_) == "/"
    assert sign_in(nobody, next=next_).headers["location"] == "/"


@pytest.mark.parametrize("path", ["/", "/desk/abc?queue=invoice&x=//y", "/queue?filter=a%2Fb"])
def test_signing_in_leads_back(path):
    """After signing in a person is back where they were."""
    assert own_path(path) == path


def test_other_sites_are_not_allowed_to_read(nobody):
    """A browser that asks in another site's name gets no leave to read or to send."""
    headers = {
        "origin": "https://evil.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization",
    }
    for method in ("OPTIONS", "GET"):
        answer = nobody.request(method, "/api/v1/health", headers=headers)
        assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_expired_session_is_told_to_scripts_and_renewed_in_a_little_window(nobody, anna, context):
    """A script learns in JSON that nobody is signed in; after the little window it gets the new token."""
    answer = nobody.get("/session")
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in")
    assert sign_in(nobody, small="true").headers["location"] == "/signed-in"
    assert "signed_in.js" in nobody.get("/signed-in").text
    assert len(nobody.get("/session").json()["token"]) == 64
