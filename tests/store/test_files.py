"""Content-addressed files on disk and behind fsspec."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_worker import parsed

from schemas.errors import Reason, Unavailable, UnknownDocument
from store.files import Files


class FullDisk(Files):
    """A folder on a disk that has no room left."""

    def _rename(self, beside: Path, path: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture(params=["disk", "memory"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    return Files(tmp_path / "files" if request.param == "disk" else f"memory://{tmp_path.name}/files")


def test_content_comes_back_by_its_hash(files: Files) -> None:
    """What is put under its sha256 comes back byte for byte, and proves itself."""
    for content in (b"", b"x", os.urandom(100_000)):
        sha256 = files.put(content)
        assert sha256 == hashlib.sha256(content).hexdigest()
        assert files.get(sha256) == content
        assert files.put(content) == sha256
        assert files.verify(sha256)


def test_unknown_content_is_an_error_with_the_folder(files: Files) -> None:
    """Asking for what is not there names the folder; asking for what is no hash never becomes a path."""
    with pytest.raises(UnknownDocument, match="files"):
        files.get("0" * 64)
    assert not files.verify("0" * 64)
    for name in ("../../etc/passwd", "0" * 63, "G" * 64, ""):
        with pytest.raises(UnknownDocument):
            files.get(name)


def test_a_parsed_document_comes_back_equal(files: Files) -> None:
    """A parsed document with its attachments comes back equal; under another parser version there is none."""
    document = parsed("a" * 64, "Rechnung Nr. 4711 \u202e \x00 \U0001f600")
    files.put_parsed(document, "pdf 1.0/ocr")
    assert files.get_parsed("a" * 64, "pdf 1.0/ocr") == document
    assert files.get_parsed("a" * 64, "pdf 1.1") is None
    assert files.get(document.attachments[0].sha256) == document.attachments[0].content


@given(damage=st.binary(max_size=200))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_artifact_is_parsed_again(tmp_path: Path, damage: bytes) -> None:
    """A stored parsed document that cannot be read counts as absent, whatever its bytes are."""
    files = Files(tmp_path)
    files.put_parsed(parsed("a" * 64), "1")
    next((tmp_path / "parsed").rglob("*.gz")).write_bytes(damage)
    assert files.get_parsed("a" * 64, "1") is None


def test_a_full_disk_stops_with_its_reason_and_leaves_nothing_half(tmp_path: Path) -> None:
    """Without room the error is disk_full, and no half file is left under any name."""
    with pytest.raises(Unavailable) as caught:
        FullDisk(tmp_path / "files").put(b"content")
    assert caught.value.reason is Reason.DISK_FULL
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_folder_that_cannot_be_one_is_named(tmp_path: Path) -> None:
    """A file in the place of the folder is an error that names it."""
    (tmp_path / "files").write_text("not a folder")
    with pytest.raises(Unavailable, match="files") as caught:
        Files(tmp_path / "files").put(b"content")
    assert caught.value.reason is Reason.STORAGE_UNAVAILABLE
