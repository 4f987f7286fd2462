"""Wrong values and wrong quotes planted into what a model says: is any accepted, and do right values still pass?

    python -m benchmarks.planted --seed 1 --plants 1000 [--cache FOLDER]

A document with known values is read by rules. A model is made up that gives the truth and a quote of the page for each
field that rules found, except for one: there a wrong value is planted, with words of the page or with words made up.
All of it goes through the line as a model's answers do. Counted: planted values that are accepted; rows of tables that
were dropped and not noticed; and how many right values are accepted, as a share of those that would be if every value
counted as found on the page.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from documents.parse import parse_bytes
from extractors.assess.assess import assess
from extractors.ground import Ground
from extractors.page.reading import PageReading
from extractors.rules import extract as rules
from schemas.comparators import equal
from schemas.document import ParsedDocument
from schemas.errors import Refusal
from schemas.fields import FieldDefinition, Kind
from schemas.loader import builtin_schemas
from schemas.results import Candidate, Evidence, Extraction, Value
from schemas.schema import Schema

PLANTS = 1_000
SHARED = {"nda": "contract", "receipts": "receipt", "einvoice": "invoice"}  # folders of shared data and their schemas
MODEL_SCORE = 0.7
WAYS = ("another figure", "a value of another field", "a value made up", "a quote made up", "a quote of another value")


@dataclass(frozen=True, slots=True)
class Known:
    """A document and what is true of it."""

    name: str
    schema: Schema
    document: ParsedDocument
    truth: Mapping[str, Any]


@dataclass
class Figures:
    """What became of what was planted."""

    planted: Counter[str] = field(default_factory=Counter)  # by way
    accepted: Counter[str] = field(default_factory=Counter)  # of these, wrong values that were accepted
    dropped: int = 0  # tables with a row taken out
    noticed: int = 0  # of these, told with the row, or by a sum, and not accepted
    right: int = 0  # right values accepted
    right_unchecked: int = 0  # right values accepted if every value counts as found
    examples: list[str] = field(default_factory=list)


def known(cache: Path | None = None) -> Iterator[Known]:
    """Give the sample documents, then those of DOCASSAY_DATA; `cache` holds parsed ones as SET/ID.pkl."""
    schemas = builtin_schemas()
    samples = Path(__file__).parent.parent / "samples"
    for row in _rows(samples / "truth.jsonl"):
        if row.get("kind") in schemas:
            found = _parsed(samples / row["file"], None)
            if found is not None:
                yield Known(row["file"], schemas[row["kind"]], found, row["fields"])
    data = Path(os.environ.get("DOCASSAY_DATA", "../shared/data"))
    for folder, schema in SHARED.items():
        for row in _rows(data / folder / "truth.jsonl"):
            kept = cache / folder / f"{row['id']}.pkl" if cache is not None else None
            found = _parsed(data / folder / row["file"], kept)
            if found is not None:
                yield Known(f"{folder}/{row['id']}", schemas[schema], found, row["fields"])


def _rows(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _parsed(path: Path, kept: Path | None) -> ParsedDocument | None:
    if kept is not None and kept.exists():
        found: ParsedDocument = pickle.loads(kept.read_bytes())
        return found
    try:
        return parse_bytes(path.read_bytes(), path.name)
    except (Refusal, FileNotFoundError):
        return None


def measure(every: Sequence[Known], seed: int, plants: int) -> Figures:
    """Plant `plants` wrong answers into the documents in turn, and count."""
    dice, figures = random.Random(seed), Figures()
    readable = [_Read(each) for each in every]
    readable = [each for each in readable if each.told]
    for each in readable:
        _count_right(each, figures)
        _count_dropped(each, figures, dice)
    number = 0
    while readable and figures.planted.total() < plants:
        each, way = readable[number % len(readable)], WAYS[number % len(WAYS)]
        number += 1
        planted = _planted(each, way, dice)
        if planted is not None:
            _count_planted(each, way, planted, figures)
    return figures


class _Read:
    """A document, what rules say, and what a truthful model would say of the fields that rules read rightly."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.ground = Ground(PageReading(known.document, known.schema))
        self.of_rules = self.ground.grounded(rules.candidates(known.document, known.schema))
        self.told = [each for each in self._true() if each.evidence]

    def _true(self) -> Iterator[Candidate]:
        for candidate in self.of_rules:
            definition = self.known.schema.field(candidate.field)
            if definition is None or definition.many or candidate.value is None:
                continue
            if equal(definition, self.known.truth.get(candidate.field), candidate.value):
                yield candidate

    def assessed(self, candidates: Sequence[Candidate]) -> Extraction:
        tables = [each for each in self.known.schema.fields if each.kind is Kind.TABLE]
        shown = {each.name: self.ground.shown_rows(each, candidates) for each in tables}
        document = replace(self.known.document, findings=())  # what is measured is the look-up, not other alarms
        return assess(
            document,
            self.known.schema,
            candidates,
            accept_proved=True,
            source_versions={"rules": "1"},
            shown_rows=shown,
        )


def _by_model(candidate: Candidate, value: Value | None = None, quote: str | None = None) -> Candidate:
    said = " ".join(place.quote for place in candidate.evidence) if quote is None else quote
    return Candidate(
        candidate.field,
        candidate.kind,
        "llm",
        candidate.value if value is None else value,
        score=MODEL_SCORE,
        signals={"stated": 1.0, "inferred": 0.0},
        quote=said,
    )


def _planted(each: _Read, way: str, dice: random.Random) -> Candidate | None:
    """A wrong answer of a model for a field of the document; None where this way has nothing to take."""
    target = dice.choice(each.told)
    others = [other for other in each.told if other.kind is target.kind and other.value != target.value]
    if way == "another figure":
        value = _other_figure(target.value, dice)
        return None if value is None else _by_model(target, value)
    if way == "a value of another field":
        other = dice.choice(others) if others else None
        return None if other is None else _by_model(target, other.value, " ".join(e.quote for e in other.evidence))
    if way == "a value made up":
        value = _made_up(target, dice)
        return _by_model(target, value, f"as agreed {value}")
    if way == "a quote made up":
        value = _other_figure(target.value, dice)
        return None if value is None else _by_model(target, value, f"the value is {target.value} as stated")
    value = _made_up(target, dice)
    return _by_model(target, value)


def _other_figure(value: Value | None, dice: random.Random) -> Value | None:
    """The value with one figure changed; None if it has none."""
    if isinstance(value, Decimal):
        return value + Decimal(dice.choice([1, -1, 9, 10, 100])) / dice.choice([1, 10, 100])
    if isinstance(value, date):
        return value + timedelta(dice.choice([-30, -7, -1, 1, 2, 31, 365]))
    figures = [at for at, char in enumerate(value or "") if char in "0123456789"]
    if not value or not figures:
        return None
    at = dice.choice(figures)
    return value[:at] + str((int(value[at]) + dice.randrange(1, 10)) % 10) + value[at + 1 :]


def _made_up(target: Candidate, dice: random.Random) -> Value:
    if isinstance(target.value, Decimal):
        return Decimal(dice.randrange(100, 10**7)) / 100
    if isinstance(target.value, date):
        return date(dice.randrange(1990, 2030), dice.randrange(1, 13), dice.randrange(1, 29))
    made = {Kind.DURATION: "17 months", Kind.JURISDICTION: "Guam", Kind.CURRENCY: "ISK"}
    return made.get(target.kind, f"Zephyr Quill {dice.randrange(10_000)}")


def _count_planted(each: _Read, way: str, planted: Candidate, figures: Figures) -> None:
    definition = each.known.schema.field(planted.field)
    if definition is None or planted.value is None or _is_true(definition, each, planted.value):
        return
    figures.planted[way] += 1
    alone = [candidate for candidate in each.of_rules if candidate.field != planted.field]
    told = [_by_model(candidate) for candidate in each.told if candidate.field != planted.field]
    for others in (each.of_rules, alone):  # beside what rules say of the field, and where rules say nothing of it
        result = each.assessed([*others, *each.ground.grounded([*told, planted])]).fields[planted.field]
        if result.decision == "accepted" and result.value is not None and not _is_true(definition, each, result.value):
            figures.accepted[way] += 1
            figures.examples.append(f"{each.known.name} {planted.field}: {result.value} ({way})")


def _is_true(definition: FieldDefinition, each: _Read, value: Value) -> bool:
    return equal(definition, each.known.truth.get(definition.name), value)


def _count_right(each: _Read, figures: Figures) -> None:
    model = [_by_model(candidate) for candidate in each.told]
    checked = each.assessed([*each.of_rules, *each.ground.grounded(model)])
    place = (Evidence(1, (), "", "exact"),)
    unchecked = [replace(candidate, evidence=place, derived_from=()) for candidate in (*each.of_rules, *model)]
    free = each.assessed([candidate for candidate in unchecked if not candidate.rows])
    for candidate in each.told:
        for extraction, name in ((checked, "right"), (free, "right_unchecked")):
            result = extraction.fields[candidate.field]
            if result.decision == "accepted" and result.value == candidate.value:
                setattr(figures, name, getattr(figures, name) + 1)


def _count_dropped(each: _Read, figures: Figures, dice: random.Random) -> None:
    """Take a row out of what rules read and let a model give the rest: is it told?"""
    table = next((candidate for candidate in each.of_rules if len(candidate.rows) > 1), None)
    if table is None or not any(_is_complete(each, table)):
        return
    gone = dice.randrange(len(table.rows))
    rows = tuple(row for number, row in enumerate(table.rows) if number != gone)
    others = [candidate for candidate in each.of_rules if not candidate.rows]
    said = replace(table, source="llm", rows=rows, signals={"rows": float(len(rows)), "counted": float(len(rows))})
    result = each.assessed([*others, said]).fields[table.field]
    figures.dropped += 1
    named = result.completeness is not None and bool(result.completeness.missing)
    failed = any("apart" in reason for reason in result.reasons)
    figures.noticed += result.decision == "review" and (named or failed)
    if result.decision == "accepted" or not (named or failed):
        figures.examples.append(f"{each.known.name}: row {gone + 1} of {table.field} dropped and not noticed")


def _is_complete(each: _Read, table: Candidate) -> Iterator[bool]:
    truth = each.known.truth.get(table.field)
    yield isinstance(truth, list) and len(truth) == len(table.rows)


def main() -> int:
    """Measure and print; 1 if anything wrong was accepted or a dropped row went by."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plants", type=int, default=PLANTS)
    parser.add_argument("--cache", type=Path, help="folder of parsed documents, SET/ID.pkl, to save time")
    arguments = parser.parse_args()
    every = list(known(arguments.cache))
    figures = measure(every, arguments.seed, arguments.plants)
    for way, count in figures.planted.items():
        print(f"{way:26} planted {count:4}  accepted {figures.accepted[way]}")
    print(f"documents {len(every)}, planted {figures.planted.total()}, accepted {figures.accepted.total()}")
    print(f"tables with a row dropped {figures.dropped}, noticed {figures.noticed}")
    share = figures.right / figures.right_unchecked if figures.right_unchecked else 0.0
    print(f"right values accepted {figures.right}, without the look-up {figures.right_unchecked} ({share:.1%})")
    for example in figures.examples[:20]:
        print(f"  {example}")
    return 1 if figures.accepted or figures.noticed < figures.dropped else 0


if __name__ == "__main__":
    sys.exit(main())
