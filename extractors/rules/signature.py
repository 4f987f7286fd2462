"""Who signs: companies above the lines for their signatures, and persons who sign for themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.page.runs import folded
from extractors.rules.contract_names import Name, companies, is_company, is_name, person_at, trimmed
from extractors.rules.flow import Flow

LAST_PART = 0.45  # share of the text after which signatures may stand; exhibits follow them
NAME_REACH = 140  # characters before "By:" in which the company's name stands
ROLE_REACH = 110  # characters before a person's name in which the role is printed
PRINTED_REACH = 60  # characters after a signature in which the name is printed
TITLE_REACH = 70  # characters after it in which a title would be

_BY = re.compile(r"\b(?:By|BY|Per)\s*[:/_]|\bBy\s+/s/")
_SIGNED = re.compile(
    r"/s/\s*|(?:Print(?:ed)?\s+)?Name(?:\s+of\s+\w+)?(?:\s*\((?:please\s+)?print(?:ed)?\))?\s*:\s*|"
    r"\b(?:Employee|EMPLOYEE|Executive|EXECUTIVE|Consultant|CONSULTANT|Director|DIRECTOR|Participant|PARTICIPANT|"
    r"Recipient|RECIPIENT|Grantee|GRANTEE|Associate|ASSOCIATE)(?:[’']s\s+(?:Name|Signature))?[”\"]?\s*[:\n]\s*",
    re.IGNORECASE,
)
_FOR_HIMSELF = re.compile(
    r"\b(?:employee|executive|consultant|director|participant|individual(?:ly)?|grantee|optionee|associate|undersigned|"
    r"signature|printed?\s+name|your\s+name|stockholder|recipient)\b",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"\b(?:Title|Its|President|Officer|Counsel|Secretary|Chairman|CEO|CFO|COO|EVP|SVP|VP|Treasurer|Manager|Managing|"
    r"Human\s+Resources|Partner|Vice|Authori[sz]ed|Head\s+of|Senior|Director\s+of|Committee)\b",
    re.IGNORECASE,
)


def signing_companies(flow: Flow) -> Iterator[Name]:
    """Yield the companies whose names stand just before a line for a signature."""
    text = flow.text
    for match in _BY.finditer(text, int(len(text) * LAST_PART)):
        low = max(0, match.start() - NAME_REACH)
        before = text[low : match.start()]
        # The name is the paragraph above the line, or the last company in it.
        paragraph = next((p for p in reversed(before.rstrip().split("\n")) if not _BY.match(p.strip())), "")
        found = [name for name in companies(paragraph) if not _BY.search(paragraph[: name.start])]
        offset = low + before.rindex(paragraph) if paragraph else low
        if found:
            # "X, L.P. By: Y, LLC, its general partner": the first of the paragraph is the one that signs.
            yield Name(found[0].text, offset + found[0].start, offset + found[0].end)
        else:
            name = trimmed(re.sub(r"^.*:\s*", "", paragraph))
            if name and name.isupper() and is_name(name):
                at = offset + paragraph.rindex(name)
                yield Name(name, at, at + len(name))


def signing_persons(flow: Flow) -> Iterator[tuple[Name, float]]:
    """Yield persons near signatures and how likely each signs for himself rather than for a company."""
    text = flow.text
    for match in _SIGNED.finditer(text, int(len(text) * LAST_PART)):
        name = person_at(text, match.end())
        if name is None:
            continue
        before, after = text[max(0, match.start() - ROLE_REACH) : match.end()], text[name.end : name.end + TITLE_REACH]
        again = after.find(name.text.split()[-1])
        after = after[again:] if 0 <= again < len(name.text) + 4 else after
        worth = 0.45
        if _FOR_HIMSELF.search(before):
            worth = 0.72
        closing = before[-70:]
        if re.search(r"\b(?:By|BY|Per)\s*[:/_]?\s*(?:/s/)?\s*$", closing[: len(closing)]) or re.search(
            r"\b(?:By|BY)\s*:", closing[-45:]
        ):
            worth *= 0.6
        if any(is_company(each.text) for each in companies(closing)):
            worth *= 0.5
        title = _TITLE.search(after.split("\n")[0][:TITLE_REACH])
        if title and not _FOR_HIMSELF.search(after[: title.start()]):
            worth *= 0.3
        yield _printed(text, name), worth


def _printed(text: str, signed: Name) -> Name:
    """Return the name as printed beside the signature if that is longer: people sign with less than all of it."""
    for match in re.finditer(r"\b[A-ZÀ-Ý]", text[signed.end : signed.end + PRINTED_REACH]):
        printed = person_at(text, signed.end + match.start())
        if printed is not None and len(printed.text) > len(signed.text) and _one_person(printed.text, signed.text):
            return printed
    return signed


def _one_person(one: str, other: str) -> bool:
    """Whether two names have the same first and last word, without case and stops."""
    first, second = folded(one).replace(".", "").split(), folded(other).replace(".", "").split()
    return first[0] == second[0] and first[-1] == second[-1]
