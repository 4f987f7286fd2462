"""From when a contract is in force: days in its opening and at its end, weighed by the words around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from extractors.rules import letter
from extractors.rules.contract_words import IN_FORCE, MADE_ON, any_of
from extractors.rules.flow import Flow
from extractors.rules.sightings import Sighting
from schemas import reasons
from schemas.values.dates import DateOrder, FoundDate, find_dates

OPENING = 4500  # characters in which a contract says from when it is in force
HEAD = 1800  # characters in which it most often does
BEFORE = 90  # characters before a day in which its role is said
SIGNED_FROM = 0.4  # share of the text after which a day can be that of a signature
TITLE = 400  # characters in which a contract's own name may stand without "this"
BLANK_LEFT = 0.45  # what is left of other days where the opening leaves its own day blank

# What the words before a day make of it, the first that fits; the numbers are how often such a day is the right one.
_OPENING_ROLES = (
    ("effective", re.compile(r"effective\s+(?:as\s+of|date|on|from)|(?:become|is|be|shall be)\s+effective|"
                             r"Effective\s+Date|" + any_of(IN_FORCE), re.IGNORECASE), 0.90),
    ("made", re.compile(r"\bas\s+of\b|\bdated?\b|\bentered\s+into\b|\bmade\b|\bexecuted\b|\bthis\b|"
                        r"(?:^|(?<=\W))(?:" + any_of(MADE_ON) + r")\s*$", re.IGNORECASE), 0.85),
)  # fmt: skip
_CALLED_EFFECTIVE = re.compile(r"\W*(?:\(\s*)?(?:the\s+)?[“\"]?Effective", re.IGNORECASE)
_SIGNED = re.compile(r"\b(?:date|dated|datum)\s*:\s*$|\b(?:executed|signed|as\s+of)\b[^.]{0,50}$", re.IGNORECASE)
_OTHER = re.compile(
    r"\b(?:amend|prior|previous|original|expir|terminat|born|until|through|filed|filing|merger|employment\s+agreement|"
    r"plan|retire|attached|between\s+\w+[^.]{0,40}\band\b)\w*",
    re.IGNORECASE,
)
_BLANK_DAY = re.compile(
    r"\b(?:as\s+of|this|the|dated|effective)\s+(?:[_\s●]{3,}|\[[^\]]{0,20}\]|the)?\s*day\s+of\s*(?:_|\[|,|\s{2})|"
    r"\b(?:dated?|as\s+of)\s*:?\s*(?:_{3,}|\[\s*_*\s*\])",
    re.IGNORECASE,
)


def effective_days(flow: Flow, order: DateOrder) -> Iterator[Sighting]:
    """Yield the days from which the contract may be in force, with what the words around them say."""
    text = flow.text
    days = find_dates(text, order)
    salutation = letter.salutation(flow)
    blank = _BLANK_DAY.search(text[:OPENING]) is not None
    signed = [found for found in days if _is_signature(text, found)]
    latest = max((found.value for found in signed), default=None)
    for found in days:
        factors = _factors(text, found, salutation, latest)
        if not factors:
            continue
        before = text[max(0, found.start - BEFORE) : found.start]
        if _OTHER.search(before.rpartition("\n")[2][-60:]):
            factors["other_matter"] = 0.5
        if found.start > TITLE and _of_another_contract(text, found.start):
            factors["other_contract"] = 0.45
        if blank and factors["role"] < _OPENING_ROLES[-1][2]:
            factors["own_day_blank"] = BLANK_LEFT
        said = " ".join(before.split()[-4:])
        reason = reasons.WORDS_BEFORE(words=said) if said else reasons.VERY_BEGINNING()
        yield Sighting(found.value, flow.passages(found.start, found.end), factors, reason)


def _factors(text: str, found: FoundDate, salutation: int | None, latest: date | None) -> dict[str, float]:
    before = text[max(0, found.start - BEFORE) : found.start]
    after = text[found.end : found.end + 60]
    if found.start < OPENING:
        if _CALLED_EFFECTIVE.match(after):
            return {"role": _OPENING_ROLES[0][2], "place": 0.97 if found.start < HEAD else 0.85}
        for _, pattern, worth in _OPENING_ROLES:
            if pattern.search(before.rpartition("\n")[2][-60:]):
                return {"role": worth, "place": 0.97 if found.start < HEAD else 0.7}
        if salutation is not None and found.start < salutation:
            return {"role": 0.55}  # the day of a letter
    if _is_signature(text, found):
        return {"role": 0.5, "latest": 1.0 if found.value == latest else 0.8}
    if found.start < HEAD // 2:
        return {"role": 0.45}
    if _OPENING_ROLES[0][1].search(before[-60:]):
        return {"role": 0.55}
    return {}


def _is_signature(text: str, found: FoundDate) -> bool:
    before = text[max(0, found.start - BEFORE) : found.start]
    return found.start > SIGNED_FROM * len(text) and _SIGNED.search(before) is not None


def _of_another_contract(text: str, start: int) -> bool:
    """Whether the sentence speaks of an agreement and not of this one: "the Rights Agreement, dated as of …"."""
    sentence = re.split(r"\n|[a-z)”]\.\s+(?=[A-Z])", text[max(0, start - 500) : start])[-1]
    named = list(re.finditer(r"\bagreement\b", sentence, re.IGNORECASE))
    return bool(named) and re.search(r"\bthis\b|herein|hereby", sentence, re.IGNORECASE) is None
