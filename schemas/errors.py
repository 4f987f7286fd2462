"""The one family of errors.

DocassayError
├── Refusal         this document cannot go on: a reason code, a sentence, what to do next
├── CallRefused     a model was not asked, or gave nothing usable: rules go on without it
├── SchemaError     a schema file is wrong: file, line, remedy
├── SettingsError   a setting is wrong or unknown
├── InputError      a file that steers a command (truth, predictions) is missing or wrong
├── InvalidValue    a field name or value that a person gave does not fit the schema
├── UnknownDocument no stored document goes by that name, or several do
├── Conflict        the document does not allow it now; nothing was written
│   ├── StaleVersion         somebody else changed it since it was read
│   │   └── StaleField       … and this very field of it
│   ├── ForbiddenTransition  its state does not lead there
│   └── LeaseLost            another worker has taken it over
└── Unavailable     something around us is down (database, disk): stop and try again, no document is to blame
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any


class Reason(StrEnum):
    """Why a document or field was refused. Closed list; each has a page in the manual."""

    NOT_SUPPORTED = "not_supported"
    TYPE_MISMATCH = "type_mismatch"
    EMPTY = "empty"
    BROKEN_STRUCTURE = "broken_structure"
    PASSWORD_NEEDED = "password_needed"  # noqa: S105 - a reason code, not a password
    TOO_LARGE = "too_large"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_SLOW = "too_slow"
    TOO_MUCH_MEMORY = "too_much_memory"
    NO_TEXT = "no_text"
    UNSURE_SCHEMA = "unsure_schema"
    EMBEDDED_UNSAFE = "embedded_unsafe"
    BUDGET_EXHAUSTED = "budget_exhausted"
    PRICE_UNKNOWN = "price_unknown"
    MODEL_UNAVAILABLE = "model_unavailable"
    MODEL_REFUSED = "model_refused"
    STOPPED = "stopped"
    DISK_FULL = "disk_full"
    DATABASE_UNAVAILABLE = "database_unavailable"
    STORAGE_UNAVAILABLE = "storage_unavailable"  # the folder of the files, not the database


class DocassayError(Exception):
    """Base of all errors of ours; its text is meant for a user: what happened, to what, what to do next."""


class Refusal(DocassayError):
    """A document that cannot be processed, with a reason code.

    Args:
        reason: one of the closed list.
        message: one sentence: what happened, to which file.
        remedy: one sentence: what to do next.
    """

    def __init__(self, reason: Reason, message: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.reason = reason
        self.message = message
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[Refusal], tuple[Reason, str, str]]:
        return (Refusal, (self.reason, self.message, self.remedy))


class CallRefused(DocassayError):
    """A call that was not made, or gave nothing that can be used. Rules go on without it.

    Args:
        reason: budget_exhausted, price_unknown, model_unavailable, model_refused or stopped.
        message: one sentence: what happened, with the scope, model and figures.
        remedy: one sentence: what to do next.
        retry_at: when a new try can help; None with `passing` True means: nobody knows, ask again some time.
        passing: whether the cause can go away by itself or by an operator (budget, outage, stop), so that the fields
            are still worth a call later; False for what another try does not mend (unknown price, refusal).
    """

    def __init__(
        self,
        reason: Reason,
        message: str,
        remedy: str,
        *,
        retry_at: datetime | None = None,
        passing: bool = True,
    ) -> None:
        super().__init__(f"{message} {remedy}")
        self.reason = reason
        self.message = message
        self.remedy = remedy
        self.retry_at = retry_at
        self.passing = passing

    def __reduce__(self) -> tuple[Any, ...]:
        state = {"retry_at": self.retry_at, "passing": self.passing}
        return (CallRefused, (self.reason, self.message, self.remedy), state)


class SchemaError(DocassayError):
    """A schema definition that cannot be used; `path` and `line` say where (line is None for a Python class)."""

    def __init__(self, message: str, remedy: str, path: str = "", line: int | None = None) -> None:
        place = f"{path}, line {line}: " if line else f"{path}: " if path else ""
        super().__init__(f"{place}{message} {remedy}")
        self.path = path
        self.line = line
        self.remedy = remedy


class SettingsError(DocassayError):
    """A setting that is unknown or has an impossible value."""


class InputError(DocassayError):
    """A file that steers a command, such as a truth file, is missing or wrong; the text says where and what to do."""


class InvalidValue(DocassayError):
    """A field name or value that a person gave does not fit the schema; nothing was written."""


class UnknownDocument(DocassayError):
    """No stored document goes by that name, or several do."""


class Conflict(DocassayError):
    """The document does not allow it now; nothing was written."""


class StaleVersion(Conflict):
    """Somebody else changed the document since it was read: read it again, then decide."""


class StaleField(StaleVersion):
    """Somebody else changed this field since it was read; `who` did it `at` that time. Show both values."""

    def __init__(self, message: str, path: str, who: str, at: datetime | None) -> None:
        super().__init__(message)
        self.path = path
        self.who = who
        self.at = at

    def __reduce__(self) -> tuple[Any, ...]:
        return (StaleField, (str(self), self.path, self.who, self.at))


class ForbiddenTransition(Conflict):
    """The state of the document does not lead there."""


class LeaseLost(Conflict):
    """Another worker has taken the document over: drop the work, it is being done there."""


class Unavailable(DocassayError):
    """A part that everything rests on is down; the batch stops, nothing is lost.

    Args:
        reason: `disk_full`, `database_unavailable` or `storage_unavailable` (later also the model's reasons).
        message: what happened and what to do next.
    """

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason

    def __reduce__(self) -> tuple[type[Unavailable], tuple[Reason, str]]:
        return (Unavailable, (self.reason, str(self)))
