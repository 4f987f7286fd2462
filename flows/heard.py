"""What people said of documents of the store, as the layout memory hears it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from extractors.memory.phrases import Reader
from extractors.memory.place import recall
from schemas.comparators import normal
from schemas.fields import FieldDefinition
from schemas.layouts import Lesson
from schemas.results import Evidence, Extraction, Value
from schemas.schema import Schema
from store.entities import Correction
from store.records import DECIDING
from store.store import Store


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said of one field of one document."""

    value: Value | None
    evidence: tuple[Evidence, ...]  # where they pointed to; empty: they accepted what stood there, or typed
    who: str
    machine: Value | None  # what stood there before anybody looked


@dataclass(frozen=True, slots=True)
class Heard:
    """One document that people decided on, with what is needed to learn from it."""

    record: Extraction
    schema: Schema
    layout: int
    reader: Reader
    words: Mapping[str, Said]  # by field


def words_of(store: Store, sha256: str, record: Extraction) -> dict[str, Said]:
    """Return what people said of the fields of a document, as it stands now, by field; cells of tables are left out."""
    acts = store.corrections(sha256)
    if not acts:
        return {}
    records = store.extractions(sha256)
    out: dict[str, Said] = {}
    for name, act in said_by_people(acts, records, record.schema_name):
        evidence = act.evidence if act.act == "set" else out[name].evidence if name in out else ()
        machine = next(each for each in records if each.schema_name == record.schema_name).fields.get(name)
        now = record.fields[name]
        out[name] = Said(now.value, evidence, act.who, machine.value if machine else None)
    return out


def said_by_people(
    acts: Sequence[Correction], records: Sequence[Extraction], schema_name: str
) -> Iterator[tuple[str, Correction]]:
    """Yield the fields that people decided on, with the act. Accepting a record whole decides what waited in it."""
    for act in acts:
        if act.undone or act.act not in DECIDING or records[act.record - 1].schema_name != schema_name:
            continue
        if act.path:
            if act.path in records[-1].fields:
                yield act.path, act
            continue
        before = records[max(act.record - 2, 0)].fields
        for name in records[-1].fields:
            if name in before and before[name].decision == "review":
                yield name, act


def outcome(heard: Heard, lesson: Lesson) -> bool | None:
    """Return whether a lesson gives what people said; None where nobody said anything, or it gives nothing."""
    word = heard.words.get(lesson.field)
    if word is None or not any(field.name == lesson.field for field in heard.schema.fields):
        return None
    field = heard.schema.field(lesson.field)
    found = recall(heard.reader, lesson.place, field)
    return None if found is None else same(field, word.value, found.value)


def same(field: FieldDefinition, one: Value | None, other: Value | None) -> bool:
    """Return whether two values of a field mean the same."""
    if one is None or other is None:
        return one is other
    return normal(field, one) == normal(field, other)
