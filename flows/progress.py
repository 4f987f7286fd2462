"""Who wants to hear how a run gets on. A context variable, since flow parameters must be plain data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from flows.outcomes import Outcome


class Listener(Protocol):
    """Hears of a run."""

    def taken(self, files: int) -> None:
        """So many files were looked at so far."""

    def begun(self, documents: int) -> None:
        """So many documents are to be processed; may come again with a higher number."""

    def ended(self, outcomes: Sequence[Outcome]) -> None:
        """These documents are done."""

    def said(self, message: str) -> None:
        """Something worth a line."""


class Silence:
    """Hears nothing."""

    def taken(self, files: int) -> None:
        """Ignore it."""

    def begun(self, documents: int) -> None:
        """Ignore it."""

    def ended(self, outcomes: Sequence[Outcome]) -> None:
        """Ignore it."""

    def said(self, message: str) -> None:
        """Ignore it."""


_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


def listener() -> Listener:
    """Return who listens at present."""
    return _listener.get() or Silence()


@contextmanager
def listening(who: Listener) -> Iterator[None]:
    """Let `who` hear of the runs inside the block."""
    token = _listener.set(who)
    try:
        yield
    finally:
        _listener.reset(token)
