"""What the desk says of a document that has no fields to decide: why, and what a person can do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from review.desk.words import in_words
from store.entities import Document
from store.states import UNFINISHED, State


def standing(document: Document, attached: Sequence[tuple[str, str]], known: bool) -> dict[str, Any]:
    """Return a title, why it stands so, what to do, and which ways there are.

    Args:
        document: one that no record is shown of.
        attached: sha256 and name of the documents that came in it.
        known: whether the settings know the schema of its record, if it has one.
    """
    title, todo = _words(document, bool(attached), known)
    return {
        "title": title,
        "why": document.message or "",
        "todo": todo,
        "choose": document.state is State.IN_REVIEW and known,
        "again": document.state in (State.QUARANTINED, State.DEFERRED),
        "attached": [{"document": sha256, "name": name} for sha256, name in attached],
    }


def _words(document: Document, carries: bool, known: bool) -> tuple[str, str]:
    if not known:
        gone = f"Its kind, {document.schema_name}, is no longer known"
        return gone, "An operator can add it to 'schemas' in the settings again."
    if document.state in UNFINISHED:
        return "It is being read", "It comes to the queue when a person is needed."
    if document.state is State.QUARANTINED:
        return "Put aside", document.remedy or ""
    if document.state is State.DEFERRED:
        return "Put off: it goes on by itself", document.remedy or ""
    if document.state is State.IN_REVIEW:
        title = in_words(document.reason.value) if document.reason else "Unclear what kind it is"
        return title, "Choose its kind: then it is read, and comes back to the queue."
    if carries:
        return "Nothing is to be decided here", "What came in it is a document of its own."
    return "Nothing is to be decided here", ""
