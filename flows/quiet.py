"""Keep Prefect from phoning home, and in its own folder. Must be called before anything imports prefect."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from flows.settings import Settings

QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
}


def prefect_environment(settings: Settings) -> Mapping[str, str]:
    """Return the variables that Prefect reads, for this process and what it starts."""
    home = settings.prefect_home
    variables = {
        **QUIET,
        "PREFECT_HOME": str(home),
        "PREFECT_PROFILES_PATH": str(home / "profiles.toml"),
        "PREFECT_LOGGING_LEVEL": "CRITICAL",  # failures come back as values; a trace is never for users
        "PREFECT_LOGGING_INTERNAL_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",  # the history of documents is in our database
        "PREFECT_RESULTS_DEFAULT_SERIALIZER": "json",
        "PREFECT_CLIENT_MAX_RETRIES": "2",  # a run does not wait long for what only displays it
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",  # a temporary server loses task runs; we start a real one
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",  # else it grows for ever
    }
    if settings.prefect.api_url is not None:
        variables["PREFECT_API_URL"] = settings.prefect.api_url
    return variables


def quiet_prefect(settings: Settings) -> None:
    """Set those variables in this process; raises RuntimeError if prefect was imported before and may have phoned."""
    wanted = prefect_environment(settings)
    if "prefect" in sys.modules and any(os.environ.get(name) != value for name, value in QUIET.items()):
        raise RuntimeError("prefect was imported before flows.quiet.quiet_prefect was called")
    os.environ.update(wanted)
