"""Tables of the webhooks, and indexes for counting what happened and why documents stand still."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and the indexes."""
    op.create_table(
        "webhook_endpoints",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_webhook_endpoints")),
    )
    op.create_table(
        "webhook_messages",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("endpoint", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_messages")),
    )
    op.create_index(
        op.f("ix_webhook_messages_endpoint_state_due_at"),
        "webhook_messages",
        ["endpoint", "state", "due_at"],
        unique=False,
    )
    op.create_index(op.f("ix_webhook_messages_state_ended_at"), "webhook_messages", ["state", "ended_at"], unique=False)
    op.create_index(
        op.f("ix_transitions_to_state_from_state_at"), "transitions", ["to_state", "from_state", "at"], unique=False
    )
    op.create_index(op.f("ix_documents_reason_state"), "documents", ["reason", "state"], unique=False)
