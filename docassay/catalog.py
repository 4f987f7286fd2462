"""What commands there are. Imports nothing, so that the overview answers before any library could be loaded."""

from __future__ import annotations

import shutil
import textwrap

TITLE = "Documents in, typed records out: every field comes with its proof."

WORK = "Work on documents"
RESULTS = "Results"
SERVICE = "Run as a service"
SETUP = "Set up and check"
GROUPS = (WORK, RESULTS, SERVICE, SETUP)

# name, where it is, group, what it does
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
    ("truth", "docassay.commands.truth:app", RESULTS, "Corrected documents for your evaluation set: collect, confirm."),
    (
        "confidence",
        "docassay.commands.confidence:app",
        RESULTS,
        "What is promised about accepted values: show, update, learn.",
    ),
    ("memory", "docassay.commands.memory:app", RESULTS, "What corrections taught about layouts: list, show, undo."),
    ("trace", "docassay.commands.trace:trace", RESULTS, "What models were asked about a document, and what they said."),
    ("budget", "docassay.commands.budget:budget", RESULTS, "What models cost: spent, held and left."),
    ("watch", "docassay.commands.watch:watch", SERVICE, "Take in whatever is dropped into the inbox folders."),
    (
        "serve",
        "docassay.commands.serve:serve",
        SERVICE,
        "Review desk, REST, inboxes and schedules in one process tree.",
    ),
    ("user", "docassay.commands.user:app", SERVICE, "People of the review desk: list, add, role, link, password, …"),
    ("token", "docassay.commands.token:app", SERVICE, "Tokens of programs for the REST interface: list, add, revoke."),
    ("schedule", "docassay.commands.schedule:app", SERVICE, "Batches and exports at set times: list, run."),
    ("stop", "docassay.commands.stop:stop", SERVICE, "Stop all calls to models, or to one provider; a drill."),
    ("resume", "docassay.commands.resume:resume", SERVICE, "Let calls to models go again."),
    ("init", "docassay.commands.init:init", SETUP, "Write a commented docassay.toml, an inbox and a schema to edit."),
    ("schemas", "docassay.commands.schemas:app", SETUP, "Kinds of documents: list, show, check."),
    ("prompts", "docassay.commands.prompts:app", SETUP, "What models are told: list, show, diff, activate, rollback."),
    ("config", "docassay.commands.config:app", SETUP, "The settings and where each comes from."),
    ("doctor", "docassay.commands.doctor:doctor", SETUP, "What is missing on this machine and how to get it."),
    ("completion", "docassay.commands.completion:completion", SETUP, "Complete commands in your shell with Tab."),
)

EPILOGUE = (
    "Exit codes: 0 done (waiting for a person is a success), 1 some documents failed, 2 usage or settings, "
    "4 database or disk out of reach, 6 with --fail-on-review, 70 a mistake in Docassay, 130 interrupted."
)


def overview() -> str:
    """Return the help of the whole command line."""
    width = min(shutil.get_terminal_size().columns, 120)
    column = max(len(name) for name, *_ in COMMANDS) + 4
    lines = ["Usage: docassay COMMAND", "", TITLE]
    for group in GROUPS:
        lines += ["", group]
        for name, _, of, text in COMMANDS:
            if of == group:
                lines += textwrap.wrap(
                    text, width, initial_indent=f"  {name:<{column - 2}}", subsequent_indent=" " * column
                )
    lines += ["", "What a command takes: docassay COMMAND --help", "", *textwrap.wrap(EPILOGUE, width)]
    return "\n".join(lines)
