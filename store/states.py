"""The states of a document and the ways between them, as data."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a document stands; it is always in exactly one of these."""

    RECEIVED = "received"  # stored under its sha256
    PARSED = "parsed"  # its words and boxes are stored
    EXTRACTED = "extracted"  # its fields are stored, not yet decided
    IN_REVIEW = "in_review"  # waits for a person
    ACCEPTED = "accepted"  # every field is accepted, no check failed
    EXPORTED = "exported"  # accepted, and written to at least one target
    QUARANTINED = "quarantined"  # cannot go on; a reason says why, a person may retry
    DEFERRED = "deferred"  # cannot go on now; a reason says why, `retry_at` says when it goes on


UNFINISHED = (State.EXTRACTED, State.PARSED, State.RECEIVED)  # a worker has something to do; begun work first
DECIDED = (State.IN_REVIEW, State.ACCEPTED, State.EXPORTED)  # a record is there for people

TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.PARSED, State.QUARANTINED, State.DEFERRED}),
    # Unsure of the schema: a parsed document can wait for a person without a record. A mail that only carries documents
    # is done without one.
    State.PARSED: frozenset(
        {State.EXTRACTED, State.IN_REVIEW, State.ACCEPTED, State.RECEIVED, State.QUARANTINED, State.DEFERRED}
    ),
    State.EXTRACTED: frozenset({State.IN_REVIEW, State.ACCEPTED, State.RECEIVED, State.QUARANTINED, State.DEFERRED}),
    # A person's decision on one field leaves the document in review, with a higher version. A person who names another
    # schema sends it back to where schemas are chosen.
    State.IN_REVIEW: frozenset({State.IN_REVIEW, State.ACCEPTED, State.PARSED, State.RECEIVED, State.QUARANTINED}),
    State.ACCEPTED: frozenset(
        {State.EXPORTED, State.IN_REVIEW, State.ACCEPTED, State.PARSED, State.RECEIVED, State.QUARANTINED},
    ),
    # A correction after the export makes it accepted (or in review) again, and so it is exported again.
    State.EXPORTED: frozenset({State.IN_REVIEW, State.ACCEPTED, State.PARSED, State.RECEIVED, State.QUARANTINED}),
    # A rejection that is taken back.
    State.QUARANTINED: frozenset({State.RECEIVED, State.IN_REVIEW}),
    State.DEFERRED: frozenset({State.RECEIVED, State.QUARANTINED}),
}


def allowed(start: State, end: State) -> bool:
    """Return whether a document may go from `start` to `end` in one step."""
    return end in TRANSITIONS[start]
