"""Layout memory at work: which layout a document has, what corrections teach, and which lessons may give values.

Lessons come from acts of people only. A new one is first tried in shadow, on every document of its layout that people
have decided on; it is promoted if none of them would get worse. Whatever people decide later counts for or against it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from extractors.assess.scorer import Scorer
from extractors.memory.fingerprint import ALIKE, EQUAL, fingerprint, kept_terms, likeness, looked_up_terms
from extractors.memory.phrases import Reader
from extractors.memory.place import place_of
from extractors.memory.reread import reread
from flows.evaluation_set import TRIED_ON, EvaluationSet
from flows.heard import Heard, outcome, same, words_of
from schemas.document import ParsedDocument
from schemas.errors import InputError, Refusal, Unavailable
from schemas.fields import FieldDefinition
from schemas.layouts import Fingerprint, Lesson, LessonState
from schemas.results import FieldResult
from schemas.schema import Schema
from store.memory import MemoryStore
from store.states import DECIDED, State
from store.store import Store

_log = logging.getLogger(__name__)

FEWEST_ANCHORS = 5  # of a page whose layout can be told
MOST_LESSONS = 20  # of a field on a layout: where so many settled nothing, it does not stand in one place
MOST_WAITING = 200  # documents of a layout, the newest, that a correction is applied to at once
NAMED = 3  # of the documents that a lesson would make wrong


class LayoutMemory:
    """The layout memory of one store."""

    def __init__(self, store: Store, schemas: Mapping[str, Schema], evaluation: EvaluationSet | None = None) -> None:
        """Join a store with the schemas of its documents, and with the evaluation set if there is one."""
        self.store = store
        self.evaluation = evaluation
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
        if len(page.anchors) < FEWEST_ANCHORS:
            return []
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
                self._if_possible(document[:12], partial(self._learn_from, document))
            self.memory.mark_read(up_to)
            since = up_to

    def read_evaluation_set(self, parse: Callable[[bytes, str], ParsedDocument], told: Callable[[str], None]) -> None:
        """Read the documents of the evaluation set that are new, and try the lessons that this concerns.

        Nothing is read before there is a lesson.

        Args:
            parse: raises Refusal for what cannot be read: no lesson is tried on that.
            told: is told beforehand how much there is to read.

        Raises:
            InputError: a truth file of the set is unreadable, or names a file that is not there.
        """
        self.catch_up()
        lessons = [
            each for each in self.memory.lessons() if each.state != "undone" and each.schema_name in self.schemas
        ]
        if self.evaluation is None or not lessons:
            return
        unread, layouts = self.evaluation.unread(), set[int | None]()
        if unread:
            told(f"Reading {len(unread)} new documents of the evaluation set, to try on them what corrections taught.")
        for sha256, file in unread.items():
            layouts.add(self._read(self.evaluation, sha256, file, parse))
        concerned: dict[tuple[int, str], list[int]] = {}
        for each in lessons:
            if each.state == "waiting" or each.layout in layouts:
                concerned.setdefault((each.layout, each.schema_name), []).append(each.number)
        for (layout, schema_name), numbers in concerned.items():
            about = f"the evaluation set (layout {layout})"
            self._if_possible(about, partial(self._settle, layout, schema_name, numbers, again=True))

    def _read(
        self, evaluation: EvaluationSet, sha256: str, file: Path, parse: Callable[[bytes, str], ParsedDocument]
    ) -> int | None:
        """Read one document of the evaluation set; return its layout."""
        try:
            parsed = parse(file.read_bytes(), file.name)
        except Refusal:
            evaluation.keep(sha256, None, None)
            return None
        layout = next(iter(self.layouts_of(parsed)), None)
        evaluation.keep(sha256, parsed, layout)
        return layout

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
        for sha256 in self.memory.documents_of(layout, [State.IN_REVIEW])[:MOST_WAITING]:
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

    def _if_possible(self, about: str, learn: Callable[[], None]) -> None:
        """Learn; a mistake of ours teaches nothing, and stops no other document."""
        try:
            learn()
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - the documents that come next are not to pay for it
            _log.warning("Nothing was learned from %s: a mistake in Docassay (%r).", about, type(error).__name__)

    def _learn_from(self, sha256: str) -> None:
        """Let one document speak: about the lessons of its layout, and about the fields that were corrected in it.

        Everything about the document is made anew, so that it may be done again, and acts that were taken back since
        leave nothing behind.
        """
        heard = self._heard(sha256)
        if heard is None:
            return
        lessons = self.memory.lessons([heard.layout], heard.schema.name)
        outcomes = {each.number: right for each in lessons if (right := outcome(heard, each)) is not None}
        self.memory.keep_trials(sha256, [each.number for each in lessons], outcomes)
        spoken_of = [each.number for each in lessons]
        for field in heard.schema.fields:
            known = [each for each in lessons if each.field == field.name]
            own = next((each for each in known if each.document == sha256), None)
            others = [each for each in known if each is not own and each.state != "undone"]
            is_known = any(outcomes.get(each.number) for each in others)
            if not is_known and (own is not None or len(known) < MOST_LESSONS):
                taught = self._taught(heard, field, own)
                spoken_of += [taught.number] if taught is not None and own is None else []
        self._settle(heard.layout, heard.schema.name, spoken_of)

    def _heard(self, sha256: str) -> Heard | None:
        record, parsed = self.store.extraction(sha256), self.store.parsed(sha256)
        schema = self.schemas.get(record.schema_name) if record else None
        if record is None or parsed is None or schema is None:
            return None
        layout = self.memory.layout_of(sha256) or next(iter(self.layouts_of(parsed)), None)
        if layout is None:
            return None
        return Heard(record, schema, layout, Reader(parsed), words_of(self.store, sha256, record))

    def _taught(self, heard: Heard, field: FieldDefinition, own: Lesson | None) -> Lesson | None:
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

    def _settle(self, layout: int, schema_name: str, numbers: Sequence[int], *, again: bool = False) -> None:
        """Promote the lessons that people agree with and that make nothing worse; let the others give no values.

        Args:
            layout: of the lessons.
            schema_name: of the lessons.
            numbers: of the lessons.
            again: try those too that are promoted.
        """
        agreed = [each for each in self._present(layout, schema_name, numbers) if each.right > each.wrong]
        tried = [each for each in agreed if again or each.state != "promoted"]
        refused = self._tried_in_shadow(layout, self.schemas[schema_name], tried) if tried else {}
        for lesson in self._present(layout, schema_name, numbers):
            said = f"People agree with it on {lesson.right} documents, and on {lesson.wrong} they do not."
            if lesson.right <= lesson.wrong:
                self._bring_to(lesson, "demoted", said)
            elif lesson.number in refused:
                self._bring_to(lesson, *refused[lesson.number])
            else:
                self._bring_to(lesson, "promoted", f"Nothing became worse when it was tried. {said}")

    def _present(self, layout: int, schema_name: str, numbers: Sequence[int]) -> list[Lesson]:
        lessons = self.memory.lessons([layout], schema_name)
        return [each for each in lessons if each.number in numbers and each.state != "undone"]

    def _bring_to(self, lesson: Lesson, state: LessonState, why: str) -> None:
        is_news = lesson.why != why and state in ("shadow", "waiting")  # of the others only the counts would differ
        if lesson.state != state or is_news:
            self.memory.bring_to(lesson.number, state, why)

    def _tried_in_shadow(
        self, layout: int, schema: Schema, lessons: Sequence[Lesson]
    ) -> Mapping[int, tuple[LessonState, str]]:
        """Try lessons on what is known to be right; return state and reason of those that may not give values."""
        worse = self._tried_on_decided(layout, schema.name, lessons)
        numbers = {each.number for each in lessons}
        others = [each for each in self.memory.lessons([layout], schema.name) if each.number not in numbers]
        waits: tuple[LessonState, str] | None = None
        try:
            unread = len(self.evaluation.unread()) if self.evaluation else 0
            found = self.evaluation.made_worse(layout, schema, lessons, others) if self.evaluation else {}
        except InputError as error:
            waits, found = ("waiting", str(error)), {}
        else:
            if unread:
                waits = "waiting", f"{unread} documents of the evaluation set were not read yet."
        for number, names in found.items():
            worse.setdefault(number, []).extend(names)
        out = {each.number: waits for each in lessons} if waits else {}
        return {**out, **{number: ("shadow", _would_be_wrong(names)) for number, names in worse.items()}}

    def _tried_on_decided(self, layout: int, schema_name: str, lessons: Sequence[Lesson]) -> dict[int, list[str]]:
        """Try lessons on the decided documents of their layout; return for each those that would be right no more."""
        worse: dict[int, list[str]] = {}
        for sha256 in self.memory.documents_of(layout, DECIDED)[:TRIED_ON]:
            heard = self._heard(sha256)
            if heard is None or heard.schema.name != schema_name or not heard.words:
                continue
            outcomes = {each.number: right for each in lessons if (right := outcome(heard, each)) is not None}
            self.memory.keep_trials(sha256, [each.number for each in lessons], outcomes)
            for each in lessons:
                word = heard.words.get(each.field)
                if word is None or outcomes.get(each.number) is not False:
                    continue
                if same(heard.schema.field(each.field), word.value, word.machine):
                    worse.setdefault(each.number, []).append(self.store.document(sha256).name)
        return worse


def _would_be_wrong(names: Sequence[str]) -> str:
    shown = ", ".join(names[:NAMED]) + (", …" if len(names) > NAMED else "")
    return f"{len(names)} documents that are right would become wrong: {shown}."
