"""The kill switch, released."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from docassay.entrance import NO_FLAGS, Common, person, settings_of
from docassay.exit_codes import ExitCode
from docassay.terminal import data_json, talk


def resume(
    *,
    provider: str = "",
    why: str = "",
    json: bool = False,
    common: Annotated[Common, Parameter(name="*")] = NO_FLAGS,
) -> int:
    """Let calls to models go again; documents that waited for it are taken up by themselves.

    Args:
        provider: only the switch of this one; every switch that is thrown if left out.
        why: for the history.
        json: what was done as one JSON object.
    """
    from flows.wiring import open_store
    from schemas.errors import Reason
    from store.switches import Switches

    settings = settings_of(common)
    store = open_store(settings)
    try:
        released = Switches(store.database).resume(provider.lower(), person(), why)
        waiting = store.hasten(Reason.STOPPED) if released else 0
    finally:
        store.close()
    if json:
        data_json({"resumed": [each or "all" for each in released], "documents": waiting})
    if not released:
        talk("No switch was thrown.")
    else:
        which = ", ".join(f"calls to {each}" if each else "all calls" for each in released)
        talk(f"Resumed: {which}. {waiting} documents that waited for it are due now.")
    return ExitCode.DONE
