"""What extraction gives: evidence, candidates, results per field, the extraction of a document."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, field_validator

from schemas.document import Box
from schemas.errors import CallRefused, Reason
from schemas.fields import Kind
from schemas.reasons import Sentence
from schemas.values.typed import canonical

Source = Literal["embedded", "rules", "llm", "memory", "person"]
Value = str | Decimal | date
Match = Literal["exact", "normalized", "fuzzy"]
Answer = Literal["found", "stated_absent", "not_found", "not_looked"]
ConfidenceStatus = Literal["scorecard", "calibrated", "certified"]
Decision = Literal["accepted", "review"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a value stands. Boxes are computed by us from words, never taken from a model."""

    page: int  # from 1
    boxes: tuple[Box, ...]  # one for each line that the quote touches
    quote: str  # the words as printed
    match: Match = "exact"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of one field by one source. `value` is canonical for its kind; a table has `rows` and no value."""

    field: str
    kind: Kind
    source: Source
    value: Value | None
    evidence: tuple[Evidence, ...] = ()  # empty: the source gave no place (embedded data) and none was found yet
    score: float = 0.0  # 0..1, the source's own scorecard; comparable within one source only
    signals: Mapping[str, float] = dataclasses.field(default_factory=dict)  # named numbers that `score` was made from
    reasons: tuple[Sentence, ...] = ()
    rows: tuple[CandidateRow, ...] = ()
    quote: str = ""  # the words that a source says it read; untrusted until they are found on a page
    derived_from: tuple[str, ...] = ()  # what the value was worked out from: amounts as printed, or names of fields


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """One row of a table candidate: a candidate for each column that was read."""

    cells: Mapping[str, Candidate]
    page: int | None = None


@dataclass(frozen=True, slots=True)
class MissingRow:
    """A row of a table that stands on a page and in no answer."""

    page: int  # from 1
    box: Box
    text: str  # the words as printed


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Completeness(_Frozen):
    """The rows that the layout shows, counted before anything was read, beside those that the answer holds."""

    expected: int  # rows on the pages
    returned: int  # rows of the answer
    missing: tuple[MissingRow, ...] = ()  # in reading order
    by_source: dict[Source, int] = {}  # rows that each source gave

    @property
    def is_complete(self) -> bool:
        """Whether every row that stands on the pages is in the answer."""
        return not self.missing and self.returned >= self.expected


class Alternative(_Frozen):
    """Another reading that a person may prefer."""

    kind: Kind
    value: Value
    source: Source
    evidence: tuple[Evidence, ...] = ()
    confidence: float | None = None

    @field_validator("value", mode="before")
    @classmethod
    def _typed(cls, value: Any, info: Any) -> Any:
        return canonical(info.data["kind"], value)


class FieldResult(_Frozen):
    """The answer for one field, with its proof.

    `value` is None unless `answer` is "found". For a field that holds many values, `values` has them all, `evidence`
    one entry for each, and `value` is None. `confidence` is None when nobody computed one.
    """

    name: str
    kind: Kind
    answer: Answer
    value: Value | None = None
    values: tuple[Value, ...] = ()
    confidence: float | None = None
    confidence_status: ConfidenceStatus | None = None
    evidence: tuple[Evidence, ...] = ()
    source: Source | None = None
    alternatives: tuple[Alternative, ...] = ()  # at most three, best first
    reasons: tuple[Sentence, ...] = ()
    signals: dict[str, float] = {}
    derived_from: tuple[str, ...] = ()  # what the value was worked out from; empty: it was read as it stands
    completeness: Completeness | None = None  # of a table whose rows the layout shows; None: they could not be counted
    blocked: bool = False  # something about it or its document needs a person, whatever its confidence
    certificate: str | None = None  # id of the one that it was accepted under; None: it was not
    decision: Decision = "review"

    @field_validator("value", mode="before")
    @classmethod
    def _typed(cls, value: Any, info: Any) -> Any:
        return None if value is None else canonical(info.data["kind"], value)

    @field_validator("values", mode="before")
    @classmethod
    def _all_typed(cls, values: Any, info: Any) -> Any:
        return tuple(canonical(info.data["kind"], value) for value in values)


class RowResult(_Frozen):
    """One row of a table field."""

    number: int  # from 1, in document order
    cells: dict[str, FieldResult]


class Problem(_Frozen):
    """A check that failed: an open error keeps the record from being accepted."""

    check: str  # name of the cross-field check, or "required", "finding", …
    fields: tuple[str, ...]
    message: str  # one sentence with the figures


class RouteDecision(_Frozen):
    """Which fields went to which model, and why: the decision with all its inputs."""

    model: str  # "PROVIDER/MODEL"
    route: str  # the rule in force: "rules-first", …
    why: str  # one sentence
    fields: tuple[str, ...]
    confidences: dict[str, float | None] = {}  # of each field when it was decided; None: nothing was found
    threshold: float | None = None  # confidences below it were sent; None: not decided by a threshold
    second_from: float | None = None  # a second reading: confidences from here to `threshold` were sent


@dataclass(frozen=True, slots=True)
class ModelReading:
    """What a model gave for the fields it was asked."""

    candidates: tuple[Candidate, ...]
    refused: Mapping[str, CallRefused]  # by field: calls that were not made or gave nothing
    version: str  # of model and prompt
    cost_nano_dollars: int = 0
    trace_id: str | None = None


class Fallback(_Frozen):
    """Fields that a model was to read and did not: other sources stand in for it."""

    fields: tuple[str, ...]
    reason: Reason
    message: str
    remedy: str
    passing: bool  # the cause can go away: the fields are worth a call later
    retry_at: datetime | None = None  # when a new try can help, if that is known


class Extraction(_Frozen):
    """All answers for one document under one schema."""

    document: str  # sha256
    schema_name: str
    schema_version: str
    fields: dict[str, FieldResult]
    rows: dict[str, tuple[RowResult, ...]] = {}  # table field -> rows
    problems: tuple[Problem, ...] = ()
    source_versions: dict[str, str] = {}
    routes: tuple[RouteDecision, ...] = ()
    fallbacks: tuple[Fallback, ...] = ()
    scorer: str = ""  # version of what gave the confidences
    certificates: tuple[str, ...] = ()  # ids of all that were in force when it was decided, for whichever fields
    cost_nano_dollars: int = 0
    trace_id: str | None = None

    @property
    def decision(self) -> Decision:
        """Accepted only if every field is and no check failed."""
        cells = (cell for rows in self.rows.values() for row in rows for cell in row.cells.values())
        waiting = any(result.decision == "review" for result in (*self.fields.values(), *cells))
        return "review" if waiting or self.problems else "accepted"

    def record(self) -> dict[str, Any]:
        """Return the bare values: {field: value | [values] | [{column: value}] | None}."""
        out: dict[str, Any] = {}
        for name, result in self.fields.items():
            if result.kind is Kind.TABLE:
                out[name] = [{c: cell.value for c, cell in row.cells.items()} for row in self.rows.get(name, ())]
            else:
                out[name] = list(result.values) if result.values else result.value
        return out
