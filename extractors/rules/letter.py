"""Agreements in the form of a letter: to whom it goes, read from what stands above the salutation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.rules.contract_names import Name, companies, person_at
from extractors.rules.flow import Flow

HEAD = 2200  # characters in which the salutation of a letter stands

_SALUTATION = re.compile(
    r"\bDear\s+(?:Mr|Ms|Mrs|Dr|Sir|Sirs|Madam|[A-Z]\w+)\b[^:,\n]{0,60}[:,]|\b(?:Ladies\s+and\s+)?Gentlemen\s*:|"
    r"Sehr\s+geehrte|Madame,\s+Monsieur",
)
_STREET = re.compile(r"\b\d{1,6}(?:-\d+)?\s+[A-Z0-9]")


def salutation(flow: Flow) -> int | None:
    """Return where the salutation begins if the document is a letter, or None."""
    match = _SALUTATION.search(flow.text, 0, HEAD)
    return match.start() if match else None


def addressees(flow: Flow) -> Iterator[Name]:
    """Yield the companies above the salutation: the letterhead and the one that the letter goes to."""
    end = salutation(flow)
    if end is None:
        return
    seen: set[str] = set()
    for name in companies(flow.text[:end]):
        if name.text not in seen:
            seen.add(name.text)
            yield name


def person_addressed(flow: Flow) -> Name | None:
    """Return the person that the letter goes to, when no company stands above the address."""
    end = salutation(flow)
    if end is None:
        return None
    named = list(companies(flow.text[:end]))
    for paragraph in re.finditer(r"(?:^|\n)(?:Mr\.?\s+|Ms\.?\s+|Dr\.?\s+)?(?=[A-Z])", flow.text[:end]):
        name = person_at(flow.text, paragraph.end())
        if name is None or any(each.start < name.end and name.start < each.end for each in named):
            continue
        if name.end <= end and _STREET.search(flow.text[name.end : min(name.end + 40, end)]):
            return name
    return None
