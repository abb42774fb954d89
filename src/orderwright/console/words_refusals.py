"""What a refusal says to a person, where the interface speaks to programs of keys, fields and sending."""

from __future__ import annotations

from collections.abc import Mapping

from orderwright.api import Problem

REFUSALS: Mapping[str, str] = {
    "revision_differs": "Somebody changed the order while this form was open. Look at what changed, then decide anew.",
    "already_final": "All of it has left, or is cancelled. Make a return, an exchange or a claim instead.",
    "already_cancelled": "It is cancelled already. Nothing was changed.",
    "already_shipped": "All of it has left already. Make a return instead.",
    "being_picked": "It is being picked already. Cancel it with a recall, or take it back as a return.",
    "already_answered": "A colleague answered meanwhile, or said that no answer is needed. Nothing of yours was shown."
    " Read what was said, and send yours again if it is still needed.",
    "message_erased": "What was said was erased, so nobody can answer it.",
    "nothing_changes": "Nothing was changed: the form says what the order says already.",
    "order_not_found": "There is no such order, or it is not of your channels and locations.",
    "exceeds_refundable": "That is more than can be given back. Type less.",
    "nothing_to_refund": "Nothing was taken that could be given back.",
    "no_customer": "The order has no customer record, so there is nobody to give store credit to.",
    "customer_erased": "The customer's data was erased, so there is nobody to give store credit to.",
    "unknown_sku": "There is no SKU of this code. Look it up in the catalogue.",
    "inactive_sku": "This SKU is switched off. Activate it first, or choose another.",
    "already_there": "They are to leave from there already. Choose another location.",
    "unknown_location": "There is no such location, or it is not yours. Choose another.",
    "work_has_begun": "Somebody has begun to pick them. Let them finish, or let the location say no on the floor.",
    "unknown_fulfillment": "What they were to leave with is gone by now. Load the page, and decide anew.",
    "too_few_to_move": "Fewer units are left there by now. Load the page, and decide anew.",
    "too_few_at_location": "The location has fewer of them by now. Move fewer, or choose another.",
    "overtaken": "Somebody else was first: what this was decided on changed. Load the page, and decide anew.",
    "not_held": "Nothing holds the order any more.",
    "already_held": "It is held for this already.",
    "unstorable_value": "There is a character in it that cannot be kept. Type the text anew.",
    "permission_denied": "Your role does not include this. Ask an administrator for a role that does.",
    "idempotency_key_reused": "This form was sent already, with something else in it. Open it again.",
    "idempotency_conflict": "This form is being worked on already. Wait a moment, then load the page.",
    "overloaded": "The server has too much to do at the moment. Nothing was changed; try again in a few seconds.",
}


def refused(problem: Problem, *, approvable: bool = True) -> str:
    """What was refused, and what to do about it. `approvable`: approval can be asked for where it is shown."""
    if problem.code == "above_limit":
        what_next = "You can ask somebody to approve it, below." if approvable else "A colleague with more can do it."
        return f"{problem.detail.partition('. ')[0].rstrip('.')}. {what_next}"
    return REFUSALS.get(problem.code, problem.detail)
