"""Try documents again."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from docassay.entrance import NO_FLAGS, Common, Password, person, schema_called, settings_of, stored
from docassay.exit_codes import ExitCode
from docassay.terminal import data_json, progress_of_run, talk


def retry(
    *documents: str,
    failed: bool = False,
    deferred: bool = False,
    schema: str | None = None,
    password: Password = None,
    dry_run: bool = False,
    json: bool = False,
    common: Annotated[Common, Parameter(name="*")] = NO_FLAGS,
) -> int:
    """Process documents again from the beginning; what people decided about them stays.

    Args:
        documents: file names, paths, or first digits of the sha256.
        failed: all that were put aside.
        deferred: all deferred ones, without waiting for their time.
        schema: the schema to use from now on.
        password: of locked documents. Flags are seen by other users of this machine: prefer the variable.
        dry_run: only say which documents would be processed.
        json: write how it ended as one JSON object.
    """
    from docassay.commands.run import exit_code, report
    from flows.retry import retry_documents
    from schemas.errors import InputError
    from store.states import State

    settings = settings_of(common)
    store = stored(settings)
    if schema is not None:
        schema_called(settings, schema)
    chosen = [store.find(text) for text in documents]
    states = [state for state, wanted in ((State.QUARANTINED, failed), (State.DEFERRED, deferred)) if wanted]
    if states:
        chosen += store.documents(states)
    if not chosen and not states:
        raise InputError("Nothing to retry. Name documents, or give --failed or --deferred.")
    if dry_run:
        if json:
            data_json([document.sha256 for document in chosen])
        for document in chosen:
            talk(f"{document.sha256[:12]}  {document.name}  {document.state.value.replace('_', ' ')}")
        talk(f"{len(chosen)} documents would be processed again. Nothing was written.")
        return ExitCode.DONE
    with progress_of_run():
        outcome = retry_documents(settings, [document.sha256 for document in chosen], person(), schema, password)
    report(outcome, as_json=json)
    return exit_code(outcome, fail_on_review=False)
