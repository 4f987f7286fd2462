"""When a file in a watched folder is whole: nobody tells, so its size and time must stand still for a while."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from flows.intake import ignored

DOCUMENT_ENDINGS = (".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".docx", ".xlsx", ".eml", ".html", ".txt", ".rtf")


@dataclass(frozen=True, slots=True)
class Look:
    """What a path was like at one moment; links are not followed."""

    kind: str  # "file", "folder" (named like a document) or "other"
    size: int
    modified: int  # nanoseconds
    inode: int


@dataclass(frozen=True, slots=True)
class _Standing:
    look: Look
    since: float


class Stability:
    """Remembers how each file looked and since when, and says which stand still."""

    def __init__(self, seconds: float) -> None:
        """A file is whole when it looked the same for `seconds`."""
        self._seconds = seconds
        self._standing: dict[Path, _Standing] = {}

    def still(self, looks: Mapping[Path, Look], now: float) -> list[Path]:
        """Return the paths that have not changed for long enough, sorted; `now` is a monotonic clock.

        Args:
            looks: everything that is there now; what is not there any more is forgotten.
        """
        before = self._standing
        self._standing = {
            path: before[path] if path in before and before[path].look == look else _Standing(look, now)
            for path, look in looks.items()
        }
        return sorted(path for path, standing in self._standing.items() if now - standing.since >= self._seconds)

    @property
    def is_waiting(self) -> bool:
        """Whether a file was seen that is not taken yet."""
        return bool(self._standing)


def look(folder: Path, left_out: Iterable[Path]) -> dict[Path, Look]:
    """Return every candidate below `folder`; raises OSError when the folder itself cannot be read.

    Hidden, temporary and system names and the folders `left_out` are passed over. Nothing is opened.
    """
    with os.scandir(folder):
        pass  # a share that is away must be an error here, not an empty folder
    skipped = {path.absolute() for path in left_out}
    return dict(_walk(folder, skipped))


def _walk(folder: Path, skipped: set[Path]) -> Iterator[tuple[Path, Look]]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return  # a subfolder without permission, or gone: the next scan looks again
    for entry in entries:
        path = Path(entry.path)
        if ignored(entry.name) or path.absolute() in skipped:
            continue
        try:
            state = entry.stat(follow_symlinks=False)
        except OSError:
            continue  # gone between listing and looking
        if stat.S_ISDIR(state.st_mode):
            if entry.name.lower().endswith(DOCUMENT_ENDINGS):
                yield path, Look("folder", 0, state.st_mtime_ns, state.st_ino)
            else:
                yield from _walk(path, skipped)
        else:
            kind = "file" if stat.S_ISREG(state.st_mode) else "other"
            yield path, Look(kind, state.st_size, state.st_mtime_ns, state.st_ino)
