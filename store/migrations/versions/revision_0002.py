"""Tables of the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "ledger_scopes",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("schema_name", sa.String(length=64), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("alarm", sa.String(length=16), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("spent >= 0 AND held >= 0", name="not_negative"),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_ledger_scopes")),
    )
    op.create_index(op.f("ix_ledger_scopes_kind_updated_at"), "ledger_scopes", ["kind", "updated_at"], unique=False)
    op.create_table(
        "ledger_reservations",
        sa.Column("call", sa.String(length=32), nullable=False),
        sa.Column("provider", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("why", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("call", name=op.f("pk_ledger_reservations")),
    )
    op.create_index(
        op.f("ix_ledger_reservations_state_ends_at"), "ledger_reservations", ["state", "ends_at"], unique=False
    )
    op.create_index(op.f("ix_ledger_reservations_at"), "ledger_reservations", ["at"], unique=False)
