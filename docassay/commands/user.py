"""The people who may use the review desk."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from docassay.entrance import NO_FLAGS, Common, person, settings_of
from docassay.exit_codes import ExitCode
from docassay.terminal import data, data_json, table, talk

if TYPE_CHECKING:
    from flows.settings import Settings
    from store.people import Grant
    from store.store import Store

app = App(
    name="user",
    help="People of the review desk: list, add, role, link, password, disable, enable, history.",
    help_format="plaintext",
)
CommonFlags = Annotated[Common, Parameter(name="*")]


@app.command(name="list")
def list_(*, json: bool = False, common: CommonFlags = NO_FLAGS) -> int:
    """List the people, what they may do, and how they sign in.

    Args:
        json: JSON lines.
    """
    from store.people import People

    with _open(common) as (_, store):
        accounts = People(store.database).accounts()
    rows = []
    for each in accounts:
        roles = ", ".join(f"{grant.role}:{grant.queue}" for grant in each.grants)
        ways = [way for way, there in (("password", each.has_password), ("provider", each.subject)) if there]
        rows.append((each.name, roles, ", ".join(ways) or "not yet", "disabled" if each.disabled else ""))
        if json:
            data_json({"name": each.name, "roles": roles.split(", "), "signs_in": ways, "disabled": each.disabled})
    if not json:
        table(f"{len(rows)} people", ("name", "roles", "signs in by", ""), rows)
    return ExitCode.DONE


@app.command
def add(name: str, *, role: tuple[str, ...] = (), common: CommonFlags = NO_FLAGS) -> int:
    """Add a person and print a one-time link with which they choose a password.

    Args:
        name: what they sign in with; small letters.
        role: ROLE or ROLE:SCHEMA, as often as wanted; viewer, reviewer, approver, operator, admin, bank_data.
    """
    from store.people import People

    with _open(common) as (settings, store):
        grants = _grants(settings, role)
        account = People(store.database).add(name, grants, person())
        _print_link(settings, store, account.name)
    return ExitCode.DONE


@app.command(name="role")
def role_(name: str, *roles: str, common: CommonFlags = NO_FLAGS) -> int:
    """Let a person have these roles and no others, from now on; none: they may do nothing.

    Args:
        name: as they sign in.
        roles: ROLE or ROLE:SCHEMA; viewer, reviewer, approver, operator, admin, bank_data.
    """
    from store.people import People

    with _open(common) as (settings, store):
        account = People(store.database).set_grants(name, _grants(settings, roles), person())
    held = ", ".join(f"{grant.role}:{grant.queue}" for grant in account.grants)
    talk(f"{account.name} has the roles: {held or 'none'}.")
    return ExitCode.DONE


@app.command
def link(name: str, *, common: CommonFlags = NO_FLAGS) -> int:
    """Print a new one-time link with which a person chooses a new password; earlier links end.

    Args:
        name: as they sign in.
    """
    with _open(common) as (settings, store):
        _print_link(settings, store, name)
    return ExitCode.DONE


@app.command
def password(name: str, *, common: CommonFlags = NO_FLAGS) -> int:
    """Set a person's password: asked for on a terminal, else the first line of standard input.

    Args:
        name: as they sign in.
    """
    import getpass

    from review.access.passwords import hashed
    from store.people import People, plain_name

    with _open(common) as (_, store):
        people = People(store.database)
        account = people.account(name)
        asked = f"New password of {account.name}: "
        given = getpass.getpass(asked) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
        people.set_password(account.name, hashed(given, plain_name(name)), person())
    talk(f"{account.name} has a new password and is signed out everywhere.")
    return ExitCode.DONE


@app.command
def disable(name: str, *, common: CommonFlags = NO_FLAGS) -> int:
    """Lock a person out everywhere, at once; what they did stays in the history.

    Args:
        name: as they sign in.
    """
    from store.people import People

    with _open(common) as (_, store):
        People(store.database).set_disabled(name, True, person())
    talk(f"{name} is locked out. Back: docassay user enable {name}")
    return ExitCode.DONE


@app.command
def enable(name: str, *, common: CommonFlags = NO_FLAGS) -> int:
    """Let a person in again who was locked out.

    Args:
        name: as they sign in.
    """
    from store.people import People

    with _open(common) as (_, store):
        People(store.database).set_disabled(name, False, person())
    talk(f"{name} may sign in again.")
    return ExitCode.DONE


@app.command
def history(*, most: int = 50, json: bool = False, common: CommonFlags = NO_FLAGS) -> int:
    """Show who changed whose account or token, and who signed in, newest first.

    Args:
        most: lines.
        json: JSON lines.
    """
    from store.people import People

    with _open(common) as (_, store):
        events = People(store.database).events(most)
    if json:
        for each in events:
            row = {"at": each.at.isoformat(), "who": each.who, "act": each.act, "about": each.about}
            data_json({**row, "detail": each.detail})
    else:
        rows = [(f"{each.at:%Y-%m-%d %H:%M}", each.who, each.act, each.about, each.detail) for each in events]
        table(f"{len(rows)} events", ("at (UTC)", "who", "act", "about", "detail"), rows)
    return ExitCode.DONE


def _grants(settings: Settings, roles: tuple[str, ...]) -> list[Grant]:
    from flows.wiring import known_schemas
    from review.access.permissions import read_grant

    schemas = known_schemas(settings)
    return [read_grant(text, schemas) for text in roles]


def _print_link(settings: Settings, store: Store, name: str) -> None:
    from datetime import timedelta

    from flows.desk import link_address
    from store.people import plain_name
    from store.sessions import Sessions

    hours = settings.access.link_hours
    secret = Sessions(store.database).make_link(plain_name(name), timedelta(hours=hours), person())
    data(link_address(settings, secret))
    talk(f"The link lets {plain_name(name)} in once, within {hours:g} hours.")


@contextmanager
def _open(common: Common) -> Iterator[tuple[Settings, Store]]:
    from flows.wiring import open_store

    settings = settings_of(common)
    store = open_store(settings)
    try:
        yield settings, store
    finally:
        store.close()
