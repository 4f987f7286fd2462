"""The one place on a machine for reading a picture, shared by all processes of a user through a locked file."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

try:
    import fcntl
except ImportError:  # not a POSIX system: pictures are read side by side there
    fcntl = None  # type: ignore[assignment]


class PicturePlace:
    """A claim on the place; left by `leave` and when the process ends, however it ends."""

    def __init__(self) -> None:
        self._file: int | None = None

    def enter(self) -> bool:
        """Take the place if it is free and say whether it is ours."""
        if self._file is not None or fcntl is None:
            return True
        owner = os.getuid() if hasattr(os, "getuid") else 0
        path = Path(tempfile.gettempdir()) / f"docassay-picture-{owner}.lock"
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            return False
        self._file = file
        return True

    def leave(self) -> None:
        """Give the place free, if it is ours."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
