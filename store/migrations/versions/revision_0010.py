"""Tables of the layout memory: layouts, their documents, lessons and their trials."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "layouts",
        sa.Column("number", _ROW_NUMBER, nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_layouts")),
    )
    op.create_table(
        "layout_terms",
        sa.Column("term", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("layout", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["layout"], ["layouts.number"], name=op.f("fk_layout_terms_layout")),
        sa.PrimaryKeyConstraint("term", "layout", name=op.f("pk_layout_terms")),
    )
    op.create_table(
        "layout_documents",
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("layout", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.sha256"], name=op.f("fk_layout_documents_document")),
        sa.ForeignKeyConstraint(["layout"], ["layouts.number"], name=op.f("fk_layout_documents_layout")),
        sa.PrimaryKeyConstraint("document", name=op.f("pk_layout_documents")),
    )
    op.create_index(op.f("ix_layout_documents_layout"), "layout_documents", ["layout"], unique=False)
    op.create_table(
        "lessons",
        sa.Column("number", _ROW_NUMBER, nullable=False),
        sa.Column("layout", sa.BigInteger(), nullable=False),
        sa.Column("schema_name", sa.String(length=64), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.sha256"], name=op.f("fk_lessons_document")),
        sa.ForeignKeyConstraint(["layout"], ["layouts.number"], name=op.f("fk_lessons_layout")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_lessons")),
        sa.UniqueConstraint("document", "schema_name", "field", name=op.f("uq_lessons_document_schema_name_field")),
    )
    op.create_index(op.f("ix_lessons_layout_schema_name"), "lessons", ["layout", "schema_name"], unique=False)
    op.create_table(
        "lesson_trials",
        sa.Column("lesson", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.sha256"], name=op.f("fk_lesson_trials_document")),
        sa.ForeignKeyConstraint(["lesson"], ["lessons.number"], name=op.f("fk_lesson_trials_lesson")),
        sa.PrimaryKeyConstraint("lesson", "document", name=op.f("pk_lesson_trials")),
    )
    op.create_index(op.f("ix_lesson_trials_document"), "lesson_trials", ["document"], unique=False)
