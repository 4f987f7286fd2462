"""Content-addressed files: a file's name is the sha256 of its bytes, so that it can prove itself.

The folder is a path or an fsspec address (s3://bucket/folder). Below it lie

    originals/ab/abcdef…                  the bytes as they came, and what was attached inside them
    parsed/ab/abcdef…/VERSION.json.gz     what a parser of that version read; can be made again
    parsed/ab/abcdef…/VERSION.pages.zip   the same, page by page, for who wants one page only
    drawn/ab/abcdef…/NAME                 pictures of pages for the review desk; can be made again
"""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import os
import re
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from schemas.document import ParsedDocument
from schemas.errors import Reason, Unavailable, UnknownDocument
from store.database import disk_full
from store.page_index import PageIndex, pack

_PARSED: TypeAdapter[ParsedDocument] = TypeAdapter(ParsedDocument)
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Files:
    """A folder of immutable files."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        """Use `folder`; it is created at the first `put`."""
        address = os.fspath(folder)
        self.folder = address
        self._disk = None if "://" in address else Path(address)

    def __repr__(self) -> str:
        return f"Files({self.folder!r})"

    def put(self, content: bytes) -> str:
        """Store `content`, on disk before this returns; return its sha256. The same content again does nothing.

        Raises:
            Unavailable: the disk is full, or the folder cannot be written.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        name = _original(sha256)
        if self._read(name) != content:  # comparing all of it also heals a file that was damaged on disk
            self._write(name, content)
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the bytes stored under `sha256`; raises UnknownDocument or Unavailable."""
        content = self._read(_original(sha256))
        if content is None:
            raise UnknownDocument(
                f"No file is stored under {sha256} in {self.folder}. Was the folder moved or emptied?"
            )
        return content

    def verify(self, sha256: str) -> bool:
        """Return whether the stored bytes are there and still have that sha256."""
        content = self._read(_original(sha256))
        return content is not None and hashlib.sha256(content).hexdigest() == sha256

    def put_parsed(self, document: ParsedDocument, parser_version: str) -> None:
        """Store what was parsed from `document.sha256`; attached files become files of their own.

        Raises:
            Unavailable: as for `put`.
        """
        for attachment in document.attachments:
            self.put(attachment.content)
        bare = tuple(dataclasses.replace(attachment, content=b"") for attachment in document.attachments)
        body = _PARSED.dump_json(dataclasses.replace(document, attachments=bare))
        self._write(_parsed(document.sha256, parser_version), gzip.compress(body, compresslevel=1, mtime=0))
        self._write(_parsed(document.sha256, parser_version, "pages.zip"), pack(document), lasting=False)

    def get_parsed(self, sha256: str, parser_version: str) -> ParsedDocument | None:
        """Return what `put_parsed` stored; None if it is not there or cannot be read: parse again then."""
        content = self._read(_parsed(sha256, parser_version))
        if content is None:
            return None
        try:
            document = _PARSED.validate_json(gzip.decompress(content))
            full = tuple(dataclasses.replace(part, content=self.get(part.sha256)) for part in document.attachments)
        except (OSError, EOFError, zlib.error, ValidationError, UnknownDocument):
            return None
        return dataclasses.replace(document, attachments=full)

    def get_pages(self, sha256: str, parser_version: str) -> PageIndex | None:
        """Return the pages of what `put_parsed` stored, at once also for large documents; None if it is not there."""
        content = self._read(_parsed(sha256, parser_version, "pages.zip"))
        if content is not None:
            with suppress(ValueError):
                return PageIndex(content)
        document = self.get_parsed(sha256, parser_version)
        if document is None:
            return None
        packed = pack(document)
        self._write(_parsed(sha256, parser_version, "pages.zip"), packed, lasting=False)
        return PageIndex(packed)

    def put_drawn(self, sha256: str, name: str, content: bytes) -> None:
        """Keep what was drawn of a document under `name`; it may be lost in a power cut, and is drawn again then.

        Raises:
            Unavailable: as for `put`.
        """
        self._write(_drawn(sha256, name), content, lasting=False)

    def get_drawn(self, sha256: str, name: str) -> bytes | None:
        """Return what `put_drawn` stored; None if it is not there."""
        return self._read(_drawn(sha256, name))

    def _read(self, name: str) -> bytes | None:
        with self._plain_errors():
            try:
                if self._disk is not None:
                    return (self._disk / name).read_bytes()
                system, root = self._remote()
                content: bytes = system.cat_file(f"{root}/{name}")
            except FileNotFoundError:
                return None
            return content

    def _write(self, name: str, content: bytes, *, lasting: bool = True) -> None:
        with self._plain_errors():
            if self._disk is None:
                system, root = self._remote()
                path = f"{root}/{name}"
                system.makedirs(path.rpartition("/")[0], exist_ok=True)
                system.pipe_file(path, content)  # object stores show a file only once it is whole
            else:
                self._write_on_disk(self._disk / name, content, lasting)

    def _write_on_disk(self, path: Path, content: bytes, lasting: bool) -> None:
        """Write beside, flush, rename: nobody ever sees half a file under its final name, also after a power loss.

        What need not last is not flushed.
        """
        _make_folder(path.parent)
        beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
        try:
            with beside.open("xb") as file:
                file.write(content)
                file.flush()
                if lasting:
                    os.fsync(file.fileno())
            self._rename(beside, path)
        except BaseException:
            with suppress(OSError):
                beside.unlink()
            raise
        if lasting:
            _flush_folder(path.parent)

    def _rename(self, beside: Path, path: Path) -> None:
        beside.replace(path)

    def _remote(self) -> tuple[Any, str]:
        from fsspec.core import url_to_fs  # type: ignore[import-untyped]

        system, root = url_to_fs(self.folder)
        return system, str(root).rstrip("/")

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if disk_full(error):
                message = (
                    f"The disk that holds {self.folder} is full. Make room there and start again; nothing is lost."
                )
                raise Unavailable(Reason.DISK_FULL, message) from error
            said = error.strerror or type(error).__name__
            raise Unavailable(
                Reason.STORAGE_UNAVAILABLE,
                f"The folder {self.folder} cannot be used ({said}). Check that it is there and that this user may "
                "write to it, then start again; nothing is lost.",
            ) from error


def _original(sha256: str) -> str:
    return f"originals/{_safe(sha256)[:2]}/{sha256}"


def _parsed(sha256: str, parser_version: str, ending: str = "json.gz") -> str:
    version = re.sub(r"[^A-Za-z0-9._-]", "_", parser_version)
    return f"parsed/{_safe(sha256)[:2]}/{sha256}/{version}.{ending}"


def _drawn(sha256: str, name: str) -> str:
    return f"drawn/{_safe(sha256)[:2]}/{sha256}/{re.sub(r'[^A-Za-z0-9._-]', '_', name)}"


def _safe(sha256: str) -> str:
    if not _SHA256.fullmatch(sha256):
        raise UnknownDocument(f"{sha256!r} is no sha256: 64 digits of 0-9 and a-f.")
    return sha256


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _flush_folder(folder.parent)


def _flush_folder(folder: Path) -> None:
    """Make the new name itself survive a power loss (Windows cannot, and does not need to)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
