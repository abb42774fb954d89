"""Alembic's entry: runs revisions on the connection that `orderwright.platform.migrate` hands over."""

from __future__ import annotations

from alembic import context

options = context.config.attributes
context.configure(
    connection=options["connection"],
    target_metadata=None,
    version_table="schema_version",
    version_table_schema=options["schema"],
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
