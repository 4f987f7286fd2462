"""What single sentences of a contract settle: governing law, term, notice, and clauses taken whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.rules.contract_words import LAW, TERM, any_of
from extractors.rules.flow import Flow, Sentence
from extractors.rules.scoring import product
from extractors.rules.sections import Sections, is_about
from extractors.rules.sightings import Sighting
from schemas import reasons
from schemas.fields import FieldDefinition
from schemas.values.dates import DateOrder, find_dates
from schemas.values.durations import find_durations
from schemas.values.jurisdictions import find_jurisdictions

FEWEST_WORDS = 6  # of a sentence that can be a clause; shorter ones are headings
PHRASE = 0.62
OWN_SECTION = 1.3  # the clause stands in a section that is named after it
DAY_REACH = 90  # characters after a phrase in which its day stands
GAP = 70  # characters that "…" in a phrase stands for
LAW_REACH = 160  # characters from the words that choose a law to the name of the state

_LAW = re.compile(
    r"(?:governed|construed|interpreted|enforced|controlled)\b.{0,120}?\b(?:laws?|statutes)\b|"
    r"\b(?:laws?)\s+of\b(?=.{0,100}?\b(?:govern|control|apply))|(?:in\s+accordance\s+with|under|"
    r"subject\s+to|pursuant\s+to)\s+(?:the\s+)?(?:internal\s+|substantive\s+|local\s+)?laws?\b|"
    rf"\b(?:{any_of(LAW)})\b",
    re.IGNORECASE | re.DOTALL,
)
_GOVERNED = re.compile(rf"govern|construed|interpreted|{any_of(LAW)}", re.IGNORECASE)
_NOT_LAW = re.compile(
    r"incorporated|organi[sz]ed|existing\s+under|courts?\s+(?:of|in|located)|venue|jurisdiction\s+of|"
    r"securities|patent|trade\s+secret",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"\s*(?:of\s+)?(?:the\s+)?(?:said|such|that|aforesaid)\s+(?:state|jurisdiction|commonwealth|country)", re.I
)

_OWN_TERM = re.compile(
    r"\bterm\s+of\s+(?:this|the)\s+(?:letter\s+)?(?:agreement|contract)\b[^.;]{0,50}\x00", re.IGNORECASE
)
_TERM_HEADING = re.compile(r"\bterm\b|duration|survival|expiration|laufzeit|dauer|durée|durata|duración", re.IGNORECASE)
_EMPLOYMENT = re.compile(r"\b(?:employ(?:ee|er|ment)|executive|consultant)\b", re.IGNORECASE)

# What stands around a span of time, and what it makes of it; the product is the score.
_TERM_FOR = (
    (re.compile(rf"\b(?:{any_of(TERM)})\s+\x00", re.I), 3.6),
    (re.compile(r"\bterm\s+of\s+(?:this|the)\s+(?:letter\s+)?(?:agreement|nda|contract|lease)", re.I), 2.0),
    (re.compile(r"\b(?:terminate|expire|cease|continue|remain|survive|in\s+(?:full\s+)?force|in\s+effect|end|"
                r"term\b[^.;]{0,60}\b(?:be|is))\b[^.;:]{0,70}\x00", re.I | re.S), 1.6),
    (re.compile(r"\b(?:this|the)\s+(?:letter\s+)?(?:agreement|nda|contract|letter|statement\s+of\s+work|"
                r"undertaking|lease|license)\b.{0,120}\b(?:terminate|expire|remain|"
                r"continue|be\s+(?:in\s+effect|effective)|in\s+(?:full\s+)?force|end)", re.I | re.S), 2.2),
    (re.compile(r"\b(?:obligations?|duties|restrictions|covenants|provisions)\b.{0,140}\b(?:survive|"
                r"continue|remain|expire|terminate|cease|binding|in\s+effect)", re.I | re.S), 1.5),
    (re.compile(r"\b(?:confidential|evaluation|proprietary)\b", re.I), 1.25),
    (re.compile(r"\bfor\s+(?:a|the|an)\s+(?:initial\s+)?(?:period|term)\s+of\b|\bfor\s+a\s+term\b|"
                r"\bperiod\s+of\b", re.I), 1.3),
    (re.compile(r"\b(?:from|after|following)\s+(?:the\s+)?(?:date\s+(?:of\s+this|hereof|first)|"
                r"effective\s+date|date\s+of\s+(?:this|disclosure|its\s+disclosure|receipt))", re.I), 1.4),
    (re.compile(r"\bunless\s+(?:earlier|sooner)\b|\binitial\s+term\b", re.I), 1.3),
)  # fmt: skip
_TERM_AGAINST = (
    (re.compile(r"\b(?:non-?compet|compete|solicit|hire|employ(?:ee|ed|ment)?\b.{0,60}\b(?:terminat|cease|"
                r"leav)|engage\s+in|induce|recruit|standstill|acquire|securities|shares|voting)", re.I | re.S), 0.3),
    (re.compile(r"\b(?:terminat|cessation|end|leav)\w*\s+(?:of\s+)?(?:\w+\s+){0,4}employ|\bceases?\s+to\s+be\b|"
                r"restrict(?:ed|ive)\s+period", re.I), 0.45),
    (re.compile(r"\b(?:notice|notify|cure|remedy|within|days?\s+(?:of|after)\s+(?:receipt|request|written)|"
                r"upon\s+\w+\s+(?:days|written))\b", re.I), 0.35),
    (re.compile(r"\b(?:return|destroy|deliver|paid|payment|invoice|purchase|price|warrant|arbitrat|"
                r"preceding|prior\s+to|previous|ago|imprison|statute)\w*", re.I), 0.5),
    (re.compile(r"\b(?:business\s+)?days?\b", re.I), 1.0),
)  # fmt: skip
TERM_BASE = 0.22
SUREST = 0.95
OPENING = 2500  # characters in which an agreement shows that it is made with an employee
EMPLOYMENT = 0.6  # such agreements speak of many periods after the employment and seldom have a term of their own
TERM_DAYS = 0.25  # a term is hardly ever told in days or weeks


def governing_law(flow: Flow) -> Iterator[Sighting]:
    """Yield the states whose law the sentences on governing law name."""
    for match in _LAW.finditer(flow.text):
        piece = flow.text[match.start() : match.end() + LAW_REACH]
        stop = re.search(r"\.\s+[A-Z0-9]", piece[match.end() - match.start() :])
        if stop:
            piece = piece[: match.end() - match.start() + stop.start()]
        governed = _GOVERNED.search(match[0]) is not None or _GOVERNED.search(
            flow.text[max(0, match.start() - 200) : match.end() + 200]
        )
        for position, found in enumerate(find_jurisdictions(piece)):
            at = match.start() + found.start
            between = flow.text[match.end() : at] if at > match.end() else ""
            factors = {"words": 0.93 if governed else 0.4, "position": 0.6**position}
            if _NOT_LAW.search(between) or _NOT_LAW.search(_same_sentence(flow.text, match.start(), 60)):
                factors["other_meaning"] = 0.35
            if found.name == "United States":
                factors["federal"] = 0.45
            reason = reasons.GOVERNING_LAW()
            yield Sighting(found.name, flow.passages(at, match.start() + found.end), factors, reason)

        if _SAID.match(flow.text[match.end() : match.end() + 40]):
            yield from _said_before(flow, match.start())


def _said_before(flow: Flow, start: int) -> Iterator[Sighting]:
    """The state that the same sentence named before: "made in Ohio … governed by the laws of said State"."""
    before = _same_sentence(flow.text, start, LAW_REACH + 90)
    for found in list(find_jurisdictions(before))[-1:]:
        at = start - len(before) + found.start
        passages = flow.passages(at, at + len(found.name))
        yield Sighting(found.name, passages, {"words": 0.93, "said_before": 0.85}, reasons.STATE_NAMED_BEFORE())


def _same_sentence(text: str, start: int, reach: int) -> str:
    """What stands before `start` in its sentence, at most `reach` characters."""
    return re.split(r"[.:]\s+(?=[A-Z])|\n", text[max(0, start - reach) : start])[-1]


def terms(flow: Flow, sections: Sections) -> Iterator[Sighting]:
    """Yield the spans of time that may be the contract's own, weighed by the words around them."""
    employment = len(_EMPLOYMENT.findall(flow.text[:OPENING])) > 1
    for sentence in flow.sentences():
        for found in find_durations(sentence.text):
            start = sentence.start + found.start
            around, near = _around(flow.text, start, sentence)
            factors = {"base": TERM_BASE}
            for number, (pattern, worth) in enumerate(_TERM_FOR):
                if pattern.search(around):
                    factors[f"for_{number}"] = worth
            for number, (pattern, worth) in enumerate(_TERM_AGAINST):
                if pattern.search(near):
                    factors[f"against_{number}"] = worth
            if employment and not _OWN_TERM.search(around):
                factors["employment"] = EMPLOYMENT
            if found.value.split()[1].startswith(("day", "week")):
                factors["unit"] = TERM_DAYS
            section = sections.at(start)
            if section is not None and _TERM_HEADING.search(section.heading):
                factors["section"] = 1.5
            if (score := product(factors)) > SUREST:
                factors["ceiling"] = SUREST / score
            passages = flow.passages(start, sentence.start + found.end)
            said = " ".join(flow.text[max(0, start - 40) : start].split()[-4:])
            yield Sighting(found.value, passages, factors, reasons.FOLLOWS(words=said))


def whole(flow: Flow, field: FieldDefinition, sections: Sections) -> Iterator[Sighting]:
    """Yield the sentences that say one of the field's phrases, and the beginning of a section named after one."""
    phrases = [phrase for texts in field.labels.values() for phrase in texts]
    if not phrases:
        return
    pattern = re.compile("|".join(_loosely(phrase) for phrase in phrases), re.IGNORECASE)
    group: list[tuple[Sentence, str]] = []
    for sentence in flow.whole_sentences():
        hit = pattern.search(sentence.text) if len(sentence.text.split()) >= FEWEST_WORDS else None
        if hit and group and _ends(group[-1][0]) + 2 >= sentence.start:
            group.append((sentence, hit[0]))
        elif hit:
            if group:
                yield _clause(flow, field, sections, group)
            group = [(sentence, hit[0])]
    if group:
        yield _clause(flow, field, sections, group)


def _clause(flow: Flow, field: FieldDefinition, sections: Sections, group: list[tuple[Sentence, str]]) -> Sighting:
    start, end = group[0][0].start, group[-1][0].start + len(group[-1][0].text.rstrip())
    said = [" ".join(hit.split()) for _, hit in group]
    factors = {"phrase": PHRASE, "again": 1.1 if len({hit.lower() for hit in said}) > 1 else 1.0}
    reason = reasons.CLAUSE_SAYS(words=said[0])
    section = sections.at(start)
    names = [field.name.replace("_", " "), *(text for texts in field.labels.values() for text in texts)]
    if section is not None and any(is_about(section.heading, name) for name in names):
        factors["section"] = OWN_SECTION
        reason = reasons.CLAUSE_SAYS_IN(words=said[0], heading=section.heading)
        start = max(start, section.body) if section.start >= start else start
    value = " ".join(flow.text[start:end].split())
    return Sighting(value, flow.passages(start, end), factors, reason)


def dated(flow: Flow, field: FieldDefinition, order: DateOrder) -> Iterator[Sighting]:
    """Yield the days that follow one of the field's phrases in the same sentence."""
    phrases = [phrase for texts in field.labels.values() for phrase in texts]
    if not phrases:
        return
    pattern = re.compile("|".join(_loosely(phrase) for phrase in phrases), re.IGNORECASE)
    for match in pattern.finditer(flow.text):
        for found in find_dates(flow.text[match.end() : match.end() + DAY_REACH], order)[:1]:
            between = flow.text[match.end() : match.end() + found.start]
            if re.search(r"[.;]\s+[A-Z]|\n", between):
                continue
            start, end = match.end() + found.start, match.end() + found.end
            factors = {"phrase": 0.85, "near": 1.0 if len(between) < DAY_REACH // 3 else 0.8}
            reason = reasons.FOLLOWS(words=" ".join(match[0].split()))
            yield Sighting(found.value, flow.passages(start, end), factors, reason)


def _loosely(phrase: str) -> str:
    """A pattern for the phrase: up to two other words between its words, some more where it has "…"."""
    parts = [r"(?:\s+\w+){0,2}\s+".join(map(re.escape, part.split())) for part in phrase.split("…")]
    return r"\b" + rf"\b(?:[^.;]|\.(?=\d)){{1,{GAP}}}?\b".join(parts) + r"\b"


def _ends(sentence: Sentence) -> int:
    return sentence.start + len(sentence.text)


def _around(text: str, start: int, sentence: Sentence) -> tuple[str, str]:
    """The part of the sentence around the span, where NUL marks its beginning, and the part close to it.

    Long sentences settle several things: what speaks against a span must stand close.
    """
    end = sentence.start + len(sentence.text)
    wide = text[max(sentence.start, start - 260) : start] + "\x00" + text[start : min(end, start + 160)]
    return wide, text[max(sentence.start, start - 170) : min(end, start + 90)]
