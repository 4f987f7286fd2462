"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table, and the counter that changes are numbered by."""
    op.create_table(
        "batches",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("counts", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
    )
    op.create_index(op.f("ix_batches_started_at"), "batches", ["started_at"], unique=False)
    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "documents",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("remedy", sa.Text(), nullable=True),
        sa.Column("retry_at", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("schema_wanted", sa.String(length=64), nullable=True),
        sa.Column("schema_name", sa.String(length=64), nullable=True),
        sa.Column("parser_version", sa.Text(), nullable=True),
        sa.Column("record", sa.Integer(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("lease_token", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_documents")),
    )
    op.create_index(op.f("ix_documents_change"), "documents", ["change"], unique=False)
    op.create_index(op.f("ix_documents_created_at_sha256"), "documents", ["created_at", "sha256"], unique=False)
    op.create_index(
        op.f("ix_documents_state_created_at_sha256"), "documents", ["state", "created_at", "sha256"], unique=False
    )
    op.create_table(
        "exports",
        sa.Column("target", sa.String(length=512), nullable=False),
        sa.Column("watermark", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("target", name=op.f("pk_exports")),
    )
    op.create_table(
        "aliases",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("inbox", sa.Text(), nullable=False),
        sa.Column("parent", sa.String(length=64), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.sha256"], name=op.f("fk_aliases_document")),
        sa.ForeignKeyConstraint(["parent"], ["documents.sha256"], name=op.f("fk_aliases_parent")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_aliases")),
    )
    op.create_index(op.f("ix_aliases_document"), "aliases", ["document"], unique=False)
    op.create_index(op.f("ix_aliases_parent"), "aliases", ["parent"], unique=False)
    op.create_table(
        "batch_documents",
        sa.Column("batch", sa.String(length=36), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["batch"], ["batches.id"], name=op.f("fk_batch_documents_batch")),
        sa.ForeignKeyConstraint(["document"], ["documents.sha256"], name=op.f("fk_batch_documents_document")),
        sa.PrimaryKeyConstraint("batch", "document", name=op.f("pk_batch_documents")),
    )
    op.create_index(op.f("ix_batch_documents_document"), "batch_documents", ["document"], unique=False)
    op.create_table(
        "corrections",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("record", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("old", sa.Text(), nullable=True),
        sa.Column("new", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.sha256"], name=op.f("fk_corrections_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    op.create_index(op.f("ix_corrections_document"), "corrections", ["document"], unique=False)
    op.create_table(
        "extractions",
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=True),
        sa.Column("schema_name", sa.String(length=64), nullable=False),
        sa.Column("schema_version", sa.String(length=64), nullable=False),
        sa.Column("extractor_version", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.sha256"], name=op.f("fk_extractions_document")),
        sa.PrimaryKeyConstraint("document", "sequence", name=op.f("pk_extractions")),
        sa.UniqueConstraint("key", name=op.f("uq_extractions_key")),
    )
    op.create_table(
        "transitions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("from_state", sa.String(length=16), nullable=True),
        sa.Column("to_state", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.sha256"], name=op.f("fk_transitions_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transitions")),
        sa.UniqueConstraint("document", "version", name=op.f("uq_transitions_document_version")),
    )
    op.execute("INSERT INTO counters (name, value) VALUES ('change', 0)")
