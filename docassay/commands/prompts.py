"""What models are told: versions that never change, and which of them is in force."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from docassay.entrance import NO_FLAGS, Common, person, settings_of
from docassay.exit_codes import ExitCode
from docassay.terminal import data, data_json, table, talk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store.prompts import StoredPrompts

app = App(
    name="prompts",
    help="What models are told: list, show, diff, activate, rollback.",
    help_format="plaintext",
)
CommonFlags = Annotated[Common, Parameter(name="*")]
BUILT_IN = "built-in"


@app.command(name="list")
def list_(*, json: bool = False, common: CommonFlags = NO_FLAGS) -> int:
    """List the versions that were ever used or activated, and which is in force.

    Args:
        json: JSON lines.
    """
    from extractors.llm.prompts.book import PRODUCTION
    from extractors.llm.prompts.template import builtin

    with _prompts(common) as prompts:
        active = prompts.active(PRODUCTION, "")
        own = {move.schema_name: prompts.active(PRODUCTION, move.schema_name) for move in prompts.moves(PRODUCTION)}
        versions = {each.version: each for each in prompts.versions()}
    rows = []
    for version in dict.fromkeys((builtin().version, *versions)):
        kept = versions.get(version)
        schemas = sorted(name for name, chosen in own.items() if name and chosen == version)
        default = version == (active or builtin().version)
        where = ", ".join((["all schemas"] if default else []) + schemas)
        why = "built-in" if version == builtin().version else kept.why if kept else ""
        at = f"{kept.at:%Y-%m-%d %H:%M}" if kept else ""
        rows.append((version[:12], at, kept.who if kept else "", why, where))
        if json:
            data_json({"version": version, "at": at or None, "why": why, "in_force_for": where or None})
    if not json:
        table(f"{len(rows)} prompts", ("version", "since", "who", "why", "in force for"), rows)
    return ExitCode.DONE


@app.command
def show(version: str = "production", *, common: CommonFlags = NO_FLAGS) -> int:
    """Write a version as YAML: a start for one of your own.

    Args:
        version: its first digits, "production" for the one in force, "built-in" for ours.
    """
    with _prompts(common) as prompts:
        data(_text(prompts, version).rstrip("\n"))
    return ExitCode.DONE


@app.command
def diff(old: str, new: str, *, common: CommonFlags = NO_FLAGS) -> int:
    """Show what differs between two versions, line by line.

    Args:
        old: as in show.
        new: as in show.
    """
    import difflib

    with _prompts(common) as prompts:
        before, after = _text(prompts, old).splitlines(), _text(prompts, new).splitlines()
    for line in difflib.unified_diff(before, after, fromfile=old, tofile=new, lineterm=""):
        data(line)
    return ExitCode.DONE


@app.command
def activate(version: str, *, schema: str = "", why: str = "", common: CommonFlags = NO_FLAGS) -> int:
    """Put a version in force for documents that are begun from now on.

    Args:
        version: first digits of a version, "built-in", or a YAML file, which becomes a version.
        schema: only for documents of this schema; for all if left out.
        why: for the history.
    """
    from extractors.llm.prompts.book import PRODUCTION
    from extractors.llm.prompts.template import builtin, builtin_text, read_template

    with _prompts(common) as prompts:
        path = Path(version)
        if version == BUILT_IN:
            full = builtin().version
            prompts.add(full, builtin_text(), person(), BUILT_IN)
        elif path.is_file():
            text = path.read_text(encoding="utf-8")
            full = read_template(text, str(path)).version
            prompts.add(full, text, person(), why or f"from {path.name}")
        else:
            full = prompts.find(version).version
        prompts.activate(PRODUCTION, schema, full, person(), why)
    talk(f"{full[:12]} is in force for {schema or 'all schemas'}. Back: docassay prompts rollback")
    return ExitCode.DONE


@app.command
def rollback(*, schema: str = "", why: str = "", common: CommonFlags = NO_FLAGS) -> int:
    """Put the version in force that was so before the last activation.

    Args:
        schema: whose version; that of all schemas if left out.
        why: for the history.
    """
    from extractors.llm.prompts.book import PRODUCTION

    with _prompts(common) as prompts:
        move = prompts.rollback(PRODUCTION, schema, person(), why)
    talk(f"{move.new[:12] if move.new else BUILT_IN} is in force again for {schema or 'all schemas'}.")
    return ExitCode.DONE


def _text(prompts: StoredPrompts, version: str) -> str:
    from extractors.llm.prompts.book import PRODUCTION
    from extractors.llm.prompts.template import builtin, builtin_text

    if version == PRODUCTION:
        return prompts.active_text(PRODUCTION, "") or builtin_text()
    if version == BUILT_IN or (len(version) >= 4 and builtin().version.startswith(version)):
        return builtin_text()
    return prompts.find(version).text


@contextmanager
def _prompts(common: Common) -> Iterator[StoredPrompts]:
    from flows.wiring import open_store
    from store.prompts import StoredPrompts

    store = open_store(settings_of(common))
    try:
        yield StoredPrompts(store.database)
    finally:
        store.close()
