"""What every writer does: take chunks, then put everything in place at once, or leave no trace."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from exports.tables import Chunk


@dataclass
class Written:
    """What a writer has put in place."""

    rows: Counter[str] = field(default_factory=Counter)  # by table
    files: tuple[Path, ...] = ()
    inserted: int = 0  # documents that the target did not have; databases only, as the next three
    updated: int = 0  # documents of which it had another version
    unchanged: int = 0  # documents that it had in this version already, or a later one
    withdrawn: int = 0  # documents taken out because they are not accepted any more
    notes: list[str] = field(default_factory=list)


class Writer(Protocol):
    """Writes to one target; used once."""

    def write(self, chunk: Chunk) -> None:
        """Take one chunk; nothing of it is to be seen in the target yet."""

    def commit(self) -> Written:
        """Put everything in place."""

    def close(self) -> None:
        """Give everything back; without a commit the target is as it was."""
