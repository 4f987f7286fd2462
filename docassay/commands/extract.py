"""One file to JSON on standard output."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from docassay.entrance import NO_FLAGS, Common, Password, settings_of
from docassay.exit_codes import ExitCode
from docassay.terminal import data


def extract(
    file: Path,
    *,
    schema: str | None = None,
    record: bool = False,
    password: Password = None,
    common: Annotated[Common, Parameter(name="*")] = NO_FLAGS,
) -> int:
    """Read one file and write its fields as JSON to standard output; starts no server and keeps nothing.

    If there is a store in the data folder, its layout memory reads along, and its certificates say what would pass
    today.

    Args:
        file: the document.
        schema: its schema; else it is found out.
        record: only the bare values, without evidence, confidence and reasons.
        password: of a locked PDF. Flags are seen by other users of this machine: prefer the variable.
    """
    from docassay.api import extract_file

    extraction = extract_file(file, schema, settings=settings_of(common), password=password)
    if record:
        import json

        data(json.dumps(extraction.record(), ensure_ascii=False, indent=2, default=str))
    else:
        data(extraction.model_dump_json(indent=2))
    return ExitCode.DONE
