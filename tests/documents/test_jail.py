"""Tests of the pool of parser children, with a parser that misbehaves on command."""

import os
import random
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from documents.jail import ParserPool
from documents.limits import Limits
from schemas.errors import Reason, Refusal

PARSER = f"{Path(__file__).with_name('mischief.py')}:parse"
TIGHT = Limits(seconds=2, seconds_per_picture=2, memory_megabytes=200, picture_memory_megabytes=200)


@pytest.fixture(scope="module")
def pool():
    with ParserPool(TIGHT, parser=PARSER) as pool:
        yield pool


def refusal_of(pool: ParserPool, verb: str) -> Reason:
    with pytest.raises(Refusal) as caught:
        pool.parse(verb.encode(), "invoice.pdf")
    assert caught.value.message and caught.value.remedy
    return caught.value.reason


@pytest.mark.parametrize(
    ("verb", "reason"),
    [
        ("hang", Reason.TOO_SLOW),
        ("hang_deaf", Reason.TOO_SLOW),
        ("crash", Reason.BROKEN_STRUCTURE),
        ("abort", Reason.BROKEN_STRUCTURE),
        ("leave", Reason.BROKEN_STRUCTURE),
        ("dig", Reason.TOO_MUCH_MEMORY),
        ("garbage", Reason.BROKEN_STRUCTURE),
        ("huge_frame", Reason.BROKEN_STRUCTURE),
        ("wrong_answer", Reason.BROKEN_STRUCTURE),
        ("fail", Reason.BROKEN_STRUCTURE),
        ("grow", Reason.TOO_MUCH_MEMORY),
        ("run_out", Reason.TOO_MUCH_MEMORY),
        ("refuse", Reason.NO_TEXT),
    ],
)
def test_a_misbehaving_parser_costs_its_own_document_only(pool, verb, reason):
    """Whatever a parser does ends in the right reason code within the limit, and the next document is read."""
    begun = time.monotonic()
    assert refusal_of(pool, verb) is reason
    assert time.monotonic() - begun < TIGHT.seconds + 3
    assert pool.parse(b"say all is well").text == "all is well"


def test_the_document_arrives_whole(pool):
    """What the child parsed and what the parent gets are equal, with attachments, form fields, findings, metadata."""
    from importlib.util import module_from_spec, spec_from_file_location

    specification = spec_from_file_location("mischief", PARSER.removesuffix(":parse"))
    mischief = module_from_spec(specification)
    specification.loader.exec_module(mischief)
    assert pool.parse("say grün ☃ 12,50 €".encode()) == mischief.document("grün ☃ 12,50 €")


def test_what_a_parser_prints_is_no_answer(pool):
    """Text that a library prints to standard output does not disturb the answer."""
    assert pool.parse(b"chatter").text == "chatter"


def test_the_child_knows_no_secrets_of_the_parent(monkeypatch):
    """Keys in the environment of the service are not handed to the process that reads strangers' files."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    with ParserPool(TIGHT, parser=PARSER) as pool:
        assert pool.parse(b"secret OPENAI_API_KEY").text == "unset"


def test_a_child_is_used_again(pool):
    """Two documents in a row are read by the same process."""
    assert pool.parse(b"who").text == pool.parse(b"who").text


def test_idle_children_that_died_are_replaced(pool):
    """A child that was killed while idle costs nobody's document."""
    first = pool.parse(b"who").text
    os.kill(int(first), 9)
    time.sleep(0.05)
    assert pool.parse(b"who").text != first


def test_a_picture_has_its_own_time():
    """Seconds in which a picture is read are not taken from the seconds of the document."""
    limits = Limits(seconds=1, seconds_per_picture=5)
    with ParserPool(limits, parser=PARSER) as pool:
        assert pool.parse(b"picture 1.5").text == "picture"


def test_a_picture_that_hangs_is_too_slow(pool):
    """A picture has no more time than its limit."""
    assert refusal_of(pool, "picture 60") is Reason.TOO_SLOW


def test_pictures_are_read_one_at_a_time():
    """Two workers with a picture each read them one after the other, and waiting costs none of their time."""
    limits = Limits(seconds=1, seconds_per_picture=2)
    with ParserPool(limits, workers=2, parser=PARSER) as pool, ThreadPoolExecutor(2) as threads:
        pool.parse(b"say warm")
        begun = time.monotonic()
        texts = [future.result().text for future in [threads.submit(pool.parse, b"picture 1.2") for _ in range(2)]]
        assert texts == ["picture", "picture"]
        assert time.monotonic() - begun > 2.3


def test_what_a_parser_started_dies_with_it(pool, tmp_path):
    """Processes that a parser started do not outlive it."""
    note = tmp_path / "pid"
    assert refusal_of(pool, f"offspring {note}") is Reason.TOO_SLOW
    time.sleep(0.1)
    process = Path(f"/proc/{note.read_text()}/stat")
    assert not process.exists() or process.read_text().split()[2] == "Z"


def test_children_die_with_the_service():
    """When the service is killed in the middle of a document, its parser ends within two seconds."""
    code = (
        "import sys; from documents.jail import ParserPool; from documents.limits import Limits\n"
        f"pool = ParserPool(Limits(seconds=600), parser={PARSER!r})\n"
        "print(pool.parse(b'who').text, flush=True); pool.parse(b'hang')"
    )
    service = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    child = Path("/proc") / service.stdout.readline().strip()
    time.sleep(0.2)
    service.kill()
    service.communicate()
    deadline = time.monotonic() + 3
    while child.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not child.exists()


def test_threads_share_a_pool_without_mixing_documents():
    """Many threads on few children each get the text of their own document."""
    with ParserPool(TIGHT, workers=3, parser=PARSER) as pool, ThreadPoolExecutor(12) as threads:
        wanted = [f"document {number}" for number in range(60)]
        assert [found.text for found in threads.map(lambda t: pool.parse(f"say {t}".encode()), wanted)] == wanted


def test_a_file_of_which_more_is_asked_for_is_sent_once(pool):
    """A child that still has a file is asked about it by name; one that died, or had another file since, is sent it."""
    sent = []

    def content(text: str):
        return lambda: (sent.append(text), f"say {text}".encode())[1]

    assert [pool.parse_again("one", content("one")).text for _ in range(3)] == ["one"] * 3
    assert sent == ["one"]
    process = int(pool.parse_again("who", lambda: b"who").text)
    assert pool.parse_again("one", content("one")).text == "one"
    os.kill(process, 9)
    time.sleep(0.05)
    assert pool.parse_again("one", content("one")).text == "one"
    pool.parse(b"say another")
    assert pool.parse_again("one", content("one")).text == "one"
    assert sent == ["one"] * 4


def test_files_that_are_kept_are_not_mixed_up():
    """Many threads that ask again and again about a few files on two children each get the text of their own file."""
    chance = random.Random(3)
    with ParserPool(TIGHT, workers=2, parser=PARSER) as pool, ThreadPoolExecutor(6) as threads:
        wanted = [chance.choice("abcd") for _ in range(200)]
        found = threads.map(lambda key: pool.parse_again(key, lambda: f"say {key}".encode()), wanted)
        assert [document.text for document in found] == wanted


def test_children_that_were_started_are_used():
    """A pool that was told to start has its children before the first document, and no others afterwards."""

    def children() -> set[str]:
        return {child for task in Path("/proc/self/task").iterdir() for child in _of(task)}

    def _of(task: Path) -> list[str]:
        return (task / "children").read_text().split()

    before = children()
    with ParserPool(TIGHT, workers=2, parser=PARSER) as pool:
        pool.start()
        started = children() - before
        assert len(started) == 2
        assert pool.parse(b"who").text in started
        pool.start()
        assert children() - before == started


@pytest.mark.slow
def test_a_hundred_documents_with_faults_among_them():
    """Of 100 documents of which one in eight breaks its parser, each gets exactly one outcome of the right kind."""
    expected = {"crash": "broken_structure", "leave": "broken_structure", "hang": "too_slow", "grow": "too_much_memory"}
    limits = Limits(seconds=1, memory_megabytes=200)
    chance = random.Random(7)
    verbs = [chance.choice([*expected]) if chance.random() < 0.13 else "say fine" for _ in range(100)]
    outcomes: dict[int, str] = {}
    lock = threading.Lock()

    def parse(number: int) -> None:
        try:
            outcome = pool.parse(verbs[number].encode()).text
        except Refusal as refusal:
            outcome = str(refusal.reason)
        with lock:
            assert number not in outcomes
            outcomes[number] = outcome

    with ParserPool(limits, workers=2, parser=PARSER) as pool, ThreadPoolExecutor(4) as threads:
        list(threads.map(parse, range(100)))
    assert outcomes == {number: expected.get(verb, "fine") for number, verb in enumerate(verbs)}


def test_a_pool_without_workers_is_refused():
    """A pool that could never parse is an error at birth, not a wait for ever."""
    with pytest.raises(ValueError, match="worker"):
        ParserPool(TIGHT, workers=0)
