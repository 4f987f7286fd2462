"""Tables of the review desk; corrections know the act that they belong to."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables and the column."""
    op.add_column("corrections", sa.Column("event", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_corrections_event"), "corrections", ["event"], unique=False)
    op.create_table(
        "acts",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("undoes", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("from_record", sa.Integer(), nullable=False),
        sa.Column("to_record", sa.Integer(), nullable=False),
        sa.Column("from_state", sa.String(length=16), nullable=False),
        sa.Column("to_state", sa.String(length=16), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("by", sa.String(length=8), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.sha256"], name=op.f("fk_acts_document_documents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acts")),
        sa.UniqueConstraint("key", name=op.f("uq_acts_key")),
    )
    op.create_index(op.f("ix_acts_undoes"), "acts", ["undoes"], unique=False)
    op.create_index(op.f("ix_acts_who_id"), "acts", ["who", "id"], unique=False)
    op.create_index(op.f("ix_acts_document_id"), "acts", ["document", "id"], unique=False)
    op.create_table(
        "field_versions",
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("path", sa.String(length=160), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.sha256"], name=op.f("fk_field_versions_document_documents")),
        sa.PrimaryKeyConstraint("document", "path", name=op.f("pk_field_versions")),
    )
    op.create_table(
        "desk_claims",
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.sha256"], name=op.f("fk_desk_claims_document_documents")),
        sa.PrimaryKeyConstraint("document", name=op.f("pk_desk_claims")),
    )
    op.create_index(op.f("ix_desk_claims_owner"), "desk_claims", ["owner"], unique=False)
    op.create_table(
        "desk_claim_moves",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("move", sa.String(length=16), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("of", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_claim_moves")),
    )
    op.create_index(op.f("ix_desk_claim_moves_document"), "desk_claim_moves", ["document"], unique=False)
    op.create_table(
        "drafts",
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("path", sa.String(length=160), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.sha256"], name=op.f("fk_drafts_document_documents")),
        sa.PrimaryKeyConstraint("document", "who", "path", name=op.f("pk_drafts")),
    )
    op.create_table(
        "desk_items",
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("assignee", sa.String(length=200), nullable=False),
        sa.Column("postponed_at", sa.BigInteger(), nullable=True),
        sa.Column("postponed_by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("seen", sa.String(length=80), nullable=False),
        sa.Column("chance", sa.Float(), nullable=False),
        sa.Column("cost", sa.Float(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("worth", sa.Float(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("supplier", sa.Text(), nullable=False),
        sa.Column("supplier_key", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("amount", sa.Float(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("due", sa.String(length=10), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.sha256"], name=op.f("fk_desk_items_document_documents")),
        sa.PrimaryKeyConstraint("document", name=op.f("pk_desk_items")),
    )
    op.create_index(op.f("ix_desk_items_worth_document"), "desk_items", ["worth", "document"], unique=False)
    op.create_index(op.f("ix_desk_items_supplier_key"), "desk_items", ["supplier_key"], unique=False)
