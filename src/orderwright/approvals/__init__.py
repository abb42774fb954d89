"""Approvals: what one may not do alone, and somebody above agrees to. Other slices import only what stands here."""

from orderwright.approvals.commands import (
    BODY_BYTES_MAX,
    GOOD_FOR_D,
    AskApproval,
    DecideApproval,
    OperationId,
    refuse,
)
from orderwright.approvals.queries import (
    APPEND_APPROVALS,
    DECIDE_APPROVALS,
    LIST_APPROVALS,
    LOCK_APPROVALS,
    READ_APPROVAL,
    ApprovalRow,
)
from orderwright.approvals.record import Decided, add_approvals, decide_approvals, lock_approvals
from orderwright.approvals.states import APPROVAL_TRANSITIONS, ApprovalState

__all__ = [
    "APPEND_APPROVALS",
    "APPROVAL_TRANSITIONS",
    "BODY_BYTES_MAX",
    "DECIDE_APPROVALS",
    "GOOD_FOR_D",
    "LIST_APPROVALS",
    "LOCK_APPROVALS",
    "READ_APPROVAL",
    "ApprovalRow",
    "ApprovalState",
    "AskApproval",
    "DecideApproval",
    "Decided",
    "OperationId",
    "add_approvals",
    "decide_approvals",
    "lock_approvals",
    "refuse",
]
