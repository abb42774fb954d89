"""Jobs: the tables of the job queue."""

from __future__ import annotations

from orderwright.platform.migrate import run_sql_file

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create them."""
    run_sql_file("operator", "0002_jobs")
