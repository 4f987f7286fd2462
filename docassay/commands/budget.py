"""What models have cost, what is held, and what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from docassay.entrance import NO_FLAGS, Common, settings_of, stored
from docassay.exit_codes import ExitCode
from docassay.terminal import data, data_json, table, talk

if TYPE_CHECKING:
    from schemas.money import Balance


def budget(*, json: bool = False, common: Annotated[Common, Parameter(name="*")] = NO_FLAGS) -> int:
    """Say what is spent, held and left of the day and the month, what the last runs cost, and the dearest documents.

    Args:
        json: one JSON object; amounts are whole nano-dollars.
    """
    from extractors.llm.guards.budget import dollars
    from flows.budget import DOCUMENTS, LATELY, RUNS, budget_data, budget_now
    from store.instants import utc_now

    settings = settings_of(common)
    store = stored(settings)
    try:
        now = budget_now(settings, store, utc_now(), RUNS, DOCUMENTS, LATELY)
    finally:
        store.close()
    if json:
        data_json(budget_data(settings, now))
        return ExitCode.DONE
    rows = [
        (
            each.balance.key.replace(":", " "),
            dollars(each.balance.spent),
            dollars(each.balance.held),
            "no cap" if each.left is None else dollars(each.left),
            "" if each.cap is None else dollars(each.cap),
            f"{each.ends_at.astimezone():%Y-%m-%d %H:%M}",
        )
        for each in now.periods
    ]
    money = ("spent", "held", "left", "cap")
    table(f"Budget, calendar of {settings.budget.timezone}", ("period", *money, "ends"), rows, right=money)
    for title, balances in ((f"Last {RUNS} runs", now.runs), ("Dearest documents of the last month", now.documents)):
        if balances:
            data("")
            shown = [(_name(each), dollars(each.spent), dollars(each.held), each.alarm) for each in balances]
            table(title, ("what", "spent", "held", "alarm"), shown, right=("spent", "held"))
    for thrown in now.stopped:
        talk(thrown.said)
    for breaker in now.breakers:
        if breaker.open_until is not None:
            talk(f"{breaker.provider}/{breaker.model} pauses ({breaker.cause}).")
    return ExitCode.DONE


def _name(balance: Balance) -> str:
    return balance.name or balance.key.partition(":")[2]
