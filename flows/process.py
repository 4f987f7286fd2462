"""One document through the line: parse, classify, extract, decide, each step stored before the next begins.

Every step may be done again without harm: contents go by their sha256, records by sha256, schema version and extractor
version, and every write carries the claim, so that a worker which lost its lease can lose time, never a result.
"""

from __future__ import annotations

import time
import traceback
from functools import partial
from pathlib import Path

from extractors.pipeline import Occasion
from flows.outcomes import Outcome
from flows.waiting import version_with, worth_waiting
from flows.wiring import Line
from schemas.document import ParsedDocument
from schemas.errors import Conflict, Reason, Refusal, Unavailable
from schemas.schema import Schema
from store.entities import Claim
from store.states import State
from store.store import WOKEN

MAIL = "message/rfc822"
UNKNOWN = "application/octet-stream"


def process(line: Line, claim: Claim, batch: str | None = None, password: str | None = None) -> Outcome:
    """Take a claimed document as far as it goes and return how it ended.

    A refused document is put aside with its reason. A mistake of ours on one document is written to `errors/` in the
    data folder, and the document put aside: the others go on.

    Raises:
        Unavailable: database, disk or storage are down; the claim ends by itself.
        LeaseLost: somebody else has taken the document over.
    """
    started = time.perf_counter()
    if claim.attempts >= line.settings.retry.attempts:
        return _set_aside(line, claim, _tried_enough(claim), started)
    try:
        claim, document = _parsed(line, claim, password)
        children = _attachments(line, claim, document, batch)
        if _carries_documents(document) and claim.state is State.PARSED:
            line.store.close_envelope(claim, "a mail whose attachments are documents of their own")
            return _outcome(claim, State.ACCEPTED, started, document, children=children)
        schema = _schema(line, claim, document)
        if isinstance(schema, Refusal):
            line.store.send_to_review(claim, schema)
            return _outcome(claim, State.IN_REVIEW, started, document, refusal=schema, children=children)
        if claim.state is State.EXTRACTED:
            extraction = line.store.extraction(claim.document)
        else:
            content = partial(line.store.content, claim.document)
            extraction = line.extract(document, schema, Occasion(claim.name, batch or "single", content, password))
            version = version_with(line.extractor_version, extraction)
            shown, audits = line.audit(extraction)
            claim = line.store.save_extraction(claim, extraction, version, schema, shown, audits)
        wait = worth_waiting(line, claim.document, extraction) if extraction else None
        if wait is not None:
            line.store.defer(claim, wait.refusal, wait.until, counted=False)
            return _outcome(
                claim, State.DEFERRED, started, document, schema=schema, refusal=wait.refusal, children=children
            )
        state = line.store.decide(claim)
        return _outcome(claim, state, started, document, schema=schema, children=children)
    except Refusal as refusal:
        return _set_aside(line, _current(line, claim), refusal, started)
    except (Conflict, Unavailable, ImportError):  # a broken installation is no fault of a document
        raise
    except Exception as error:  # noqa: BLE001 - whatever a rule trips over costs only its own document
        return _set_aside(line, _current(line, claim), _our_mistake(line, claim, error), started)


def _parsed(line: Line, claim: Claim, password: str | None) -> tuple[Claim, ParsedDocument]:
    if claim.state is not State.RECEIVED and claim.parser_version is not None:
        document = line.store.files.get_parsed(claim.document, claim.parser_version)
        if document is not None:
            return claim, document
    if claim.state is State.RECEIVED and _only_waited(line, claim):
        document = line.store.files.get_parsed(claim.document, line.parser_version)
        if document is not None:
            return line.store.save_parsed(claim, document, line.parser_version), document
    content = line.store.content(claim.document)
    document = line.parser.parse(content, claim.name, password)
    if claim.state is State.RECEIVED:
        claim = line.store.save_parsed(claim, document, line.parser_version)
    return claim, document


def _only_waited(line: Line, claim: Claim) -> bool:
    """It was deferred and woken: nobody asked for another reading of its pages."""
    history = line.store.history(claim.document)
    return bool(history) and history[-1].why == WOKEN


def _attachments(line: Line, claim: Claim, document: ParsedDocument, batch: str | None) -> tuple[str, ...]:
    """Files attached to a mail become documents of their own; a PDF's attachments are data about itself."""
    if document.media_type != MAIL:
        return ()
    children = []
    for attachment in document.attachments:
        sha256, _ = line.store.add_document(
            attachment.content,
            attachment.name or "attachment",
            source=f"{claim.name}#{attachment.name}",
            schema_name=claim.schema_wanted,
            parent=claim.document,
            batch=batch,
            who=claim.owner,
        )
        children.append(sha256)
    return tuple(children)


def _carries_documents(document: ParsedDocument) -> bool:
    """A mail with documents attached is their envelope; one with pictures only may be a document that has a logo."""
    return document.media_type == MAIL and any(
        part.media_type != UNKNOWN and not part.media_type.startswith("image/") for part in document.attachments
    )


def _schema(line: Line, claim: Claim, document: ParsedDocument) -> Schema | Refusal:
    if claim.schema_wanted is not None:
        if claim.schema_wanted in line.schemas:
            return line.schemas[claim.schema_wanted]
        known = ", ".join(line.schemas)
        return Refusal(
            Reason.UNSURE_SCHEMA,
            f"{claim.name} was sent as {claim.schema_wanted}, and there is no such schema (there are {known}).",
            f"Name one: docassay retry {claim.document[:12]} --schema NAME.",
        )
    found = line.classify(document)
    if found.schema_name is not None:
        return line.schemas[found.schema_name]
    return Refusal(
        Reason.UNSURE_SCHEMA,
        f"It is not clear what kind of document {claim.name} is. {' '.join(found.reasons)}".strip(),
        f"Name its schema: docassay retry {claim.document[:12]} --schema {'|'.join(line.schemas)}.",
    )


def _set_aside(line: Line, claim: Claim, refusal: Refusal, started: float) -> Outcome:
    line.store.quarantine(claim, refusal)
    return _outcome(claim, State.QUARANTINED, started, refusal=refusal)


def _current(line: Line, claim: Claim) -> Claim:
    """The claim as the last stored step left it (steps that were stored before the failure raised its version)."""
    import dataclasses

    now = line.store.document(claim.document)
    return dataclasses.replace(claim, state=now.state, version=now.version)


def _tried_enough(claim: Claim) -> Refusal:
    return Refusal(
        Reason.STOPPED,
        f"{claim.name} was begun {claim.attempts} times, and each time its worker ended before it was done.",
        f"If that had other causes: docassay retry {claim.document[:12]}. Else lower limits.memory_megabytes.",
    )


def _our_mistake(line: Line, claim: Claim, error: Exception) -> Refusal:
    folder: Path = line.settings.data_folder / "errors"
    folder.mkdir(parents=True, exist_ok=True)
    report = folder / f"{claim.document[:12]}.txt"
    report.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    return Refusal(
        Reason.STOPPED,
        f"A mistake in Docassay stopped {claim.name} ({type(error).__name__}).",
        f"Please report it with {report}; after an update: docassay retry {claim.document[:12]}.",
    )


def _outcome(
    claim: Claim,
    state: State,
    started: float,
    document: ParsedDocument | None = None,
    *,
    schema: Schema | None = None,
    refusal: Refusal | None = None,
    children: tuple[str, ...] = (),
) -> Outcome:
    return Outcome(
        document=claim.document,
        name=claim.name,
        state=state,
        schema_name=schema.name if schema else None,
        reason=refusal.reason if refusal else None,
        message=str(refusal) if refusal else "",
        pages=len(document.pages) if document else 0,
        seconds=time.perf_counter() - started,
        children=children,
    )
