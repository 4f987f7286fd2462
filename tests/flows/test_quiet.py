import os
import subprocess
import sys


def test_prefect_is_quiet_before_it_is_imported(tmp_path):
    """Prefect starts with its reports off and with its home in our folder, whatever the environment says."""
    script = (
        "from pathlib import Path\n"
        "from flows.settings import Settings\n"
        "from flows.quiet import quiet_prefect\n"
        f"quiet_prefect(Settings(data_folder=Path({str(tmp_path)!r})))\n"
        "from prefect.settings import get_current_settings\n"
        "found = get_current_settings()\n"
        "print(found.server.analytics_enabled, found.cloud.enable_orchestration_telemetry, found.home, "
        "found.server.ephemeral.enabled)"
    )
    environment = {**os.environ, "PREFECT_SERVER_ANALYTICS_ENABLED": "true", "DO_NOT_TRACK": "0"}
    out = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert out.stdout.split() == ["False", "False", str(tmp_path.resolve() / "prefect"), "False"]


def test_prefect_that_was_imported_unquieted_is_an_error(tmp_path):
    """Nobody can import Prefect before it was told to be quiet without it being seen."""
    script = (
        "import prefect\nfrom flows.settings import Settings\nfrom flows.quiet import quiet_prefect\n"
        "quiet_prefect(Settings())"
    )
    environment = {name: value for name, value in os.environ.items() if name != "DO_NOT_TRACK"}
    environment |= {"PREFECT_HOME": str(tmp_path), "PREFECT_SERVER_ANALYTICS_ENABLED": "true"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert "RuntimeError" in done.stderr
