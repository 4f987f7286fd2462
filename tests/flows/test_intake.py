import os

import pytest

from documents.limits import Limits
from flows.intake import files_under, read_file, take_in
from flows.process import process
from schemas.errors import Reason, Refusal
from store.states import State


def test_folder_is_walked_without_what_is_no_document(tmp_path):
    """Folders are taken with all that is in them, in order, without hidden and temporary files."""
    for name in ("b/2.pdf", "a/1.pdf", ".git/x", "a/.hidden", "a/x.part", "c.pdf"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    found = [path.relative_to(tmp_path).as_posix() for path in files_under([tmp_path])]
    assert found == ["c.pdf", "a/1.pdf", "b/2.pdf"]


def test_pipe_is_refused_without_waiting(tmp_path):
    """Nobody waits for a pipe that nobody writes to."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Refusal) as refused:
        read_file(tmp_path / "pipe", Limits(), follow_links=True)
    assert refused.value.reason is Reason.NOT_SUPPORTED


def test_too_large_file_is_refused_before_it_is_read(tmp_path):
    """A file beyond the limit is never held in memory."""
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(3_000_000_000)
    with pytest.raises(Refusal) as refused:
        read_file(path, Limits(megabytes=1), follow_links=True)
    assert refused.value.reason is Reason.TOO_LARGE


def test_same_folder_again_is_no_work(tmp_path, line, store):
    """A second run over the same files finds nothing to do and begins no batch."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.pdf").write_text(f"text {number}")
    first = take_in(store, files_under([folder]), Limits(), label="in")
    assert (first.given, len(first.to_do), first.known) == (3, 3, 0)
    for claim in store.claim("w", limit=10):
        process(line, claim)
    second = take_in(store, files_under([folder]), Limits(), label="in")
    assert (second.to_do, second.known, second.batch) == ((), 3, None)
    assert len(store.batches()) == 1


def test_outdated_record_is_read_again(tmp_path, line, store):
    """When the schema has changed, the same folder is work again."""
    (tmp_path / "a.pdf").write_text("text")
    take_in(store, [tmp_path / "a.pdf"], Limits(), label="in")
    for claim in store.claim("w"):
        process(line, claim)
    again = take_in(store, [tmp_path / "a.pdf"], Limits(), label="in", outdated=lambda _document: True)
    assert len(again.to_do) == 1
    assert store.document(again.to_do[0]).state is State.RECEIVED


def test_unreadable_file_does_not_stop_the_others(tmp_path, store):
    """One path that is no file is told, the others are taken."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.pdf").write_text("text")
    os.mkfifo(folder / "pipe.pdf")
    taken = take_in(store, files_under([folder]), Limits(), label="in")
    assert len(taken.to_do) == 1
    assert [path for path, _ in taken.unread] == [str(folder / "pipe.pdf")]
