"""Corrections on their way into an evaluation set: as candidates, each document once, for a second look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath

from evaluation.candidates import ID_DIGITS, Candidate, Known, read_candidates, write_candidates
from evaluation.predictions import predicted
from flows.heard import said_by_people
from schemas.errors import UnknownDocument
from store.records import DECIDING
from store.states import State
from store.store import Store

FINISHED = (State.ACCEPTED, State.EXPORTED)
ORIGINALS = "originals"  # folder beside the file of candidates
LONGEST_ENDING = 6  # of a name, such as ".jpeg"


def collect(store: Store, path: Path, beside: Sequence[Path] = ()) -> list[Candidate]:
    """Add the documents that people corrected and finished to a file of candidates; return those that are new.

    A document that the file or one of the truth files beside it holds already, by its bytes or by its values, is left
    out. Its original is copied into the folder `originals` beside the file.

    Args:
        store: its documents, oldest first.
        path: the file of candidates; made if it is not there.
        beside: truth files that are only read.

    Raises:
        InputError: a file is unreadable, or `path` is no file of candidates.
    """
    there = read_candidates(path)
    known = Known()
    for candidate in there:
        known.add(candidate.sha256, candidate.kind, candidate.fields)
    for other in beside:
        known.add_truth_file(other)
    new = []
    for candidate in corrected(store):
        if known.holds(candidate.sha256, candidate.kind, candidate.fields):
            continue
        try:
            content = store.content(candidate.sha256)
        except UnknownDocument:  # its original was deleted when its time was over
            continue
        copy = path.parent / candidate.file
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(content)
        known.add(candidate.sha256, candidate.kind, candidate.fields)
        new.append(candidate)
    if new:
        write_candidates(path, [*there, *new])
    return new


def corrected(store: Store) -> Iterator[Candidate]:
    """Yield the finished documents in which people corrected a field, with the fields that people decided on.

    What passed by itself is no truth: those fields count as unknown. A document that a second person approved is
    confirmed by that.
    """
    for document in store.documents(FINISHED):
        acts = store.corrections(document.sha256)
        record = store.extraction(document.sha256) if acts else None
        if record is None:
            continue
        records = store.extractions(document.sha256)
        said = dict(said_by_people(acts, records, record.schema_name))
        deeds = [act for act in acts if act.act in DECIDING and not act.undone]  # cells of tables are among them
        if not any(act.act == "set" and records[act.record - 1].schema_name == record.schema_name for act in deeds):
            continue
        decided_by = tuple(dict.fromkeys(act.who for act in deeds))
        second = next(
            (act.who for act in acts if act.act == "approve" and not act.undone and act.who not in decided_by), None
        )
        values = predicted(document.sha256, record).fields
        yield Candidate(
            sha256=document.sha256,
            name=document.name,
            file=f"{ORIGINALS}/{document.sha256[:ID_DIGITS]}{_ending(document.name)}",
            kind=record.schema_name,
            fields={name: value for name, value in values.items() if name in said},
            unknown=tuple(name for name in values if name not in said),
            decided_by=decided_by,
            state="confirmed" if second else "waiting",
            second=second,
        )


def _ending(name: str) -> str:
    ending = PurePath(name).suffix.lower()
    return ending if ending[1:].isalnum() and ending.isascii() and len(ending) <= LONGEST_ENDING else ""
