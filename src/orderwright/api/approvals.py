"""Approvals over HTTP: asked for, listed, approved, rejected."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.cursors import decode_cursor, encode_cursor
from orderwright.api.operations import Operation, operation
from orderwright.api.verbs import VerbRoute, operations_of
from orderwright.approvals import (
    LIST_APPROVALS,
    READ_APPROVAL,
    ApprovalRow,
    ApprovalState,
    AskApproval,
    DecideApproval,
)
from orderwright.flows.ask_approvals import ask_approvals
from orderwright.flows.decide_approvals import approve, reject
from orderwright.platform.errors import NotFound
from orderwright.platform.ids import UUID, encode_id

_TAG = "Approvals"
_LAST = UUID(b"\xff" * 16)
_decode_id = msgspec.json.Decoder(tuple[uuid.UUID]).decode


class ApprovalView(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asked for. `body` is that of the operation; `figures` say the limit (`max`), what was used of it
    within 24 hours and what is asked, in minor units or units of a SKU. `outcome` is what the verb said when it ran."""

    id: str
    operation: str
    subject: str | None
    body: dict[str, Any]
    figures: dict[str, Any]
    state: str
    asked_by: str
    asked_reason: str | None
    decided_by: str | None
    decided_reason: str | None
    outcome: dict[str, Any] | None
    created_at: datetime
    expires_at: datetime
    decided_at: datetime | None


class ApprovalPage(msgspec.Struct, frozen=True):
    """Newest first. `next`, unless null, is the `after` of the page that follows."""

    data: list[ApprovalView]
    next: str | None


class ListApprovals(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`state`: only those. `mine`: only what the caller asked, which is all that one sees who may not decide."""

    state: ApprovalState | None = None
    mine: bool = False
    after: Annotated[str, Meta(max_length=200)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


@operation("GET", "/v1/approvals", tag=_TAG, scope="approvals.ask", answer=ApprovalPage)
async def list_approvals(call: Call, query: ListApprovals) -> Answer:
    """List what was asked for."""
    asked_by = call.ctx.actor if query.mine else _own(call)
    before = UUID(decode_cursor(query.after, _decode_id)[0].bytes) if query.after else _LAST
    rows = await call.look(lambda tx: LIST_APPROVALS.fetch(tx, query.state, asked_by, before, query.limit + 1))
    shown = rows[: query.limit]
    more = encode_cursor((shown[-1].id,)) if len(rows) > query.limit else None
    return json_answer(ApprovalPage([_view(row) for row in shown], more))


@operation("GET", "/v1/approvals/{approval_id}", tag=_TAG, scope="approvals.ask", answer=ApprovalView, refusals=(404,))
async def read_approval(call: Call) -> Answer:
    """Read what was asked for, and what became of it."""
    approval_id = call.id("approval_id")
    row = await call.look(lambda tx: READ_APPROVAL.first(tx, approval_id, _own(call)))
    if row is None:
        raise NotFound
    return json_answer(_view(row))


def _own(call: Call) -> str | None:
    """Whose approvals the caller sees: everybody's (None), or their own."""
    all_of_them = call.ctx.may("approvals.decide") and not call.ctx.limited
    return None if all_of_them else call.ctx.actor


def _view(row: ApprovalRow) -> ApprovalView:
    return ApprovalView(
        id=encode_id("apr", row.id), operation=row.operation, subject=row.subject,
        body=msgspec.json.decode(row.body), figures=msgspec.json.decode(row.figures), state=row.state,
        asked_by=row.asked_by, asked_reason=row.asked_reason, decided_by=row.decided_by,
        decided_reason=row.decided_reason, outcome=None if row.outcome is None else msgspec.json.decode(row.outcome),
        created_at=row.created_at, expires_at=row.expires_at, decided_at=row.decided_at,
    )  # fmt: skip


_ROUTES = [
    VerbRoute(
        id="ask_approval",
        verb=ask_approvals,
        command=AskApproval,
        one="/v1/approvals",
        many="/v1/approvals/ask",
        tag=_TAG,
        scope="approvals.ask",
        prefix="apr",
        does="Ask for approval of what is above one's limit",
        does_many="Ask for approval of up to 1,000 things above one's limit",
        more="What was refused as `above_limit`, with the same content. It is tried first, and nothing of that stays.",
        example={
            "operation": "refund_order", "subject": "ord_01j9zqtf0seqbr9w7r1c4rkz2m",
            "body": {"amount": {"amount": 9900, "currency": "USD"}, "reason": "damaged"}, "reason": "box was crushed",
        },
    ),
    VerbRoute(
        id="approve",
        verb=approve,
        command=DecideApproval,
        one="/v1/approvals/{approval_id}/approve",
        many="/v1/approvals/approve",
        tag=_TAG,
        scope="approvals.decide",
        prefix="apr",
        does="Approve what was asked for, which does it",
        does_many="Approve up to 1,000 things, which does them",
        more="As the approver, within their own limits, on behalf of who asked; once, whoever approves too.",
        subject="approval_id",
        example={"reason": "seen the photo"},
    ),
    VerbRoute(
        id="reject_approval",
        verb=reject,
        command=DecideApproval,
        one="/v1/approvals/{approval_id}/reject",
        many="/v1/approvals/reject",
        tag=_TAG,
        scope="approvals.decide",
        prefix="apr",
        does="Reject what was asked for",
        does_many="Reject up to 1,000 things that were asked for",
        subject="approval_id",
        example={"reason": "offer a replacement first"},
    ),
]  # fmt: skip

APPROVALS: list[Operation] = [
    list_approvals,
    read_approval,
    *(made for spec in _ROUTES for made in operations_of(spec)),
]
