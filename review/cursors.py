"""Where a page of the queue ended, as text that goes into an address and comes back."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import Any

from review.refusals import Refused


def written(place: tuple[Any, str] | None) -> str | None:
    """Return the text for a place; None where nothing follows."""
    if place is None:
        return None
    value = place[0] if not isinstance(place[0], datetime) else {"at": place[0].isoformat()}
    return base64.urlsafe_b64encode(json.dumps([value, place[1]]).encode()).decode()


def read(text: str) -> tuple[Any, str] | None:
    """Return the place that a text stands for; None: the top. Raises Refused for what the queue never gave."""
    if not text:
        return None
    try:
        value, document = json.loads(base64.urlsafe_b64decode(text.encode()))
        return (datetime.fromisoformat(value["at"]) if isinstance(value, dict) else value), str(document)
    except (ValueError, KeyError, TypeError):
        raise Refused(422, "wrong_value", "The cursor is none that this queue gave.", "Start from the top.") from None
