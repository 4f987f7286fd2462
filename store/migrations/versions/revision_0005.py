"""Tables of the prompts."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "prompts",
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_prompts")),
    )
    op.create_table(
        "prompt_uses",
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("template", sa.String(length=64), nullable=False),
        sa.Column("schema_name", sa.String(length=64), nullable=False),
        sa.Column("schema_version", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["template"], ["prompts.version"], name=op.f("fk_prompt_uses_template")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_prompt_uses")),
    )
    op.create_index(op.f("ix_prompt_uses_template"), "prompt_uses", ["template"], unique=False)
    op.create_table(
        "prompt_aliases",
        sa.Column("alias", sa.String(length=64), nullable=False),
        sa.Column("schema_name", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["version"], ["prompts.version"], name=op.f("fk_prompt_aliases_version")),
        sa.PrimaryKeyConstraint("alias", "schema_name", name=op.f("pk_prompt_aliases")),
    )
    op.create_table(
        "prompt_moves",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("alias", sa.String(length=64), nullable=False),
        sa.Column("schema_name", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("old", sa.String(length=64), nullable=True),
        sa.Column("new", sa.String(length=64), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt_moves")),
    )
    op.create_index(
        op.f("ix_prompt_moves_alias_schema_name_id"), "prompt_moves", ["alias", "schema_name", "id"], unique=False
    )
