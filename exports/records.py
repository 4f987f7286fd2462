"""What an export takes in: the current record of a document, with the little that its extraction does not say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from schemas.results import Extraction
from store.entities import Record
from store.states import State

Status = Literal["accepted", "reviewed", "in_review"]
_PASSED = frozenset({State.ACCEPTED, State.EXPORTED})


@dataclass(frozen=True, slots=True)
class ExportRecord:
    """The current record of one document."""

    document_id: str  # sha256 of its bytes
    source_name: str  # the first name it came under: untrusted text
    extraction: Extraction
    state: State
    record_version: int  # rises with every change of the record
    reviewers: Mapping[str, str] = field(default_factory=dict)  # path -> who decided it; path "" is the whole record

    @property
    def status(self) -> Status:
        """Accepted by the machine, accepted by a person, or not (yet); with an open error never accepted."""
        if self.state not in _PASSED or self.extraction.problems:
            return "in_review"
        return "reviewed" if self.reviewers else "accepted"

    @property
    def reviewed_by(self) -> str | None:
        """Names of the people who decided something, in the order of their first decision; None if nobody did."""
        return ", ".join(dict.fromkeys(self.reviewers.values())) or None

    def reviewer(self, field: str, row: int | None = None, column: str | None = None) -> str | None:
        """Return who decided a field or cell, by itself or with all that it belongs to."""
        paths = [field, ""]
        if row is not None:
            paths = [f"{field}[{row}]", *paths]
            if column is not None:
                paths = [f"{field}[{row}].{column}", *paths]
        return next((self.reviewers[path] for path in paths if path in self.reviewers), None)


def of_stored(record: Record) -> ExportRecord:
    """Return the record as it comes out of the store; its version is the store-wide number of its last change."""
    return ExportRecord(
        document_id=record.document.sha256,
        source_name=record.document.name,
        extraction=record.extraction,
        state=record.document.state,
        record_version=record.sequence,
        reviewers=record.reviewers,
    )
