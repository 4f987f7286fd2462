"""Webhooks against real receivers on this machine: signed, repeated, never led elsewhere."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.webhooks import Backoff, Delivery, Receiver, secret_of, signature
from store.store import Store
from store.switches import Switches
from store.webhooks import Webhooks

KEY = bytes(range(32))
FAST = Backoff(first=timedelta(milliseconds=20), longest=timedelta(milliseconds=100))


class Listening:
    """A receiver: keeps what it gets and answers as it is told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: Callable[[int], int] = lambda number: 204
        self.location = ""
        self.slow = 0.0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                time.sleep(outer.slow)
                self.send_response(outer.answers(len(outer.got)))
                if outer.location:
                    self.send_header("location", outer.location)
                self.end_headers()

            def do_GET(self) -> None:
                self.do_POST()

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"


@pytest.fixture
def receiver() -> Iterator[Listening]:
    with listening() as one:
        yield one


@contextmanager
def listening() -> Iterator[Listening]:
    one = Listening()
    thread = threading.Thread(target=one.server.serve_forever, args=(0.02,))
    thread.start()
    yield one
    one.server.shutdown()
    one.server.server_close()
    thread.join()


@pytest.fixture
def outbox(store: Store) -> Webhooks:
    outbox = Webhooks(store.database)
    outbox.register({"erp": ()})
    return outbox


@contextmanager
def delivering(outbox: Webhooks, *receivers: Receiver) -> Iterator[list[str]]:
    stop, said = threading.Event(), []
    thread = threading.Thread(target=Delivery(outbox, receivers, said.append, FAST).run, args=(stop,))
    thread.start()
    yield said
    stop.set()
    thread.join()


def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.01)


def standing(outbox: Webhooks) -> tuple[int, int, int]:
    (one,) = outbox.standings()
    return one.waiting, one.delivered, one.dead


def test_a_receiver_can_check_who_sent_it(store: Store, outbox: Webhooks, receiver: Listening) -> None:
    """The signature over id, time and body holds with the shared secret, and with no other."""
    Switches(store.database).stop("openai", "anna", "a drill")
    with delivering(outbox, Receiver("erp", receiver.url, KEY)):
        until(lambda: standing(outbox) == (0, 1, 0))
    ((headers, body),) = receiver.got
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-id"].startswith("msg_")
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    assert json.loads(body)["type"] == "calls.stopped"
    assert json.loads(body)["data"]["provider"] == "openai"
    assert headers["content-type"] == "application/json"


def test_the_signature_is_that_of_the_standard() -> None:
    """The example of the Standard Webhooks specification gives the signature that stands there."""
    secret = secret_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    said = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert said == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.binary(min_size=24, max_size=64))
def test_a_secret_is_read_with_and_without_its_prefix(key: bytes) -> None:
    """Both ways of writing a secret mean the same key."""
    text = base64.b64encode(key).decode()
    assert secret_of(text) == secret_of(f"whsec_{text}") == key


@pytest.mark.parametrize("text", ["", "whsec_", "hunter2", base64.b64encode(bytes(23)).decode(), "whsec_ä"])
def test_a_weak_or_broken_secret_is_refused(text: str) -> None:
    """A secret that is none, or too short to protect anything, is not taken."""
    with pytest.raises(ValueError):
        secret_of(text)


def test_failures_are_tried_again_with_the_same_id(store: Store, outbox: Webhooks, receiver: Listening) -> None:
    """A receiver that is down for a while gets every event in the end, each attempt under the same id."""
    receiver.answers = lambda number: 500 if number < 4 else 200
    Switches(store.database).stop("", "anna", "")
    with delivering(outbox, Receiver("erp", receiver.url, KEY)):
        until(lambda: standing(outbox) == (0, 1, 0))
    assert len(receiver.got) == 4
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert len({body for _, body in receiver.got}) == 1


def test_after_the_last_attempt_it_is_dead_until_a_person_retries(
    store: Store, outbox: Webhooks, receiver: Listening
) -> None:
    """A message is not tried forever; its error is kept, and by hand it goes again."""
    receiver.answers = lambda number: 503
    Switches(store.database).stop("", "anna", "")
    with delivering(outbox, Receiver("erp", receiver.url, KEY, attempts=3)) as said:
        until(lambda: standing(outbox) == (0, 0, 1))
        assert len(receiver.got) == 3
        assert outbox.standings()[0].error == "It answered 503."
        receiver.answers = lambda number: 200
        outbox.retry("erp")
        until(lambda: standing(outbox) == (0, 1, 0))
    assert said == ["Webhook erp: It answered 503."]


def test_a_receiver_that_wants_no_more_is_left_alone(store: Store, outbox: Webhooks, receiver: Listening) -> None:
    """After an answer of 410 there is no second attempt."""
    receiver.answers = lambda number: 410
    Switches(store.database).stop("", "anna", "")
    with delivering(outbox, Receiver("erp", receiver.url, KEY)):
        until(lambda: standing(outbox) == (0, 0, 1))
    assert len(receiver.got) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_lead_nowhere(store: Store, outbox: Webhooks, receiver: Listening, status: int) -> None:
    """Whatever address an answer names, only the one of the settings is ever called."""
    with listening() as other:
        receiver.answers, receiver.location = (lambda number: status), other.url
        Switches(store.database).stop("", "anna", "")
        with delivering(outbox, Receiver("erp", receiver.url, KEY, attempts=2)):
            until(lambda: standing(outbox) == (0, 0, 1))
        assert other.got == []
    assert "redirects are not followed" in outbox.standings()[0].error


def test_the_proxy_of_the_environment_is_not_used(
    store: Store, outbox: Webhooks, receiver: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy variable of the machine does not see our events."""
    with listening() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        Switches(store.database).stop("", "anna", "")
        with delivering(outbox, Receiver("erp", receiver.url, KEY)):
            until(lambda: standing(outbox) == (0, 1, 0))
        assert proxy.got == []


def test_one_receiver_that_hangs_does_not_hold_up_another(store: Store, receiver: Listening) -> None:
    """Each receiver has its own queue: while one does not answer, the other gets its events."""
    outbox = Webhooks(store.database)
    outbox.register({"hangs": (), "well": ()})
    switches = Switches(store.database)
    for number in range(3):
        switches.stop(f"provider{number}", "anna", "")
    with listening() as hanging:
        hanging.slow = 1.0
        hangs = Receiver("hangs", hanging.url, KEY, timedelta(seconds=0.3), attempts=1)
        with delivering(outbox, hangs, Receiver("well", receiver.url, KEY)):
            until(lambda: len(receiver.got) == 3)
            until(lambda: next(one for one in outbox.standings() if one.endpoint == "hangs").dead > 0)
    error = next(one for one in outbox.standings() if one.endpoint == "hangs").error
    assert error == "No answer within 0.3 seconds."


def test_killed_between_sending_and_noting_it_repeats_under_the_same_id(
    store: Store, outbox: Webhooks, receiver: Listening, tmp_path: Path
) -> None:
    """A sender that is killed right after the receiver has the event sends it once more: the id tells the repeat."""
    Switches(store.database).stop("", "anna", "")
    program = f"""
        import os, threading
        from datetime import timedelta
        import review.webhooks as webhooks
        from store.store import Store
        from store.webhooks import Webhooks
        webhooks.LEASE_MARGIN = timedelta(0)
        class Dies(Webhooks):
            def delivered(self, message, status):
                os.kill(os.getpid(), {int(signal.SIGKILL)})
        store = Store.open("sqlite:///{tmp_path / "d.db"}", "{tmp_path / "files"}")
        receiver = webhooks.Receiver("erp", "{receiver.url}", bytes(range(32)), timedelta(seconds=2))
        webhooks.Delivery(Dies(store.database), [receiver], print).run(threading.Event())
    """
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], cwd=root, env=dict(os.environ))
    assert done.returncode == -signal.SIGKILL
    assert len(receiver.got) == 1
    assert standing(outbox) == (1, 0, 0)
    with delivering(outbox, Receiver("erp", receiver.url, KEY)):
        until(lambda: standing(outbox) == (0, 1, 0))
    first, second = (headers for headers, _ in receiver.got)
    assert first["webhook-id"] == second["webhook-id"]
    assert receiver.got[0][1] == receiver.got[1][1]


def test_waits_grow_and_spread() -> None:
    """Each further wait is about three times as long, up to a bound, and two receivers do not wait alike."""
    dice = random.Random(1)
    backoff = Backoff()
    means = [sum(backoff.wait(n, dice).total_seconds() for _ in range(400)) / 400 for n in range(1, 13)]
    assert means[0] == pytest.approx(5, rel=0.1)
    assert means[3] == pytest.approx(5 * 27, rel=0.1)
    assert max(means) <= 12 * 3600 * 1.1
    assert 24 * 3600 < sum(means) < 3 * 24 * 3600
    assert backoff.wait(1, dice) != backoff.wait(1, dice)
    assert backoff.pause(1000) == timedelta(minutes=1)
    assert backoff.wait(10**6, dice) <= timedelta(hours=18)
    assert datetime.now(UTC) + backoff.wait(10**6, dice)
