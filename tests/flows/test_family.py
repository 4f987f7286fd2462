import multiprocessing
import os
import signal
import threading
import time

from flows.family import Family


def sleep_for_ever(path):
    with open(path, "a") as file:
        file.write(f"{os.getpid()}\n")
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    time.sleep(1000)


def refuse_to_end(path):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sleep_for_ever_without_handler(path)


def sleep_for_ever_without_handler(path):
    with open(path, "a") as file:
        file.write(f"{os.getpid()}\n")
    time.sleep(1000)


def pids(path):
    try:
        return [int(line) for line in path.read_text().split()]
    except FileNotFoundError:
        return []


def until(condition, seconds=20.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_dead_child_is_restarted_and_all_end_together(tmp_path):
    """A child that dies is started again, and when the family stops no child is left."""
    said = []
    family = Family(said.append)
    family.add("one", sleep_for_ever, str(tmp_path / "one"))
    thread = threading.Thread(target=family.run)
    thread.start()
    until(lambda: len(pids(tmp_path / "one")) == 1)
    os.kill(pids(tmp_path / "one")[0], signal.SIGKILL)
    until(lambda: len(pids(tmp_path / "one")) == 2)
    family.stop.set()
    thread.join(30)
    assert not thread.is_alive()
    assert any("starts again" in line for line in said)
    assert multiprocessing.active_children() == []


def test_child_that_does_not_end_is_killed(tmp_path, monkeypatch):
    """A child that ignores the request to end does not keep the service from ending."""
    monkeypatch.setattr("flows.family.END_SECONDS", 0.5)
    family = Family(lambda _line: None)
    family.add("stubborn", refuse_to_end, str(tmp_path / "one"))
    thread = threading.Thread(target=family.run)
    thread.start()
    until(lambda: len(pids(tmp_path / "one")) == 1)
    time.sleep(0.2)
    family.stop.set()
    thread.join(30)
    assert not thread.is_alive()
    assert multiprocessing.active_children() == []
