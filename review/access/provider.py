"""Sign-in at an identity provider: OpenID Connect, code flow with PKCE, state and nonce.

Nothing is believed but the ID token, and that only with the provider's signature, our client id and this sign-in's
nonce. The library is an extra: pip install 'docassay[oidc]'.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from review.refusals import Refused
from schemas.errors import InvalidValue, SettingsError
from store.people import Account, Grant, People, plain_name
from store.sessions import Flow, new_secret

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import OAuth2Client

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
WELL_KNOWN = "/.well-known/openid-configuration"
LEEWAY = 60  # seconds that clocks may differ
METADATA_LASTS = 3600.0  # seconds
PATIENCE = 10.0  # seconds for one answer of the provider


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider, and what is made of what it says."""

    issuer: str  # "https://login.example.com/realms/office"
    client_id: str
    client_secret: str | None  # None: a public client, which PKCE protects
    title: str = "identity provider"  # as on the button
    scopes: tuple[str, ...] = ("profile", "email")
    name_claim: str = "preferred_username"
    roles_claim: str | None = None  # None: roles are given here
    roles: Mapping[str, Sequence[Grant]] = field(default_factory=dict)  # by value of that claim
    add_people: bool = False


@dataclass
class ProviderSignIn:
    """Signs people in at one provider; safe to use from many threads."""

    provider: Provider
    _known: dict[str, Any] = field(default_factory=dict)
    _known_until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, back: str, next_path: str) -> tuple[str, Flow]:
        """Return the address at the provider to send the browser to, and what to keep until it comes back to `back`."""
        flow = Flow(new_secret(), new_secret(), new_secret() + new_secret()[:20], next_path)
        with self._client(back) as client:
            address, _ = client.create_authorization_url(
                self._metadata(client)["authorization_endpoint"],
                state=flow.state,
                nonce=flow.nonce,
                code_verifier=flow.verifier,
            )
        return str(address), flow

    def finish(self, flow: Flow, back: str, query: Mapping[str, str]) -> Mapping[str, Any]:
        """Return the claims of whom the provider has signed in.

        Raises:
            Refused: the provider said no, the answer belongs to no sign-in of ours, or cannot be believed.
        """
        from authlib.integrations.base_client import OAuthError
        from httpx2 import HTTPError

        if query.get("state") != flow.state:
            raise refused("The answer of the provider belongs to another sign-in.")
        if "code" not in query:
            raise refused(f"The provider did not sign you in ({query.get('error', 'no code')[:80]}).")
        try:
            with self._client(back) as client:
                known = self._metadata(client)
                token = client.fetch_token(
                    known["token_endpoint"], code=query["code"], code_verifier=flow.verifier, redirect_uri=back
                )
                keys = client.request("GET", known["jwks_uri"], withhold_token=True).raise_for_status().json()
        except (OAuthError, HTTPError, ValueError) as error:
            raise refused(f"The provider cannot be asked at the moment ({type(error).__name__}).") from error
        return self._claims(token, keys, known["issuer"], flow.nonce)

    def _claims(self, token: Mapping[str, Any], keys: Any, issuer: str, nonce: str) -> Mapping[str, Any]:
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        options = {
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": self.provider.client_id},
        }
        try:
            decoded = jwt.decode(str(token.get("id_token")), KeySet.import_key_set(keys), algorithms=ALGORITHMS)
            parameters = {"nonce": nonce, "client_id": self.provider.client_id, "access_token": token["access_token"]}
            claims = CodeIDToken(decoded.claims, decoded.header, options, parameters)
            claims.validate(leeway=LEEWAY)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise refused(f"What the provider says about you cannot be believed ({type(error).__name__}).") from error
        return dict(claims)

    def _client(self, back: str) -> OAuth2Client:
        try:
            from authlib.integrations.httpx_client import OAuth2Client
        except ModuleNotFoundError:
            raise SettingsError(
                "access.provider needs a library that is not installed. Install it with: pip install 'docassay[oidc]'"
            ) from None
        chosen = self.provider
        return OAuth2Client(
            client_id=chosen.client_id,
            client_secret=chosen.client_secret,
            token_endpoint_auth_method="client_secret_basic" if chosen.client_secret else "none",
            scope=" ".join(("openid", *chosen.scopes)),
            redirect_uri=back,
            code_challenge_method="S256",
            timeout=PATIENCE,
            follow_redirects=False,
        )

    def _metadata(self, client: OAuth2Client) -> Mapping[str, Any]:
        from httpx2 import HTTPError

        with self._lock:
            if time.monotonic() < self._known_until:
                return self._known
        issuer = self.provider.issuer.rstrip("/")
        try:
            answer = client.request("GET", f"{issuer}{WELL_KNOWN}", withhold_token=True)
            known: dict[str, Any] = answer.raise_for_status().json()
            if known["issuer"].rstrip("/") != issuer:
                raise ValueError("another issuer")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                known[name]
        except (HTTPError, ValueError, KeyError, TypeError) as error:
            raise refused(f"The provider {issuer} cannot be asked at the moment ({type(error).__name__}).") from error
        with self._lock:
            self._known, self._known_until = known, time.monotonic() + METADATA_LASTS
        return known


def account_of(people: People, provider: Provider, claims: Mapping[str, Any]) -> Account:
    """Return the account of whom the provider has signed in; made, joined and given roles as the settings say.

    Raises:
        Refused: there is no account and none is to be made, it signs in otherwise, or it is locked out.
    """
    subject = f"{provider.issuer.rstrip('/')} {claims['sub']}"
    account = people.by_subject(subject) or _joined(people, provider, claims, subject)
    if account.disabled:
        raise refused(f"{account.name} is locked out.", "Ask an admin.")
    if provider.roles_claim is None:
        return account
    grants = roles_of(provider, claims)
    return account if set(grants) == set(account.grants) else people.set_grants(account.name, grants, "provider")


def roles_of(provider: Provider, claims: Mapping[str, Any]) -> Sequence[Grant]:
    """Return the roles that the provider's claim stands for."""
    said = claims.get(provider.roles_claim or "", ())
    names = {said} if isinstance(said, str) else {name for name in said if isinstance(name, str)}
    return sorted({grant for name in names for grant in provider.roles.get(name, ())})


def _joined(people: People, provider: Provider, claims: Mapping[str, Any], subject: str) -> Account:
    try:
        name = plain_name(str(claims.get(provider.name_claim) or ""))
    except InvalidValue as error:
        raise refused(f"The provider's claim {provider.name_claim} is no name for an account. {error}") from None
    if provider.name_claim == "email" and claims.get("email_verified") is not True:
        raise refused("The provider has not checked your address of e-mail.")
    known = {each.name: each for each in people.accounts()}.get(name)
    if known is None:
        if not provider.add_people:
            raise refused(f"There is no account for {name}.", "Ask an admin to add you on the page People.")
        return people.add(name, (), "provider", subject)
    if known.has_password or known.subject:  # or whoever may choose a name there could take the account over
        raise refused(f"The account {name} signs in otherwise.", "Use your password, or ask an admin.")
    people.set_subject(name, subject, "provider")
    return people.account(name)


def refused(message: str, hint: str = "Try again, or sign in by password.") -> Refused:
    """Return the refusal of a sign-in at the provider."""
    return Refused(403, "provider_refused", message, hint)
