"""Tables of what was asked and answered."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "responses",
        sa.Column("call", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("servable", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("call", name=op.f("pk_responses")),
    )
    op.create_index(op.f("ix_responses_key_servable_at"), "responses", ["key", "servable", "at"], unique=False)
    op.create_index(op.f("ix_responses_at"), "responses", ["at"], unique=False)
    op.create_table(
        "spans",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("trace", sa.String(length=32), nullable=False),
        sa.Column("parent", sa.String(length=16), nullable=True),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", "trace", name=op.f("pk_spans")),
    )
    op.create_index(op.f("ix_spans_trace"), "spans", ["trace"], unique=False)
    op.create_index(op.f("ix_spans_document_started_at"), "spans", ["document", "started_at"], unique=False)
    op.create_index(op.f("ix_spans_started_at"), "spans", ["started_at"], unique=False)
