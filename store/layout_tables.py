"""The tables of the layout memory: layouts, the documents of each, and what corrections taught about them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.instants import Instant
from store.tables import ROW_NUMBER, SHA256, Base


class LayoutRow(Base):
    """One layout, as the first document that had it showed it."""

    __tablename__ = "layouts"

    number: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True)
    fingerprint: Mapped[str] = mapped_column(Text)  # schemas.layouts.Fingerprint as JSON
    at: Mapped[datetime] = mapped_column(Instant)


class LayoutTermRow(Base):
    """The inverted index over layouts: a term of a sketch, and a layout that has it."""

    __tablename__ = "layout_terms"

    term: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    layout: Mapped[int] = mapped_column(BigInteger, ForeignKey("layouts.number"), primary_key=True)


class LayoutDocumentRow(Base):
    """Which layout a document has."""

    __tablename__ = "layout_documents"

    document: Mapped[str] = mapped_column(SHA256, ForeignKey("documents.sha256"), primary_key=True)
    layout: Mapped[int] = mapped_column(BigInteger, ForeignKey("layouts.number"), index=True)


class EvaluationDocumentRow(Base):
    """Which layout a document of the evaluation set has; the store need not hold it."""

    __tablename__ = "evaluation_documents"

    document: Mapped[str] = mapped_column(SHA256, primary_key=True)
    parser_version: Mapped[str] = mapped_column(Text)  # that read it; another one reads it anew
    layout: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("layouts.number"))  # NULL: it has none


class LessonRow(Base):
    """What one correction taught. Its history is counted from the trials."""

    __tablename__ = "lessons"

    number: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True)
    layout: Mapped[int] = mapped_column(BigInteger, ForeignKey("layouts.number"))
    schema_name: Mapped[str] = mapped_column(String(64))
    field: Mapped[str] = mapped_column(String(64))
    place: Mapped[str] = mapped_column(Text)  # schemas.layouts.ValuePlace as JSON
    document: Mapped[str] = mapped_column(SHA256, ForeignKey("documents.sha256"))  # that was corrected
    who: Mapped[str] = mapped_column(Text)  # who corrected it
    at: Mapped[datetime] = mapped_column(Instant)  # of the last change of its state
    state: Mapped[str] = mapped_column(String(16))  # see schemas.layouts.LessonState
    why: Mapped[str] = mapped_column(Text)  # of the state

    __table_args__ = (Index(None, "layout", "schema_name"), UniqueConstraint("document", "schema_name", "field"))


class LessonTrialRow(Base):
    """Whether what stands at the place of a lesson was what people decided, on one document."""

    __tablename__ = "lesson_trials"

    lesson: Mapped[int] = mapped_column(BigInteger, ForeignKey("lessons.number"), primary_key=True)
    document: Mapped[str] = mapped_column(SHA256, ForeignKey("documents.sha256"), primary_key=True, index=True)
    is_right: Mapped[bool] = mapped_column(Boolean)
