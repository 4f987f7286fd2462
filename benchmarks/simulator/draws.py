"""Chance that depends on what is asked and on nothing else: not on time, order or concurrency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b


def share(*key: object) -> float:
    """Return a number in [0, 1) that follows from `key` alone."""
    digest = blake2b("\x1f".join(map(str, key)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


@dataclass(frozen=True, slots=True)
class Draw:
    """All chance in reading one field (or one cell) once."""

    seed: int
    document: str
    field: str
    model: str
    sample: int

    def share(self, purpose: str) -> float:
        """Return a number in [0, 1) for one `purpose`."""
        return share(self.seed, self.document, self.field, self.model, self.sample, purpose)

    def number(self, purpose: str, below: int) -> int:
        """Return a whole number from 0 up to `below`, which is left out."""
        return int(self.share(purpose) * below)

    def choice(self, purpose: str, options: Iterable[str]) -> str | None:
        """Return one of `options`, the same one whatever else is among them as long as it is; None without any.

        Each option has its own number and the lowest wins: fewer passages do not turn one choice into another.
        """
        return min(set(options), key=lambda option: (self.share(f"{purpose}\x1f{option}"), option), default=None)
