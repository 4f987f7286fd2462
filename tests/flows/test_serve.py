import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from benchmarks.small_pdfs import write_small_pdfs
from store.store import Store
from store.tokens import Tokens

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("serve")]

SETTINGS = """
[watch]
stability_seconds = 0.5
scan_seconds = 5
[[inboxes]]
path = "inbox"
[api]
port = {api}
[prefect]
port = {prefect}
[webhooks.erp]
url = "http://127.0.0.1:{hook}/"
secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(condition, what, seconds=60.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            found = condition()
        except (OSError, ValueError):
            found = None
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(f"not in time: {what}")


def children(pid):
    out = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(child): int(parent) for child, parent in (line.split() for line in out.splitlines())}
    found, front = set(), {pid}
    while front:
        front = {child for child, parent in parents.items() if parent in front}
        found |= front
    return found


@pytest.fixture
def told():
    """A receiver of webhooks: its port, and the events that it got."""
    events = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            events.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server.server_port, events
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def service(tmp_path, told):
    """`docassay serve` in a process tree of its own, ended after the test."""
    ports = {"api": free_port(), "prefect": free_port(), "hook": told[0]}
    (tmp_path / "docassay.toml").write_text(SETTINGS.format(**ports))
    data = tmp_path / "docassay-data"
    data.mkdir()
    store = Store.open(f"sqlite:///{data / 'docassay.db'}", data / "files")
    os.environ["TEST_TOKEN"] = Tokens(store.database).add("t", ["see", "operate"], ["*"], timedelta(hours=1), "test")
    store.close()
    process = subprocess.Popen(
        [sys.executable, "-m", "docassay.cli", "serve"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    api = f"http://127.0.0.1:{ports['api']}/api/v1"
    yield process, api, f"http://127.0.0.1:{ports['prefect']}/api"
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def get(url):
    with urllib.request.urlopen(asked(url), timeout=2) as answer:
        return json.load(answer)


def asked(url, **more):
    return urllib.request.Request(url, headers={"Authorization": f"Bearer {os.environ['TEST_TOKEN']}"}, **more)


def test_service_takes_files_and_uploads_and_ends_with_all_its_children(service, told, tmp_path):
    """One process tree takes files and uploads through the line, survives the death of its children, and ends clean."""
    process, api, prefect = service
    until(lambda: get(f"{api}/health")["status"] == "ok", "the API")
    dropped, uploaded, late = write_small_pdfs(tmp_path / "made", 3)
    dropped.rename(tmp_path / "inbox" / dropped.name)
    request = asked(f"{api}/documents?name=up.pdf", data=uploaded.read_bytes(), method="POST")
    with urllib.request.urlopen(request) as answer:
        state_url = json.load(answer)["state_url"]
    until((tmp_path / "inbox" / "archive" / dropped.name).exists, "the archive")
    until(lambda: get(f"{api.removesuffix('/api/v1')}{state_url}")["state"] == "in_review", "the upload")
    until(lambda: get(f"{prefect}/health"), "the Prefect server")
    decided = [dropped.name, "up.pdf"]
    until(lambda: sorted(event["data"]["name"] for event in told[1]) == sorted(decided), "the webhooks")
    assert {event["type"] for event in told[1]} == {"document.decided"}

    for child in children(process.pid):
        command = Path(f"/proc/{child}/cmdline")
        if command.exists() and "multiprocessing.spawn" in command.read_text():
            os.kill(child, signal.SIGKILL)
    late.rename(tmp_path / "inbox" / late.name)
    until((tmp_path / "inbox" / "archive" / late.name).exists, "the archive after all children were killed")

    family = children(process.pid)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=40)
    assert process.returncode == 0, said
    assert "Traceback" not in said
    assert "starts again" in said
    until(lambda: not any(_alive(pid) for pid in family), "the end of the children")


def test_second_service_on_the_same_data_is_refused(service, tmp_path):
    """Two services on one data folder would hinder each other: the second one says so and ends."""
    _, api, _ = service
    until(lambda: get(f"{api}/health")["status"] == "ok", "the API")
    second = subprocess.run(
        [sys.executable, "-m", "docassay.cli", "serve"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert second.returncode == 2
    assert "Another" in second.stderr


def _alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
