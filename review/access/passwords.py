"""Passwords: argon2id, at most two at a time, so that signing in cannot eat the machine."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from schemas.errors import InvalidValue

SHORTEST = 12  # characters; length beats odd characters (NIST SP 800-63B)
LONGEST = 1024

_HASHER = PasswordHasher()  # argon2id with the library's parameters (RFC 9106, low memory)
_TURNS = threading.BoundedSemaphore(2)  # each takes 64 MiB
_NOBODY = _HASHER.hash("nobody has this password")  # compared with where there is no person, to take as long


def hashed(password: str, name: str) -> str:
    """Return the hash of a new password of the person `name`.

    Raises:
        InvalidValue: it is too short, too long, or too easy to guess.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidValue(f"A password has {SHORTEST} to {LONGEST} characters. A sentence does well.")
    if len(set(password)) < 5 or name in password.lower().split() or password.lower().strip(" 0123456789!.") == name:
        raise InvalidValue("This password is too easy to guess. Take several words that do not belong together.")
    with _TURNS:
        return _HASHER.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Return whether this is the password; takes as long where there is none to compare with."""
    if len(password) > LONGEST:
        return False
    with _TURNS:
        try:
            return _HASHER.verify(kept or _NOBODY, password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def outdated(kept: str) -> bool:
    """Return whether a hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(kept)
