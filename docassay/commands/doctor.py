"""What is missing on this machine and how to get it."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from docassay.entrance import NO_FLAGS, Common, settings_of
from docassay.exit_codes import ExitCode
from docassay.terminal import data, data_json

_SIGNS = {"ok": "ok      ", "warning": "warning ", "missing": "MISSING "}


def doctor(*, deep: bool = False, json: bool = False, common: Annotated[Common, Parameter(name="*")] = NO_FLAGS) -> int:
    """Look at Python, packages, models, folders, watcher and database; say what is missing and how to get it.

    Args:
        deep: also read every stored document again and compare it with its sha256.
        json: JSON lines.
    """
    from docassay.doctor import examine

    worst = ExitCode.DONE
    for checked in examine(settings_of(common), deep=deep):
        if checked.verdict == "missing":
            worst = ExitCode.UNREACHABLE
        if json:
            data_json(
                {"what": checked.what, "verdict": checked.verdict, "found": checked.found, "remedy": checked.remedy}
            )
        else:
            data(f"{_SIGNS[checked.verdict]}{checked.what}: {checked.found}")
            if checked.remedy:
                data(f"        → {checked.remedy}")
    return worst
