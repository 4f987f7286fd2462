"""Everything in one process tree."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from docassay.entrance import NO_FLAGS, Common, loaded
from docassay.exit_codes import ExitCode
from docassay.terminal import talk


def serve(
    *,
    host: str | None = None,
    port: int | None = None,
    common: Annotated[Common, Parameter(name="*")] = NO_FLAGS,
) -> int:
    """Run watcher, schedules, Prefect server and API until stopped with Ctrl-C or SIGTERM.

    Args:
        host: address of the API; this machine only if left out.
        port: of the API.
    """
    import threading

    from flows.family import stop_on_signals
    from flows.serve import serve as run

    found = loaded(common, **{"api.host": host, "api.port": port})
    stop = threading.Event()
    stop_on_signals(stop)
    run(found.settings, found.file, talk, stop)
    talk("Stopped.")
    return ExitCode.DONE
