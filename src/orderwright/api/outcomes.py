"""Outcomes as callers see them: ids as text, and the HTTP status that a business "no" has when it stands alone."""

from __future__ import annotations

from typing import Any

import msgspec

from orderwright.api.answers import Answer, json_answer
from orderwright.api.problems import problem
from orderwright.platform.errors import InvalidRequest
from orderwright.platform.ids import encode_id
from orderwright.platform.outcomes import Outcome

# What the state of things forbids is a conflict; what the request itself has wrong is unprocessable.
_CONFLICTS = frozenset(
    "active_change_refused already_cancelled already_final already_picked already_shipped backorder_limit"
    " channel_inactive customer_known insufficient_stock kind_change_refused label_missing location_inactive"
    " tracking_number_taken"
    " no_such_hold not_cancellable order_differs order_held order_not_verified out_of_stock overtaken"
    " already_credited exceeds_returnable final_sale not_inspected not_received not_returnable not_shipped"
    " window_closed exceeds_withdrawable exempt no_goods not_offered nothing_left withdrawal_closed"
    " being_picked exceeds_due exceeds_refundable line_shipped managed_payment not_refused nothing_due"
    " refund_elsewhere revision_differs"
    " no_customer customer_erased customer_merged in_another_merge account_moved exceeds_free"
    " exceeds_claimable exceeds_worth no_parcel nothing_to_refund"
    " not_the_author too_many_notes too_many_tags too_many_attachments attachments_too_large"
    " already_deactivated belongs_elsewhere built_in_role email_taken last_administrator own_account"
    " person_active person_deactivated role_in_use too_many_roles"
    " run_finished run_unfinished too_many_runs version_conflict"
    " draft_placed too_many_drafts"
    " already_answered message_erased too_many_messages"
    " approval_failed approval_not_needed pool_change_refused stock_changed too_many_units wrong_state".split()
)
# What the key is limited to forbids.
_FORBIDDEN = frozenset(
    "above_limit channel_not_allowed exceeds_own_limits exceeds_own_role location_not_allowed own_approval"
    " permission_denied pools_not_allowed".split()
)
REFUSAL_STATUSES = (403, 404, 409, 422)


class OutcomeView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one item. `code` is stable. `ok` is false for a "no"; `message` then says what to do.

    `id` is the thing that was made or changed. `details` holds fields, codes and figures.
    """

    code: str
    ok: bool
    id: str | None = None
    message: str | None = None
    details: dict[str, Any] = msgspec.field(default_factory=dict)


class Outcomes(msgspec.Struct, frozen=True):
    """One outcome for each item of a bulk call, in the same order."""

    data: list[OutcomeView]


def status_of(code: str) -> int:
    """The HTTP status of a refusal that stands alone."""
    if code in _CONFLICTS:
        return 409
    if code.endswith("_not_found"):
        return 404
    return 403 if code in _FORBIDDEN else 422


def view_outcome(outcome: Outcome, prefix: str) -> OutcomeView:
    """An outcome with its id as text."""
    return OutcomeView(
        code=outcome.code,
        ok=outcome.ok,
        id=None if outcome.id is None else encode_id(prefix, outcome.id),
        message=outcome.message,
        details=outcome.details,
    )


def view_invalid(error: InvalidRequest) -> OutcomeView:
    """The outcome of an item that could not be decoded."""
    return OutcomeView(code="invalid_request", ok=False, message=str(error), details=error.details)


def answer_one(outcome: Outcome, prefix: str, request_id: str, status: int = 200) -> Answer:
    """The answer to a single command: its outcome, or a problem when it is a "no"."""
    if is_refusal(outcome):
        return problem(
            outcome.code, status_of(outcome.code), outcome.message or "", outcome.details, request_id=request_id
        )
    return json_answer(view_outcome(outcome, prefix), status)


def is_refusal(outcome: Outcome) -> bool:
    """Whether nothing was done. (What was done in part has no message.)"""
    return not outcome.ok and outcome.message is not None
