"""What speaks for and against an answer, measured as the signals of `extractors.assess.signals`."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from extractors.assess.readings import Reading
from extractors.page.amounts import AMOUNT
from extractors.page.quotes import plain
from schemas.confidence import ORIGINS, Origin
from schemas.document import Box, ParsedDocument, Word
from schemas.fields import FieldDefinition, Kind
from schemas.results import Candidate, Evidence, Value
from schemas.validators import has_check_digits
from schemas.values.dates import DateOrder, find_dates
from schemas.values.durations import find_durations
from schemas.values.jurisdictions import find_jurisdictions
from schemas.values.money import parse_money
from schemas.values.typed import as_text

WITNESSES = ("embedded", "rules", "llm")
PLACE_FACTORS = ("relation", "distance", "column", "nearer_values")  # of the rules: where a value stands by its label
FROM_MODEL = ("stated", "inferred", "quote_on_page", "value_in_quote", "logprob_mean", "logprob_least")
MOST_HITS = 50  # more prove nothing further
ORDERS: tuple[DateOrder, ...] = ("day_first", "month_first")
GRADES = ("exact", "normalized", "fuzzy")


@dataclass(frozen=True, slots=True)
class Heard:
    """Who was asked about the fields of one document."""

    embedded: bool = False  # the document carries data, and they were read
    rules: bool = True
    llm: frozenset[str] = frozenset()  # fields that the model answered about, if only to say that there is nothing

    def asked(self, source: str, field: str) -> bool:
        """Return whether `source` would have given a value of `field` if it had found one."""
        return field in self.llm if source == "llm" else self.embedded if source == "embedded" else self.rules


COUNTS = ("hits", "ambiguous", "labelled")  # what grounding adds to a candidate: no factors of its source's score


def heard(candidates: Iterable[Candidate], sources: Collection[str], asked_model: Collection[str]) -> Heard:
    """Return who was asked: `sources` by name, and a model about the fields `asked_model`."""
    given = [(candidate.source, candidate.field) for candidate in candidates]
    return Heard(
        embedded=any(source == "embedded" for source, _ in given),
        rules="rules" in sources,
        llm=frozenset(asked_model) | {field for source, field in given if source == "llm"},
    )


def of_reading(field: FieldDefinition, reading: Reading, others: Sequence[Reading]) -> dict[str, float]:
    """Return the signals of a reading among the other readings of its field."""
    out = _of_sources(reading, others)
    out |= _of_evidence_grade(field.kind, reading)
    out |= _of_place(reading)
    out["rivals"] = float(len(others))
    out["margin"] = _margin(reading, others)
    out["letters"] = float(len(plain(as_text(reading.value))))
    if field.validators:
        out["validator_passed"], out["validator_failed"] = float(reading.sound), float(not reading.sound)
        if has_check_digits(field.validators):
            out["check_digits"] = float(reading.validated)
    return out | _of_model(reading)


def silences(field: str, signals: Mapping[str, float], who: Heard) -> dict[str, float]:
    """Return which sources were asked about `field` and gave nothing, and whether that leaves one alone."""
    silent = {
        f"{source}_silent": float(who.asked(source, field) and not _spoke(source, signals)) for source in WITNESSES
    }
    given = any(_spoke(source, signals) for source in WITNESSES)
    others = signals.get("agreeing", 0.0) or any(signals.get(f"{source}_disagrees") for source in WITNESSES)
    return silent | ({"alone": float(not others and any(silent.values()))} if given else {})


def _spoke(source: str, signals: Mapping[str, float]) -> bool:
    return any(signals.get(f"{source}_{way}") for way in ("gives", "second", "disagrees"))


def of_list(parts: Sequence[tuple[Mapping[str, float], float]], left_out: float) -> dict[str, float]:
    """Return the signals of a list: those of its least believed value, how many there are, and what was left out.

    Args:
        parts: signals and belief of each value that is listed.
        left_out: belief in the best value that is not.
    """
    weakest, _ = min(parts, key=lambda part: part[1])
    return {**weakest, "listed": float(len(parts)), "left_out": left_out}


def of_table(chosen: Candidate, others: Sequence[Candidate]) -> dict[str, float]:
    """Return the signals of a table whose rows are those of `chosen`, beside the tables of other sources."""
    agreeing = [other for other in others if len(other.rows) == len(chosen.rows)]
    differing = [other for other in others if other not in agreeing]
    out = {f"{c.source}_score": c.score for c in (chosen, *agreeing) if c.source in WITNESSES}
    out |= {f"{c.source}_gives": 1.0 for c in (chosen, *agreeing) if c.source in WITNESSES}
    out |= {f"{c.source}_disagrees": 1.0 for c in differing if c.source in WITNESSES}
    missing = chosen.signals.get("counted", 0.0) - chosen.signals.get("rows", 0.0)
    return out | {
        "agreeing": float(len(agreeing)),
        "rival_source": max((other.score for other in differing), default=0.0),
        "rows_differ": float(bool(differing)),
        "rows_missing": max(0.0, missing),
        "rows": float(len(chosen.rows)),
    }


def _of_sources(reading: Reading, others: Sequence[Reading]) -> dict[str, float]:
    out: dict[str, float] = {}
    for candidate in reading.candidates:
        if candidate.source not in WITNESSES:
            continue
        out[f"{candidate.source}_score"] = candidate.score
        meant = candidate.source in reading.meant_by
        out[f"{candidate.source}_gives" if meant else f"{candidate.source}_second"] = 1.0
    first_choices = {source for other in others for source in other.meant_by} - reading.meant_by
    for source in WITNESSES:
        if source in first_choices:
            out[f"{source}_disagrees"] = 1.0
    against = [
        candidate.score
        for other in others
        for candidate in other.candidates
        if candidate.source in other.meant_by and candidate.source not in reading.meant_by
    ]
    out["rival_source"] = max(against, default=0.0)
    out |= _of_memory(reading, first_choices)
    out["agreeing"] = float(max(0, len(reading.meant_by & set(WITNESSES)) - 1))
    return out


def _of_memory(reading: Reading, first_choices: Collection[str]) -> dict[str, float]:
    remembered = [candidate.score for candidate in reading.candidates if candidate.source == "memory"]
    if remembered:
        return {"layout_history": remembered[0]}
    return {"memory_disagrees": 1.0} if "memory" in first_choices else {}


def _of_evidence_grade(kind: Kind, reading: Reading) -> dict[str, float]:
    evidence = reading.evidence
    grade = evidence[0].match if evidence else None
    out = {f"evidence_{each}": float(grade == each) for each in GRADES}
    out["evidence_none"] = float(grade is None)
    if evidence:
        quote = " ".join(place.quote for place in evidence)
        out["quote_parses"] = float(reads_as(kind, reading.value, quote))
    return out


def reads_as(kind: Kind, value: Value, quote: str) -> bool:
    """Return whether the words `quote`, read by the kind of a field, can mean `value`."""
    if isinstance(value, Decimal):
        amounts = (match[0] for match in AMOUNT.finditer(quote))
        return any(
            (read := parse_money(text, mark)) is not None and abs(read) == abs(value)
            for text in amounts
            for mark in (".", ",")
        )
    if isinstance(value, date):
        return any(found.value == value for order in ORDERS for found in find_dates(quote, order))
    if kind is Kind.DURATION and any(found.value == value for found in find_durations(quote)):
        return True
    if kind is Kind.JURISDICTION and any(found.name == value for found in find_jurisdictions(quote)):
        return True
    return plain(value) in plain(quote)


def _of_place(reading: Reading) -> dict[str, float]:
    rules = next((candidate for candidate in reading.candidates if candidate.source == "rules"), None)
    if rules is None or not rules.signals:
        return {}
    factors = rules.signals
    out: dict[str, float] = {}
    if "relation" in factors:
        out["label"] = factors.get("label", 1.0)
        out["nearness"] = math.prod(factors[name] for name in PLACE_FACTORS if name in factors)
    rest = [f for name, f in factors.items() if name not in ("label", *PLACE_FACTORS, *COUNTS)]
    out["doubts"] = math.prod(rest)
    return out


def _margin(reading: Reading, others: Sequence[Reading]) -> float:
    """The lead of the reading over the next one in the same source, the largest of all sources."""
    leads = [
        own.score - max((c.score for other in others for c in other.candidates if c.source == own.source), default=0.0)
        for own in reading.candidates
    ]
    return max(leads, default=0.0)


def _of_model(reading: Reading) -> dict[str, float]:
    told = next((candidate for candidate in reading.candidates if candidate.source == "llm"), None)
    if told is None:
        return {}
    out = {name: told.signals[name] for name in FROM_MODEL if name in told.signals}
    if "logprob_mean" not in out:
        out["logprob_missing"] = 1.0
    return out


class Surroundings:
    """What a document says of the answers in it; looked up once, and only what is asked."""

    def __init__(self, document: ParsedDocument) -> None:
        self.document = document

    @cached_property
    def of_file(self) -> dict[str, float]:
        """The signals that all answers of the document share."""
        urgent = sum(finding.needs_review for finding in self.document.findings)
        return {
            "pages": float(len(self.document.pages)),
            "findings": float(len(self.document.findings) - urgent),
            "findings_review": float(urgent),
        }

    def of_answer(
        self, field: FieldDefinition, evidence: Sequence[Evidence], *, in_table: bool = False
    ) -> dict[str, float]:
        """Return what the document says of an answer with this evidence, for a field or a cell that holds it."""
        origin = self.origin(evidence)
        out = {**self.of_file, "required": float(field.acceptance.required)}
        out |= {f"origin_{each}": float(origin == each) for each in ORIGINS}
        if evidence:
            out["page"] = float(evidence[0].page)
        if in_table:
            out["in_table"] = 1.0
        elif evidence:
            out["hits"] = float(max(1, self._places(evidence[0].quote, MOST_HITS)))
        certainties = [share for place in evidence for share in self._certainties(place)]
        if certainties:
            out["ocr_mean"], out["ocr_least"] = sum(certainties) / len(certainties), min(certainties)
        return out

    def of_absence(self, field: FieldDefinition, unsure: Sequence[float]) -> dict[str, float]:
        """Return what the page says of a field or column without a value.

        Args:
            field: whose labels would stand beside the value.
            unsure: belief in each value that was considered and not taken.
        """
        wordings = (wording for wordings in field.labels.values() for wording in wordings)
        return {
            "label_without_value": float(any(self._places(wording, 1) for wording in wordings)),
            "unsure_candidates": float(len(unsure)),
            "left_out": max(unsure, default=0.0),
        }

    def origin(self, evidence: Sequence[Evidence]) -> Origin:
        """Return what a value was read off; without evidence: the least sure that the document has."""
        read = {place.page for place in evidence}
        from_picture = any(page.origin == "ocr" for page in self.document.pages if not read or page.number in read)
        if not from_picture:
            return "digital"
        return "photo" if self.document.media_type.startswith("image/") else "scan"

    def _places(self, words: str, most: int) -> int:
        """How often words stand in the visible text as words of their own, counted up to `most`."""
        wanted, found = " ".join(words.casefold().split()), 0
        at = self._text.find(wanted) if wanted else -1
        while at >= 0 and found < most:
            end = at + len(wanted)
            found += not _joined(self._text[at - 1 : at], ".,") and not _joined(self._text[end : end + 1], "")
            at = self._text.find(wanted, end)
        return found

    @cached_property
    def _text(self) -> str:
        return " ".join(self.document.text.casefold().split())

    @cached_property
    def _read_words(self) -> dict[int, tuple[list[float], list[Word]]]:
        """Words read off pictures by page, with their upper edges, from the top."""
        out = {}
        for page in self.document.pages:
            words = sorted((word for word in page.words if word.ocr_confidence is not None), key=lambda w: w.box.y0)
            if words:
                out[page.number] = ([word.box.y0 for word in words], words)
        return out

    def _certainties(self, place: Evidence) -> list[float]:
        tops, words = self._read_words.get(place.page, ([], []))
        return [share for box in place.boxes for share in _inside(box, tops, words)]


def _joined(char: str, marks: str) -> bool:
    """Whether a character ties what stands beside it into a longer word or number."""
    return char.isalnum() or (bool(char) and char in marks)


def _inside(box: Box, tops: Sequence[float], words: Sequence[Word]) -> list[float]:
    """Certainties of the words whose middle lies in a box."""
    found = []
    for word in words[bisect_left(tops, box.y0 - box.height) : bisect_left(tops, box.y1)]:
        x, y = word.box.middle
        if word.ocr_confidence is not None and box.x0 <= x <= box.x1 and box.y0 <= y <= box.y1:
            found.append(word.ocr_confidence)
    return found
