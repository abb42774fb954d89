"""The SQL of approvals, by type."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import append, query, statement


class ApprovalRow(NamedTuple):
    """Something that was asked for. `answerable`: who asked or, of a key, who holds it.
    `body`, `figures` (the limit and what is asked) and `outcome` are JSON."""

    id: UUID
    operation: str
    subject: str | None
    body: str
    figures: str
    asked_by: str
    answerable: str
    asked_reason: str | None
    state: str
    decided_by: str | None
    decided_reason: str | None
    outcome: str | None
    created_at: datetime
    expires_at: datetime
    decided_at: datetime | None


APPEND_APPROVALS = append(
    "approval", "id operation subject body figures asked_by answerable asked_reason state act_id created_at expires_at"
)
LOCK_APPROVALS = query(__package__, "lock_approvals", ApprovalRow)
DECIDE_APPROVALS = statement(__package__, "decide_approvals")
LIST_APPROVALS = query(__package__, "list_approvals", ApprovalRow)
READ_APPROVAL = query(__package__, "read_approval", ApprovalRow)
