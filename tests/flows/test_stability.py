import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.intake import ignored
from flows.stability import Look, Stability, look


def test_file_is_whole_when_it_stood_still():
    """A file is taken only when its size and time stood still for the whole time."""
    watching, path = Stability(5.0), Path("a.pdf")
    assert watching.still({path: Look("file", 10, 1, 1)}, 0.0) == []
    assert watching.still({path: Look("file", 20, 2, 1)}, 4.0) == []
    assert watching.still({path: Look("file", 20, 2, 1)}, 8.9) == []
    assert watching.still({path: Look("file", 20, 2, 1)}, 9.0) == [path]


def test_replaced_file_starts_anew():
    """Another file under the same name and of the same size is another file."""
    watching, path = Stability(5.0), Path("a.pdf")
    watching.still({path: Look("file", 10, 1, 1)}, 0.0)
    assert watching.still({path: Look("file", 10, 1, 2)}, 6.0) == []


@given(st.lists(st.tuples(st.floats(0.1, 10), st.integers(0, 3)), min_size=1, max_size=20))
def test_never_taken_within_the_time_of_its_last_change(steps):
    """Whatever the rhythm of a slow writer, nothing is taken before it was still for the set time."""
    watching, path, now, last_change, size = Stability(5.0), Path("a"), 0.0, 0.0, None
    for wait, new_size in steps:
        now += wait
        if new_size != size:
            last_change, size = now, new_size
        if watching.still({path: Look("file", new_size, 0, 1)}, now):
            assert now - last_change >= 5.0


@pytest.mark.parametrize("name", [".hidden", "~$a.docx", "a.part", "a.TMP", "a.crdownload", "@eaDir", ".DS_Store"])
def test_partial_and_temporary_names_are_ignored(name):
    """What another program still writes, or left behind, is no document."""
    assert ignored(name)


def test_look_opens_nothing_and_passes_over_its_own_folders(tmp_path):
    """Pipes, links and folders with the names of documents are seen as such, without waiting on any of them."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.pdf").write_text("x")
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "old.pdf").write_text("x")
    os.mkfifo(tmp_path / "pipe.pdf")
    (tmp_path / "link.pdf").symlink_to("/etc/hosts")
    (tmp_path / "folder.pdf").mkdir()
    (tmp_path / "b.part").write_text("x")
    found = look(tmp_path, [tmp_path / "archive"])
    kinds = {path.relative_to(tmp_path).as_posix(): seen.kind for path, seen in found.items()}
    assert kinds == {"sub/a.pdf": "file", "pipe.pdf": "other", "link.pdf": "other", "folder.pdf": "folder"}


def test_share_that_is_away_is_an_error(tmp_path):
    """A folder that vanished is not an empty folder."""
    with pytest.raises(OSError):
        look(tmp_path / "gone", [])
