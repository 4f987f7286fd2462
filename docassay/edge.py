"""Where errors become words and exit codes; the only place that looks at a stack trace, and it writes it to a file."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from docassay.exit_codes import ExitCode
from schemas.errors import DocassayError, Refusal, Unavailable

if TYPE_CHECKING:
    from cyclopts import CycloptsError


def told(error: BaseException, arguments: list[str]) -> ExitCode:
    """Say on standard error what happened and what to do next; return the exit code."""
    if isinstance(error, KeyboardInterrupt):
        return _say(
            "interrupted", "Stopped. What is done is kept; the same command goes on.", ExitCode.INTERRUPTED, arguments
        )
    if isinstance(error, BrokenPipeError):  # the reader of our output went away (`| head`)
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.DONE
    if isinstance(error, Unavailable):
        return _say(error.reason.value, str(error), ExitCode.UNREACHABLE, arguments)
    if isinstance(error, Refusal):
        return _say(error.reason.value, str(error), ExitCode.DOCUMENTS_FAILED, arguments)
    if isinstance(error, DocassayError):
        return _say(_code(error), str(error), ExitCode.USAGE, arguments)
    return _our_bug(error, arguments)


def told_usage(error: CycloptsError, arguments: list[str]) -> ExitCode:
    """Say what is wrong with the command line."""
    command = " ".join(["docassay", *(word for word in (error.command_chain or ()) if word != "docassay")])
    message = f"{str(error).strip()} See: {command} --help"
    return _say("usage", message, ExitCode.USAGE, arguments)


def _our_bug(error: BaseException, arguments: list[str]) -> ExitCode:
    report = "".join(traceback.format_exception(error))
    handle, path = tempfile.mkstemp(prefix="docassay-error-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(report)
    message = (
        f"This is a mistake in Docassay ({type(error).__name__}), not yours. Nothing that was stored is lost. "
        f"Please report it with the file {Path(path)}."
    )
    return _say("our_bug", message, ExitCode.OUR_BUG, arguments)


def _code(error: DocassayError) -> str:
    name = type(error).__name__
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def _say(code: str, message: str, exit_code: ExitCode, arguments: list[str]) -> ExitCode:
    if "--json" in arguments:
        print(json.dumps({"code": code, "message": message}), file=sys.stderr)  # noqa: T201
    else:
        print(message, file=sys.stderr)  # noqa: T201
    return exit_code
