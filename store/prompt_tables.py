"""The tables of prompts: templates that never change, what points to them, and how that moved."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.instants import Instant
from store.tables import ROW_NUMBER, SHA256, Base


class PromptRow(Base):
    """One version of a template; only ever added."""

    __tablename__ = "prompts"

    version: Mapped[str] = mapped_column(SHA256, primary_key=True)  # hash of what the text holds
    text: Mapped[str] = mapped_column(Text)  # YAML
    at: Mapped[datetime] = mapped_column(Instant)
    who: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)


class PromptUseRow(Base):
    """What the version of a prompt that was sent was made of: a template and a schema; only ever added."""

    __tablename__ = "prompt_uses"

    version: Mapped[str] = mapped_column(SHA256, primary_key=True)
    template: Mapped[str] = mapped_column(SHA256, ForeignKey("prompts.version"), index=True)
    schema_name: Mapped[str] = mapped_column(String(64))
    schema_version: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)  # of the first use


class PromptAliasRow(Base):
    """Which version a name stands for; for one schema, or ("") for all that have none of their own."""

    __tablename__ = "prompt_aliases"

    alias: Mapped[str] = mapped_column(String(64), primary_key=True)
    schema_name: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[str] = mapped_column(SHA256, ForeignKey("prompts.version"))


class PromptMoveRow(Base):
    """One move of an alias; only ever added."""

    __tablename__ = "prompt_moves"

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True)
    alias: Mapped[str] = mapped_column(String(64))
    schema_name: Mapped[str] = mapped_column(String(64))
    act: Mapped[str] = mapped_column(String(16))  # activate, rollback
    old: Mapped[str | None] = mapped_column(SHA256)  # NULL: the built-in template
    new: Mapped[str | None] = mapped_column(SHA256)  # NULL: the built-in template
    at: Mapped[datetime] = mapped_column(Instant)
    who: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index(None, "alias", "schema_name", "id"),)
