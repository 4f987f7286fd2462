"""What others can be told of: the types of events that webhooks carry."""

from __future__ import annotations

from typing import Literal

EventType = Literal[
    "document.decided",  # the line or a person accepted it, or it waits for a person
    "document.corrected",  # a person changed values of its record
    "document.quarantined",  # it was put aside, with a reason
    "certificate.voided",  # thresholds no longer hold what was certified
    "calls.stopped",  # the kill switch was thrown
    "calls.resumed",  # and released
]
