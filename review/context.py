"""What every page and route may use, handed in by who starts the service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from review.access.provider import Provider, ProviderSignIn
from review.dashboard.promises import Promises
from review.desk.alike import AlikeDoor, none_alike
from review.desk.four_eyes import Rules
from review.desk.lineage import CutDoor, uncut
from review.export_jobs import ExportJobs, Snapshot
from review.pictures import DrawDoor, Pictures, undrawn
from review.queue import Ranking
from schemas.schema import Schema
from store.people import People
from store.sessions import Sessions
from store.store import Store
from store.tokens import Tokens


@dataclass(frozen=True, slots=True)
class ProxySignIn:
    """A proxy in front of the service that has signed people in already, and names them in a header."""

    header: str
    peers: tuple[IPv4Network | IPv6Network, ...]  # the only addresses that are believed

    def trusts(self, peer: str) -> bool:
        """Return whether a connection from this address is the proxy."""
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self.peers)


@dataclass(frozen=True, slots=True)
class Web:
    """How the service is reached, and for how long people stay signed in."""

    megabytes: int  # largest document that is taken, in millions of bytes
    address: str | None = None  # what people type, "https://desk.example.com"; None: as they call it
    session_lasts: timedelta = timedelta(hours=12)  # without use
    link_lasts: timedelta = timedelta(hours=24)
    proxy: ProxySignIn | None = None
    provider: Provider | None = None
    errors: Path | None = None  # folder for reports of our own mistakes; None: none are written

    @property
    def secure(self) -> bool:
        """Whether browsers reach it by https, so that cookies must never travel otherwise."""
        return self.address is not None and self.address.startswith("https://")

    @property
    def origin(self) -> str | None:
        """The address as browsers send it with a write."""
        return self.address.rstrip("/").lower() if self.address else None

    @property
    def host(self) -> str | None:
        """The name in the address."""
        return urlsplit(self.address).hostname if self.address else None


@dataclass(frozen=True, slots=True)
class Context:
    """Store, schemas and settings of one running service, and doors to rooms that review does not know."""

    store: Store
    schemas: Mapping[str, Schema]
    web: Web
    four_eyes: Rules = field(default_factory=Rules)
    draw: DrawDoor = undrawn
    snapshot: Snapshot | None = None
    budget: Callable[[], Mapping[str, Any]] | None = None  # the budget as it stands, in JSON's types
    work: Path | None = None  # folder for exports that were asked for
    cut: CutDoor = uncut
    alike: AlikeDoor = none_alike  # where else a correction would change something
    promises: Callable[[], Promises] | None = None  # what is promised about accepted values
    people: People = field(init=False)
    sessions: Sessions = field(init=False)
    tokens: Tokens = field(init=False)
    pictures: Pictures = field(init=False)
    ranking: Ranking = field(init=False)
    provider: ProviderSignIn | None = field(init=False)
    exports: ExportJobs | None = field(init=False)

    def __post_init__(self) -> None:
        for name, kind in (("people", People), ("sessions", Sessions), ("tokens", Tokens)):
            object.__setattr__(self, name, kind(self.store.database, self.store.now))
        object.__setattr__(self, "provider", ProviderSignIn(self.web.provider) if self.web.provider else None)
        object.__setattr__(self, "pictures", Pictures(self.store, self.draw))
        object.__setattr__(self, "ranking", Ranking(self.store, self.schemas))
        if self.work is not None and self.snapshot is not None:
            object.__setattr__(self, "exports", ExportJobs(self.work, self.snapshot, self.store.now))
        else:
            object.__setattr__(self, "exports", None)


def context_of(request: HTTPConnection) -> Context:
    """Return the context of the service that answers this request."""
    return cast(Context, request.app.state.context)
