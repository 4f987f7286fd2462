"""Which layouts the documents of the evaluation set have."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "evaluation_documents",
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("parser_version", sa.Text(), nullable=False),
        sa.Column("layout", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["layout"], ["layouts.number"], name=op.f("fk_evaluation_documents_layout")),
        sa.PrimaryKeyConstraint("document", name=op.f("pk_evaluation_documents")),
    )
