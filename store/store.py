"""The store: the one door to the database and the files."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from schemas.confidence import Audit
from schemas.document import ParsedDocument
from schemas.errors import ForbiddenTransition, Reason, Refusal
from schemas.results import Extraction
from schemas.schema import Schema
from store import batches, documents, exports, leases, migrate, records
from store.database import Database
from store.entities import Alias, Batch, Claim, Correction, Document, ExportWindow, Record, Transition
from store.files import Files
from store.instants import utc_now
from store.lifecycle import Step, locked, move, refused
from store.states import UNFINISHED, State

EXPORTABLE = (State.ACCEPTED, State.EXPORTED)
WOKEN = "its time has come"  # what the history says when a deferred document starts again by itself


class Store:
    """All that lasts. Safe for many threads and processes; a forked child may go on using it.

    Methods that take a `Claim` are a worker's: each raises LeaseLost when the document was taken over, StaleVersion
    when it moved on otherwise, and ForbiddenTransition when its state does not lead there; nothing is written then.
    Methods that take `who` are a person's: `version` is the version of the document that the person saw (None: any),
    and StaleVersion tells that it is no longer the one. Every method raises Unavailable when the database or the
    folder cannot be used. Times are aware; the store gives them in UTC.
    """

    def __init__(self, database: Database, files: Files, now: Callable[[], datetime] = utc_now) -> None:
        """Join a database whose tables are up to date (see `open`) with a folder of files.

        Args:
            now: gives the present instant, aware; leases of several machines need clocks that agree to a few seconds.
        """
        self.database = database
        self.files = files
        self._now = now

    @classmethod
    def open(cls, url: str, folder: str | os.PathLike[str], now: Callable[[], datetime] = utc_now) -> Store:
        """Open the database at `url` with its tables created or brought up to date, and the files in `folder`.

        Raises:
            SettingsError: the address is none that is supported.
            Unavailable: it cannot be reached, or was written by a newer Docassay.
        """
        store = cls(Database(url), Files(folder), now)
        store.upgrade()
        return store

    def now(self) -> datetime:
        """Return the present instant by the clock of this store."""
        return self._now()

    def upgrade(self) -> bool:
        """Create or change the tables if need be, under a lock, all or nothing; return whether there was need."""
        return migrate.upgrade(self.database)

    def close(self) -> None:
        """Close the pooled connections."""
        self.database.close()

    # --- documents -----------------------------------------------------------------------------------------------

    def add_document(
        self,
        content: bytes,
        name: str,
        source: str = "",
        *,
        inbox: str = "",
        schema_name: str | None = None,
        parent: str | None = None,
        batch: str | None = None,
        who: str = "intake",
    ) -> tuple[str, bool]:
        """Store a content under its sha256 and note the name it came under; return (sha256, whether it was new).

        When this returns, the content and its row are on disk: the sender may delete the original. The same content
        again adds at most a name (and a place in `batch`); its state and schema stay as they are.

        Args:
            name: file name, untrusted; kept for display.
            source: path or address it came from.
            inbox: the watched folder, if any.
            schema_name: the schema that the sender asks for; None leaves it to classification.
            parent: sha256 of the mail that it was attached to.
            batch: id of a batch that it belongs to.
        """
        sha256 = self.files.put(content)
        step = self._step(who, f"came as {documents.storable(name)}")
        with self.database.write() as connection:
            is_new = documents.add(connection, sha256, len(content), name, schema_name, parent, step)
            documents.add_alias(connection, sha256, name, source, inbox, parent, step.at)
            if batch is not None:
                batches.add(connection, batch, sha256)
        return sha256, is_new

    def document(self, sha256: str) -> Document:
        """Return one document by its full sha256; raises UnknownDocument."""
        with self.database.read() as connection:
            return documents.get(connection, sha256)

    def find(self, text: str) -> Document:
        """Return the document that a person means by a file name, a source path, a sha256 or its first digits.

        Raises:
            UnknownDocument: there is none, or several; the message lists them.
        """
        with self.database.read() as connection:
            return documents.get(connection, documents.find(connection, text))

    def documents(
        self,
        states: Sequence[State] | None = None,
        *,
        batch: str | None = None,
        since: datetime | None = None,
    ) -> Iterator[Document]:
        """Yield documents, oldest first, read a page at a time; `since` is the earliest time of arrival."""
        return documents.stream(self.database, states, batch, since)

    def counts(self, batch: str | None = None) -> dict[State, int]:
        """Return how many documents (of a batch) are in each state; states without any are left out."""
        with self.database.read() as connection:
            return documents.counts(connection, batch)

    def aliases(self, sha256: str) -> list[Alias]:
        """Return the names a document came under, oldest first."""
        with self.database.read() as connection:
            return documents.aliases(connection, sha256)

    def children(self, sha256: str) -> list[str]:
        """Return the sha256 of the documents that were attached to this one."""
        with self.database.read() as connection:
            return documents.children(connection, sha256)

    def history(self, sha256: str) -> list[Transition]:
        """Return every step of a document, first to last."""
        with self.database.read() as connection:
            return documents.history(connection, sha256)

    def content(self, sha256: str) -> bytes:
        """Return the bytes of a document as they came; raises UnknownDocument."""
        return self.files.get(sha256)

    def parsed(self, sha256: str) -> ParsedDocument | None:
        """Return what was parsed from a document; None if it was not parsed yet, or must be parsed again."""
        version = self.document(sha256).parser_version
        return None if version is None else self.files.get_parsed(sha256, version)

    # --- a worker's way through ----------------------------------------------------------------------------------

    def claim(
        self,
        owner: str,
        states: Sequence[State] = UNFINISHED,
        *,
        limit: int = 1,
        seconds: float = 60.0,
        batch: str | None = None,
        documents: Sequence[str] | None = None,
    ) -> list[Claim]:
        """Take up to `limit` documents in `states` that nobody holds; an empty list: nothing to do.

        The states are looked through in the order given (by default begun work first), each from its oldest document.

        A lease that has ended is free for the taking, and taking it counts as an attempt: its worker died.

        Args:
            owner: name of the worker, unique among all machines (host, process, a random part).
            seconds: how long the claim lasts without `renew`.
            batch: only documents of this batch.
            documents: only these (at most some hundreds at a time).
        """
        with self.database.write() as connection:
            return leases.claim(connection, self._now(), owner, states, limit, seconds, batch, documents)

    def renew(self, claim: Claim, seconds: float = 60.0) -> Claim:
        """Return the claim with a new end, `seconds` from now: the heartbeat. Raises LeaseLost."""
        with self.database.write() as connection:
            return leases.renew(connection, self._now(), claim, seconds)

    def release(self, claim: Claim) -> bool:
        """Give a document back undone, without an attempt counted; False when the claim was lost already."""
        with self.database.write() as connection:
            return leases.release(connection, claim)

    def save_parsed(self, claim: Claim, document: ParsedDocument, parser_version: str) -> Claim:
        """Keep what was parsed (received → parsed); return the claim for the next step."""
        self.files.put_parsed(document, parser_version)
        columns = {"media_type": document.media_type, "parser_version": parser_version}
        return self._forward(claim, State.PARSED, f"{len(document.pages)} pages", **columns)

    def save_extraction(
        self,
        claim: Claim,
        extraction: Extraction,
        extractor_version: str,
        schema: Schema,
        shown: Extraction | None = None,
        audits: Sequence[Audit] = (),
    ) -> Claim:
        """Keep what was extracted (parsed → extracted) as the current record; return the claim for the next step.

        The same content, schema version and extractor version make one record: a second one is dropped. What a person
        decided about this document under the same schema is carried over into the record.

        Args:
            shown: what people are to see instead, if answers that passed are audited; the reading is kept beside it.
            audits: these answers.
        """
        why = f"{extraction.schema_name} {extraction.schema_version}, extractor {extractor_version}"
        step = self._step(claim.owner, why, claim=claim)
        with self.database.write() as connection:
            version = records.save(connection, claim, extraction, extractor_version, schema, step, shown, audits)
        return _moved(claim, State.EXTRACTED, version)

    def decide(self, claim: Claim) -> State:
        """Accept the record, or send it to review, as its fields and checks say; the claim ends. Return the state."""
        with self.database.write() as connection:
            row = locked(connection, claim.document)
            if not row.record:
                raise ForbiddenTransition(f"{claim.name} ({claim.document[:12]}) has no record to decide on yet.")
            extraction = records.current(connection, claim.document, row.record)
            to = State.ACCEPTED if extraction.decision == "accepted" else State.IN_REVIEW
            why = "every field is accepted" if to is State.ACCEPTED else _what_waits(extraction)
            move(connection, claim.document, to, self._step(claim.owner, why, claim=claim))
        return to

    def send_to_review(self, claim: Claim, refusal: Refusal) -> None:
        """Let a person look at a parsed document that has no record (unsure of its schema); the claim ends."""
        self._stop(claim, State.IN_REVIEW, refusal)

    def close_envelope(self, claim: Claim, why: str) -> None:
        """Be done with a parsed mail that only carries documents, without a record; the claim ends."""
        self._forward(claim, State.ACCEPTED, why)

    def quarantine(self, claim: Claim, refusal: Refusal) -> None:
        """Put a document aside with its reason; the claim ends. `retry` brings it back."""
        self._stop(claim, State.QUARANTINED, refusal)

    def defer(self, claim: Claim, refusal: Refusal, retry_at: datetime, *, counted: bool = True) -> None:
        """Put a document off until `retry_at`; the claim ends. It counts as an attempt unless `counted` is false."""
        self._stop(claim, State.DEFERRED, refusal, retry_at=retry_at, attempts=claim.attempts + counted)

    def due_deferred(self, now: datetime | None = None) -> Iterator[Document]:
        """Yield deferred documents whose time has come (by `now`, else by the clock), oldest first."""
        due = now or self._now()
        return documents.stream(self.database, [State.DEFERRED], None, None, retry_before=due)

    def hasten(self, reason: Reason) -> int:
        """Let documents that wait for `reason` come due now: its cause is gone. Return how many they are."""
        with self.database.write() as connection:
            return documents.hasten(connection, reason, self._now())

    def reschedule(self, sha256: str, who: str = "scheduler", why: str = WOKEN) -> None:
        """Let a deferred document start again (deferred → received); its attempts stay counted."""
        with self.database.write() as connection:
            row = locked(connection, sha256)
            if row.state != State.DEFERRED:
                raise ForbiddenTransition(f"{row.name} ({sha256[:12]}) is {row.state.replace('_', ' ')}, not deferred.")
            move(connection, sha256, State.RECEIVED, self._step(who, why))

    def give_up(self, sha256: str, refusal: Refusal, who: str = "scheduler") -> None:
        """Quarantine a deferred document that was tried often enough."""
        with self.database.write() as connection:
            step = self._step(who, refusal.message)
            move(connection, sha256, State.QUARANTINED, step, **refused(refusal))

    def _forward(self, claim: Claim, to: State, why: str, **columns: Any) -> Claim:
        step = self._step(claim.owner, why, claim=claim)
        with self.database.write() as connection:
            version = move(connection, claim.document, to, step, **columns)
        return _moved(claim, to, version, columns.get("parser_version"))

    def _stop(self, claim: Claim, to: State, refusal: Refusal, **columns: Any) -> None:
        step = self._step(claim.owner, f"{refusal.reason.value}: {refusal.message}", claim=claim)
        with self.database.write() as connection:
            move(connection, claim.document, to, step, **refused(refusal), **columns)

    # --- records and what people decide ----------------------------------------------------------------------------

    def extraction(self, sha256: str) -> Extraction | None:
        """Return the current record of a document; None if it has none yet."""
        with self.database.read() as connection:
            document = documents.get(connection, sha256)
            return records.current(connection, sha256, document.record) if document.record else None

    def extractions(self, sha256: str) -> list[Extraction]:
        """Return every record of a document, first to last: readings and what people made of them."""
        with self.database.read() as connection:
            return records.every(connection, sha256)

    def corrections(self, sha256: str) -> list[Correction]:
        """Return what people did to the record of a document, first to last."""
        with self.database.read() as connection:
            return records.corrections(connection, [sha256])

    def retry(self, sha256: str, *, who: str, why: str = "", schema_name: str | None = None) -> Document:
        """Start a document again from the beginning, with attempts at zero; return it.

        For documents in quarantine, deferred, or decided already. What people decided about it stays.

        Args:
            schema_name: the schema to use from now on; None keeps what was asked for before.
        """
        wanted = {} if schema_name is None else {"schema_wanted": schema_name}
        with self.database.write() as connection:
            move(connection, sha256, State.RECEIVED, self._step(who, why or "retry"), attempts=0, **wanted)
            return documents.get(connection, sha256)

    # --- exports -----------------------------------------------------------------------------------------------------

    def export_window(self, target: str, states: Sequence[State] = EXPORTABLE) -> ExportWindow:
        """Return what `target` lacks: write its records (`changed_since`), then `mark_exported` with its `until`."""
        with self.database.read() as connection:
            return exports.window(connection, target, states)

    def changed_since(self, window: ExportWindow | str, states: Sequence[State] = EXPORTABLE) -> Iterator[Record]:
        """Yield the records of a window (or of a target's present one), oldest change first, read a page at a time."""
        span = self.export_window(window, states) if isinstance(window, str) else window
        return exports.stream(self.database, span, states)

    def mark_exported(self, target: str, watermark: int, who: str = "export") -> int:
        """Note that `target` durably has every change up to `watermark`; return how many documents became exported.

        To be called after the file or table is safe: a crash in between writes the same records again, never none.
        """
        with self.database.write() as connection:
            return exports.mark(connection, target, watermark, self._step(who))

    def forget_export(self, target: str) -> None:
        """Start a target anew: its next window holds all records."""
        with self.database.write() as connection:
            exports.forget(connection, target, self._step("export"))

    # --- batches -----------------------------------------------------------------------------------------------------

    def start_batch(self, label: str) -> str:
        """Begin a batch; return its id. Documents join it by `add_document(batch=…)` or `add_to_batch`."""
        with self.database.write() as connection:
            return batches.start(connection, label, self._step(""))

    def add_to_batch(self, batch: str, sha256: str) -> None:
        """Put a stored document into a batch; twice is once."""
        with self.database.write() as connection:
            batches.add(connection, batch, sha256)

    def finish_batch(self, batch: str) -> Batch:
        """End a batch and keep its counts; a batch that ended stays as it was."""
        with self.database.write() as connection:
            return batches.finish(connection, batch, self._step(""))

    def batch(self, batch: str) -> Batch:
        """Return one batch; raises UnknownDocument."""
        with self.database.read() as connection:
            return batches.get(connection, batch)

    def batches(self, limit: int = 20) -> list[Batch]:
        """Return the latest batches, newest first."""
        with self.database.read() as connection:
            return batches.latest(connection, limit)

    def _step(self, who: str, why: str = "", *, claim: Claim | None = None) -> Step:
        return Step(documents.storable(who), self._now(), documents.storable(why), claim)


def _moved(claim: Claim, to: State, version: int, parser_version: str | None = None) -> Claim:
    return dataclasses.replace(claim, state=to, version=version, parser_version=parser_version or claim.parser_version)


def _what_waits(extraction: Extraction) -> str:
    waiting = [name for name, result in extraction.fields.items() if result.decision == "review"]
    tables = [
        name
        for name, rows in extraction.rows.items()
        for row in rows
        if any(cell.decision == "review" for cell in row.cells.values())
    ]
    named = ", ".join(dict.fromkeys((*waiting, *tables)))
    problems = " ".join(problem.message for problem in extraction.problems)
    return " ".join(part for part in (f"to decide: {named}." if named else "", problems) if part)
