"""What corrections taught about layouts: the lessons, what speaks for and against each, and taking one back."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from docassay.entrance import NO_FLAGS, Common, person, settings_of, stored
from docassay.exit_codes import ExitCode
from docassay.terminal import data, data_json, table, talk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.memory import LayoutMemory

app = App(name="memory", help="What corrections taught about layouts: list, show, undo.", help_format="plaintext")
CommonFlags = Annotated[Common, Parameter(name="*")]


@app.command(name="list")
def list_(*, json: bool = False, common: CommonFlags = NO_FLAGS) -> int:
    """List the lessons: which are promoted, so that they give values, and which are not, and why.

    Args:
        json: JSON lines.
    """
    with _memory(common) as memory:
        memory.catch_up()
        lessons = memory.memory.lessons()
        names = {each.document: memory.store.document(each.document).name for each in lessons}
    for each in lessons if json else ():
        data_json({**each.model_dump(mode="json", exclude={"place"}), "name": names[each.document]})
    if not json:
        rows = [
            (
                str(each.number),
                each.state,
                f"{each.schema_name}.{each.field}",
                str(each.layout),
                f"{each.right}:{each.wrong}",
                names[each.document],
                each.who,
                f"{each.at:%Y-%m-%d %H:%M}",
            )
            for each in lessons
        ]
        head = ("lesson", "state", "field", "layout", "for:against", "learned from", "by", "since")
        table(f"{len(rows)} lessons", head, rows)
        for each in lessons:
            if each.state != "promoted":
                data(f"lesson {each.number} gives no values: {each.why}")
    return ExitCode.DONE


@app.command
def show(lesson: int, *, common: CommonFlags = NO_FLAGS) -> int:
    """Show one lesson: its place, why it is in use or not, and each document that speaks for or against it.

    Args:
        lesson: its number, as `list` shows it.
    """
    with _memory(common) as memory:
        memory.catch_up()
        found, trials = memory.memory.lesson(lesson), memory.memory.trials(lesson)
        names = {sha: memory.store.document(sha).name for sha in (found.document, *trials)}
    data(f"lesson {found.number}: {found.schema_name}.{found.field} on layout {found.layout}")
    data(f"{found.state} since {found.at:%Y-%m-%d %H:%M}: {found.why}")
    data(f"learned from {names[found.document]} ({found.document[:12]}), corrected by {found.who}")
    places = [
        (each.text, f"{each.right:+.0f}", f"{each.down:+.0f}", "its label" if each.needed else "")
        for each in found.place.neighbours
    ]
    table("The value stands, in thousandths of the page's width", ("from", "to the right", "down", ""), places)
    said = [(names[sha], sha[:12], "agrees" if right else "contradicts") for sha, right in trials.items()]
    table("Documents that people decided on", ("document", "id", "says"), said)
    return ExitCode.DONE


@app.command
def undo(lesson: int, *, common: CommonFlags = NO_FLAGS) -> int:
    """Take a lesson back for good: documents that are read from now on do not use it. Records stay as they are.

    Args:
        lesson: its number, as `list` shows it.
    """
    with _memory(common) as memory:
        found = memory.undo(lesson, person())
    talk(f"Lesson {found.number} ({found.schema_name}.{found.field}) gives no values any more.")
    return ExitCode.DONE


@contextmanager
def _memory(common: Common) -> Iterator[LayoutMemory]:
    from flows.wiring import known_schemas, open_memory

    settings = settings_of(common)
    store = stored(settings)
    try:
        yield open_memory(settings, store, known_schemas(settings))
    finally:
        store.close()
