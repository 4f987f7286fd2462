"""Accept or review: by the field's policy, and never a value without proof while no certificate exists."""

from __future__ import annotations

from schemas.fields import FieldDefinition
from schemas.results import Decision, Evidence


def proved(evidence: tuple[Evidence, ...], *, confirmed: bool) -> bool:
    """Return whether a value is proved: it stands word for word on the page, and something independent agrees.

    Args:
        evidence: where the value stands.
        confirmed: check digits, arithmetic over several fields, or a second source agree with it.
    """
    stands = bool(evidence) and all(place.match in ("exact", "normalized") for place in evidence)
    return stands and confirmed


def decision(field: FieldDefinition, *, is_proved: bool, blocked: bool, accept_proved: bool) -> Decision:
    """Return the decision on a value that was found.

    Args:
        field: its policy may ask for a person always.
        is_proved: see `proved`.
        blocked: a validator or a check on this field failed, or the document has a finding that needs a person.
        accept_proved: the operator has opted into accepting proved values before thresholds are certified.
    """
    if blocked or field.acceptance.always_review or not accept_proved or not is_proved:
        return "review"
    return "accepted"


def decision_on_absent(field: FieldDefinition, *, blocked: bool, accept_proved: bool) -> Decision:
    """Return the decision on a field for which no source found anything: only what is optional may stay empty."""
    if blocked or field.acceptance.required or field.acceptance.always_review or not accept_proved:
        return "review"
    return "accepted"
