"""Layout memory over a stream of invoices, with a simulated person at the desk: `python -m benchmarks.layout_memory`.

300 invoices of 25 layouts come in random order, those of a layout from one sender. After each the person corrects every
wrong field through the acts of the desk, pointing at the printed value, and finishes the document. Measured is what the
machine said before the person looked. `bare` is the schema without labels, telling names, places and checks, so that
rules know nothing of a field but its kind; `--speed` measures the time of a document with 10,000 layouts in memory.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import random
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from documents.jail import ParserPool
from extractors.ground import Ground
from extractors.memory.fingerprint import fingerprint, kept_terms
from extractors.page.reading import PageReading
from flows.process import process
from flows.settings import Settings
from flows.wiring import Line, extract_door, open_line, open_memory
from review.desk.acts import Act, Desk, Span, new_key
from samples.varied.layouts import drawn, layouts
from samples.varied.locales import locales
from schemas.comparators import normal
from schemas.document import ParsedDocument
from schemas.fields import FieldDefinition, Kind
from schemas.layouts import Anchor, Fingerprint
from schemas.loader import builtin_schemas
from schemas.results import Candidate, Evidence, Extraction, Value
from schemas.schema import Schema
from schemas.values.typed import as_text, canonical
from store.layout_tables import LayoutRow, LayoutTermRow

DOCUMENTS, LAYOUTS_USED, LAYOUTS_FILLED = 300, 25, 10_000
SEED = 20261130
MOST_ROWS = 12


@dataclass(frozen=True)
class Sent:
    """One invoice of the stream."""

    layout: int
    content: bytes
    parsed: ParsedDocument
    truth: dict[str, Any]


@dataclass(frozen=True)
class Seen:
    """What the machine said of one document, before the person looked."""

    nth: int  # of its layout, from 1
    right: int  # fields
    printed: int  # fields whose value stands on the page
    corrections: int


class Parsed:
    """Stands for the parser: the pages were read before, and are the same in every run."""

    def __init__(self, stream: Sequence[Sent]) -> None:
        self._known = {each.parsed.sha256: each.parsed for each in stream}

    def parse(self, content: bytes, _name: str = "", _password: str | None = None, **_: Any) -> ParsedDocument:
        """Return what was parsed from these bytes."""
        return self._known[hashlib.sha256(content).hexdigest()]


def stream_of(documents: int, used: int) -> list[Sent]:
    """Return invoices in random order: each layout from one sender, with changing buyers, rows and values."""
    random_ = random.Random(SEED)
    chosen = random_.sample(layouts(), used)
    names = list(locales())
    out = []
    with ParserPool(Settings().limits, workers=2) as pool:
        for number in range(documents):
            layout = replace(chosen[number % used], rows=random_.randrange(1, MOST_ROWS))
            made = drawn(layout, names[layout.number % len(names)], seed=number, one_sender=True)
            truth = made.truth | {unnamed(name): value for name, value in made.truth.items()}
            out.append(Sent(number % used, made.pdf, pool.parse(made.pdf, "invoice.pdf"), truth))
    random_.shuffle(out)
    return out


def unnamed(name: str) -> str:
    """Return a name for the field that says nothing of it: rules take a telling one for a label."""
    return f"value_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def bare(schema: Schema) -> Schema:
    """Return a schema whose fields are known by their kind alone."""
    fields = tuple(
        field.model_copy(update={"name": unnamed(field.name), "labels": {}, "places": ()}) for field in schema.fields
    )
    return schema.model_copy(update={"fields": fields, "checks": ()})


class Person:
    """Corrects every wrong field and finishes the document; one correction in ten may be wrong."""

    def __init__(self, line: Line, schema: Schema, mistakes: float) -> None:
        self.desk = Desk(line.store, {schema.name: schema}, "ada")
        self.schema, self.mistakes, self.random = schema, mistakes, random.Random(SEED + 1)

    def judges(self, sha256: str, sent: Sent, nth: int) -> Seen:
        """Return what was right before, and leave the document decided."""
        record = self.desk.store.extraction(sha256)
        assert record is not None
        ground = Ground(PageReading(sent.parsed, self.schema))
        fields = [f for f in self.schema.fields if f.kind is not Kind.TABLE and sent.truth.get(f.name) is not None]
        places = {field.name: place_in(ground, field, sent.truth[field.name]) for field in fields}
        right = printed = corrections = 0
        for field in fields:
            is_right = _is(field, record, sent.truth[field.name])
            if places[field.name]:
                printed, right = printed + 1, right + is_right
            if not is_right:
                corrections += 1
                self._correct(sha256, field, sent, places)
        self._finish(sha256)
        return Seen(nth, right, printed, corrections)

    def _correct(
        self, sha256: str, field: FieldDefinition, sent: Sent, places: dict[str, tuple[Evidence, ...]]
    ) -> None:
        value, evidence = canonical(field.kind, sent.truth[field.name]), places[field.name]
        if self.random.random() < self.mistakes:
            value, evidence = self._mistaken(field, sent, places)
        spans = tuple(Span(page=e.page, boxes=tuple(tuple(b) for b in e.boxes), quote=e.quote) for e in evidence)
        act = Act(key=new_key(), act="set", path=field.name, value=as_text(value), evidence=spans or None)
        self.desk.do(self.desk.store.document(sha256), act)

    def _mistaken(
        self, field: FieldDefinition, sent: Sent, places: dict[str, tuple[Evidence, ...]]
    ) -> tuple[Value, tuple[Evidence, ...]]:
        """The value of another field of the kind, with its place; where there is none, a slip of the keys."""
        others = [f for f in self.schema.fields if f.kind is field.kind and f.name != field.name and places.get(f.name)]
        others = [other for other in others if other.validators == field.validators]
        if others:
            other = self.random.choice(others)
            return canonical(other.kind, sent.truth[other.name]), places[other.name]
        value = canonical(field.kind, sent.truth[field.name])
        return (value + "X" if isinstance(value, str) else value), places[field.name]

    def _finish(self, sha256: str) -> None:
        act = Act(key=new_key(), act="accept", path="", why="As it is printed.")
        self.desk.do(self.desk.store.document(sha256), act)


def place_in(ground: Ground, field: FieldDefinition, truth: Any) -> tuple[Evidence, ...]:
    """Return where a true value is printed: the place that its label speaks for; empty if it is nowhere."""
    candidate = Candidate(field.name, field.kind, "person", canonical(field.kind, truth))
    (placed,) = ground.grounded([candidate])
    return placed.evidence[:1]


def run(stream: Sequence[Sent], schema: Schema, *, memory: bool, mistakes: float = 0.0) -> list[Seen]:
    """Send the stream through a fresh line and return what was seen of each document."""
    seen, nth = [], Counter[int]()
    with opened(stream, schema, memory=memory) as line:
        person = Person(line, schema, mistakes)
        for sent in stream:
            nth[sent.layout] += 1
            sha256 = _processed(line, sent, schema)
            seen.append(person.judges(sha256, sent, nth[sent.layout]))
    return seen


@contextlib.contextmanager
def opened(stream: Sequence[Sent], schema: Schema, *, memory: bool) -> Iterator[Line]:
    """Give a line over an empty store, whose pages were read before."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_folder=Path(folder))
        with open_line(settings) as line:
            schemas = {schema.name: schema}
            lessons = open_memory(settings, line.store, schemas).lessons if memory else None
            doors: dict[str, Any] = {"parser": Parsed(stream), "schemas": schemas}
            yield replace(line, extract=extract_door(settings, memory=lessons), **doors)


def _processed(line: Line, sent: Sent, schema: Schema) -> str:
    sha256, _ = line.store.add_document(sent.content, "invoice.pdf", schema_name=schema.name)
    (claim,) = line.store.claim("benchmark", documents=[sha256])
    process(line, claim)
    return sha256


def _is(field: FieldDefinition, record: Extraction, truth: Any) -> bool:
    value = record.fields[field.name].value
    return value is not None and normal(field, value) == normal(field, canonical(field.kind, truth))


def told(name: str, seen: Sequence[Seen]) -> None:
    """Print the figures of one run."""
    by_nth: dict[int, list[Seen]] = defaultdict(list)
    for each in seen:
        by_nth[min(each.nth, 6)].append(each)
    shares = {nth: share(some) for nth, some in sorted(by_nth.items())}
    later = share(from_the_second(seen))
    hundreds = [sum(each.corrections for each in seen[at : at + 100]) for at in range(0, len(seen), 100)]
    print(f"{name:<34} all {share(seen):.4f}  from the second on {later:.4f}  corrections per 100 {hundreds}")
    print(" " * 34, " ".join(f"{nth}{'+' if nth == 6 else ''}: {found:.3f}" for nth, found in shares.items()))


def from_the_second(seen: Sequence[Seen]) -> list[Seen]:
    """Return what was seen of all but the first document of each layout."""
    return [each for each in seen if each.nth > 1]


def share(seen: Sequence[Seen]) -> float:
    """Return the share of printed fields that were right."""
    return sum(each.right for each in seen) / max(1, sum(each.printed for each in seen))


def speed(stream: Sequence[Sent], schema: Schema, *, rounds: int = 3) -> None:
    """Print the median processor time of a document with an empty memory and with 10,000 layouts, in turns."""
    times: dict[str, list[float]] = {"empty": [], "full": []}
    with opened(stream, schema, memory=True) as empty, opened(stream, schema, memory=True) as full:
        fill(full, stream)
        for number in range(rounds):
            for name, line in (("empty", empty), ("full", full)):
                for sent in stream[number * 20 : number * 20 + 20]:
                    started = time.process_time()
                    _processed(line, sent, schema)
                    times[name].append(time.process_time() - started)
    empty_time, full_time = (statistics.median(times[name]) * 1000 for name in ("empty", "full"))
    print(
        f"processor time of a document after parsing: {empty_time:.1f} ms with an empty memory, {full_time:.1f} ms with"
    )
    print(f"{LAYOUTS_FILLED:,} layouts ({full_time / empty_time - 1:+.1%})")


def fill(line: Line, stream: Sequence[Sent]) -> None:
    """Put layouts into the memory that use the words of the stream at other places."""
    random_, layouts_kept, terms = random.Random(SEED), [], []
    pages = [fingerprint(each.parsed) for each in stream[:100]]
    words = [anchor.text for page in pages for anchor in page.anchors]
    for number in range(1, LAYOUTS_FILLED + 1):
        anchors = [
            Anchor(text=text, x=random_.randrange(20, 900), y=random_.randrange(50, 1300))
            for text in random_.sample(words, 40)
        ]
        page = Fingerprint(anchors=tuple(sorted(anchors, key=lambda anchor: anchor.y)))
        layouts_kept.append({"number": number, "fingerprint": page.model_dump_json(), "at": line.store.now()})
        terms += [{"term": term, "layout": number} for term in kept_terms(page)]
    with line.store.database.write() as connection:
        connection.execute(insert(LayoutRow), layouts_kept)
        connection.execute(insert(LayoutTermRow), terms)


def main() -> None:
    """Run what the arguments ask for and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speed", action="store_true", help="only the time with many layouts in memory")
    parser.add_argument("--json", type=Path, help="keep the figures of every document here")
    asked = parser.parse_args()
    stream = stream_of(DOCUMENTS, LAYOUTS_USED)
    whole = builtin_schemas()["invoice"]
    if asked.speed:
        speed(stream, whole)
        return
    runs: dict[str, Callable[[], list[Seen]]] = {}
    for name, schema in (("bare", bare(whole)), ("invoice", whole)):
        runs |= {
            f"{name}, no memory": lambda schema=schema: run(stream, schema, memory=False),
            f"{name}, memory": lambda schema=schema: run(stream, schema, memory=True),
            f"{name}, memory, 10 % mistakes": lambda schema=schema: run(stream, schema, memory=True, mistakes=0.1),
        }
    kept = {}
    for name, started in runs.items():
        kept[name] = started()
        told(name, kept[name])
    if asked.json:
        asked.json.write_text(json.dumps({name: [vars(each) for each in seen] for name, seen in kept.items()}))


if __name__ == "__main__":
    main()
