"""The settings and where each comes from."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from docassay.entrance import NO_FLAGS, Common, loaded
from docassay.exit_codes import ExitCode
from docassay.terminal import data_json, table, talk

app = App(name="config", help="The settings and where each comes from.", help_format="plaintext")


@app.command
def show(*, origin: bool = False, json: bool = False, common: Annotated[Common, Parameter(name="*")] = NO_FLAGS) -> int:
    """Show every setting; passwords are masked.

    Args:
        origin: also where each value comes from: built-in, a file, a variable or a flag.
        json: one JSON object.
    """
    found = loaded(common)
    lines = list(found.lines())
    if json:
        data_json({name: {"value": value, "origin": said} for name, value, said in lines}, indent=2)
        return ExitCode.DONE
    columns = ("setting", "value", "origin") if origin else ("setting", "value")
    table("Settings", columns, [line if origin else line[:2] for line in lines])
    talk(f"Settings file: {found.file or 'none; docassay init writes one'}")
    return ExitCode.DONE
