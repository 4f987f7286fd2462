"""Sign-in at an identity provider, against one that speaks the real protocol; and by a proxy's header."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient

sys.path.append(str(Path(__file__).parent))
from identity_provider import CLIENT, SECRET, IdentityProvider

from review.access.provider import Provider
from review.app import create_app
from review.context import Context, ProxySignIn, Web
from schemas.loader import builtin_schemas
from store.people import Grant

ORIGIN = "http://127.0.0.1"


@pytest.fixture
def identity_provider():
    provider = IdentityProvider()
    yield provider
    provider.close()


@pytest.fixture
def desk_with(store):
    """A browser at a desk with such a way to sign in."""

    def make(peer="127.0.0.1", **web):
        context = Context(store=store, schemas=builtin_schemas(), web=Web(megabytes=1, **web))
        client = TestClient(
            create_app(context), base_url=ORIGIN, headers={"origin": ORIGIN}, follow_redirects=False, client=(peer, 1)
        )
        client.context = context
        return client

    return make


@pytest.fixture
def client(desk_with, identity_provider):
    chosen = Provider(
        issuer=identity_provider.issuer,
        client_id=CLIENT,
        client_secret=SECRET,
        title="the office",
        roles_claim="groups",
        roles={"invoices": (Grant("reviewer", "invoice"),), "bosses": (Grant("admin"), Grant("bank_data"))},
        add_people=True,
    )
    return desk_with(provider=chosen)


def come_back(client, next_="/account"):
    """Go to the provider as a browser does; return the address that it sends the browser back to."""
    away = client.get("/sign-in/provider", params={"next": next_}).headers["location"]
    return httpx2.get(away).headers["location"]


def test_person_is_signed_in_by_the_provider(client, identity_provider):
    """Whom the provider has signed in gets in, with the roles that its groups stand for, and is led on."""
    identity_provider.claims["groups"] = ["invoices", "football"]
    assert "Sign in with the office" in client.get("/sign-in").text
    answer = client.get(come_back(client))
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    told = client.get("/session").json()
    assert (told["person"], told["permissions"]) == ("anna", {"invoice": ["review", "see"]})


def test_roles_follow_the_provider_at_each_sign_in(client, identity_provider):
    """Whoever has left a group has lost its roles at the next sign-in, and stays the same person."""
    identity_provider.claims["groups"] = ["bosses"]
    client.get(come_back(client))
    assert client.context.people.account("anna").grants == (Grant("admin"), Grant("bank_data"))
    identity_provider.claims.update(groups="invoices", preferred_username="anna-married")
    client.get(come_back(client))
    assert [each.name for each in client.context.people.accounts()] == ["anna"]
    assert client.context.people.account("anna").grants == (Grant("reviewer", "invoice"),)


@pytest.mark.parametrize(
    "lies",
    [
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"aud": "another-client"},
        {"iss": "https://evil.example"},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"sub": None},
        {"key": "strange"},
        {"metadata_issuer": "https://evil.example"},
    ],
)
def test_what_cannot_be_believed_lets_nobody_in(client, identity_provider, lies):
    """A token of another sign-in, client, issuer, time or key opens nothing and makes no account."""
    if "metadata_issuer" in lies:
        identity_provider.lies = lies
        assert client.get("/sign-in/provider").status_code == 403
    else:
        back = come_back(client)
        identity_provider.lies = lies
        assert client.get(back).status_code == 403
    assert client.get("/session").status_code == 401
    assert client.context.people.nobody()


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_tokens_without_the_providers_signature_are_refused(client, identity_provider, algorithm):
    """A token that nobody signed, or that is signed with the public key as a secret, opens nothing."""
    back = come_back(client)
    identity_provider.algorithm = algorithm
    assert client.get(back).status_code == 403
    assert client.context.people.nobody()


def test_sign_in_belongs_to_the_browser_that_began_it_and_is_used_once(client, identity_provider, desk_with):
    """An address to come back to that is handed to another browser, changed, or used again lets nobody in."""
    back = come_back(client)
    stranger = TestClient(client.app, base_url=ORIGIN, follow_redirects=False)
    assert stranger.get(back).status_code == 403
    assert client.get(back.replace("state=", "state=x")).status_code == 403
    assert client.get(back).status_code == 403  # that attempt has used it up
    back = come_back(client)
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 403


def test_account_with_a_password_is_not_taken_over(client):
    """A name at the provider does not open an account that signs in by password; one that was prepared it joins."""
    client.context.people.add("anna", [Grant("admin")], "test")
    client.context.people.set_password("anna", "$argon2id$", "test")
    answer = client.get(come_back(client))
    assert (answer.status_code, "signs in otherwise" in answer.text) == (403, True)


def test_people_are_added_only_where_the_settings_say_so(desk_with, client):
    """Without that setting the provider lets in whom an admin has added, and nobody else."""
    web = replace(client.context.web, provider=replace(client.context.web.provider, add_people=False, roles_claim=None))
    strict = desk_with(provider=web.provider)
    assert strict.get(come_back(strict)).status_code == 403
    strict.context.people.add("anna", [Grant("viewer")], "test")
    assert strict.get(come_back(strict)).status_code == 303
    assert strict.get("/session").json()["permissions"] == {"*": ["see"]}


def test_locked_out_stays_locked_out(client):
    """The provider lets nobody in whom an admin has locked out."""
    client.get(come_back(client))
    client.context.people.set_disabled("anna", True, "test")
    assert client.get(come_back(client)).status_code == 403


PROXY = ProxySignIn("X-Remote-User", (ip_network("10.1.0.0/16"),))


def test_proxy_is_believed_from_its_own_addresses_only(desk_with):
    """The header names who asks when it comes from a listed address, and means nothing from any other one."""
    proxied = desk_with(peer="10.1.2.3", proxy=PROXY)
    proxied.context.people.add("anna", [Grant("viewer")], "test")
    header = {"X-Remote-User": "Anna"}
    assert proxied.get("/session", headers=header).json()["person"] == "anna"
    assert desk_with(peer="10.2.2.3", proxy=PROXY).get("/session", headers=header).status_code == 401
    assert desk_with(peer="10.1.2.3").get("/session", headers=header).status_code == 401
    assert proxied.get("/session", headers={"X-Remote-User": "nobody"}).status_code == 403
    twice = [("X-Remote-User", "anna"), ("X-Remote-User", "boss")]
    assert proxied.get("/session", headers=twice).status_code == 403


def test_writes_behind_a_proxy_need_a_token_too(desk_with):
    """Signed in by a proxy, a browser still has to prove that a write comes from a page of ours."""
    client = desk_with(peer="10.1.2.3", proxy=PROXY)
    client.context.people.add("anna", [Grant("viewer")], "test")
    client.headers["X-Remote-User"] = "anna"
    assert client.post("/account/sign-out-everywhere").status_code == 403
    token = client.get("/session").json()["token"]
    assert len(token) == 64
    assert client.post("/account/sign-out-everywhere", data={"token": "0" * 64}).status_code == 403
    assert client.post("/account/sign-out-everywhere", data={"token": token}).status_code == 303
