"""For Python programs: one file to its fields, many files to the store. Both raise only errors of schemas.errors."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.outcomes import BatchOutcome
    from flows.settings import Settings
    from schemas.results import Extraction


def extract_file(
    file: str | PathLike[str],
    schema: str | None = None,
    *,
    settings: Settings | None = None,
    password: str | None = None,
) -> Extraction:
    """Return the fields of one file, each with its proof; keeps nothing and starts no server.

    Args:
        file: the document.
        schema: name of its schema; None finds it out.
        settings: None loads them as every command does.
        password: of a locked PDF.

    Raises:
        Refusal: the file cannot be read, or its schema is not clear.
        SettingsError, SchemaError: before any work.
    """
    from flows.single import extract_one

    return extract_one(_settings(settings), Path(file), schema, password)


def run_batch(
    paths: Iterable[str | PathLike[str]],
    schema: str | None = None,
    *,
    settings: Settings | None = None,
    password: str | None = None,
) -> BatchOutcome:
    """Process files and folders, keep their records in the store, and return how it ended.

    Starts worker processes: call it below `if __name__ == "__main__":`.

    Args:
        paths: files and folders.
        schema: name of the schema of all of them; None finds it out for each.
        settings: None loads them as every command does.
        password: of locked PDFs among them.

    Raises:
        SettingsError, SchemaError: before any work.
        Unavailable: database, disk or storage are down; run it again to go on.
    """
    from flows.run import run_batch as run

    return run(_settings(settings), [Path(path) for path in paths], schema, password)


def _settings(settings: Settings | None) -> Settings:
    from flows.loading import load_settings

    return settings or load_settings().settings
