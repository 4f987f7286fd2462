"""Process files and folders once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from docassay.entrance import NO_FLAGS, Common, Password, schema_called, settings_of
from docassay.exit_codes import ExitCode
from docassay.terminal import data_json, progress_of_run, talk

if TYPE_CHECKING:
    from flows.outcomes import BatchOutcome
    from flows.settings import Settings

SHOWN_FAILURES = 10


def run(
    *paths: Path,
    schema: str | None = None,
    workers: int | None = None,
    password: Password = None,
    dry_run: bool = False,
    estimate: bool = False,
    json: bool = False,
    fail_on_review: bool = False,
    common: Annotated[Common, Parameter(name="*")] = NO_FLAGS,
) -> int:
    """Process files and folders once; what is done already is not done again.

    Args:
        paths: files, and folders with all that is in them.
        schema: the schema of all of them; else it is found out for each.
        workers: worker processes; else one for each core.
        password: of locked documents. Flags are seen by other users of this machine: prefer the variable.
        dry_run: only say which files would be looked at and how many are new.
        estimate: only say what the new ones would cost with the model of the settings; they are opened, no model is.
        json: write how it ended as one JSON object.
        fail_on_review: exit with 6 if a document waits for a person.
    """
    from schemas.errors import InputError

    settings = settings_of(common, workers=workers)
    if not paths:
        raise InputError("Nothing to process. Name files or folders: docassay run PATH…")
    if missing := [str(path) for path in paths if not path.exists() and not path.is_symlink()]:
        raise InputError(f"There is no {', '.join(missing)}. Check the path.")
    if schema is not None:
        schema_called(settings, schema)
    if estimate:
        return _estimate(settings, paths, schema, json)
    if dry_run:
        return _dry_run(settings, paths, json)
    from flows.run import run_batch

    with progress_of_run():
        outcome = run_batch(settings, paths, schema, password)
    report(outcome, as_json=json)
    return exit_code(outcome, fail_on_review=fail_on_review)


def report(outcome: BatchOutcome, *, as_json: bool) -> None:
    """Say how a batch ended."""
    talk(outcome.summary())
    for path, why in outcome.unread[:SHOWN_FAILURES]:
        talk(f"  {path}: {why}")
    for failed in outcome.failed[:SHOWN_FAILURES]:
        talk(f"  {failed.name}: {failed.message.removeprefix(f'{failed.name}: ')}")
    more = len(outcome.failed) + len(outcome.unread) - 2 * SHOWN_FAILURES
    if more > 0:
        talk("  … all of them: docassay status --failed")
    if outcome.deferred:
        talk(f"{len(outcome.deferred)} will be tried again, the first of them because: {outcome.deferred[0].message}")
        talk("  All of them: docassay status --failed")
    if outcome.waiting:
        talk(f"{outcome.waiting} wait for a person: docassay review list")
    if as_json:
        data_json(as_data(outcome))


def as_data(outcome: BatchOutcome) -> dict[str, object]:
    """Return how a batch ended as a program reads it."""
    return {
        "batch": outcome.batch,
        "seconds": round(outcome.seconds, 3),
        "files": outcome.given,
        "done_before": outcome.known,
        "states": outcome.counts,
        "documents": [
            {
                "document": one.document,
                "name": one.name,
                "state": one.state.value,
                "schema": one.schema_name,
                "reason": one.reason.value if one.reason else None,
                "message": one.message or None,
            }
            for one in outcome.outcomes
        ],
        "unread": [{"path": path, "message": why} for path, why in outcome.unread],
    }


def exit_code(outcome: BatchOutcome, *, fail_on_review: bool) -> ExitCode:
    """Return the exit code for how a batch ended."""
    if outcome.failed or outcome.unread:
        return ExitCode.DOCUMENTS_FAILED
    if fail_on_review and outcome.waiting:
        return ExitCode.REVIEW_WAITING
    return ExitCode.DONE


def _dry_run(settings: Settings, paths: tuple[Path, ...], as_json: bool) -> int:
    import hashlib

    from docassay.entrance import stored
    from flows.intake import files_under, read_file
    from schemas.errors import Refusal, SettingsError, UnknownDocument

    try:
        store = stored(settings)
    except SettingsError:
        store = None
    files, new, unread = 0, [], []
    for path in files_under(paths):
        files += 1
        try:
            content, _ = read_file(path, settings.limits, follow_links=True)
        except Refusal as refusal:
            unread.append((str(path), str(refusal)))
            continue
        try:
            if store is None:
                raise UnknownDocument
            store.document(hashlib.sha256(content).hexdigest())
        except UnknownDocument:
            new.append(str(path))
    if as_json:
        data_json({"files": files, "new": new, "unread": [{"path": path, "message": why} for path, why in unread]})
    talk(f"{files} files, {len(new)} of them new, {len(unread)} not readable. Nothing was written.")
    return ExitCode.DONE


def _estimate(settings: Settings, paths: tuple[Path, ...], schema: str | None, as_json: bool) -> int:
    from extractors.llm.guards.budget import dollars
    from flows.estimate import forecast
    from flows.wiring import open_store

    store = open_store(settings)
    try:
        told = forecast(settings, store, paths, schema)
    finally:
        store.close()
    guess = told.guess
    if as_json:
        data_json(
            {
                "files": told.files,
                "new": told.new,
                "opened": told.opened,
                "pages": guess.pages,
                "usual": guess.usual,
                "worst": guess.worst,
                "left": told.left,
                "by_experience": guess.known,
            }
        )
    rests = "by what such documents have cost" if guess.known else "by usual lengths; none of their kind was paid yet"
    talk(f"{told.files} files, {told.new} of them new, about {guess.pages} pages.")
    talk(
        f"Usually {dollars(guess.usual)} ({rests}), at most about {dollars(guess.worst)} before calls are tried again."
    )
    if told.left is not None:
        fits = "fits" if guess.usual <= told.left else "does not fit"
        talk(f"It {fits} what is left of the budget: {dollars(told.left)}. No call can pass that.")
    return ExitCode.DONE
