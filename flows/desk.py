"""The review desk joined with settings and store: what the web application is handed, and the first way in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

from documents import page_ranges
from documents.drawn_page import PARSER
from documents.jail import ParserPool
from flows.settings import Settings
from flows.wiring import cut_door, draw_door, known_schemas, open_confidence, open_memory, open_store, scorer_in_use
from schemas.errors import InvalidValue, SettingsError
from schemas.schema import Schema

if TYPE_CHECKING:
    from review.access.provider import Provider
    from review.context import Context, Web
    from review.desk.alike import Fitting
    from store.store import Store

DRAWN_AT_ONCE = 2  # pages: children that draw for the desk
FIRST = "admin"  # who gets in first


@contextmanager
def open_desk(settings: Settings) -> Iterator[Context]:
    """Give what the web application needs, with a store of its own, and close it afterwards."""
    from flows.budget import DOCUMENTS, LATELY, RUNS, budget_data, budget_now
    from flows.exporting import write_snapshot
    from flows.promises import promises_now
    from review.context import Context

    schemas = known_schemas(settings)
    with ExitStack() as closing:
        store = open_store(settings)
        closing.callback(store.close)
        artists = closing.enter_context(ParserPool(settings.limits, workers=DRAWN_AT_ONCE, parser=PARSER))
        artists.start()

        def budget() -> dict[str, Any]:
            return budget_data(settings, budget_now(settings, store, store.now(), RUNS, DOCUMENTS, LATELY))

        cutters = closing.enter_context(ParserPool(settings.limits, workers=1, parser=page_ranges.PARSER))
        context = Context(
            store=store,
            schemas=schemas,
            web=web_of(settings, schemas),
            four_eyes=settings.four_eyes.rules,
            draw=draw_door(artists),
            snapshot=partial(write_snapshot, store, schemas),
            budget=budget,
            promises=lambda: promises_now(store),
            work=settings.data_folder / "web-exports",
            cut=cut_door(cutters),
            alike=partial(_alike, settings, store, schemas),
        )
        closing.callback(context.ranking.close)
        context.ranking.begin()
        yield context


def _alike(settings: Settings, store: Store, schemas: Mapping[str, Schema], document: str, field: str) -> list[Fitting]:
    from review.desk.alike import Fitting

    scorer = scorer_in_use(open_confidence(store))
    found = open_memory(settings, store, schemas).would_change(document, field, scorer)
    return [Fitting(sha256, result) for sha256, result in found]


def web_of(settings: Settings, schemas: Mapping[str, Schema]) -> Web:
    """Return how the desk is reached, as the settings say."""
    from review.context import ProxySignIn, Web

    access = settings.access
    proxy = access.proxy
    return Web(
        megabytes=settings.limits.megabytes,
        address=access.address,
        session_lasts=timedelta(hours=access.session_hours),
        link_lasts=timedelta(hours=access.link_hours),
        proxy=ProxySignIn(proxy.header, tuple(ip_network(each) for each in proxy.peers)) if proxy else None,
        provider=_provider(settings, schemas),
        errors=settings.data_folder / "errors",
    )


def _provider(settings: Settings, schemas: Mapping[str, Schema]) -> Provider | None:
    from review.access.permissions import read_grant
    from review.access.provider import Provider

    chosen = settings.access.provider
    if chosen is None:
        return None
    try:
        roles = {name: tuple(read_grant(role, schemas) for role in given) for name, given in chosen.roles.items()}
    except InvalidValue as error:
        raise SettingsError(f"access.provider.roles: {error}") from None
    return Provider(
        issuer=chosen.issuer,
        client_id=chosen.client_id,
        client_secret=chosen.client_secret.get_secret_value() if chosen.client_secret else None,
        title=chosen.title,
        scopes=chosen.scopes,
        name_claim=chosen.name_claim,
        roles_claim=chosen.roles_claim,
        roles=roles,
        add_people=chosen.add_people,
    )


def desk_address(settings: Settings) -> str:
    """Return where people reach the desk."""
    host = settings.api.host
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return settings.access.address or f"http://{name}:{settings.api.port}"


def link_address(settings: Settings, secret: str) -> str:
    """Return the one-time link with this secret."""
    return f"{desk_address(settings)}/welcome/{secret}"


def first_link(settings: Settings) -> str | None:
    """Return a one-time link for the first admin, who is made if there is nobody; None when an admin can get in.

    A link that was not used is replaced by a new one at the next start.
    """
    from store.people import Grant, People
    from store.sessions import Sessions

    store = open_store(settings)
    try:
        people = People(store.database)
        if people.nobody():
            people.add(FIRST, [Grant("admin"), Grant("bank_data")], "docassay")
        admins = [each for each in people.accounts() if Grant("admin") in each.grants and not each.disabled]
        if any(each.has_password or each.subject for each in admins) or FIRST not in {each.name for each in admins}:
            return None
        lasts = timedelta(hours=settings.access.link_hours)
        return link_address(settings, Sessions(store.database).make_link(FIRST, lasts, "docassay"))
    finally:
        store.close()
