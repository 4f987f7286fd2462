"""Files that take their names only when all of them are complete."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from glob import escape
from pathlib import Path
from uuid import uuid4

MANIFEST = "export.json"
_LEFT_OVER = 24 * 3600  # seconds after which nobody writes to a temporary file any more


class Staging:
    """Writes files under temporary names in the folders that they will stand in.

    On commit each is flushed to disk and renamed: a reader sees the old file or the new one, never half of one. In a
    folder, `export.json` lists the files with their rows; it is renamed last, and files that only the list before it
    names are removed, so that no table of an earlier export is taken for a present one.
    """

    def __init__(self, folder: Path, *, manifest: bool = True) -> None:
        self._folder = folder
        self._manifest = manifest
        self._mark = f".{uuid4().hex[:8]}.part"
        self._parts: dict[str, Path] = {}  # name below the folder -> temporary file

    def path(self, name: str) -> Path:
        """Return the temporary path of the file that will stand at `name` below the folder."""
        if name not in self._parts:
            final = self._folder / name
            final.parent.mkdir(parents=True, exist_ok=True)
            _sweep(final)
            self._parts[name] = final.with_name(f".{final.name}{self._mark}")
        return self._parts[name]

    def commit(self, rows: dict[str, int] | None = None) -> tuple[Path, ...]:
        """Put all files in place and return their paths; `rows` are the rows of each, for the list."""
        stale: list[Path] = []
        if self._manifest:
            stale = self._stale()
            text = json.dumps({"files": rows or {}}, indent=2) + "\n"
            self.path(MANIFEST).write_text(text, encoding="utf-8")
        for part in self._parts.values():
            _flush(part)
        finals = []
        for name, part in sorted(self._parts.items(), key=lambda item: item[0] == MANIFEST):
            part.replace(self._folder / name)
            finals.append(self._folder / name)
        for path in stale:
            path.unlink(missing_ok=True)
        for folder in {final.parent for final in finals}:
            _flush(folder)
        self._parts = {}
        return tuple(finals)

    def discard(self) -> None:
        """Remove what was not committed."""
        for part in self._parts.values():
            part.unlink(missing_ok=True)
        self._parts = {}

    def _stale(self) -> list[Path]:
        try:
            before = json.loads((self._folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        except (OSError, ValueError, KeyError, TypeError):
            return []
        root = self._folder.resolve()
        paths = [(root / str(name)).resolve() for name in before if name not in self._parts]
        return [path for path in paths if path.is_relative_to(root) and path.is_file()]


def _sweep(final: Path) -> None:
    """Remove what processes that were killed have left of this file; a young one may belong to one that still runs."""
    for part in final.parent.glob(f".{escape(final.name)}.*.part*"):
        with suppress(FileNotFoundError):
            if time.time() - part.stat().st_mtime > _LEFT_OVER:
                part.unlink()


def _flush(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # a folder cannot be opened there; its entries are journaled by the file system
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
