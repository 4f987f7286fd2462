"""One watched folder: which files are taken, and where they go afterwards. Nothing is moved that is not stored."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from flows.intake import read_file
from flows.settings import Inbox, Settings
from flows.stability import Stability, look
from schemas.errors import Refusal
from store.entities import Document
from store.states import UNFINISHED, State
from store.store import Store

REASON_ENDING = ".reason.txt"


@dataclass(frozen=True, slots=True)
class TakenFile:
    """A file of the inbox whose content is stored."""

    path: Path
    document: str  # sha256
    size: int
    modified: int  # nanoseconds, when it was read
    inode: int


class InboxFolder:
    """Takes stable files of one inbox into the store, and moves them when their documents are through."""

    def __init__(self, inbox: Inbox, settings: Settings, store: Store, schemas: Collection[str]) -> None:
        """Watch `inbox`; its folders are made if they are not there."""
        self.inbox = inbox
        self._settings = settings
        self._store = store
        self._schemas = schemas
        self._stability = Stability(settings.watch.stability_seconds)
        self._taken: dict[Path, TakenFile] = {}
        for folder in (inbox.path, inbox.archive_folder, inbox.failed_folder):
            folder.mkdir(parents=True, exist_ok=True)

    def scan(self, now: float) -> list[str]:
        """Look at everything once; store what stands still and return the sha256 of what needs work.

        Raises:
            OSError: the folder cannot be read (a share that is away).
            Unavailable: database, disk or storage are down; the files stay where they are.
        """
        self._bring_back_changed()
        looks = look(self.inbox.path, (self.inbox.archive_folder, self.inbox.failed_folder))
        to_do = []
        for path in self._stability.still(looks, now):
            held = self._taken.get(path)
            if held is not None and (held.size, held.modified, held.inode) == (
                looks[path].size,
                looks[path].modified,
                looks[path].inode,
            ):
                continue  # in work
            if looks[path].kind == "folder":
                self._write_reason(path, self._in_failed(path), _folder_named_like_a_document(path))
                continue
            sha256 = self._take(path)
            if sha256 is not None:
                to_do.append(sha256)
        return to_do

    def settle(self) -> int:
        """Move the files whose documents are through: to archive/, or to failed/ with the reason; return how many."""
        moved = 0
        for taken in list(self._taken.values()):
            document = self._store.document(taken.document)
            if document.state in UNFINISHED or document.state is State.DEFERRED:
                continue
            del self._taken[taken.path]
            if not _unchanged(taken):
                continue  # somebody replaced it meanwhile: the next scan takes the new content
            if document.state is State.QUARANTINED:
                self._fail(taken.path, f"{document.message or 'It could not be processed.'} {document.remedy or ''}")
            else:
                _move(taken.path, self._in_archive(taken.path))
                self._forget_reason(taken.path)
            moved += 1
        return moved

    @property
    def is_waiting(self) -> bool:
        """Whether files are there that are not taken yet, or not moved yet."""
        return self._stability.is_waiting

    def _take(self, path: Path) -> str | None:
        try:
            content, state = read_file(path, self._settings.limits, follow_links=False)
        except Refusal as refusal:
            if path.exists() or path.is_symlink():
                self._fail(path, str(refusal))
            return None
        sha256, _ = self._store.add_document(
            content,
            path.name,
            str(path.absolute()),
            inbox=str(self.inbox.path.absolute()),
            schema_name=self._schema_of(path),
            who="watch",
        )
        self._taken[path] = TakenFile(path, sha256, state.st_size, state.st_mtime_ns, state.st_ino)
        document = self._store.document(sha256)
        if self._was_brought_back(document):
            self._store.retry(sha256, who="watch", why="moved back into the inbox", schema_name=self._schema_of(path))
            return sha256
        return sha256 if document.state in UNFINISHED else None

    def _was_brought_back(self, document: Document) -> bool:
        """A failed content that lies in the inbox: a person moved it back, or we died before moving it away."""
        return document.state is State.QUARANTINED

    def _schema_of(self, path: Path) -> str | None:
        """The nearest subfolder that is named like a schema, else what the settings say of the inbox."""
        for folder in path.relative_to(self.inbox.path).parents:
            if folder.name in self._schemas:
                return folder.name
        return self.inbox.schema_name

    def _bring_back_changed(self) -> None:
        """A file that was written on after we took it was not whole: it gets another chance."""
        failed = self.inbox.failed_folder
        for reason in failed.rglob(f"*{REASON_ENDING}"):
            file = reason.with_name(reason.name.removesuffix(REASON_ENDING))
            with contextlib.suppress(OSError):
                if file.lstat().st_mtime_ns > reason.lstat().st_mtime_ns:
                    _move(file, self.inbox.path / file.relative_to(failed))
                    reason.unlink()

    def _fail(self, path: Path, why: str) -> None:
        place = _move(path, self._in_failed(path))
        self._write_reason(path, place, why)

    def _write_reason(self, path: Path, place: Path, why: str) -> None:
        reason = place.with_name(place.name + REASON_ENDING)
        if reason.exists() and not place.exists():
            return  # a thing that stays in the inbox is told about once
        reason.parent.mkdir(parents=True, exist_ok=True)
        reason.write_text(
            f"{path.name} could not be processed.\n\n{why.strip()}\n\n"
            f"To try again, move the file back to {self.inbox.path.absolute()}.\n",
            encoding="utf-8",
        )

    def _forget_reason(self, path: Path) -> None:
        place = self._in_failed(path)
        reason = place.with_name(place.name + REASON_ENDING)
        if not place.exists():
            reason.unlink(missing_ok=True)

    def _in_archive(self, path: Path) -> Path:
        return self.inbox.archive_folder / path.relative_to(self.inbox.path)

    def _in_failed(self, path: Path) -> Path:
        return self.inbox.failed_folder / path.relative_to(self.inbox.path)


def _unchanged(taken: TakenFile) -> bool:
    try:
        now = taken.path.lstat()
    except OSError:
        return False
    return (now.st_size, now.st_mtime_ns, now.st_ino) == (taken.size, taken.modified, taken.inode)


def _move(path: Path, wanted: Path) -> Path:
    """Move `path` to `wanted`, or beside it under a number if that name is taken; never over another file."""
    wanted.parent.mkdir(parents=True, exist_ok=True)
    for number in range(1, 100_000):
        place = wanted if number == 1 else wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")
        if os.path.lexists(place):
            continue
        try:
            os.link(path, place, follow_symlinks=False)  # unlike a rename it fails when another process was faster
        except FileExistsError:
            continue
        except OSError as error:
            if error.errno not in (errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK):
                raise
            shutil.move(path, place)  # another disk, or a share without links
            return place
        path.unlink()
        return place
    raise OSError(errno.EEXIST, "too many files of that name", str(wanted))


def _folder_named_like_a_document(path: Path) -> str:
    return f"{path.name} is a folder with the name of a document. Move the files in it to the inbox and remove it."
