"""Runs the migrations on the connection, and in the transaction, that store.migrate hands over."""

from alembic import context

from store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite changes columns only by copying the table
)
context.run_migrations()
