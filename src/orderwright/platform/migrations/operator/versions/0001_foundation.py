"""Foundation: the first tables of the operator schema."""

from __future__ import annotations

from orderwright.platform.migrate import run_sql_file

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create them."""
    run_sql_file("operator", "0001_foundation")
