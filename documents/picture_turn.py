"""Reading a picture takes about a gigabyte and all processors: who runs the child may make pictures wait their turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

Turn = Callable[[], AbstractContextManager[None]]
_turn: list[Turn] = [nullcontext]


@contextmanager
def picture_turn() -> Iterator[None]:
    """Wait until this process may read a picture; every call of an OCR engine stands inside."""
    with _turn[-1]():
        yield


def install(turn: Turn) -> None:
    """Make `turn` what every picture of this process waits for (done once, by the parser child)."""
    _turn.append(turn)
