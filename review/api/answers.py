"""What the REST interface answers with."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from store.entities import Document


class Told(BaseModel):
    """A refusal."""

    code: str = Field(description="One word for programs.")
    message: str = Field(description="What happened.")
    hint: str = Field(description="What to do next.")


class DocumentState(BaseModel):
    """How a document stands."""

    document: str = Field(description="Its sha256.")
    name: str = Field(description="The first name it came under; text of a stranger.")
    state: str
    version: int = Field(description="Rises with every change; send it along with a decision.")
    schema_name: str | None = Field(None, serialization_alias="schema")
    reason: str | None = Field(None, description="Reason code, where it was refused.")
    message: str | None = None
    remedy: str | None = None


BYTES: dict[str, Any] = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"model": Told, "description": "No token, or one that is unknown, ended or revoked."},
    403: {"model": Told, "description": "The token lacks the scope, here or in this queue."},
    404: {"model": Told, "description": "There is no such thing, or none in a queue that one may see."},
    422: {"model": Told, "description": "Something that was sent does not fit."},
    503: {"model": Told, "description": "The database, or what does this, cannot be reached; try again."},
}
CONFLICT: dict[int | str, dict[str, Any]] = {
    409: {"model": Told, "description": "Somebody else changed it meanwhile, or its state does not allow it."}
}


def state_of(document: Document) -> DocumentState:
    """Return what programs are told of a document."""
    return DocumentState(
        document=document.sha256,
        name=document.name,
        state=document.state.value,
        version=document.version,
        schema_name=document.schema_name,
        reason=document.reason.value if document.reason else None,
        message=document.message,
        remedy=document.remedy,
    )
