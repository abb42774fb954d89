"""${message}

Each revision runs one plain SQL file of the same name from `sql/`. The migrator sets lock_timeout and
statement_timeout: a statement that cannot get its lock in time fails and changes nothing. Create indexes on tables
with data CONCURRENTLY in a revision of its own; add columns NULL or with a constant default.
"""

from __future__ import annotations

from orderwright.platform.migrate import run_sql_file

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Apply the SQL file."""
