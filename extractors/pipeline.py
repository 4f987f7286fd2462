"""The door of the room: a parsed document and a schema in, one assessed answer per field out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Protocol

from extractors.assess.assess import assess
from extractors.assess.decide import decided
from extractors.assess.scorer import BUILT_IN, Scorer
from extractors.embedded import extract as embedded
from extractors.ground import Ground
from extractors.memory import remembered
from extractors.page.reading import PageReading
from extractors.routing import RoutePolicy, first_choice, second_choice, second_reading
from extractors.rules import extract as rules
from schemas import reasons
from schemas.confidence import Gate
from schemas.document import ParsedDocument
from schemas.errors import CallRefused
from schemas.fields import Kind
from schemas.layouts import Lesson
from schemas.reasons import Sentence, Template
from schemas.results import Candidate, Extraction, Fallback, FieldResult, ModelReading, RouteDecision
from schemas.schema import Schema

Extractor = Callable[[PageReading], tuple[Candidate, ...]]
Look = Callable[[ParsedDocument, Extraction, "Occasion"], Extraction]
Memory = Callable[[ParsedDocument], Sequence[Lesson]]
EXTRACTORS: Mapping[str, Extractor] = {
    "embedded": lambda reading: embedded.candidates(reading.document, reading.schema),
    "rules": rules.candidates_on,
}
NOTHING_CERTIFIED = Gate()
VERSIONS = {"embedded": embedded.VERSION, "rules": rules.VERSION}


@dataclass(frozen=True, slots=True)
class Occasion:
    """In whose name a document is read: for budgets, messages and traces."""

    name: str = ""  # of the file
    run: str = "single"  # batch, or "single" for a file on its own
    content: Callable[[], bytes] | None = None  # gives the file itself, for whoever looks at pictures of its pages
    password: str | None = field(default=None, repr=False)  # opens the file if it is locked


class ModelSession(Protocol):
    """A model while it reads one document."""

    def read(self, decision: RouteDecision) -> ModelReading:
        """Return what the model of `decision` says of its fields; never raises for what a model or provider does."""
        ...


class ModelSource(Protocol):
    """The model as a source."""

    def policy(self, schema: Schema) -> RoutePolicy:
        """Return the routing rule for `schema`."""
        ...

    def session(self, document: ParsedDocument, schema: Schema, occasion: Occasion) -> ModelSession:
        """Begin to read a document: budgets, steps and the trace count from here."""
        ...


def source_versions(sources: Sequence[str]) -> Mapping[str, str]:
    """Return the version of each of `sources`; raises KeyError for one that there is not."""
    return {source: VERSIONS[source] for source in sources}


def extract(
    document: ParsedDocument,
    schema: Schema,
    sources: Sequence[str] = ("embedded", "rules"),
    *,
    accept_proved: bool = False,
    gate: Gate = NOTHING_CERTIFIED,
    model: ModelSource | None = None,
    occasion: Occasion | None = None,
    scorer: Scorer = BUILT_IN,
    look: Look | None = None,
    memory: Memory | None = None,
) -> Extraction:
    """Return the answers of all `sources` brought to one per field, with proof, confidence, reasons and decision.

    Args:
        document: what parsing gave.
        schema: the fields to fill.
        sources: the witnesses to ask, each on its own.
        accept_proved: accept values that are proved before thresholds are certified.
        gate: the certificates in force; without one for its pool nothing is accepted, unless it is proved.
        model: a further witness, asked for what the routing rule sends it; None: rules only.
        occasion: in whose name.
        scorer: makes the probabilities.
        look: a look at the pages themselves before it is decided what passes; it may stop what does not fit them.
        memory: gives what people's corrections taught about the layout of a document; None: nothing is remembered.
    """
    lessons = [] if memory is None else [each for each in memory(document) if each.schema_name == schema.name]
    reading = _DocumentReading(document, schema, sources, scorer, lessons)
    occasion = occasion or Occasion()
    assessed = _assessed(reading, model, occasion, accept_proved=accept_proved)
    if look is not None:
        assessed = look(document, assessed, occasion)
    return decided(assessed, schema, gate, accept_proved=accept_proved)


def _assessed(
    reading: _DocumentReading, model: ModelSource | None, occasion: Occasion, *, accept_proved: bool
) -> Extraction:
    document, schema = reading.document, reading.schema
    policy = model.policy(schema) if model is not None else None
    if model is None or policy is None or policy.route == "rules-only":
        return reading.assessed(reading.witnesses(), accept_proved)
    witnesses = () if policy.route == "llm-only" else reading.witnesses()
    decision = first_choice(policy, schema, reading.assessed(witnesses, accept_proved=True))
    if decision is None:
        return reading.assessed(witnesses, accept_proved)
    session = model.session(document, schema, occasion)
    first = session.read(decision)
    candidates = reading.grounded(first.candidates)
    decisions, readings = [decision], [first]
    answered = [name for name in decision.fields if name not in first.refused]
    now = reading.assessed((*witnesses, *candidates), accept_proved, answered)
    again = second_choice(policy, schema, answered, now)
    if again is not None:
        second = session.read(again)
        candidates = _replaced(candidates, reading.grounded(second.candidates))
        decisions.append(again)
        readings.append(second)
    if policy.route == "llm-only":
        witnesses = tuple(c for c in reading.witnesses() if c.field in first.refused)
    extraction = reading.assessed((*witnesses, *candidates), accept_proved, answered)
    grey = second_reading(policy, schema, extraction)
    if grey is not None:
        said = session.read(grey)
        again_given = reading.grounded(said.candidates)
        heard = {name: [c for c in again_given if c.field == name] for name in grey.fields if name not in said.refused}
        extraction = reading.assessed((*witnesses, *candidates), accept_proved, answered, heard)
        decisions.append(grey)
        readings.append(said)
    return _with_route(extraction, decisions, readings)


class _DocumentReading:
    """One document under one schema: witnesses are heard once, candidates assessed as often as needed."""

    def __init__(
        self,
        document: ParsedDocument,
        schema: Schema,
        sources: Sequence[str],
        scorer: Scorer,
        lessons: Sequence[Lesson],
    ) -> None:
        self.document = document
        self.schema = schema
        self.sources = sources
        self.scorer = scorer
        self.lessons = lessons
        used = remembered.version(lessons)
        self.versions = {**source_versions(sources), **({"memory": used} if used else {})}

    def witnesses(self) -> tuple[Candidate, ...]:
        found = [c for source in self.sources for c in EXTRACTORS[source](self._page)]
        found += remembered.candidates(self._page, self.lessons)
        return self.grounded(found)

    def grounded(self, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
        return tuple(self._ground.grounded(candidates))

    @cached_property
    def _ground(self) -> Ground:
        return Ground(self._page)

    @cached_property
    def _page(self) -> PageReading:
        return PageReading(self.document, self.schema)

    def assessed(
        self,
        candidates: Iterable[Candidate],
        accept_proved: bool,
        asked_model: Collection[str] = (),
        second: Mapping[str, Sequence[Candidate]] = MappingProxyType({}),
    ) -> Extraction:
        given = tuple(candidates)
        tables = [field for field in self.schema.fields if field.kind is Kind.TABLE]
        return assess(
            self.document,
            self.schema,
            given,
            accept_proved=accept_proved,
            source_versions=self.versions,
            scorer=self.scorer,
            asked_model=asked_model,
            second=second,
            shown_rows={field.name: self._ground.shown_rows(field, given) for field in tables},
        )


def _replaced(first: Iterable[Candidate], second: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The strong model's word stands for the fields it answered: two models of one kind are one witness."""
    answered = {candidate.field for candidate in second}
    return (*(candidate for candidate in first if candidate.field not in answered), *second)


def _with_route(
    extraction: Extraction, decisions: Sequence[RouteDecision], readings: Sequence[ModelReading]
) -> Extraction:
    refused = {name: refusal for reading in readings for name, refusal in reading.refused.items()}
    fallbacks = _fallbacks(refused)
    fields = dict(extraction.fields)
    for place, (decision, reading) in enumerate(zip(decisions, readings, strict=True)):
        said = _not_read(decision, place)
        fields |= {name: _noted(fields[name], said(why=refusal.message)) for name, refusal in reading.refused.items()}
    version = " then ".join(dict.fromkeys(reading.version for reading in readings))
    return extraction.model_copy(
        update={
            "fields": fields,
            "routes": tuple(decisions),
            "fallbacks": fallbacks,
            "source_versions": {**extraction.source_versions, "llm": version},
            "cost_nano_dollars": sum(reading.cost_nano_dollars for reading in readings),
            "trace_id": readings[0].trace_id,
        }
    )


def _not_read(decision: RouteDecision, place: int) -> Template:
    """Which model did not read it, in words: that of the decision at `place`."""
    if decision.second_from is not None:
        return reasons.NOT_READ_BY_SECOND
    return reasons.NOT_READ_BY_STRONG_MODEL if place else reasons.NOT_READ_BY_MODEL


def _noted(result: FieldResult, reason: Sentence) -> FieldResult:
    """Say in a field that a model did not read it; nobody may take it for absent then."""
    update: dict[str, object] = {"reasons": (*result.reasons, reason)}
    if result.answer != "found":
        update |= {"decision": "review", "blocked": True}
    return result.model_copy(update=update)


def _fallbacks(refused: Mapping[str, CallRefused]) -> tuple[Fallback, ...]:
    """One entry for each cause, with the fields that it left to rules."""
    causes: dict[tuple[str, str], list[str]] = {}
    for name, refusal in refused.items():
        causes.setdefault((refusal.reason.value, refusal.message), []).append(name)
    out = []
    for names in causes.values():
        refusal = refused[names[0]]
        out.append(
            Fallback(
                fields=tuple(names),
                reason=refusal.reason,
                message=refusal.message,
                remedy=refusal.remedy,
                passing=refusal.passing,
                retry_at=refusal.retry_at,
            )
        )
    return tuple(out)
