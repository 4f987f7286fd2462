"""Layout memory at work: which layout a document has, what corrections teach, and which lessons may give values.

Lessons come from acts of people only. A new one is first tried in shadow, on every document of its layout that people
have decided on; it is promoted if none of them would get worse. Whatever people decide later counts for or against it.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from extractors.assess.scorer import Scorer
from extractors.memory.fingerprint import ALIKE, EQUAL, fingerprint, kept_terms, likeness, looked_up_terms
from extractors.memory.phrases import Reader
from extractors.memory.place import place_of, recall
from extractors.memory.reread import reread
from schemas.comparators import normal
from schemas.document import ParsedDocument
from schemas.errors import Unavailable
from schemas.fields import FieldDefinition
from schemas.layouts import Fingerprint, Lesson, LessonState
from schemas.results import Evidence, Extraction, FieldResult, Value
from schemas.schema import Schema
from store.entities import Correction
from store.memory import MemoryStore
from store.records import DECIDING
from store.states import DECIDED, State
from store.store import Store

_log = logging.getLogger(__name__)

FEWEST_ANCHORS = 5  # of a page whose layout can be told
TRIED_ON = 30  # documents of a layout, the newest, that a lesson is tried on in shadow


@dataclass(frozen=True, slots=True)
class _Word:
    """What a person said of one field of one document."""

    value: Value | None
    evidence: tuple[Evidence, ...]  # where they pointed to; empty: they accepted what stood there, or typed
    who: str
    machine: Value | None  # what stood there before anybody looked


@dataclass(frozen=True, slots=True)
class _Heard:
    """One document that people decided on, with what is needed to learn from it."""

    record: Extraction
    schema: Schema
    layout: int
    reader: Reader
    words: Mapping[str, _Word]  # by field


class LayoutMemory:
    """The layout memory of one store."""

    def __init__(self, store: Store, schemas: Mapping[str, Schema]) -> None:
        self.store = store
        self.memory = MemoryStore(store.database, store.now)
        self.schemas = schemas

    def lessons(self, document: ParsedDocument) -> Sequence[Lesson]:
        """Return what is known of the layout of a stored document, what people did until now included.

        Layouts that are equally like the document are all asked: the sources decide field by field.
        """
        self.catch_up()
        layouts = self.layouts_of(document)
        return self.memory.lessons(layouts) if layouts else ()

    def known_lessons(self, document: ParsedDocument) -> Sequence[Lesson]:
        """Return what was learned until now of the layout of any document; learns and keeps nothing."""
        layouts = self._like(fingerprint(document))
        return self.memory.lessons(layouts) if layouts else ()

    def layouts_of(self, document: ParsedDocument) -> Sequence[int]:
        """Return the layouts that a stored document is most like, the best first, and note the best one.

        A page that is like none becomes a layout of its own; one with too few words has none.
        """
        page = fingerprint(document)
        if len(page.anchors) < FEWEST_ANCHORS:
            return ()
        near = self._like(page) or [self.memory.add_layout(page, kept_terms(page))]
        if self.memory.layout_of(document.sha256) != near[0]:
            self.memory.assign(document.sha256, near[0])
        return near

    def _like(self, page: Fingerprint) -> list[int]:
        """The layouts that a page is of, the best first: those that are equally like it; none if none is."""
        likely = self.memory.likely(looked_up_terms(page))
        ranked = sorted(((likeness(known, page), -number) for number, known in likely), reverse=True)
        return [-number for share, number in ranked if share >= max(ALIKE, ranked[0][0] - EQUAL)]

    def catch_up(self) -> None:
        """Learn from what people did since the last time.

        It ends when there is no act that this process has not read, whatever others have read meanwhile: so the last
        word about a document is learned last, also by the slowest of several that learn at once.
        """
        since: int | None = None
        while True:
            documents, up_to = self.memory.touched(since)
            if up_to is None:
                return
            for document in documents:
                self._learn_if_possible(document)
            self.memory.mark_read(up_to)
            since = up_to

    def would_change(self, document: str, field: str, scorer: Scorer) -> Iterator[tuple[str, FieldResult]]:
        """Yield waiting documents laid out like this one in which lessons would change a field, and its new reading.

        What a person decided is left alone.
        """
        self.catch_up()
        record, layout = self.store.extraction(document), self.memory.layout_of(document)
        schema = self.schemas.get(record.schema_name) if record else None
        if record is None or schema is None or layout is None or field not in record.fields:
            return
        lessons = self.memory.lessons([layout], schema.name)
        for sha256 in self.memory.documents_of(layout, [State.IN_REVIEW]):
            heard = self._heard(sha256) if sha256 != document else None
            if heard is None or heard.schema.name != schema.name or field in heard.words:
                continue
            parsed = self.store.parsed(sha256)
            found = parsed and reread(parsed, schema, heard.record, field, lessons, scorer)
            if found:
                yield sha256, found

    def undo(self, number: int, who: str) -> Lesson:
        """Take a lesson back for good: it gives no value any more. Raises UnknownDocument."""
        self.memory.lesson(number)
        return self.memory.bring_to(number, "undone", f"Taken back by {who}.")

    def _learn_if_possible(self, sha256: str) -> None:
        """Learn from one document; a mistake of ours in it teaches nothing and stops no other document."""
        try:
            self._learn_from(sha256)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - the documents that come next are not to pay for it
            _log.warning("Nothing was learned from %s: a mistake in Docassay (%r).", sha256[:12], type(error).__name__)

    def _learn_from(self, sha256: str) -> None:
        """Let one document speak: about the lessons of its layout, and about the fields that were corrected in it.

        Everything about the document is made anew, so that it may be done again, and acts that were taken back since
        leave nothing behind.
        """
        heard = self._heard(sha256)
        if heard is None:
            return
        lessons = self.memory.lessons([heard.layout], heard.schema.name)
        outcomes = {each.number: right for each in lessons if (right := _outcome(heard, each)) is not None}
        self.memory.keep_trials(sha256, [each.number for each in lessons], outcomes)
        spoken_of = [each.number for each in lessons]
        for field in heard.schema.fields:
            known = [each for each in lessons if each.field == field.name]
            own = next((each for each in known if each.document == sha256), None)
            others = [each for each in known if each is not own and each.state != "undone"]
            if not any(outcomes.get(each.number) for each in others):
                taught = self._taught(heard, field, own)
                spoken_of += [taught.number] if taught is not None and own is None else []
        self._settle(heard.layout, heard.schema.name, spoken_of)

    def _heard(self, sha256: str) -> _Heard | None:
        record, parsed = self.store.extraction(sha256), self.store.parsed(sha256)
        schema = self.schemas.get(record.schema_name) if record else None
        if record is None or parsed is None or schema is None:
            return None
        layout = self.memory.layout_of(sha256) or next(iter(self.layouts_of(parsed)), None)
        if layout is None:
            return None
        return _Heard(record, schema, layout, Reader(parsed), self._words(sha256, record))

    def _taught(self, heard: _Heard, field: FieldDefinition, own: Lesson | None) -> Lesson | None:
        """Return the lesson of a document about a field, as people's acts make it now; None if there is none."""
        word, document = heard.words.get(field.name), heard.record.document
        if word is None or (own is not None and own.state == "undone"):
            return own  # with nobody's word for it any more, its trials say so
        place = place_of(heard.reader, heard.schema, heard.record, field, word.evidence)
        if place is None:
            return own
        lesson = own or self.memory.add_lesson(heard.layout, heard.schema.name, field.name, place, document, word.who)
        if lesson is None:
            return None  # another process learns the same at this moment
        if lesson.place != place:
            lesson = self.memory.teach_again(lesson.number, place, word.who)
        self.memory.keep_trials(document, [lesson.number], {lesson.number: True})
        return lesson

    def _settle(self, layout: int, schema_name: str, numbers: Sequence[int]) -> None:
        """Promote the lessons that people agree with and that make nothing worse; let the others give no values."""
        agreed = [each for each in self._present(layout, schema_name, numbers) if each.right > each.wrong]
        new = [each for each in agreed if each.state != "promoted"]
        worse = self._tried_in_shadow(layout, schema_name, new) if new else Counter[int]()
        for lesson in self._present(layout, schema_name, numbers):
            said = f"People agree with it on {lesson.right} documents, and on {lesson.wrong} they do not."
            if lesson.right <= lesson.wrong:
                self._bring_to(lesson, "demoted", said)
            elif worse[lesson.number]:
                self._bring_to(lesson, "shadow", f"{worse[lesson.number]} documents that are right would become wrong.")
            else:
                self._bring_to(lesson, "promoted", f"Nothing became worse when it was tried. {said}")

    def _present(self, layout: int, schema_name: str, numbers: Sequence[int]) -> list[Lesson]:
        lessons = self.memory.lessons([layout], schema_name)
        return [each for each in lessons if each.number in numbers and each.state != "undone"]

    def _bring_to(self, lesson: Lesson, state: LessonState, why: str) -> None:
        if lesson.state != state:
            self.memory.bring_to(lesson.number, state, why)

    def _tried_in_shadow(self, layout: int, schema_name: str, lessons: Sequence[Lesson]) -> Counter[int]:
        """Try lessons on the decided documents of their layout; count for each those that would be right no more."""
        worse: Counter[int] = Counter()
        for sha256 in self.memory.documents_of(layout, DECIDED)[:TRIED_ON]:
            heard = self._heard(sha256)
            if heard is None or heard.schema.name != schema_name or not heard.words:
                continue
            outcomes = {each.number: right for each in lessons if (right := _outcome(heard, each)) is not None}
            self.memory.keep_trials(sha256, [each.number for each in lessons], outcomes)
            for each in lessons:
                if outcomes.get(each.number) is False:
                    word = heard.words[each.field]
                    worse[each.number] += _same(heard.schema.field(each.field), word.value, word.machine)
        return worse

    def _words(self, sha256: str, record: Extraction) -> dict[str, _Word]:
        """What people said of the fields of a document that stands, by field; cells of tables are left out."""
        acts = self.store.corrections(sha256)
        if not acts:
            return {}
        records = self.store.extractions(sha256)
        out: dict[str, _Word] = {}
        for name, act in said_by_people(acts, records, record.schema_name):
            evidence = act.evidence if act.act == "set" else out[name].evidence if name in out else ()
            machine = next(each for each in records if each.schema_name == record.schema_name).fields.get(name)
            now = record.fields[name]
            out[name] = _Word(now.value, evidence, act.who, machine.value if machine else None)
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


def _outcome(heard: _Heard, lesson: Lesson) -> bool | None:
    """Whether a lesson gives what people said; None where nobody said anything, or it gives nothing."""
    word = heard.words.get(lesson.field)
    if word is None or not any(field.name == lesson.field for field in heard.schema.fields):
        return None
    field = heard.schema.field(lesson.field)
    found = recall(heard.reader, lesson.place, field)
    return None if found is None else _same(field, word.value, found.value)


def _same(field: FieldDefinition, one: Value | None, other: Value | None) -> bool:
    if one is None or other is None:
        return one is other
    return normal(field, one) == normal(field, other)
