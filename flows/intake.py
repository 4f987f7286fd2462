"""From paths to stored documents: which files count, reading them without being fooled, and what is still to do."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from documents.limits import Limits
from schemas.errors import Reason, Refusal
from store.entities import Document
from store.states import DECIDED, UNFINISHED, State

if TYPE_CHECKING:
    from store.store import Store

UNFINISHED_ENDINGS = (".part", ".partial", ".tmp", ".crdownload", ".download", ".filepart")  # others still write these
NOT_DOCUMENTS = {"@eaDir", "Thumbs.db", "desktop.ini", "__MACOSX"}  # what file servers and systems leave behind


@dataclass(frozen=True, slots=True)
class Taken:
    """Files that were taken in, by what is to be done about their contents."""

    given: int  # files that were offered
    to_do: tuple[str, ...]  # sha256 of contents that still need work, in the order they came
    known: int  # contents that need none
    unread: tuple[tuple[str, str], ...]  # (path, why)
    batch: str | None  # None: there is nothing to do


def ignored(name: str) -> bool:
    """Return whether a file or folder of that name is no document: hidden, temporary, or left by a system."""
    lower = name.lower()
    return name.startswith((".", "~$")) or name in NOT_DOCUMENTS or lower.endswith(UNFINISHED_ENDINGS)


def files_under(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the files that `paths` name, folders walked in sorted order; what is ignored is left out below folders."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not ignored(name))
            yield from (Path(folder) / name for name in sorted(names) if not ignored(name))


def read_file(path: Path, limits: Limits, *, follow_links: bool) -> tuple[bytes, os.stat_result]:
    """Return the content of a regular file and what it was like when it was read; never waits on pipes or devices.

    Raises:
        Refusal: it is no regular file, is too large, or may not be read.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if not follow_links:
        flags |= getattr(os, "O_NOFOLLOW", 0)
    try:
        if not stat.S_ISREG((os.stat if follow_links else os.lstat)(path).st_mode):  # a device may act on being opened
            raise _no_file(path)
        handle = os.open(path, flags)
    except OSError as error:
        raise _unreadable(path, error) from None
    with os.fdopen(handle, "rb") as file:
        before = os.fstat(file.fileno())
        if not stat.S_ISREG(before.st_mode):
            raise _no_file(path)
        if before.st_size > limits.megabytes * 1_000_000:
            raise Refusal(
                Reason.TOO_LARGE,
                f"{path.name} has {before.st_size / 1e6:,.0f} megabytes; {limits.megabytes} are allowed.",
                "Split it, or raise limits.megabytes in the settings.",
            )
        try:
            return file.read(limits.megabytes * 1_000_000 + 1), before
        except OSError as error:
            raise _unreadable(path, error) from None


def take_in(
    store: Store,
    files: Iterable[Path],
    limits: Limits,
    *,
    label: str,
    schema_name: str | None = None,
    outdated: Callable[[Document], bool] = lambda _document: False,
    seen: Callable[[int], None] = lambda _count: None,
    found: Callable[[int], None] = lambda _count: None,
) -> Taken:
    """Store the contents of `files` and return what is to do. A batch begins with the first content that needs work.

    Args:
        label: names the batch for people.
        schema_name: the schema of all of them; None leaves it to classification.
        outdated: tells of a finished document whether its record was made by an older schema or extractor.
        seen: called with the number of files so far.
        found: called with the number of contents so far that need work, when one more was found.
    """
    given, known, batch = 0, 0, None
    to_do: dict[str, None] = {}
    unread: list[tuple[str, str]] = []
    for path in files:
        given += 1
        seen(given)
        try:
            content, _ = read_file(path, limits, follow_links=True)
        except Refusal as refusal:
            unread.append((str(path), str(refusal)))
            continue
        source = str(path.absolute())
        sha256, is_new = store.add_document(content, path.name, source, schema_name=schema_name)
        if is_new or needs_work(store, sha256, outdated):
            batch = batch or store.start_batch(label)
            store.add_to_batch(batch, sha256)
            to_do[sha256] = None
            found(len(to_do))
        else:
            known += 1
    return Taken(given, tuple(to_do), known, tuple(unread), batch)


def needs_work(store: Store, sha256: str, outdated: Callable[[Document], bool]) -> bool:
    """Return whether a stored document is unfinished, or outdated or due again and now begun once more."""
    document = store.document(sha256)
    if document.state in DECIDED and document.record and outdated(document):
        store.retry(sha256, who="run", why="the schema or the extractor changed")
        return True
    if document.state is State.DEFERRED and document.retry_at is not None and document.retry_at <= store.now():
        store.reschedule(sha256, who="run")
        return True
    return document.state in UNFINISHED


def waiting_for_work(store: Store, among: Iterable[str]) -> dict[str, Document]:
    """Return those documents that a worker has still something to do about."""
    found = {sha256: store.document(sha256) for sha256 in among}
    return {sha256: document for sha256, document in found.items() if document.state in UNFINISHED}


def _no_file(path: Path) -> Refusal:
    return Refusal(
        Reason.NOT_SUPPORTED,
        f"{path.name} is no regular file (a folder, link, pipe or device).",
        "Put the document itself there.",
    )


def _unreadable(path: Path, error: OSError) -> Refusal:
    if isinstance(error, FileNotFoundError):
        return Refusal(Reason.NOT_SUPPORTED, f"There is no file {path}.", "Check the path.")
    said = error.strerror or type(error).__name__
    return Refusal(
        Reason.NOT_SUPPORTED, f"{path.name} cannot be read ({said}).", "Give this user the right to read the file."
    )
