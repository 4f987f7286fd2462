"""Which template is in force: what somebody chose, else the built-in one."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Protocol

from extractors.llm.prompts.template import Template, builtin, builtin_text, read_template
from schemas.schema import Schema

PRODUCTION = "production"
"""The alias whose template is used for documents."""


class Prompts(Protocol):
    """Where versions of templates and aliases are kept."""

    def active_text(self, alias: str, schema_name: str) -> str | None:
        """Return the text of the template in force for a schema; None when nobody chose one."""
        ...

    def note_use(self, version: str, template: str, text: str, schema_name: str, schema_version: str) -> None:
        """Keep what a prompt version was made of, once."""
        ...


@dataclass(frozen=True, slots=True)
class Prompt:
    """A template together with the schema it is used for."""

    template: Template
    version: str  # sha256 of template, parameters and schema


class PromptBook:
    """Gives the prompt for a schema. What was in force when a document was begun stays so until it is done."""

    def __init__(self, prompts: Prompts | None = None, alias: str = PRODUCTION) -> None:
        self._prompts = prompts
        self._alias = alias
        self._noted: set[str] = set()
        self._lock = threading.Lock()

    def prompt(self, schema: Schema) -> Prompt:
        """Return the prompt in force for `schema`; raises InputError if a stored template can no longer be read."""
        text = self._prompts.active_text(self._alias, schema.name) if self._prompts else None
        template = builtin() if text is None else read_template(text, f"The prompt {self._alias}")
        version = template.version_for(schema.version)
        self._note(version, template, text, schema)
        return Prompt(template, version)

    def _note(self, version: str, template: Template, text: str | None, schema: Schema) -> None:
        if self._prompts is None or version in self._noted:
            return
        kept = builtin_text() if text is None else text
        self._prompts.note_use(version, template.version, kept, schema.name, schema.version)
        with self._lock:
            self._noted.add(version)
