"""A settings file, an inbox and a schema to start from."""

from __future__ import annotations

from pathlib import Path

from docassay.exit_codes import ExitCode
from docassay.terminal import talk

SETTINGS = """\
# Settings of Docassay. Paths count from this file's folder. All of them: docassay config show --origin
data_folder = "docassay-data"   # documents, records and history are kept here
schemas = ["schemas"]           # your own kinds of documents
# database = "postgresql://docassay@localhost/docassay"   # instead of a SQLite file in the data folder
# accept_proved = true          # accept values that are proved on the page before thresholds are certified

# [model]                       # reads what rules cannot prove; without one nothing is sent anywhere
# name = "openai/gpt-5-mini"    # the key in OPENAI_API_KEY; also anthropic/…, google/…, ollama/…
# [budget]
# day_dollars = 5.0             # no call is made that could pass it

[[inboxes]]                     # a watched folder: docassay watch, docassay serve
path = "inbox"                  # a subfolder named like a schema sets the schema; done files go to inbox/archive
# schema = "invoice"
# polling = true                # for network shares

# [[schedules]]
# name = "nightly"
# cron = "0 2 * * *"
# timezone = "Europe/Berlin"
# export = "office"

# [exports.office]
# to = "tables.xlsx"
"""

SCHEMA = """\
# A kind of document of your own. Check it with: docassay schemas check
schema: delivery_note
title: Delivery note
description: What came with a delivery, without prices.
headings: [Delivery note, Packing slip]
fields:
  delivery_number:
    kind: identifier
    description: Number of the delivery note.
    labels: [Delivery note no, Delivery number, Packing slip no]
    required: true
  delivery_date:
    kind: date
    description: Day of the delivery.
    labels: [Delivery date, Date]
  supplier:
    kind: party
    description: Who delivered.
    places: [letterhead]
"""


def init(folder: Path = Path(), *, dry_run: bool = False) -> int:
    """Write docassay.toml, an inbox and a schema to edit; what is there already stays as it is.

    Args:
        folder: where; this folder if left out.
        dry_run: only say what would be written.
    """
    files = {folder / "docassay.toml": SETTINGS, folder / "schemas" / "delivery_note.yaml": SCHEMA}
    for path, text in files.items():
        if path.exists():
            talk(f"{path} is there already and stays.")
            continue
        talk(f"{path} {'would be written' if dry_run else 'written'}")
        if not dry_run:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if not dry_run:
        (folder / "inbox").mkdir(parents=True, exist_ok=True)
        talk(f"Drop documents into {folder / 'inbox'} and run: docassay watch. Or: docassay run PATH")
    return ExitCode.DONE
