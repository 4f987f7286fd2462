import os
import time

import pytest

from flows.inbox import InboxFolder
from flows.process import process
from flows.settings import Inbox, Settings, Watch
from schemas.errors import Reason, Refusal
from store.states import State


@pytest.fixture
def inbox(tmp_path):
    return Inbox(path=tmp_path / "inbox")


@pytest.fixture
def folder(inbox, settings, store):
    quick = Settings(data_folder=settings.data_folder, watch=Watch(stability_seconds=1.0))
    return InboxFolder(inbox, quick, store, {"invoice", "receipt"})


def drop(inbox, name="a.pdf", content=b"content"):
    path = inbox.path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def through(folder, line, store, now=10.0):
    """Two scans with enough time between, the work, and the settling."""
    to_do = folder.scan(now) + folder.scan(now + 2.0)
    for claim in store.claim("test", limit=100):
        process(line, claim)
    folder.settle()
    return to_do


def names(place):
    return sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if not path.is_dir())


def test_done_file_is_archived_under_its_folder(folder, inbox, line, store):
    """A file that went through lies in archive/, at the same place below it."""
    drop(inbox, "sub/a.pdf")
    assert len(through(folder, line, store)) == 1
    assert names(inbox.path) == ["archive/sub/a.pdf"]


def test_subfolder_names_the_schema(folder, inbox, line, store):
    """A subfolder that is called like a schema decides the schema."""
    drop(inbox, "receipt/2026/a.pdf")
    (sha256,) = through(folder, line, store)
    assert store.document(sha256).schema_name == "receipt"


def test_failed_file_lies_beside_its_reason(folder, inbox, line_with, store, parser_reading):
    """A file that cannot be read lies in failed/ with the reason in words and the way back."""

    def refuse(content, name):
        raise Refusal(Reason.EMPTY, f"{name} is empty.", "Send it again.")

    drop(inbox)
    through(folder, line_with(parser=parser_reading(refuse)), store)
    assert names(inbox.path) == ["failed/a.pdf", "failed/a.pdf.reason.txt"]
    reason = inbox.path.joinpath("failed/a.pdf.reason.txt").read_text()
    assert "a.pdf is empty. Send it again." in reason
    assert str(inbox.path) in reason


def test_moving_a_failed_file_back_is_the_retry(folder, inbox, line, line_with, store, parser_reading):
    """A person drops the file into the inbox again: it is tried again, and its old reason goes."""

    def refuse(content, name):
        raise Refusal(Reason.TOO_SLOW, f"{name} took too long.", "Try again.")

    drop(inbox)
    through(folder, line_with(parser=parser_reading(refuse)), store)
    inbox.path.joinpath("failed/a.pdf").rename(inbox.path / "a.pdf")
    (sha256,) = through(folder, line, store, now=20.0)
    assert store.document(sha256).state is State.IN_REVIEW
    assert names(inbox.path) == ["archive/a.pdf"]


def test_same_name_other_content_are_kept_apart(folder, inbox, line, store):
    """The archive never loses a file to another one of the same name."""
    for number in range(3):
        drop(inbox, content=b"content %d" % number)
        through(folder, line, store, now=10.0 * number + 10)
    assert names(inbox.path) == ["archive/a (2).pdf", "archive/a (3).pdf", "archive/a.pdf"]
    assert sum(store.counts().values()) == 3


def test_same_content_twice_is_one_document(folder, inbox, line, store):
    """Two files with the same bytes are one document with two names, and both files are archived."""
    drop(inbox, "a.pdf")
    drop(inbox, "b.pdf")
    through(folder, line, store)
    assert sum(store.counts().values()) == 1
    assert names(inbox.path) == ["archive/a.pdf", "archive/b.pdf"]


def test_file_replaced_while_it_is_processed_is_taken_again(folder, inbox, line, store):
    """What came in the place of a file at work is a new content: it is neither moved unread nor lost."""
    path = drop(inbox)
    folder.scan(10.0)
    folder.scan(12.0)
    path.write_bytes(b"the new content, longer")
    for claim in store.claim("test", limit=10):
        process(line, claim)
    assert folder.settle() == 0
    assert path.read_bytes() == b"the new content, longer"
    through(folder, line, store, now=20.0)
    assert sum(store.counts().values()) == 2


def test_nothing_is_moved_before_it_is_stored(folder, inbox, store):
    """A file that was taken but is not through stays in the inbox, and its bytes are in the store."""
    path = drop(inbox)
    folder.scan(10.0)
    (sha256,) = folder.scan(12.0)
    folder.settle()
    assert path.exists()
    assert store.content(sha256) == b"content"


def test_restart_finishes_what_was_begun(folder, inbox, settings, line, store):
    """A service that died between the work and the move moves the file when it starts again, without working twice."""
    drop(inbox)
    folder.scan(10.0)
    (sha256,) = folder.scan(12.0)
    for claim in store.claim("test", limit=10):
        process(line, claim)
    quick = Settings(data_folder=settings.data_folder, watch=Watch(stability_seconds=0.0))
    again = InboxFolder(inbox, quick, store, set())
    assert again.scan(100.0) == []
    again.settle()
    assert names(inbox.path) == ["archive/a.pdf"]
    assert len(store.history(sha256)) == 4


def test_what_is_no_file_is_refused_without_waiting(folder, inbox, line, store):
    """Links, pipes and folders named like documents are refused at once; nothing outside the inbox is read."""
    (inbox.path / "link.pdf").symlink_to("/etc/hosts")
    os.mkfifo(inbox.path / "pipe.pdf")
    (inbox.path / "folder.pdf").mkdir()
    started = time.monotonic()
    through(folder, line, store)
    assert time.monotonic() - started < 5
    failed = inbox.path / "failed"
    assert {"link.pdf.reason.txt", "pipe.pdf.reason.txt", "folder.pdf.reason.txt"} <= set(names(failed))
    assert (inbox.path / "folder.pdf").is_dir()
    assert store.counts() == {}


def test_unreadable_file_is_refused_with_the_right_to_give(folder, inbox, line, store, monkeypatch):
    """A file that this user may not read fails with what to do about it."""
    path = drop(inbox)
    real = os.open

    def no(place, *arguments, **more):
        if str(place) == str(path):
            raise PermissionError(13, "Permission denied")
        return real(place, *arguments, **more)

    monkeypatch.setattr("flows.intake.os.open", no)  # the tests may run as root, who may read everything
    through(folder, line, store)
    assert "Permission denied" in inbox.path.joinpath("failed/a.pdf.reason.txt").read_text()


def test_failed_file_that_was_written_on_comes_back(folder, inbox, line, line_with, store, parser_reading):
    """A slow writer whose half file failed gets the whole file read when it is done."""

    def refuse(content, name):
        raise Refusal(Reason.BROKEN_STRUCTURE, f"{name} is cut off.", "Send it again.")

    drop(inbox, content=b"half")
    through(folder, line_with(parser=parser_reading(refuse)), store)
    failed = inbox.path / "failed" / "a.pdf"
    failed.write_bytes(b"half and the rest")
    later = time.time_ns() + 10_000_000_000
    os.utime(failed, ns=(later, later))
    (sha256,) = through(folder, line, store, now=30.0)
    assert store.content(sha256) == b"half and the rest"
    assert names(inbox.path) == ["archive/a.pdf"]


@pytest.mark.parametrize("name", ["a\nb.pdf", "-rf.pdf", "$(id).pdf", "\u202egpj.pdf", "x" * 200 + ".pdf", "noending"])
def test_hostile_names_are_only_text(folder, inbox, line, store, name):
    """Whatever a file is called, it goes through and is archived under its name."""
    drop(inbox, name)
    through(folder, line, store)
    assert names(inbox.path) == [f"archive/{name}"]
