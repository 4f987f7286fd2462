"""What waits for a person: records with undecided fields, and documents whose schema is unclear."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Literal

from review.ranking import FORMULA, figures
from schemas.results import Extraction, FieldResult, Problem
from schemas.schema import Schema
from schemas.values.typed import as_text
from store.claims import DeskClaim, DeskClaims
from store.desk_queue import DeskQueue, Figures, Wanted
from store.entities import Document
from store.states import State
from store.store import Store

LOOKED_AT = 50  # documents that are looked at together for one that is free
PATIENCE = 1.0  # seconds that somebody waits for places: those of several hundred documents


@dataclass(frozen=True, slots=True)
class WaitingField:
    """A field or cell that waits; `path` is what decisions name it by."""

    path: str  # "gross_total", "line_items[3].quantity"
    value: str | None  # canonical text; None: not found
    confidence: float | None
    source: str | None
    reasons: tuple[str, ...]
    page: int | None  # where it stands


@dataclass(frozen=True, slots=True)
class Waiting:
    """One document that waits. Without a record it waits for its schema."""

    document: Document
    fields: tuple[WaitingField, ...]  # least sure first
    problems: tuple[Problem, ...]

    @property
    def why(self) -> str:
        """One sentence."""
        if not self.document.record:
            return self.document.message or "Its schema is not clear."
        names = ", ".join(field.path for field in self.fields[:4])
        more = len(self.fields) - 4
        fields = f"{len(self.fields)} fields: {names}{f' and {more} more' if more > 0 else ''}." if self.fields else ""
        return " ".join((fields, *(problem.message for problem in self.problems[:2]))).strip()


class Ranking:
    """Gives every document that changed its place in the queue, in a thread of its own, so that no page waits long."""

    def __init__(self, store: Store, schemas: Mapping[str, Schema]) -> None:
        """Do nothing before it is asked to."""
        self._store = store
        self._schemas = schemas
        self._worker = ThreadPoolExecutor(1, "ranking")
        self._behind: Future[None] | None = None  # what somebody waited for in vain
        self._ended = threading.Event()

    def begin(self) -> Future[None]:
        """Begin with all that changed before the call; return what is done when it has its places."""
        return self._worker.submit(self._work)

    def kept_up(self) -> bool:
        """Return whether all that changed before the call has its place; raises Unavailable.

        What takes longer than PATIENCE is waited for once, not by every page until it is done.
        """
        if self._behind is not None and not self._behind.done():
            return False
        work = self.begin()
        try:
            work.result(PATIENCE)
        except TimeoutError:
            self._behind = work
            return False
        return True

    def close(self) -> None:
        """End after the documents at work; the others get their places at the next start."""
        self._ended.set()
        self._worker.shutdown(cancel_futures=True)

    def _work(self) -> None:
        while not self._ended.is_set() and _refresh_some(self._store, self._schemas) is not None:
            pass


def refresh(store: Store, schemas: Mapping[str, Schema]) -> int:
    """Reckon the place in the queue of every document that changed since; return how many they were."""
    done = 0
    while (some := _refresh_some(store, schemas)) is not None:
        done += some
    return done


def _refresh_some(store: Store, schemas: Mapping[str, Schema]) -> int | None:
    def reckon(document: Document, record: Extraction | None) -> Figures:
        return figures(document, record, schemas.get(document.schema_name or ""))

    return DeskQueue(store.database, store.now).refresh(FORMULA, reckon)


def claim_next(
    store: Store,
    claims: DeskClaims,
    who: str,
    wanted: Wanted,
    may: Callable[[Document, Literal["review", "approve"]], bool],
) -> DeskClaim | None:
    """Take the worthiest wanted document that nobody has and that this person may do; None: there is none.

    What was put off, or assigned to somebody else, is not given; what only waits for a second person goes to one who
    may approve and decided nothing in it.
    """
    queue, place = DeskQueue(store.database, store.now), None
    assignees = ("", who) if wanted.assignees is None else wanted.assignees
    wanted = replace(wanted, assignees=assignees, postponed=bool(wanted.postponed), free_at=store.now())
    while True:
        rows, place = queue.page(wanted, "worth", LOOKED_AT, place)
        fitting = []
        for row in rows:
            second = "approval" in row.figures.reasons
            if not may(row.document, "approve" if second else "review"):
                continue
            if second and who in _hands(store, row.document):
                continue
            fitting.append(row.document.sha256)
        held = claims.claim_first(fitting, who)
        if held is not None or place is None:
            return held


def _hands(store: Store, document: Document) -> set[str]:
    return {act.who for act in store.corrections(document.sha256) if act.act in ("set", "accept") and not act.undone}


def waiting(store: Store) -> Iterator[Waiting]:
    """Yield the documents that wait, oldest first."""
    for document in store.documents([State.IN_REVIEW]):
        yield waiting_of(store, document)


def waiting_of(store: Store, document: Document) -> Waiting:
    """Return what waits in one document."""
    extraction = store.extraction(document.sha256) if document.record else None
    if extraction is None:
        return Waiting(document, (), ())
    return Waiting(document, waiting_fields(extraction), extraction.problems)


def waiting_fields(extraction: Extraction) -> tuple[WaitingField, ...]:
    """Return the fields and cells with decision review, the least sure first (what was not found comes before all)."""
    found = [(path, result) for path, result in every_result(extraction) if result.decision == "review"]
    found.sort(key=lambda pair: pair[1].confidence if pair[1].confidence is not None else -1.0)
    return tuple(_waiting(path, result) for path, result in found)


def every_result(extraction: Extraction) -> Iterator[tuple[str, FieldResult]]:
    """Yield every field and cell with its path, in the order of the schema."""
    for name, result in extraction.fields.items():
        yield name, result
        for row in extraction.rows.get(name, ()):
            for column, cell in row.cells.items():
                yield f"{name}[{row.number}].{column}", cell


def text_of(result: FieldResult) -> str | None:
    """Return the value of a field as canonical text, several joined by "; "; None where there is none."""
    if result.values:
        return "; ".join(as_text(value) for value in result.values)
    return None if result.value is None else as_text(result.value)


def _waiting(path: str, result: FieldResult) -> WaitingField:
    return WaitingField(
        path=path,
        value=text_of(result),
        confidence=result.confidence,
        source=result.source,
        reasons=result.reasons,
        page=result.evidence[0].page if result.evidence else None,
    )
