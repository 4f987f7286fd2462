"""The queue remembers the last change that it has seen, no longer one by one."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop the column; all figures are reckoned anew, once."""
    op.drop_column("desk_items", "seen")
