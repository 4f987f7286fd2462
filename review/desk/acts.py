"""What a person does at the desk, as values, and what each makes of a record."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from review.desk import four_eyes
from review.desk.pasted import pasted_rows
from review.desk.places import Places
from review.desk.wrong import WrongPart
from review.values import definition_at, read_value
from schemas import reasons
from schemas.errors import ForbiddenTransition, InvalidValue, UnknownDocument
from schemas.fields import FieldDefinition, Kind
from schemas.results import Extraction
from schemas.schema import Schema
from schemas.values.typed import canonical
from store.acts import Acts, Answering, Intent
from store.corrections import bare, field_path, with_acceptance, with_new_row, with_value
from store.entities import Document
from store.records import Deed
from store.states import DECIDED, UNFINISHED, State, allowed
from store.store import Store
from store.suppliers import Suppliers

LONGEST = 100_000  # characters of a value

ActName = Literal[
    "set",
    "accept",
    "absent",
    "accept_rest",
    "insert_row",
    "delete_row",
    "paste_rows",
    "undo",
    "redo",
    "finish",
    "reject",
    "postpone",
    "reclassify",
    "assign",
    "retry",
    "approve",
    "send_back",
]
_WHOLE = ("reject", "postpone", "reclassify", "assign", "retry")
_DEMANDS_STAY = ("approve", "send_back")  # acts of the second person do not change what is demanded of them


class Span(BaseModel):
    """A place on a page that a person pointed to. Boxes are points of the upright page, origin top left."""

    model_config = ConfigDict(frozen=True)

    page: int = Field(ge=1, le=100_000)
    boxes: tuple[tuple[float, float, float, float], ...] = Field((), max_length=500)
    quote: str = Field("", max_length=LONGEST)


class Act(BaseModel):
    """One act of a person, as the page sends it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(min_length=8, max_length=64, description="Made by the client; a replay has one effect.")
    act: ActName
    path: str = Field("", max_length=160, description="Field, row or cell; empty for the whole document.")
    value: Annotated[str, Field(max_length=LONGEST)] | list[Any] | dict[str, str | None] | None = None
    evidence: Span | tuple[Span, ...] | None = Field(None, description="Where the value stands; several for a clause.")
    version: int | None = Field(None, description="Of the field as seen; of the document where no path is given.")
    paths: tuple[str, ...] = Field((), max_length=5000, description="accept_rest: what was on the screen.")
    versions: dict[str, int] = Field(default_factory=dict, description="accept_rest: version of each as seen.")
    seconds: float | None = Field(None, ge=0, le=86_400, description="Active time.")
    by: Literal["", "keys", "mouse"] = ""
    shown: tuple[Any, ...] = Field((), max_length=20, description="Alternatives that were on the screen.")
    why: str = Field("", max_length=4000)
    schema_name: str | None = Field(None, alias="schema", description="reclassify: the schema to read it with.")
    to: str = Field("", max_length=200, description="assign: who is to do it; empty: nobody.")


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one person decides: the store, the schemas, the rules, and who they are."""

    store: Store
    schemas: Mapping[str, Schema]
    who: str
    rules: four_eyes.Rules = field(default_factory=four_eyes.Rules)
    typed: bool = True  # False: values come in canonical form only, as from a program or a terminal

    @property
    def acts(self) -> Acts:
        """What people did here."""
        return Acts(self.store.database, self.store.now)

    def do(
        self,
        document: Document,
        act: Act,
        answering: Answering = lambda _: {},
        version: int | None = None,
    ) -> dict[str, Any]:
        """Do what a person wants, once, and return the answer.

        Args:
            document: as it is stored; for undo and redo any.
            act: what is wanted.
            answering: makes the answer from what was done.
            version: of the whole document as it was seen, for acts that must find it unchanged; None: any.

        Raises:
            InvalidValue: no such field, no value of its kind, or a condition of the act is not met.
            StaleField: somebody changed what the person saw.
            Conflict: the state of the document does not allow it.
        """
        if act.act in ("undo", "redo"):
            return self.take_back(act, answering)
        intent = self._intent(act)
        if version is not None:
            intent = replace(intent, version=version)
        if act.act in _WHOLE:
            return self._move(document, act, intent, answering)
        change = _CHANGES[act.act](self, document, act)
        stays = act.act in _DEMANDS_STAY or self._is_second_entry(document, act)
        return self.acts.change(document.sha256, intent, change, answering, None if stays else self._judged)

    def take_back(self, act: Act, answering: Answering) -> dict[str, Any]:
        """Take back the last act of this person, or (redo) do it again, on whatever document; raises as `Acts.undo`."""
        back = self.acts.redo if act.act == "redo" else self.acts.undo
        return back(self._intent(act), self.schema, answering, self._judged)

    def schema(self, name: str) -> Schema:
        """Return a schema by name; raises InvalidValue when the settings no longer know it."""
        if name not in self.schemas:
            raise InvalidValue(
                f"Records of {name} cannot be changed: the settings no longer know it. Add it to 'schemas' again."
            )
        return self.schemas[name]

    def schema_of(self, document: Document) -> Schema:
        """Return the schema of a document's record; raises UnknownDocument when it has none."""
        if document.schema_name is None or not document.record:
            raise UnknownDocument(
                f"{document.name} has no record yet. "
                f"Name its schema: docassay retry {document.sha256[:12]} --schema NAME."
            )
        return self.schema(document.schema_name)

    def _intent(self, act: Act) -> Intent:
        seen = dict(act.versions)
        if act.path and act.version is not None:
            seen[act.path] = act.version
        return Intent(
            key=act.key,
            who=self.who,
            act=act.act,
            path=act.path,
            why=act.why.strip(),
            seen=seen,
            version=None if act.path else act.version,
            seconds=act.seconds,
            by=act.by,
            shown=act.shown,
            request=act.model_dump(mode="json", include={"value", "evidence", "paths", "why", "schema_name", "to"}),
        )

    def _judged(self, record: Extraction, suppliers: Suppliers) -> Extraction:
        return four_eyes.demanded(record, self.schema(record.schema_name), self.rules, suppliers)

    def _is_second_entry(self, document: Document, act: Act) -> bool:
        return act.act in ("set", "absent") and self._is_hidden(document, act.path)

    def _is_hidden(self, document: Document, path: str) -> bool:
        """Whether this person must enter a field without seeing it."""
        if path not in self.rules.second_entry:
            return False
        scene = self.acts.scene(document.sha256, self.who)
        return scene.record is not None and four_eyes.hidden_from(scene.record, path, self.who, scene.hands)

    def would(self, document: Document, act: Act) -> str:
        """Return in a sentence what an act on a whole document would do.

        Raises:
            InvalidValue, ForbiddenTransition: it would be refused.
        """
        to, columns, personal = self._plan(document, act)
        if to is not None and not allowed(document.state, to):
            raise ForbiddenTransition(
                f"{document.name} is {document.state.replace('_', ' ')}; this cannot be done now."
            )
        if "assignee" in personal:
            return f"It is assigned to {personal['assignee']}." if personal["assignee"] else "It is assigned to nobody."
        if to is None:
            return "It is put off, with the note."
        if "schema_wanted" in columns:
            return f"It is read again as {columns['schema_wanted']}."
        return "It is put aside." if to is State.QUARANTINED else "It starts again from the beginning."

    def _move(self, document: Document, act: Act, intent: Intent, answering: Answering) -> dict[str, Any]:
        to, columns, personal = self._plan(document, act)
        return self.acts.move(document.sha256, intent, to, answering, columns=columns, personal_columns=personal)

    def _plan(self, document: Document, act: Act) -> tuple[State | None, dict[str, Any], dict[str, Any]]:
        """The state that an act on a whole document leads to, and what it sets of the document and of the queue."""
        why = act.why.strip()
        if act.act in ("reject", "postpone") and not why:
            raise InvalidValue("Say why: it is kept, and shown to whoever looks at the document next.")
        if act.act == "assign":
            return None, {}, {"assignee": act.to}
        if act.act == "postpone":
            return None, {}, {"postponed_at": self.store.now(), "postponed_by": self.who, "note": why}
        if act.act == "retry":
            return State.RECEIVED, {"attempts": 0}, {}
        if act.act == "reject":
            if document.state in UNFINISHED:
                raise ForbiddenTransition(f"{document.name} is being processed. Wait until it is decided.")
            message = f"{document.name} was rejected by {self.who}: {why}"
            return State.QUARANTINED, {"message": message, "remedy": "If it was a mistake, retry it."}, {}
        if not act.schema_name:
            raise InvalidValue(f"Choose the kind to read it as: {', '.join(self.schemas)}.")
        if act.schema_name not in self.schemas:
            raise InvalidValue(f"There is no schema {act.schema_name}. There are: {', '.join(self.schemas)}.")
        to = State.PARSED if document.state in (*DECIDED, State.PARSED) else State.RECEIVED
        return to, {"schema_wanted": act.schema_name}, {}

    # --- changes of a record: each gives a pure function from the record to the next one and what was done to it ------

    def _set(self, document: Document, act: Act) -> _Change:
        schema, spans = self.schema_of(document), _spans(act)
        places = Places(self.store, document, near=spans[0].page if spans else 1)
        definition = definition_at(schema, act.path)
        evidence = places.evidence(spans)
        value = self._value(definition, act, places)
        second = self._is_second_entry(document, act)

        def change(record: Extraction) -> tuple[Extraction, Sequence[Deed]]:
            _same_schema(record, schema)
            place = field_path(act.path)
            if second and definition is not None:
                typed = None if value is None else canonical(definition.kind, value)
                after = four_eyes.entered(record, definition, typed, self.who)
                return after, [Deed("second_entry", act.path, bare(record, place), _json(value), evidence)]
            after = with_value(record, schema, place, value, evidence, reasons.set_by(self.who, act.why))
            return after, [Deed("set", act.path, bare(record, place), bare(after, place), evidence)]

        return change

    def _value(self, definition: FieldDefinition | None, act: Act, places: Places) -> Any:
        if act.act == "absent" or act.value is None or definition is None:
            return None if act.act == "absent" else act.value
        if definition.kind is Kind.CLAUSE and isinstance(act.value, str) and (spans := _spans(act)):
            return places.running_text(spans) or act.value
        locale = places.locale if self.typed else None
        if isinstance(act.value, list) and definition.many:
            one = definition.model_copy(update={"many": False})
            return [read_value(one, str(part), locale) for part in act.value]
        return read_value(definition, act.value, locale) if isinstance(act.value, str) else act.value

    def _accept(self, document: Document, act: Act) -> _Change:
        if not act.path:
            return self._finish(document, act, everything=True)
        if self._is_hidden(document, act.path):  # a yes would also make this person one of those who decided
            raise InvalidValue("Enter the value as the page shows it: the second person does not see the first entry.")

        def change(record: Extraction) -> tuple[Extraction, Sequence[Deed]]:
            place = field_path(act.path)
            value = bare(record, place)
            after = with_acceptance(record, place, reasons.ACCEPTED(who=self.who))
            return after, [Deed("accept", act.path, value, value)]

        return change

    def _accept_rest(self, _document: Document, act: Act) -> _Change:
        if not act.paths:
            raise InvalidValue("Nothing was on the screen that could be accepted.")
        if set(act.paths) - set(act.versions) and act.version is None:
            raise InvalidValue("Give the version of each field, or of the document, as it was on the screen.")

        def change(record: Extraction) -> tuple[Extraction, Sequence[Deed]]:
            deeds, after = [], record
            for path in act.paths:
                refused = why_not_with_the_rest(record, path)
                if refused:
                    raise WrongPart(path, refused)
                place = field_path(path)
                after = with_acceptance(after, place, reasons.ACCEPTED_WITH_REST(who=self.who))
                deeds.append(Deed("accept", path, bare(record, place), bare(record, place)))
            return after, deeds if after != record else ()

        return change

    def _finish(self, document: Document, act: Act, *, everything: bool = False) -> _Change:
        """Be done: nothing waits, or (`everything`) all is accepted as it is; failed checks are waived for a reason."""

        def change(record: Extraction) -> tuple[Extraction, Sequence[Deed]]:
            waiting = undecided(record)
            if waiting and not everything:
                count = "1 field is" if len(waiting) == 1 else f"{len(waiting)} fields are"
                raise WrongPart(waiting[0], f"{count} not decided yet, {waiting[0]} first.")
            waived = [problem for problem in record.problems if problem.check not in four_eyes.CHECKS]
            if waived and not act.why.strip():
                messages = " ".join(problem.message for problem in waived)
                text = f"{document.name} has open problems: {messages} Say why it is right all the same."
                raise WrongPart(next((name for problem in waived for name in problem.fields), ""), text)
            after = record
            for path in dict.fromkeys(field_path(path).field for path in waiting):
                after = with_acceptance(after, field_path(path), reasons.ACCEPTED(who=self.who))
            kept = tuple(problem for problem in record.problems if problem not in waived)
            after = after.model_copy(update={"problems": kept})
            if after == record:
                return record, ()
            return after, [Deed("accept", "", [problem.message for problem in waived], None)]

        return change

    def _insert_row(self, document: Document, act: Act) -> _Change:
        schema, places = self.schema_of(document), Places(self.store, document)
        place = field_path(act.path)
        given = act.value if isinstance(act.value, dict) else {}
        values = {name: self._cell(schema, place.field, name, text, places) for name, text in given.items()}

        def change(record: Extraction) -> tuple[Extraction, Sequence[Deed]]:
            _same_schema(record, schema)
            number = place.row or _next_row(record, place.field)
            after = with_new_row(record, schema, place.field, number, values, reasons.ADDED(who=self.who))
            path = f"{place.field}[{number}]"
            return after, [Deed("set", path, None, bare(after, field_path(path)))]

        return change

    def _delete_row(self, document: Document, act: Act) -> _Change:
        schema = self.schema_of(document)
        place = field_path(act.path)
        if place.row is None or place.column is not None:
            raise InvalidValue(f"{act.path} is no row. Name one like line_items[3].")

        def change(record: Extraction) -> tuple[Extraction, Sequence[Deed]]:
            _same_schema(record, schema)
            after = with_value(record, schema, place, None, (), reasons.set_by(self.who, act.why))
            return after, [Deed("set", act.path, bare(record, place), None)]

        return change

    def _paste_rows(self, document: Document, act: Act) -> _Change:
        schema, places = self.schema_of(document), Places(self.store, document)
        place = field_path(act.path)
        rows = pasted_rows(schema, place.field, str(act.value or ""), places.locale)

        def change(record: Extraction) -> tuple[Extraction, Sequence[Deed]]:
            _same_schema(record, schema)
            first = place.row or _next_row(record, place.field)
            after, deeds = record, []
            for number, values in enumerate(rows, first):
                after = with_new_row(after, schema, place.field, number, values, reasons.PASTED(who=self.who))
            for number in range(first, first + len(rows)):
                path = f"{place.field}[{number}]"
                deeds.append(Deed("set", path, None, bare(after, field_path(path))))
            return after, deeds

        return change

    def _approve(self, document: Document, _act: Act) -> _Change:
        self._refuse_first_person(document)

        def change(record: Extraction) -> tuple[Extraction, Sequence[Deed]]:
            waived = [problem.message for problem in record.problems]
            return four_eyes.approved(record), [Deed("approve", "", waived, None)]

        return change

    def _send_back(self, document: Document, act: Act) -> _Change:
        self._refuse_first_person(document)
        if not act.why.strip():
            raise InvalidValue("Say what should be looked at again.")

        def change(record: Extraction) -> tuple[Extraction, Sequence[Deed]]:
            after = four_eyes.sent_back(record, act.path, self.who, act.why.strip())
            return after, [Deed("send_back", act.path, None, act.why.strip())]

        return change

    def _refuse_first_person(self, document: Document) -> None:
        if self.who in self.acts.scene(document.sha256, self.who).hands:
            raise InvalidValue("You decided something in this document yourself: a second person must look at it.")

    def _cell(self, schema: Schema, table: str, column: str, text: str | None, places: Places) -> Any:
        definition = definition_at(schema, f"{table}[1].{column}")
        if text is None or not text.strip() or definition is None:
            return None
        return read_value(definition, text, places.locale if self.typed else None)


_Change = Callable[[Extraction], tuple[Extraction, Sequence[Deed]]]
_CHANGES: Mapping[str, Callable[[Desk, Document, Act], _Change]] = {
    "set": Desk._set,
    "absent": Desk._set,
    "accept": Desk._accept,
    "accept_rest": Desk._accept_rest,
    "finish": Desk._finish,
    "insert_row": Desk._insert_row,
    "delete_row": Desk._delete_row,
    "paste_rows": Desk._paste_rows,
    "approve": Desk._approve,
    "send_back": Desk._send_back,
}


def new_key() -> str:
    """Return a key for an act that no page made."""
    return uuid.uuid4().hex


def undecided(record: Extraction) -> list[str]:
    """Return the paths that wait for a person, in the order of the record: fields, then their cells."""
    out = []
    for name, result in record.fields.items():
        cells = [
            f"{name}[{row.number}].{column}"
            for row in record.rows.get(name, ())
            for column, cell in row.cells.items()
            if cell.decision == "review"
        ]
        if result.decision == "review" and not cells:
            out.append(name)
        out += cells
    return out


def why_not_with_the_rest(record: Extraction, path: str) -> str:
    """Return why a field may not be accepted together with others; "" if it may."""
    place = field_path(path)
    name = place.field
    if name not in record.fields:
        return f"The record has no {path}."
    failing = [p for p in record.problems if name in p.fields and p.check not in four_eyes.CHECKS]
    if failing:
        return f"{path} has a failing check: {failing[0].message}"
    if four_eyes.under_four_eyes(record, name):
        return f"{path} is for a second person to look at, so it is decided by itself."
    return ""


def _spans(act: Act) -> tuple[Span, ...]:
    if act.evidence is None:
        return ()
    return act.evidence if isinstance(act.evidence, tuple) else (act.evidence,)


def _same_schema(record: Extraction, schema: Schema) -> None:
    if record.schema_name != schema.name:
        raise InvalidValue(f"This is a record of {record.schema_name} by now. Load the page again.")


def _next_row(record: Extraction, table: str) -> int:
    return max((row.number for row in record.rows.get(table, ())), default=0) + 1


def _json(value: Any) -> Any:
    return value if value is None or isinstance(value, list) else str(value)
