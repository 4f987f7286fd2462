import os
import signal
import sqlite3
import subprocess
import time

import pytest

from benchmarks.kill import command, damage, run_until_done
from benchmarks.small_pdfs import write_small_pdfs

WHOLE = {
    "lost": 0,
    "not_through": 0,
    "without_record": 0,
    "records_twice": 0,
    "decided_twice": 0,
    "versions_twice": 0,
}


@pytest.mark.slow
@pytest.mark.parametrize("whole_group", [True, False])
def test_killed_runs_lose_nothing_and_do_nothing_twice(tmp_path, whole_group):
    """A run that is killed five times at random moments and started again has every document exactly once."""
    folder, data = tmp_path / "in", tmp_path / "data"
    write_small_pdfs(folder, 150)
    run_until_done(folder, data, kills=5, seed=7, whole_group=whole_group)
    found = damage(data, 150)
    assert found == {"stored": 150, **WHOLE}
    last = _transitions(data)
    subprocess.run(command(folder, data), check=True, capture_output=True)
    assert _transitions(data) == last, "the same folder again did work"


@pytest.mark.slow
def test_children_of_a_killed_run_end_too(tmp_path):
    """Workers, parsers and the Prefect server do not outlive the run that started them."""
    folder, data = tmp_path / "in", tmp_path / "data"
    write_small_pdfs(folder, 400)
    process = subprocess.Popen(command(folder, data), stderr=subprocess.DEVNULL, start_new_session=True)
    _wait_for(lambda: _processed(data) > 20)
    family = _descendants(process.pid)
    assert len(family) >= 3
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    _wait_for(lambda: not any(_alive(pid) for pid in family))


@pytest.mark.slow
@pytest.mark.parametrize("documents", [45, 400])
def test_ctrl_c_stops_after_the_documents_at_hand(tmp_path, documents):
    """An interrupted run, in Prefect or not, ends with 130 soon, holds no document, and goes on where it stopped."""
    folder, data = tmp_path / "in", tmp_path / "data"
    write_small_pdfs(folder, documents)
    process = subprocess.Popen(command(folder, data), stderr=subprocess.PIPE, text=True, start_new_session=True)
    _wait_for(lambda: _processed(data) > 0)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130, said
    assert "Stopped." in said
    assert "Traceback" not in said
    with sqlite3.connect(data / "docassay.db") as database:
        assert database.execute("select count(*) from documents where lease_owner is not null").fetchone() == (0,)
    subprocess.run(command(folder, data), check=True, capture_output=True)
    assert damage(data, documents) == {"stored": documents, **WHOLE}


def _transitions(data):
    with sqlite3.connect(data / "docassay.db") as database:
        return database.execute("select count(*), max(id) from transitions").fetchone()


def _processed(data):
    try:
        with sqlite3.connect(data / "docassay.db") as database:
            return database.execute("select count(*) from documents where record > 0").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


def _wait_for(condition, seconds=60.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def _descendants(pid):
    out = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(child): int(parent) for child, parent in (line.split() for line in out.splitlines())}
    found, front = set(), {pid}
    while front:
        front = {child for child, parent in parents.items() if parent in front}
        found |= front
    return found


def _alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
