"""Simulated readings of the real documents, in this process: what `benchmarks.promise` and `benchmarks.shift` count.

A reading is one document as one arrival: rules and embedded data read it as ever, and a simulated model answers the
questions that the program would send, with the mistakes of its profile (benchmarks/simulator). Requests are built from
the text and the answer schema of the program and answered by the simulator's own functions; the answers go through the
real way back (`read_back`), grounding, comparison, checks and scoring (`extractors.pipeline.extract`). Only HTTP, the
prompts and the guards of the edge are left out: they change no value. Log-probabilities of values are drawn by the
simulator and handed over as the signals that the real client makes of them.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeVar

from benchmarks.simulator.answer import Answerer
from benchmarks.simulator.draws import Draw, share
from benchmarks.simulator.errors import Reading
from benchmarks.simulator.library import Known, build
from benchmarks.simulator.logprobs import probability
from benchmarks.simulator.profiles import Profile
from benchmarks.simulator.request import Request
from documents.parse import parse_bytes
from evaluation.judgements import from_truth
from evaluation.truth import Truth, read_truth
from extractors.llm.answer_model import answer_model
from extractors.llm.groups import groups
from extractors.llm.page_text import whole_text
from extractors.llm.readback import read_back
from extractors.pipeline import Occasion, extract
from extractors.routing import RoutePolicy
from schemas.confidence import LabelledAnswer
from schemas.document import ParsedDocument
from schemas.errors import Refusal
from schemas.results import Candidate, ModelReading, RouteDecision
from schemas.schema import Schema

DATA = Path(os.environ.get("DOCASSAY_DATA", Path(__file__).parent.parent.parent / "shared" / "data"))
MODEL = "simulated/small"
Made = TypeVar("Made")
AT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One real document with its truth."""

    set: str
    id: str
    document: ParsedDocument
    truth: Truth
    known: Known


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer of one reading: what a label says, what the simulator did to it, and whether a gate could pass it."""

    sheet: str
    reading: int
    label: LabelledAnswer
    mistake: str | None  # of the simulated model, in this field
    passable: bool  # nothing but its confidence stands in the way
    rows_lost: int = 0  # rows that the simulated model left out or merged
    rows_noticed: bool = False  # the answer says so: blocked, or fewer rows than were counted


def kept(path: Path | None, make: Callable[[], Made]) -> Made:
    """Return what the file `path` holds as a pickle; made and kept there if it is not there yet; None: only made."""
    if path is not None and path.exists():
        found: Made = pickle.loads(path.read_bytes())
        return found
    made = make()
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(made))
    return made


def sheets(name: str, schema: Schema, cache: Path | None, limit: int | None = None) -> Iterator[Sheet]:
    """Yield the documents of one set; parsed anew unless `cache` has them (SET/ID.pkl)."""
    truths = list(read_truth(DATA / name / "truth.jsonl"))[:limit]
    parsed: dict[str, ParsedDocument] = {}
    for truth in truths:
        path = DATA / name / truth.file
        with suppress(Refusal):
            parsed[truth.id] = kept(cache / name / f"{truth.id}.pkl" if cache else None, partial(read_file, path))
    texts = {key: [page.text for page in document.pages] for key, document in parsed.items()}
    library = build(truths, texts, {schema.name: schema})
    for truth in truths:
        if truth.id in parsed and truth.id in library.documents:
            yield Sheet(name, truth.id, parsed[truth.id], truth, library.documents[truth.id])


def read_file(path: Path) -> ParsedDocument:
    """Return the file parsed in this process; raises Refusal."""
    return parse_bytes(path.read_bytes(), path.name)


class SimulatedModel:
    """A model as a source: one simulated reading of one document; fits extractors.pipeline.ModelSource."""

    def __init__(self, sheet: Sheet, profile: Profile, seed: int, *, logprobs: bool) -> None:
        self.sheet, self.profile, self.seed, self.logprobs = sheet, profile, seed, logprobs
        self.mistakes: dict[str, str] = {}
        self.rows: dict[str, tuple[int, int]] = {}  # table -> rows sent, rows given

    def policy(self, _schema: Schema) -> RoutePolicy:
        """Everything is asked."""
        return RoutePolicy(route="llm-first", model=MODEL)

    def session(self, document: ParsedDocument, schema: Schema, _occasion: Occasion) -> SimulatedModel:
        """Begin to read."""
        assert document.sha256 == self.sheet.document.sha256
        self._schema = schema
        return self

    def read(self, decision: RouteDecision) -> ModelReading:
        """Return what it says of the fields of `decision`."""
        candidates: list[Candidate] = []
        for names in groups(self._schema, decision.fields):
            candidates += self._asked(tuple(names))
        return ModelReading(tuple(candidates), {}, "simulated")

    def _asked(self, names: tuple[str, ...]) -> Iterator[Candidate]:
        wanted = answer_model(self._schema, names).model_json_schema()
        request = Request(
            model="small", prompt="", pictures=0, document=_text(self.sheet.document), question="", schema=wanted,
            strict=True, tool=None, most_tokens=None, samples=1, sample=0, logprobs=self.logprobs, top_logprobs=0,
        )  # fmt: skip
        answerer = Answerer(request, self.sheet.known, self.profile, self.seed, 0)
        pieces = answerer.pieces()
        readings = {piece.leaf.key: piece.leaf.reading for piece in pieces if piece.leaf and piece.leaf.reading}
        for key, reading in readings.items():
            if reading.mistake is not None:
                self.mistakes[key] = reading.mistake
        text = "".join(piece.text for piece in pieces)
        for name in names:
            if self._schema.field(name).columns:
                self._count_rows(answerer, name, readings)
        for candidate in read_back(text, self._schema, names).candidates:
            yield self._with_certainty(candidate, readings)

    def _count_rows(self, answerer: Answerer, name: str, readings: Mapping[str, Reading]) -> None:
        columns = {column.name: {} for column in self._schema.field(name).columns}
        sent = len(answerer._asked(name, columns).sent)
        given = len({key.partition("]")[0] for key in readings if key.startswith(f"{name}[")})
        self.rows[name] = (sent, given)

    def _with_certainty(self, candidate: Candidate, readings: Mapping[str, Reading]) -> Candidate:
        """The candidate with the log-probability of its value, as the real client would make it of tokens."""
        reading = readings.get(candidate.field)
        certainty = self.profile.certainty
        if not self.logprobs or certainty is None or reading is None:
            return candidate
        draw = Draw(self.seed, self.sheet.id, candidate.field, "small", 0)
        point = share(draw.seed, draw.document, draw.field, draw.model, draw.sample, "certainty")
        import math

        level = math.log(probability(certainty, reading.right, point))
        signals = {**candidate.signals, "logprob_mean": level / 3, "logprob_least": level * 0.8}
        return replace(candidate, signals=signals)


@lru_cache(maxsize=1)
def _text(document: ParsedDocument) -> str:
    return whole_text(document)


def answered(
    sheet: Sheet, schema: Schema, profile: Profile, reading: int, *, logprobs: bool, sources: Sequence[str]
) -> Iterator[Answered]:
    """Yield the answers of one reading whose truth is known."""
    model = SimulatedModel(sheet, profile, reading, logprobs=logprobs)
    extraction = extract(sheet.document, schema, sources, model=model)
    for label in from_truth(
        sheet.truth, extraction, schema, AT, document=f"{sheet.set}/{sheet.id}/{reading}", random=True
    ):
        result = extraction.fields[label.path]
        cells = [cell for row in extraction.rows.get(label.path, ()) for cell in row.cells.values()]
        policy = schema.field(label.path).acceptance
        stands = all(cell.evidence for cell in cells if cell.answer == "found") if cells else bool(result.evidence)
        passable = (
            result.confidence is not None
            and not any(one.blocked for one in (result, *cells))
            and not policy.always_review
            and (stands if label.answer == "found" else not policy.required)
        )
        sent, given = model.rows.get(label.path, (0, 0))
        mistakes = [m for key, m in model.mistakes.items() if key.partition("[")[0] == label.path]
        yield Answered(
            sheet=f"{sheet.set}/{sheet.id}",
            reading=reading,
            label=replace(label, in_force=()),
            mistake=mistakes[0] if mistakes else None,
            passable=passable,
            rows_lost=sent - given,
            rows_noticed=result.blocked or bool(result.signals.get("rows_missing")) or not passable,
        )
