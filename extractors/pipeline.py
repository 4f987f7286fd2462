"""The door of the room: a parsed document and a schema in, one assessed answer per field out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from extractors.assess.assess import assess
from extractors.embedded import extract as embedded
from extractors.ground import Ground
from extractors.rules import extract as rules
from schemas.document import ParsedDocument
from schemas.results import Candidate, Extraction
from schemas.schema import Schema

Extractor = Callable[[ParsedDocument, Schema], tuple[Candidate, ...]]
EXTRACTORS: Mapping[str, Extractor] = {"embedded": embedded.candidates, "rules": rules.candidates}
VERSIONS = {"embedded": embedded.VERSION, "rules": rules.VERSION}


def source_versions(sources: Sequence[str]) -> Mapping[str, str]:
    """Return the version of each of `sources`; raises KeyError for one that there is not."""
    return {source: VERSIONS[source] for source in sources}


def extract(
    document: ParsedDocument,
    schema: Schema,
    sources: Sequence[str] = ("embedded", "rules"),
    *,
    accept_proved: bool = False,
) -> Extraction:
    """Return the answers of all `sources` brought to one per field, with proof, confidence, reasons and decision.

    Args:
        document: what parsing gave.
        schema: the fields to fill.
        sources: the witnesses to ask, each on its own.
        accept_proved: accept values that are proved before thresholds are certified.
    """
    candidates = [candidate for source in sources for candidate in EXTRACTORS[source](document, schema)]
    if any(not candidate.evidence for candidate in candidates):
        candidates = Ground(document, schema).grounded(candidates)
    versions = source_versions(sources)
    return assess(document, schema, candidates, accept_proved=accept_proved, source_versions=versions)
