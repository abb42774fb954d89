"""What may be asked of approvals, and the codes of a "no"."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from orderwright.platform.fields import NO_NUL
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome, no

BODY_BYTES_MAX = 4_000
GOOD_FOR_D = 7  # days after which what nobody decided expires

OperationId = Literal[
    "refund_order",
    "edit_order",
    "write_off_balance",
    "resolve_claim",
    "issue_store_credit",
    "adjust_store_credit",
    "adjust_stock",
]
# Printable and without @, as the header Orderwright-Reason: no place for personal data.
ReasonText = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\A[ -?A-~]+\Z")]
SubjectText = Annotated[str, Meta(max_length=40, pattern=NO_NUL)]

MESSAGES: dict[str, str] = {
    "approval_not_found": "There is no such approval. Check the id, and the merchant of the key.",
    "duplicate_in_batch": "The same approval is named twice in this call. Send each once.",
    "wrong_state": "This is decided already, or has expired. Ask anew if it is still wanted.",
    "own_approval": "Nobody decides what they asked for themselves. Ask a colleague who may.",
    "permission_denied": "You may not do this yourself, and so not approve it. Ask a colleague who may.",
    "approval_not_needed": "This is within your limit. Do it without asking.",
    "not_approvable": "The content is not what this operation takes, or names a person. Correct the named field.",
    "approval_failed": "By now it cannot be done any more, and was not. The details say why; ask anew if it can be.",
}


class AskApproval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask that somebody approves what was refused as `above_limit`. `operation` and `body` are those of the call that
    was refused; `subject` is the id in its path, if there is one. `reason` is for who decides."""

    operation: OperationId
    subject: SubjectText | None = None
    body: dict[str, Any]
    reason: ReasonText | None = None


class DecideApproval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Approve or reject. `reason` is for who asked."""

    approval_id: UUID
    reason: ReasonText | None = None


def refuse(code: str, **details: Any) -> Outcome:
    """A "no" with its sentence."""
    return no(code, MESSAGES[code], **details)
