"""The command line. Every command is loaded when it is called, so that help answers at once."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError, Group

from docassay import __version__
from docassay.exit_codes import ExitCode

WORK = Group("Work on documents", sort_key=1)
RESULTS = Group("Results", sort_key=2)
SERVICE = Group("Run as a service", sort_key=3)
SETUP = Group("Set up and check", sort_key=4)

COMMANDS = (
    ("demo", "docassay.commands.demo:demo", WORK, "Process the bundled samples and show what comes out."),
    ("run", "docassay.commands.run:run", WORK, "Process files and folders once; what is done is not done again."),
    ("extract", "docassay.commands.extract:extract", WORK, "One file to JSON on standard output; keeps nothing."),
    ("retry", "docassay.commands.retry:retry", WORK, "Try failed and deferred documents again."),
    ("status", "docassay.commands.status:status", RESULTS, "How many documents are where, and what failed."),
    ("review", "docassay.commands.review:app", RESULTS, "What waits for a person: list, show, set, accept, reject."),
    ("explain", "docassay.commands.explain:explain", RESULTS, "Why a field has its value: page, quote, reasons."),
    ("export", "docassay.commands.export:export", RESULTS, "Write records as tables: CSV, XLSX, Parquet, JSONL, SQL."),
    ("eval", "docassay.commands.evaluate:evaluate", RESULTS, "Measure the line against documents with known truth."),
    ("watch", "docassay.commands.watch:watch", SERVICE, "Take in whatever is dropped into the inbox folders."),
    ("serve", "docassay.commands.serve:serve", SERVICE, "Watcher, schedules, Prefect and API in one process tree."),
    ("schedule", "docassay.commands.schedule:app", SERVICE, "Batches and exports at set times: list, run."),
    ("init", "docassay.commands.init:init", SETUP, "Write a commented docassay.toml, an inbox and a schema to edit."),
    ("schemas", "docassay.commands.schemas:app", SETUP, "Kinds of documents: list, show, check."),
    ("config", "docassay.commands.config:app", SETUP, "The settings and where each comes from."),
    ("doctor", "docassay.commands.doctor:doctor", SETUP, "What is missing on this machine and how to get it."),
    ("completion", "docassay.commands.completion:completion", SETUP, "Complete commands in your shell with Tab."),
)

EPILOGUE = (
    "Exit codes: 0 done (waiting for a person is a success), 1 some documents failed, 2 usage or settings, "
    "4 database or disk out of reach, 6 with --fail-on-review, 70 a mistake in Docassay, 130 interrupted."
)

app = App(
    name="docassay",
    help="Documents in, typed records out: every field comes with its proof.",
    help_epilogue=EPILOGUE,
    help_format="plaintext",  # rendering Markdown would cost a third of the time that help takes
    version=__version__,
)
for _name, _place, _group, _help in COMMANDS:
    app.command(_place, name=_name, group=_group, help=_help)


def main(tokens: Sequence[str] | None = None) -> None:
    """Run the command line and exit; no user ever sees a stack trace."""
    arguments = list(sys.argv[1:] if tokens is None else tokens)
    sys.exit(int(answer(arguments)))


def answer(arguments: list[str]) -> int:
    """Run one command and return its exit code, with every error told in words."""
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
