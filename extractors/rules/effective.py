"""From when a contract is in force: days in its opening and at its end, weighed by the words around them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.rules.flow import Flow
from extractors.rules.sightings import Sighting
from schemas.values.dates import find_dates

OPENING = 4500  # characters in which a contract says from when it is in force
BEFORE = 90  # characters before a day in which its role is said
_EFFECTIVE = {
    "effective": (re.compile(r"effective\s+(?:as\s+of|date|on|from)|(?:become|is|be|shall be)\s+effective|"
                        r"Effective\s+Date", re.I), 0.9),
    "as_of": (re.compile(r"\bas\s+of\b|\bdated?\b|\bentered\s+into\b|\bmade\b|\bexecuted\b|\bthis\b", re.I), 0.82),
    "signed": (re.compile(r"\bdate[d]?\s*:|\bday\s+of\b", re.I), 0.55),
}  # fmt: skip


def effective_days(flow: Flow) -> Iterator[Sighting]:
    """Yield the days from which the contract may be in force, with what the words before them say."""
    text = flow.text
    for found in find_dates(text, "month_first"):
        before = text[max(0, found.start - BEFORE) : found.start]
        after = text[found.end : found.end + 60]
        factors: dict[str, float] = {}
        if found.start < OPENING:
            for name, (pattern, worth) in _EFFECTIVE.items():
                if pattern.search(before[-60:]) or (
                    name == "effective" and re.match(r"\W*(?:\(\s*)?(?:the\s+)?[“\"]?Effective", after)
                ):
                    factors = {"role": worth, "place": 0.97 if found.start < 1800 else 0.8}
                    break
            else:
                factors = {"role": 0.45 if found.start < 900 else 0.2}
        elif _EFFECTIVE["effective"][0].search(before):
            factors = {"role": 0.6}
        elif found.start > len(text) - 2500 and re.search(r"\bdate[d]?\b|day\s+of|as\s+of|written", before[-50:], re.I):
            factors = {"role": 0.5}
        if factors:
            if re.search(
                r"\b(?:amend|prior|previous|original|expir|terminat|born|until|through|filed|filing|exhibit)\w*",
                before[-70:],
                re.I,
            ):
                factors["other"] = 0.5
            reason = f"The words before it are “{' '.join(before.split()[-4:])}”."
            yield Sighting(found.value, flow.passages(found.start, found.end), factors, reason)
