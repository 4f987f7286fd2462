"""Take in whatever is dropped into the inbox folders."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from docassay.entrance import NO_FLAGS, Common, settings_of
from docassay.exit_codes import ExitCode
from docassay.terminal import progress_of_run, talk


def watch(
    folder: Path | None = None,
    *,
    schema: str | None = None,
    polling: bool = False,
    common: Annotated[Common, Parameter(name="*")] = NO_FLAGS,
) -> int:
    """Watch the inboxes of the settings, or one folder, until stopped with Ctrl-C.

    Args:
        folder: this folder instead of the inboxes of the settings.
        schema: of everything in that folder.
        polling: for a network share, which sends no events.
    """
    import signal
    import threading

    from flows.watch import watch_inboxes
    from schemas.errors import SettingsError

    flags = {"inboxes": [{"path": folder, "schema": schema, "polling": polling}]} if folder is not None else {}
    settings = settings_of(common, **flags)
    if not settings.inboxes:
        raise SettingsError("No folder to watch. Name one: docassay watch FOLDER, or add [[inboxes]] to docassay.toml.")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    for inbox in settings.inboxes:
        talk(f"Watching {inbox.path}: done files go to {inbox.archive_folder}, failed ones to {inbox.failed_folder}")
    with progress_of_run():
        watch_inboxes(settings, stop)
    talk("Stopped.")
    return ExitCode.DONE
