"""The kill switch, thrown."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from docassay.entrance import NO_FLAGS, Common, person, settings_of
from docassay.exit_codes import ExitCode
from docassay.terminal import data_json, talk


def stop(
    *,
    provider: str = "",
    why: str = "",
    drill: bool = False,
    json: bool = False,
    common: Annotated[Common, Parameter(name="*")] = NO_FLAGS,
) -> int:
    """Stop all calls to models: no new one within a second, those in flight are cancelled; documents go on with rules.

    Args:
        provider: only calls to this one, such as openai.
        why: for the history.
        drill: stop nothing of yours; try the switch on calls to a server of this machine and keep how long it took.
        json: what was done as one JSON object.
    """
    from flows.wiring import open_store
    from store.switches import Switches

    settings = settings_of(common)
    store = open_store(settings)
    try:
        if drill:
            from flows.drill import CALLS, run_drill

            held = run_drill(settings, store, person())
            if json:
                data_json({"calls": held.calls, "started_after": held.started_after, "seconds": held.seconds})
            talk(
                f"{held.calls} calls were in flight; the last one had ended after {held.seconds:.2f} s, and "
                f"{held.started_after} began more than a second after the switch. The drill is kept in the history."
            )
            if held.calls < CALLS:
                talk("Calls are stopped already, so the drill shows nothing. First: docassay resume")
            return ExitCode.DONE if held.calls == CALLS and not held.started_after else ExitCode.DOCUMENTS_FAILED
        provider = provider.lower()  # as settings write it
        is_news = Switches(store.database).stop(provider, person(), why)
    finally:
        store.close()
    which = f"calls to {provider}" if provider else "all calls"
    if json:
        data_json({"stopped": provider or "all", "was_stopped": not is_news})
    talk(f"Stopped {which}. Go on with: docassay resume" if is_news else f"Stopped already: {which}.")
    return ExitCode.DONE
