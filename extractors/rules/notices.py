"""How long before its end a contract asks for notice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.rules.flow import Flow
from extractors.rules.sightings import Sighting
from schemas import reasons
from schemas.values.durations import find_durations

REACH = 70  # characters between the word "notice" and its period
NOTICE = 0.72  # a period of notice in a sentence on notices
NOT_BESIDE = 0.6  # other words stand between the period and the notice
ENDS_CONTRACT, ENDS_OTHER, ENDS_NOTHING = 1.2, 0.55, 0.4
ENOUGH = 0.35  # most notices of a contract are for other matters than its end

_NOTICE = re.compile(
    r"\bnotice\b|frist\b|\bpréavis\b|\bpreaviso\b|\bpreavviso\b|\bopzegtermijn\b|\bnotification\b", re.IGNORECASE
)
_ENDS = re.compile(
    r"\bterminat\w*|\bcancel\w*|\bnot\s+to\s+renew|\bnon-?renew\w*|\brenew\w*|kündig\w*|gekündigt|résili\w*|rescind\w*|"
    r"\bresol(?:ver|ución)\w*|\brecess?o\w*|\brecedere|\bopzeg\w*",
    re.IGNORECASE,
)
_CONTRACT = re.compile(
    r"\b(?:agreement|contract|NDA|party|parties|Vertrag\w*|Vereinbarung|Partei\w*|contrat|accord|parties?|contrato|parte|"
    r"contratto|accordo|parti|overeenkomst|partij\w*|term|Laufzeit|durée|duración|durata|looptijd)\b",
    re.IGNORECASE,
)
_ENDING_NOTICE = re.compile(r"Kündigungsfrist|\bpréavis\b|\bpreaviso\b|\bpreavviso\b|\bopzegtermijn\b", re.IGNORECASE)
_OWN_PERIOD_BEFORE = re.compile(
    r"(?:\bnotice|frist|préavis|preaviso|preavviso|opzegtermijn)(?:\s+period)?[\s,]*(?:(?:of|von|de|di|van|bedraagt|beträgt|"
    r"est|at|not|less|least|than|mindestens|minstens|almeno|al|menos|moins|au)\b[\s,]*)*$",
    re.IGNORECASE,
)
_OWN_PERIOD_AFTER = re.compile(
    r"^[\s’'(]*(?:(?:prior|advance|written|of|in|business|calendar)\b[\s,]*)*notice", re.IGNORECASE
)
_OTHER_END = re.compile(
    r"\b(?:employment|employee|breach|default|cure|remed\w+|court|subpoena|legally\s+compelled|prior\s+to\s+(?:such|any)\s+"
    r"disclosure|injunct\w+|claim|arbitrat\w+|Anstellung|Mangel)\b",
    re.IGNORECASE,
)


def notices(flow: Flow) -> Iterator[Sighting]:
    """Yield the periods of notice; those for other matters than ending the contract with little belief."""
    for sentence in flow.whole_sentences():
        if not _NOTICE.search(sentence.text):
            continue
        for found in find_durations(sentence.text):
            low, high = max(0, found.start - REACH), found.end + REACH
            if not _NOTICE.search(sentence.text[low:high]):
                continue
            factors = {"notice": NOTICE, "ends": _what_ends(sentence.text[max(0, found.start - 250) : found.end + 150])}
            if not (
                _OWN_PERIOD_BEFORE.search(sentence.text[low : found.start])
                or _OWN_PERIOD_AFTER.search(sentence.text[found.end : high])
            ):
                factors["not_beside"] = NOT_BESIDE
            start = sentence.start + found.start
            passages = flow.passages(start, sentence.start + found.end)
            yield Sighting(found.value, passages, factors, reasons.PERIOD_OF_NOTICE())


def _what_ends(near: str) -> float:
    if _ENDING_NOTICE.search(near):
        return ENDS_CONTRACT
    if not _ENDS.search(near):
        return ENDS_NOTHING
    if _OTHER_END.search(near):
        return ENDS_OTHER
    return ENDS_CONTRACT if _CONTRACT.search(near) else ENDS_OTHER
