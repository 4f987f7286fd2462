import os
import subprocess
import sys

import pytest

from benchmarks.small_pdfs import write_small_pdfs

# Python loads this at the start of every process that inherits the variable: the run, its workers, its Prefect server.
WATCH = """
import os, sys
def note(event, arguments):
    if event == "socket.connect":
        where = arguments[1][0] if isinstance(arguments[1], tuple) else "local"
    elif event == "socket.getaddrinfo":
        where = arguments[0]
    else:
        return
    where = where.decode() if isinstance(where, bytes) else where
    with open(os.environ["CONNECTIONS"], "a") as file:
        file.write(f"{where}\\n")
sys.addaudithook(note)
"""
LOOPBACK = {"127.0.0.1", "::1", "localhost", "local", None, "None", ""}


@pytest.mark.slow
def test_nothing_phones_home(tmp_path):
    """A batch with a Prefect server of its own tries no connection but to this machine."""
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(WATCH)
    write_small_pdfs(tmp_path / "in", 60)
    seen = tmp_path / "connections"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DOCASSAY_", "PREFECT_"))}
    done = subprocess.run(
        [sys.executable, "-m", "docassay.cli", "run", "in", "--data", "data"],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(tmp_path / "hook"), "CONNECTIONS": str(seen)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "data" / "prefect" / "prefect.db").exists(), "the batch did not go through Prefect"
    tried = set(seen.read_text().splitlines())
    assert tried, "the hook saw nothing: it was not loaded"
    assert tried <= LOOPBACK


@pytest.mark.slow
def test_the_demo_tries_no_connection(tmp_path):
    """The whole demo, its workers included, looks up no name and calls nobody."""
    (tmp_path / "hook").mkdir()
    marker = 'open(os.environ["CONNECTIONS"], "a").write("hook loaded\\n")\n'
    (tmp_path / "hook" / "sitecustomize.py").write_text(WATCH + marker)
    seen = tmp_path / "connections"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DOCASSAY_", "PREFECT_"))}
    done = subprocess.run(
        [sys.executable, "-m", "docassay.cli", "demo", "--data", str(tmp_path / "data")],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(tmp_path / "hook"), "CONNECTIONS": str(seen)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    lines = seen.read_text().splitlines()
    assert lines.count("hook loaded") > 1, "the hook was not loaded in the demo and its workers"
    assert set(lines) - {"hook loaded"} <= LOOPBACK
