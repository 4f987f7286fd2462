"""The tokens by which programs use the REST interface."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from cyclopts import App, Parameter

from docassay.entrance import NO_FLAGS, Common, person, settings_of
from docassay.exit_codes import ExitCode
from docassay.terminal import data, data_json, table, talk

app = App(name="token", help="Tokens of programs for the REST interface: list, add, revoke.", help_format="plaintext")
CommonFlags = Annotated[Common, Parameter(name="*")]


@app.command(name="list")
def list_(*, json: bool = False, common: CommonFlags = NO_FLAGS) -> int:
    """List the tokens: what each may do, until when, and when it was last used.

    Args:
        json: JSON lines.
    """
    from flows.wiring import open_store
    from store.tokens import Tokens

    store = open_store(settings_of(common))
    try:
        tokens, now = Tokens(store.database).all(), store.now()
    finally:
        store.close()
    rows = []
    for each in tokens:
        state = "revoked" if each.revoked_at else "ended" if each.ends_at <= now else "in use"
        used = f"{each.used_at:%Y-%m-%d %H:%M}" if each.used_at else "never"
        scopes, queues = ", ".join(each.scopes), ", ".join(each.queues)
        rows.append((each.name, scopes, queues, f"{each.ends_at:%Y-%m-%d}", used, state))
        if json:
            row = {"name": each.name, "scopes": each.scopes, "queues": each.queues, "made_by": each.made_by}
            data_json({**row, "ends_at": each.ends_at.isoformat(), "last_used": used, "state": state})
    if not json:
        table(f"{len(rows)} tokens", ("name", "scopes", "queues", "until", "last used", ""), rows)
    return ExitCode.DONE


@app.command
def add(
    name: str,
    *,
    scope: tuple[str, ...],
    queue: tuple[str, ...] = (),
    days: float = 90,
    common: CommonFlags = NO_FLAGS,
) -> int:
    """Make a token and print it; it is shown this once, and kept only as a hash.

    Args:
        name: what it is for, such as the name of the program.
        scope: what it may do, as often as wanted; see, review, approve, operate, administer, see_bank_data.
        queue: schema that it is limited to, as often as wanted; all if left out.
        days: how long it works.
    """
    from flows.wiring import known_schemas, open_store
    from review.access.permissions import read_queue, read_scope
    from store.tokens import Tokens

    settings = settings_of(common)
    schemas = known_schemas(settings)
    queues = [read_queue(each, schemas) for each in queue] or ["*"]
    scopes = [read_scope(each) for each in scope]
    store = open_store(settings)
    try:
        secret = Tokens(store.database).add(name, scopes, queues, timedelta(days=days), person())
    finally:
        store.close()
    data(secret)
    talk("Keep it now: it is not shown again. Programs send it as: Authorization: Bearer TOKEN")
    return ExitCode.DONE


@app.command
def revoke(name: str, *, common: CommonFlags = NO_FLAGS) -> int:
    """End a token at once.

    Args:
        name: as in the list.
    """
    from flows.wiring import open_store
    from store.tokens import Tokens

    store = open_store(settings_of(common))
    try:
        Tokens(store.database).revoke(name, person())
    finally:
        store.close()
    talk(f"The token {name} no longer works.")
    return ExitCode.DONE
