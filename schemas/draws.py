"""Chance that comes out the same every time: a draw is a hash of what it is about."""

from __future__ import annotations

import hashlib

_STEPS = 2**53  # whole numbers that a float holds exactly


def share(*about: str) -> float:
    """Return a number from 0 up to, not including, 1: evenly spread over what it is about, always the same for it."""
    digest = hashlib.blake2b("\x1f".join(about).encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 11) / _STEPS
