"""Tests of the last link: deadlines for the whole answer, sizes, what counts as sent, and calling off."""

import gzip
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from guard_calls import call, completion, reply

from extractors.llm.guards.network import LARGEST_ANSWER, Lost, Network, NotSent
from extractors.llm.guards.switch import Switch, SwitchWatch
from schemas.errors import CallRefused, Reason, Unavailable


def network(seconds: float = 5.0, stopped=lambda _provider: None) -> Network:
    return Network(lambda: datetime.now(UTC), seconds=seconds, stopped=stopped)


def test_an_answer_comes_as_it_is_whatever_its_status(server):
    """Status, headers and body are handed on; connections are used again."""
    door = network()
    server.script = lambda handler: reply(handler, 429, b"slow down", Retry_After="7")
    for _ in range(3):
        got = door.send(call(server.url))
        assert (got.status, got.body, dict(got.headers)["Retry-After"]) == (429, b"slow down", "7")
    door.close()


def test_a_refused_connection_was_surely_not_sent():
    """Nobody listens: NotSent, so that nothing is booked."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(NotSent) as refused:
            network().send(call(f"http://127.0.0.1:{taken.getsockname()[1]}/v1"))
    assert refused.value.reason is Reason.MODEL_UNAVAILABLE and refused.value.passing


def slow_bytes(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.1)


def stall(handler):
    time.sleep(30)


def cut(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"{")
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


@pytest.mark.parametrize("script", [slow_bytes, stall, cut])
def test_an_answer_that_is_not_whole_in_time_is_lost_and_may_be_billed(server, script):
    """One byte at a time, silence, and a cut stream all end by the deadline of the whole call."""
    server.script = script
    started = time.monotonic()
    with pytest.raises(Lost) as lost:
        network(seconds=1.0).send(call(server.url))
    assert time.monotonic() - started < 2.5
    assert lost.value.passing


def test_the_documents_own_deadline_counts_too(server):
    """A call may not outlast its document, however patient the settings are."""
    server.script = stall
    started = time.monotonic()
    with pytest.raises(Lost):
        network(seconds=60).send(call(server.url, deadline=datetime.now(UTC) + timedelta(seconds=1)))
    assert time.monotonic() - started < 2.5


def test_an_endless_answer_is_cut_off(server):
    """More than the largest answer is not read into memory."""

    def endless(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(10 * LARGEST_ANSWER))
        handler.end_headers()
        for _ in range(10 * LARGEST_ANSWER // 1_000_000):
            handler.wfile.write(b"x" * 1_000_000)

    server.script = endless
    with pytest.raises(Lost, match="larger than"):
        network(seconds=20).send(call(server.url))


def test_redirects_are_not_followed(server):
    """A key is sent nowhere but where the settings say."""
    server.script = lambda handler: reply(handler, 302, b"", Location="http://192.0.2.1/")
    assert network().send(call(server.url)).status == 302


class Thrown:
    """Switches in memory."""

    def __init__(self) -> None:
        self.why: str | None = None
        self.broken = False

    def stopped(self, provider: str) -> str | None:
        if self.broken:
            raise Unavailable(Reason.DATABASE_UNAVAILABLE, "down")
        return self.why


def test_the_switch_cancels_fifty_calls_of_five_seconds_within_a_second(server, tmp_path):
    """Fifty calls in flight and more behind them: after a second none runs, and none began after the switch."""
    server.script = lambda handler: (time.sleep(5), reply(handler))
    switches, ended = Thrown(), []
    watch = SwitchWatch(switches, tmp_path)
    guard = Switch(network(seconds=30, stopped=watch.stopped), watch)

    def caller(_: int) -> CallRefused:
        while True:
            try:
                guard.send(call(server.url))
            except CallRefused as refusal:
                ended.append(time.monotonic())
                return refusal

    with ThreadPoolExecutor(50) as threads:
        running = [threads.submit(caller, number) for number in range(50)]
        while len(server.arrivals) < 50:
            time.sleep(0.02)
        thrown = time.monotonic()
        switches.why = "All calls were stopped by ann."
        refusals = [each.result() for each in running]
    assert max(ended) - thrown < 1.5
    assert not [at for at in server.arrivals if at > thrown + 1.0]
    assert all(refusal.reason is Reason.STOPPED for refusal in refusals)
    assert sum(isinstance(refusal, Lost) for refusal in refusals) == 50, "each was sent, so each may be billed"


def test_a_switch_that_cannot_be_read_is_on(tmp_path):
    """No database, no calls; nor with the machine's own stop, by file."""
    switches = Thrown()
    watch = SwitchWatch(switches, tmp_path, clock=iter(range(100)).__next__)
    assert watch.stopped("openai") is None
    switches.broken = True
    assert "cannot be read" in str(watch.stopped("openai"))
    switches.broken = False
    assert watch.stopped("openai") is None
    (tmp_path / "STOP").touch()
    assert "STOP" in str(watch.stopped("openai"))


def test_the_variable_stops_this_machine(tmp_path, monkeypatch):
    """DOCASSAY_STOP=1 needs no database; 0 is no stop."""
    monkeypatch.setenv("DOCASSAY_STOP", "0")
    assert SwitchWatch(Thrown(), tmp_path).stopped("openai") is None
    monkeypatch.setenv("DOCASSAY_STOP", "1")
    assert SwitchWatch(Thrown(), tmp_path).stopped("openai") is not None


def test_threads_do_not_share_their_deadlines(server):
    """A patient call on a used connection is not ended by the clock of an impatient one."""
    server.script = lambda handler: (time.sleep(0.8), reply(handler, body=completion("{}")))
    door = network(seconds=5)
    with pytest.raises(Lost):
        door.send(call(server.url, deadline=datetime.now(UTC) + timedelta(seconds=0.3)))
    results: list[int] = []
    threads = [threading.Thread(target=lambda: results.append(door.send(call(server.url)).status)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [200] * 5


def test_compressed_answers_are_unpacked(server):
    """What is kept, parsed and settled is the text, however it travelled; broken packing is a lost answer."""
    server.script = lambda handler: reply(handler, body=gzip.compress(completion()), Content_Encoding="gzip")
    assert network().send(call(server.url)).body == completion()
    for broken in (b"no gzip at all", gzip.compress(completion())[:-20]):
        server.script = lambda handler, body=broken: reply(handler, body=body, Content_Encoding="gzip")
        with pytest.raises(Lost):
            network().send(call(server.url))


def test_a_packed_bomb_does_not_unfold(server):
    """A small answer that would unpack to gigabytes is cut off."""
    bomb = gzip.compress(b" " * (3 * LARGEST_ANSWER))
    server.script = lambda handler: reply(handler, body=bomb, Content_Encoding="gzip")
    with pytest.raises(Lost, match="larger than"):
        network().send(call(server.url))


def test_a_server_that_stops_reading_holds_no_call_past_a_stop():
    """Thirty megabytes to somebody who does not read them: the switch ends the call all the same, at once."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(1)
        begun = time.monotonic()
        door = network(seconds=20, stopped=lambda _p: "stopped" if time.monotonic() > begun + 0.5 else None)
        with pytest.raises(Lost) as lost:
            door.send(call(f"http://127.0.0.1:{deaf.getsockname()[1]}/v1", b"x" * 30_000_000))
    assert lost.value.reason is Reason.STOPPED and time.monotonic() - begun < 2
