"""The entrance of the command line: what needs no library is answered at once, everything else by its command."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from docassay.catalog import overview
from docassay.exit_codes import ExitCode


def main(tokens: Sequence[str] | None = None) -> None:
    """Run the command line and exit; no user ever sees a stack trace."""
    sys.exit(int(answer(list(sys.argv[1:] if tokens is None else tokens))))


def answer(arguments: list[str]) -> int:
    """Run one command and return its exit code, with every error told in words."""
    if arguments in ([], ["--help"], ["-h"]):
        print(overview())  # noqa: T201
        return ExitCode.DONE
    from cyclopts import CycloptsError

    from docassay.application import app

    try:
        result = app(arguments, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        from docassay.edge import told_usage

        return told_usage(error, arguments)
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else ExitCode.USAGE
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the one handler at the edge
        from docassay.edge import told

        return told(error, arguments)
    return result if isinstance(result, int) else ExitCode.DONE


if __name__ == "__main__":
    main()
