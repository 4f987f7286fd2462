"""The refusal that names a field: the page shows it there, and what was typed stays."""

from __future__ import annotations

from typing import Any

from schemas.errors import InvalidValue


class WrongPart(InvalidValue):
    """A condition is not met, or a value does not fit, at this field; nothing was written."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (WrongPart, (self.path, str(self)))
