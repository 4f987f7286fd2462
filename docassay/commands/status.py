"""How many documents are where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from docassay.entrance import NO_FLAGS, Common, settings_of, stored
from docassay.exit_codes import ExitCode
from docassay.terminal import data, data_json, table, talk

if TYPE_CHECKING:
    from store.entities import Document


def status(
    *,
    failed: bool = False,
    all: bool = False,
    json: bool = False,
    common: Annotated[Common, Parameter(name="*")] = NO_FLAGS,
) -> int:
    """Say how many documents are in each state and how the last batches ended.

    Args:
        failed: list the documents that were put aside or deferred, with the reason and what to do.
        all: list every document.
        json: JSON instead of tables; lists as JSON lines.
    """
    from store.states import State

    store = stored(settings_of(common))
    if failed or all:
        states = [State.QUARANTINED, State.DEFERRED] if failed else None
        found = store.documents(states)
        if json:
            for document in found:
                data_json(_as_data(document))
            return ExitCode.DONE
        rows = [
            (one.sha256[:12], one.name, one.state.value.replace("_", " "), one.schema_name or "", _why(one))
            for one in found
        ]
        table(f"{len(rows)} documents", ("document", "name", "state", "schema", "why"), rows)
        return ExitCode.DONE
    counts, batches = store.counts(), store.batches(5)
    if json:
        data_json(
            {
                "states": {state.value: count for state, count in counts.items()},
                "batches": [
                    {
                        "batch": batch.id,
                        "label": batch.label,
                        "started_at": batch.started_at.isoformat(),
                        "finished_at": batch.finished_at.isoformat() if batch.finished_at else None,
                        "states": {state.value: count for state, count in batch.counts.items()},
                    }
                    for batch in batches
                ],
            }
        )
        return ExitCode.DONE
    states_shown = [(state.value.replace("_", " "), count) for state, count in counts.items()]
    table(f"{sum(counts.values())} documents", ("state", "documents"), states_shown, right=("documents",))
    if batches:
        data("")
        shown = [
            (
                f"{batch.started_at.astimezone():%Y-%m-%d %H:%M}",
                batch.label,
                ", ".join(f"{count} {state.value.replace('_', ' ')}" for state, count in batch.counts.items()),
                "" if batch.finished_at else "not finished",
            )
            for batch in batches
        ]
        table("Last batches", ("begun", "what", "documents", ""), shown)
    if counts.get(State.QUARANTINED) or counts.get(State.DEFERRED):
        talk("Why some failed or are put off: docassay status --failed")
    if counts.get(State.IN_REVIEW):
        talk("What waits for a person: docassay review list")
    return ExitCode.DONE


def _why(document: Document) -> str:
    return " ".join(part for part in (document.message, document.remedy) if part)


def _as_data(document: Document) -> dict[str, Any]:
    return {
        "document": document.sha256,
        "name": document.name,
        "state": document.state.value,
        "schema": document.schema_name,
        "reason": document.reason.value if document.reason else None,
        "message": document.message,
        "remedy": document.remedy,
        "retry_at": document.retry_at.isoformat() if document.retry_at else None,
        "received_at": document.created_at.isoformat(),
    }
