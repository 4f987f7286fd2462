"""The queue of what waits for a person, from a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from docassay.entrance import NO_FLAGS, Common, person, settings_of, stored
from docassay.exit_codes import ExitCode
from docassay.terminal import data, data_json, table, talk

if TYPE_CHECKING:
    from review.decisions import Decisions
    from review.queue import Waiting
    from store.entities import Document

app = App(name="review", help="What waits for a person: list, show, set, accept, reject.", help_format="plaintext")
CommonFlags = Annotated[Common, Parameter(name="*")]


@app.command(name="list")
def list_(*, limit: int = 50, json: bool = False, common: CommonFlags = NO_FLAGS) -> int:
    """List the documents that wait, oldest first.

    Args:
        limit: at most so many.
        json: JSON lines, with the waiting fields of each.
    """
    from itertools import islice

    from review.queue import waiting

    store = stored(settings_of(common))
    rows = []
    for one in islice(waiting(store), limit):
        if json:
            data_json(_as_data(one))
        else:
            rows.append((one.document.sha256[:12], one.document.name, one.document.schema_name or "?", one.why))
    if not json:
        table(f"{len(rows)} documents wait", ("document", "name", "schema", "what"), rows)
        if rows:
            talk("Look at one: docassay review show DOCUMENT")
    return ExitCode.DONE


@app.command
def show(document: str, *, json: bool = False, common: CommonFlags = NO_FLAGS) -> int:
    """Show what waits in a document, least sure first, and what was decided about it before.

    Args:
        document: file name, path, or first digits of its sha256.
        json: one JSON object.
    """
    from review.queue import waiting_of

    store = stored(settings_of(common))
    found = store.find(document)
    one = waiting_of(store, found)
    if json:
        data_json(_as_data(one))
        return ExitCode.DONE
    data(
        f"{found.name}  {found.sha256[:12]}  {found.schema_name or 'no schema'}  {found.state.value.replace('_', ' ')}"
    )
    if not found.record:
        talk(" ".join(part for part in (found.message, found.remedy) if part))
        return ExitCode.DONE
    rows = [
        (
            field.path,
            field.value if field.value is not None else "(not found)",
            "" if field.confidence is None else f"{field.confidence:.2f}",
            field.page or "",
            " ".join(field.reasons[:2]),
        )
        for field in one.fields
    ]
    table(f"{len(rows)} fields wait", ("field", "value", "confidence", "page", "why"), rows, right=("confidence",))
    for problem in one.problems:
        talk(f"Check failed: {problem.message}")
    for act in store.corrections(found.sha256):
        talk(f"{act.at.astimezone():%Y-%m-%d %H:%M} {act.who}: {act.act} {act.path or 'document'} {act.why}".rstrip())
    short = found.sha256[:12]
    talk(f"docassay review set {short} FIELD VALUE | accept {short} [FIELD] | reject {short} --why TEXT")
    return ExitCode.DONE


@app.command(name="set")
def set_(
    document: str,
    field: str,
    value: str | None = None,
    *,
    absent: bool = False,
    why: str = "",
    who: str | None = None,
    dry_run: bool = False,
    json: bool = False,
    common: CommonFlags = NO_FLAGS,
) -> int:
    """Set a field by your word; the first reading stays in the history.

    Args:
        document: file name, path, or first digits of its sha256.
        field: "gross_total", or a cell like "line_items[3].quantity".
        value: dates as 2026-01-31, amounts as 1250.00; several values with ";" between them.
        absent: instead of a value: the document does not state it; for a row like "line_items[3]": drop the row.
        why: a note for the history.
        who: your name; else the one you are logged in with.
        dry_run: only check the value.
        json: one JSON object.
    """
    from schemas.errors import InputError

    if (value is None) is not absent:
        raise InputError("Give a value, or --absent if the document does not state one.")
    desk, found = _desk(common, who, document)
    if dry_run:
        talk(f"{found.name}: {field} would become {value if value is not None else '(absent)'}. Nothing was written.")
        return ExitCode.DONE
    return _decided(desk, desk.set_value(found, field, value, why), json)


@app.command
def accept(
    document: str,
    field: str | None = None,
    *,
    why: str = "",
    who: str | None = None,
    dry_run: bool = False,
    json: bool = False,
    common: CommonFlags = NO_FLAGS,
) -> int:
    """Accept a field as it is, or the whole document.

    Args:
        document: file name, path, or first digits of its sha256.
        field: the whole document if left out.
        why: needed where a check failed: why it is right all the same.
        who: your name; else the one you are logged in with.
        dry_run: only say what would be accepted.
        json: one JSON object.
    """
    desk, found = _desk(common, who, document)
    if dry_run:
        talk(f"{found.name}: {field or 'every field'} would be accepted. Nothing was written.")
        return ExitCode.DONE
    return _decided(desk, desk.accept(found, field, why), json)


@app.command
def reject(
    document: str,
    *,
    why: str,
    who: str | None = None,
    dry_run: bool = False,
    json: bool = False,
    common: CommonFlags = NO_FLAGS,
) -> int:
    """Put a document aside: it is not exported. `docassay retry` brings it back.

    Args:
        document: file name, path, or first digits of its sha256.
        why: kept in the history.
        who: your name; else the one you are logged in with.
        dry_run: only say what would be rejected.
        json: one JSON object.
    """
    desk, found = _desk(common, who, document)
    if dry_run:
        talk(f"{found.name} would be put aside. Nothing was written.")
        return ExitCode.DONE
    return _decided(desk, desk.reject(found, why), json)


def _desk(common: Common, who: str | None, document: str) -> tuple[Decisions, Document]:
    from flows.wiring import known_schemas
    from review.decisions import Decisions

    settings = settings_of(common)
    store = stored(settings)
    return Decisions(store, known_schemas(settings), who or person(), settings.four_eyes.rules), store.find(document)


def _decided(desk: Decisions, after: Document, as_json: bool) -> int:
    from review.queue import waiting_of

    one = waiting_of(desk.store, after)
    if as_json:
        data_json(_as_data(one))
    talk(f"{after.name} is {after.state.value.replace('_', ' ')}. {one.why}".strip())
    return ExitCode.DONE


def _as_data(one: Waiting) -> dict[str, Any]:
    return {
        "document": one.document.sha256,
        "name": one.document.name,
        "state": one.document.state.value,
        "version": one.document.version,
        "schema": one.document.schema_name,
        "why": one.why,
        "fields": [
            {
                "field": field.path,
                "value": field.value,
                "confidence": field.confidence,
                "source": field.source,
                "page": field.page,
                "reasons": list(field.reasons),
            }
            for field in one.fields
        ],
        "problems": [problem.message for problem in one.problems],
    }
