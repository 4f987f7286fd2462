"""What is promised about accepted values: labels, pools of like fields, certificates. Frozen; computes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

from schemas.fields import Kind
from schemas.results import Answer, Extraction, FieldResult

Origin = Literal["digital", "scan", "photo"]
ORIGINS: tuple[Origin, ...] = get_args(Origin)
ABSENT = "absent"  # what answers count as that say that there is no value, whatever the kind of their field
PROVED = "proved"  # stands among the certificates in force where proved values are accepted without one
HowKnown = Literal["review", "audit", "correction", "truth"]


def origin_of(signals: Mapping[str, float]) -> Origin | None:
    """Return how the words of an answer came into the document; None if the answer does not say."""
    return next((origin for origin in ORIGINS if signals.get(f"origin_{origin}")), None)


def counts_as(kind: Kind, answer: Answer) -> str:
    """Return the kind that an answer is pooled by."""
    return kind.value if answer == "found" else ABSENT


class Pool(BaseModel):
    """Answers whose errors are taken to be alike: of some kinds, some origins, and one bound on their error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str  # the kind, or "other": all kinds with too few labels of their own
    kinds: tuple[str, ...]  # see counts_as; sorted
    origins: tuple[Origin, ...]  # more than one only where the operator lets them be pooled
    maximum_error: float  # alpha: what the schema allows for these fields

    @property
    def key(self) -> str:
        """What looks are counted by; the kinds in "other" may change under it."""
        return f"{self.name}/{'+'.join(self.origins)}/{self.maximum_error:g}"

    def holds(self, kind: str, origin: Origin | None, maximum_error: float) -> bool:
        """Return whether an answer belongs to it."""
        return kind in self.kinds and origin in self.origins and maximum_error == self.maximum_error

    def meets(self, other: Pool) -> bool:
        """Return whether an answer could belong to both."""
        return (
            self.maximum_error == other.maximum_error
            and bool(set(self.kinds) & set(other.kinds))
            and bool(set(self.origins) & set(other.origins))
        )


class Certificate(BaseModel):
    """A promise kept by labels: at most `pool.maximum_error` of what is accepted under it is wrong."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    pool: Pool
    schemas: tuple[str, ...]  # whose labels it rests on; fields of others are not accepted under it
    scorer: str  # version: it says nothing about confidences of another one
    threshold: float  # confidences from here on are accepted
    delta: float  # chance that the promise is wrong, over all looks at the pool
    look: int  # how often the pool had been tested, this time included
    labels: int  # answers at or above the threshold that a person judged
    wrong: int  # of these
    at: datetime

    def covers(self, schema: str, kind: str, origin: Origin | None, maximum_error: float) -> bool:
        """Return whether an answer may be accepted under it, if it is sure enough."""
        return schema in self.schemas and self.pool.holds(kind, origin, maximum_error)


class PoolState(BaseModel):
    """Where a pool stands: what its labels allow, and what is missing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pool: Pool
    scorer: str
    labels: int  # one a document at most, drawn with equal chance
    wrong: int  # of these: what accepting everything would cost
    looks: int  # tests made so far
    tested: int = 0  # labels at the last test; 0: none was made
    missing: int = 0  # further labels, all of them right, before a certificate is possible; 0: there is one
    since: datetime | None = None  # only labels from then on count: a certificate was voided
    certificate: Certificate | None = None


@dataclass(frozen=True, slots=True)
class LabelledAnswer:
    """What a person's word, or known truth, says about one answer of a machine, as it was decided."""

    document: str  # sha256
    record: int  # the machine's record that it stands in; 0: of known truth, kept as no record
    path: str  # name of the field; a table counts as one answer
    schema_name: str
    kind: Kind
    answer: Answer
    origin: Origin | None
    maximum_error: float
    signals: Mapping[str, float]
    confidence: float | None  # as decided
    scorer: str  # version that gave it; "" if none did
    right: bool
    who: str
    at: datetime
    how: HowKnown
    drawn: bool  # the document was drawn for an audit, or comes from a random sample with known truth
    in_force: tuple[str, ...]  # ids of the certificates when it was decided, and PROVED
    inclusion: float | None  # chance that a person would judge it, whatever its confidence; None: it came by itself

    @property
    def counted_as(self) -> str:
        """The kind that it is pooled by."""
        return counts_as(self.kind, self.answer)


@dataclass(frozen=True, slots=True)
class Audit:
    """One accepted answer that a person is to judge without knowing that it was accepted."""

    document: str
    record: int  # the machine's record in which it is accepted
    path: str
    certificate: str  # id, or PROVED
    confidence: float | None
    released: bool  # nothing else waits in the document: it may be exported meanwhile


@dataclass(frozen=True, slots=True)
class Gate:
    """What may be accepted today."""

    certificates: tuple[Certificate, ...] = ()

    def certificate(
        self, schema: str, kind: str, origin: Origin | None, maximum_error: float, scorer: str
    ) -> Certificate | None:
        """Return the certificate that an answer can be accepted under; None if there is none."""
        for certificate in self.certificates:
            if certificate.scorer == scorer and certificate.covers(schema, kind, origin, maximum_error):
                return certificate
        return None


def accepted_by_machine(extraction: Extraction) -> Iterable[FieldResult]:
    """Yield the answers that were accepted without a person; a table is one answer."""
    return (result for result in extraction.fields.values() if result.decision == "accepted" and not _by_person(result))


def _by_person(result: FieldResult) -> bool:
    return result.source == "person"
