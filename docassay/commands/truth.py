"""Documents that people corrected, on their way into an evaluation set: collect, look a second time, count."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from docassay.entrance import NO_FLAGS, Common, person, settings_of, stored
from docassay.exit_codes import ExitCode
from docassay.terminal import data, data_json, table, talk

app = App(
    name="truth",
    help="Corrected documents for your evaluation set: collect, list, show, confirm, drop.",
    help_format="plaintext",
)
CommonFlags = Annotated[Common, Parameter(name="*")]


@app.command
def collect(file: Path, *, beside: list[Path] | None = None, common: CommonFlags = NO_FLAGS) -> int:
    """Add the documents that people corrected and finished, as candidates; `eval` counts them once confirmed.

    Args:
        file: JSON lines; made if it is not there. Copies of the documents go into `originals` beside it.
        beside: a truth file that is only read: what stands in it is not collected again. May be given more than once.
    """
    from flows.candidates import collect as collected

    store = stored(settings_of(common))
    try:
        new = collected(store, file, beside or ())
    finally:
        store.close()
    waiting = sum(each.state == "waiting" for each in new)
    talk(f"{len(new)} new candidates in {file}, of which {waiting} wait for a second look.")
    return ExitCode.DONE


@app.command(name="list")
def list_(file: Path, *, json: bool = False) -> int:
    """List the candidates.

    Args:
        file: of candidates.
        json: JSON lines.
    """
    from evaluation.candidates import read_candidates

    candidates = read_candidates(file)
    for each in candidates if json else ():
        data_json({"id": each.id, "name": each.name, "kind": each.kind, "state": each.state, "second": each.second})
    if not json:
        rows = [
            (each.id, each.state, each.kind, each.name, ", ".join(each.decided_by), each.second or "")
            for each in candidates
        ]
        head = ("id", "state", "kind", "name", "decided by", "second look by")
        table(f"{len(rows)} candidates", head, rows)
    return ExitCode.DONE


@app.command
def show(file: Path, id: str) -> int:
    """Show one candidate: where the copy of the document lies, and the values that would be the truth.

    Args:
        file: of candidates.
        id: as `list` shows it.
    """
    from evaluation.candidates import read_candidates, the_one

    found = the_one(read_candidates(file), id)
    data(f"{found.name}: {file.parent / found.file}")
    for name, value in found.fields.items():
        data(f"  {name}: {'not on the document' if value in (None, [], '') else value}")
    if found.unknown:
        data(f"  nobody looked at: {', '.join(found.unknown)}")
    return ExitCode.DONE


@app.command
def confirm(file: Path, id: str) -> int:
    """Confirm a candidate after looking at the document: `eval` counts it then. Not for who corrected it.

    Args:
        file: of candidates.
        id: as `list` shows it.
    """
    return _settle(file, id, "confirmed")


@app.command
def drop(file: Path, id: str) -> int:
    """Drop a candidate whose values are in doubt: it never counts and is not collected again.

    Args:
        file: of candidates.
        id: as `list` shows it.
    """
    return _settle(file, id, "dropped")


def _settle(file: Path, id: str, state: Literal["confirmed", "dropped"]) -> int:
    from evaluation.candidates import read_candidates, settled, write_candidates

    write_candidates(file, settled(read_candidates(file), id, state, person()))
    talk(f"{id} is {state}.")
    return ExitCode.DONE
