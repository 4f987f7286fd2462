"""What a reader of one format hands to the one door, before the door adds hash, media type and tables."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from documents.rulings import Rulings
from schemas.document import Attachment, Finding, FormField, Page, Table


@dataclass(frozen=True, slots=True)
class Parts:
    """A document without its identity. `tables` holds tables that the format itself names (office files)."""

    pages: tuple[Page, ...]
    attachments: tuple[Attachment, ...] = ()
    form_fields: tuple[FormField, ...] = ()
    findings: tuple[Finding, ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()
    tables: tuple[Table, ...] = ()
    rulings: Mapping[int, Rulings] = field(default_factory=dict)  # by page number


def attachment(name: str, media_type: str, content: bytes) -> Attachment:
    """Return the attachment with its hash."""
    return Attachment(name, media_type, content, hashlib.sha256(content).hexdigest())
