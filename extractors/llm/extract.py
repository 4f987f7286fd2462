"""The model as a source: which questions a document needs, asked one after the other, and what came of them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from extractors.llm.answer_model import answer_model
from extractors.llm.certainty import certainties
from extractors.llm.client import ModelClient
from extractors.llm.groups import groups
from extractors.llm.passages import Library, Passages
from extractors.llm.prompts.book import Prompt, PromptBook
from extractors.llm.question import (
    Picture,
    fields_question,
    marker_of,
    messages,
    missing_rows_question,
    rows_question,
    second_question,
)
from extractors.llm.readback import ReadBack, read_back
from extractors.llm.transport import Truncated
from extractors.llm.windows import Gathering, PageWanted, RowsWanted, TableRow
from schemas import reasons
from schemas.calls import Purpose, new_id
from schemas.document import ParsedDocument
from schemas.errors import CallRefused, DocassayError, Reason
from schemas.fields import FieldDefinition, Kind
from schemas.results import Candidate, CandidateRow, ModelReading, RouteDecision
from schemas.schema import Schema

THINKING = 4_000  # tokens of output that a model may spend before it answers
PER_VALUE = 350  # tokens of one answer: quote, value and the marks around them
PER_CLAUSE = 1_600
PER_CELL = 60
PER_ROW = 150
MOST_LISTED = 20  # values of a field that holds many, for the bound on the output
ENDS_DOCUMENT = frozenset(
    (Reason.STOPPED, Reason.BUDGET_EXHAUSTED, Reason.PRICE_UNKNOWN, Reason.MODEL_UNAVAILABLE)
)  # what one question was refused for holds for all others of the document

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """What one document may take."""

    whole_pages: int = 15  # longer documents are sent as passages
    seconds: float = 300.0  # wall clock of all calls


@dataclass(frozen=True)
class Means:
    """What every reading needs."""

    client: Callable[[str], ModelClient]  # by "PROVIDER/MODEL"
    prompts: PromptBook
    secret: bytes  # of this installation, for the marks around documents
    spent: Callable[[str, str], int]  # nano-dollars that a document has cost in a run
    now: Callable[[], datetime]
    limits: ReadingLimits


class DocumentReader:
    """A model while it reads one document; fits extractors.pipeline.ModelSession."""

    def __init__(
        self,
        means: Means,
        document: ParsedDocument,
        schema: Schema,
        name: str,
        run: str,
        pictures: Sequence[Picture] = (),
    ) -> None:
        """Begin to read `document`, called `name`, in a run; `pictures` of its pages go along with its text."""
        self._means = means
        self._document = document
        self._schema = schema
        self._name = name
        self._run = run
        self._trace = new_id()
        self._end = means.now() + timedelta(seconds=means.limits.seconds)
        self._prompt: Prompt = means.prompts.prompt(schema)
        self._library = Library(document)
        self._marker = marker_of(means.secret, document.sha256)
        self._pictures = pictures

    def read(self, decision: RouteDecision) -> ModelReading:
        """Return what the model of `decision` says of its fields; never raises for what a model or provider does.

        Raises:
            Unavailable: the database is down, or an answer is missing in strict replay.
        """
        before = self._means.spent(self._document.sha256, self._run)
        asking = _Asking(self, decision)
        for names in groups(self._schema, decision.fields):
            asking.ask(names)
        return ModelReading(
            tuple(asking.candidates),
            asking.refused,
            f"{decision.model}@{self._prompt.version[:12]}",
            self._means.spent(self._document.sha256, self._run) - before,
            self._trace,
        )

    def told(self, decision: RouteDecision, names: Sequence[str], question: str, text: str, output: int) -> ReadBack:
        """Ask one question and return what its answer holds.

        Raises:
            CallRefused: it was not asked, or the answer cannot be used at all.
            Truncated: the answer is longer than `output` tokens.
        """
        client = self._means.client(decision.model)
        fields = tuple(names)
        sent = messages(self._prompt.template, text, self._marker, question, self._pictures)
        purpose = Purpose(
            document=self._document.sha256,
            name=self._name,
            run=self._run,
            schema_name=self._schema.name,
            pages=len(self._document.pages),
            fields=fields,
            prompt=self._prompt.version,
            route=f"{decision.route}: {decision.why}",
            marker=self._marker,
            deadline=self._end,
            trace=self._trace,
        )
        try:
            answer = client.ask(sent, answer_model(self._schema, fields), purpose, output)
        except (DocassayError, Truncated, ImportError):
            raise
        except Exception as error:  # SDKs fail in many ways; the text of theirs may hold text of the document
            _log.error("Asking %s failed: %s", decision.model, type(error).__name__)
            raise CallRefused(
                Reason.MODEL_UNAVAILABLE,
                f"Asking {decision.model} failed in its library ({type(error).__name__}).",
                "Look at the trace of the document; rules go on without it.",
                passing=False,
            ) from error
        return read_back(answer.text, self._schema, names, certainties(answer.text, answer.tokens))

    @property
    def schema(self) -> Schema:
        """The fields there are."""
        return self._schema

    @property
    def template(self) -> Prompt:
        """The prompt of this reading: it does not change on the way."""
        return self._prompt

    @property
    def pages(self) -> int:
        """Of the document."""
        return len(self._document.pages)

    def passages(self, names: Sequence[str]) -> Passages:
        """Return what is sent for a group: everything of a short document, else passages."""
        if self.pages <= self._means.limits.whole_pages:
            return self._library.whole()
        return self._library.passages(self._schema, names)

    def more(self, names: Sequence[str], sent: Passages) -> Passages:
        """Return further passages, beside those that were sent."""
        return self._library.more(self._schema, names, sent)

    def table_text(self, name: str) -> str:
        """Return what is sent for the rows of a table: of a long document the pages that hold tables, or passages."""
        if self.pages <= self._means.limits.whole_pages:
            return self._library.whole().text
        holding = {page for table in self._document.tables for page in table.pages}
        return self._library.pages(holding).text if holding else self.passages([name]).text

    def page_text(self, page: int) -> str:
        """Return what is sent for the missing rows of a page: it and the one before, where a row may begin."""
        if self.pages <= self._means.limits.whole_pages:
            return self._library.whole().text
        return self._library.pages((page - 1, page)).text


class _Asking:
    """The questions of one decision, and what has come of them so far."""

    def __init__(self, reader: DocumentReader, decision: RouteDecision) -> None:
        self._reader = reader
        self._decision = decision
        self.candidates: list[Candidate] = []
        self.refused: dict[str, CallRefused] = {}
        self._ended: CallRefused | None = None

    def ask(self, names: Sequence[str]) -> None:
        """Ask about a group; what is refused is noted."""
        if self._ended is not None:
            self._refuse(names, self._ended)
            return
        try:
            if len(names) == 1 and self._reader.schema.field(names[0]).kind is Kind.TABLE:
                self._rows(names[0])
            else:
                self._fields(names)
        except CallRefused as refusal:
            self._refuse(names, refusal)

    def _refuse(self, names: Iterable[str], refusal: CallRefused) -> None:
        if refusal.reason in ENDS_DOCUMENT:
            self._ended = refusal
        self.refused.update(dict.fromkeys(names, refusal))

    def _fields(self, names: Sequence[str]) -> None:
        sent = self._reader.passages(names)
        try:
            back = self._told(names, sent.text)
        except Truncated:
            if len(names) == 1:
                raise self._too_long(names[0]) from None
            half = len(names) // 2
            self.ask(names[:half])
            self.ask(names[half:])
            return
        self._take(back)
        again = [name for name in back.absent if name in sent.weak and not sent.is_whole]
        if again:  # nothing had pointed to a place for them: look at more of the document, once
            try:
                self._take(self._told(again, self._reader.more(again, sent).text))
            except Truncated:
                self._refuse(again, self._too_long(again[0]))
            except CallRefused as refusal:  # "absent" was said of a part of the document only
                self._refuse(again, refusal)

    def _told(self, names: Sequence[str], text: str) -> ReadBack:
        reader = self._reader
        if self._decision.second_from is not None:
            question = second_question(reader.schema, names)
        else:
            question = fields_question(reader.template.template, reader.schema, names, text)
        output = THINKING + sum(_output(reader.schema.field(name)) for name in names)
        return reader.told(self._decision, names, question, text, output)

    def _take(self, back: ReadBack) -> None:
        self.candidates += back.candidates
        for name in back.unanswered:
            reason = next((drop.reason for drop in back.dropped if drop.field == name), "is missing")
            self.refused[name] = CallRefused(
                Reason.MODEL_REFUSED,
                f"The answer of {self._decision.model} about {name} cannot be used: {back.fault or f'it {reason}'}.",
                "Rules go on without it; ask another model or fill the field in review.",
                passing=False,
            )

    def _rows(self, name: str) -> None:
        """Ask for a table window by window until it is whole, or asking on is useless."""
        field = self._reader.schema.field(name)
        state, signals = Gathering(self._reader.pages), ReadBack()
        refusal: CallRefused | None = None
        while (wanted := state.wants()) is not None:
            try:
                back = self._told_rows(field, wanted, state)
            except Truncated:
                state, refusal = state.cut_off(), self._too_long(name)
                continue
            except CallRefused as refused:
                state, refusal = state.gave_up(), refused
                continue
            if name in back.unanswered and not (state.rows and name in back.counts):
                signals, state, refusal = back, state.gave_up(), None
                continue
            refusal = None
            state = state.came(wanted, _table_rows(back), back.counts.get(name))
        if state.rows:
            self.candidates.append(_table(name, state))
        elif refusal is not None:
            raise refusal
        elif signals.unanswered:
            self._take(signals)
        if state.rows and refusal is not None:  # some rows are better than none, and the record says what is missing
            self._refuse([name], refusal)

    def _told_rows(self, field: FieldDefinition, wanted: RowsWanted | PageWanted, state: Gathering) -> ReadBack:
        reader, template = self._reader, self._reader.template.template
        if isinstance(wanted, RowsWanted):
            text = reader.table_text(field.name)
            question = rows_question(template, reader.schema, field.name, wanted.first, wanted.last, text)
        else:
            text = reader.page_text(wanted.page)
            question = missing_rows_question(template, reader.schema, field.name, wanted.page, wanted.known, text)
        output = THINKING + state.size * (PER_ROW + PER_CELL * len(field.columns))
        return reader.told(self._decision, [field.name], question, text, output)

    def _too_long(self, name: str) -> CallRefused:
        return CallRefused(
            Reason.MODEL_REFUSED,
            f"The answer of {self._decision.model} about {name} is longer than allowed.",
            "Rules go on without it; fill the field in review.",
            passing=False,
        )


def _output(field: FieldDefinition) -> int:
    """Tokens that the answer about a field may take."""
    one = PER_CLAUSE if field.kind is Kind.CLAUSE else PER_VALUE
    return one * MOST_LISTED if field.many else one


def _table_rows(back: ReadBack) -> list[TableRow]:
    rows: list[TableRow] = []
    for candidate in back.candidates:
        for row in candidate.rows:
            rows.append(TableRow(row.page or 1, next(iter(row.cells.values())).quote, row))
    return rows


def _table(name: str, state: Gathering) -> Candidate:
    rows: tuple[CandidateRow, ...] = tuple(row.row for row in state.rows)
    worth = sum(cell.score for row in rows for cell in row.cells.values()) / sum(len(row.cells) for row in rows)
    counted = max(state.counted or 0, len(rows))
    signals = {"rows": float(len(rows)), "counted": float(counted)}
    reason = reasons.MODEL_ROWS(given=len(rows), counted=counted)
    return Candidate(name, Kind.TABLE, "llm", None, (), round(worth, 4), signals, (reason,), rows)
