"""What a person decides from a terminal or a program: the same acts, rules and history as at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from review.desk.acts import Act, ActName, Desk, new_key
from review.desk.four_eyes import Rules
from schemas.schema import Schema
from store.entities import Document
from store.store import Store


@dataclass(frozen=True, slots=True)
class Decisions:
    """Acts of one person on what they saw; each returns the document after it."""

    store: Store
    schemas: Mapping[str, Schema]
    who: str
    rules: Rules = field(default_factory=Rules)

    def set_value(self, document: Document, path: str, text: str | None, why: str = "") -> Document:
        """Set a field or cell to what `text` says; None: the document does not state it (of a row: drop it).

        Raises:
            InvalidValue: there is no such field, or the text is no value of its kind.
            StaleVersion: somebody changed the document since it was read.
        """
        return self._do(document, "absent" if text is None else "set", path, text, why)

    def accept(self, document: Document, path: str | None = None, why: str = "") -> Document:
        """Accept a field as it is, or the whole document; open problems are waived only with a reason.

        Raises:
            InvalidValue: there is nothing at `path`, or a check fails and no reason was given.
            StaleVersion: somebody changed the document since it was read.
        """
        return self._do(document, "accept", path or "", None, why)

    def reject(self, document: Document, why: str) -> Document:
        """Put a document aside for good; `why` is kept.

        Raises:
            StaleVersion: somebody changed the document since it was read.
        """
        return self._do(document, "reject", "", None, why)

    def _do(self, document: Document, name: ActName, path: str, value: str | None, why: str) -> Document:
        act = Act(key=new_key(), act=name, path=path, value=value, why=why)
        Desk(self.store, self.schemas, self.who, self.rules, typed=False).do(document, act, version=document.version)
        return self.store.document(document.sha256)
