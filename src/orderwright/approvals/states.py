"""The states of approvals as data. A test holds table, CHECK and diagram together (law T3)."""

from __future__ import annotations

from enum import StrEnum


class ApprovalState(StrEnum):
    """Somebody asked to be allowed what is above their limit."""

    WAITING = "waiting"  # somebody above is to decide
    APPROVED = "approved"  # and done
    REJECTED = "rejected"
    EXPIRED = "expired"  # nobody decided in time
    FAILED = "failed"  # approved, but by then it could not be done


_S = ApprovalState
APPROVAL_TRANSITIONS: dict[ApprovalState, frozenset[ApprovalState]] = {
    _S.WAITING: frozenset({_S.APPROVED, _S.REJECTED, _S.EXPIRED, _S.FAILED}),
    _S.APPROVED: frozenset(),
    _S.REJECTED: frozenset(),
    _S.EXPIRED: frozenset(),
    _S.FAILED: frozenset(),
}
