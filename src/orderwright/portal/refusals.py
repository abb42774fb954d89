"""A "no" of a verb in the shopper's words: by its code, since its own sentence is for programs and staff."""

from __future__ import annotations

from http import HTTPStatus

from orderwright.api import Problem
from orderwright.portal.tongues import N_, Translate

_BEGUN = N_("Your order is being packed, so it cannot be changed any more. You can return it when it has arrived.")
_LEFT = N_("This has left already. You can return it when it has arrived.")
_FEWER = N_("So many of these are not left to choose. Go back and choose again.")
_SEEN = N_("Something about your order has changed meanwhile. Go back, look at it, and decide anew.")

SENTENCES: dict[str, str] = {
    "already_cancelled": N_("Your order is cancelled already."),
    "already_shipped": _LEFT,
    "already_final": _LEFT,
    "line_shipped": _LEFT,
    "already_picked": _BEGUN,
    "being_picked": _BEGUN,
    "not_cancellable": _FEWER,
    "unknown_line": _FEWER,
    "exceeds_returnable": _FEWER,
    "exceeds_claimable": _FEWER,
    "exceeds_withdrawable": _FEWER,
    "revision_differs": _SEEN,
    "wrong_state": _SEEN,
    "idempotency_key_reused": _SEEN,
    "nothing_changes": N_("That is how it is already, so nothing was changed."),
    "address_not_needed": N_("Nothing of this order is sent to an address."),
    "tax_unknown": N_("We cannot send this order to that place. Choose another address, or write to us."),
    "tax_partly_charged": N_("This order cannot be sent elsewhere any more. Write to us."),
    "not_shipped": N_("This has not left yet. You can cancel it instead."),
    "not_returnable": N_("This shop takes nothing back."),
    "final_sale": N_("This article was sold for good and cannot be given back."),
    "window_closed": N_("The time to give this back is over."),
    "condition_not_accepted": N_("We do not take this back in this condition."),
    "method_not_offered": N_("Goods are not taken back in this way. Choose another way."),
    "out_of_stock": N_("What you chose is sold out. Choose something else."),
    "backorder_limit": N_("What you chose is sold out. Choose something else."),
    "payment_needed": N_("What you chose costs more than what you give back. Write to us, and we arrange it."),
    "parcel_needed": N_("These came in several parcels. Report each parcel by itself."),
    "unknown_parcel": N_("These did not all come in this parcel. Report each parcel by itself."),
    "not_offered": N_("There is no right of withdrawal from this order. You may be able to return it."),
    "nothing_left": N_("Nothing is left to withdraw from: all of it is cancelled or on its way back."),
    "withdrawal_closed": N_("Your statement came after the last day. We have kept it and confirm that we received it."),
    "exempt": N_("There is no right of withdrawal from these goods. We have kept your statement and confirm it."),
    "no_goods": N_("We have kept your statement, and somebody will decide on it. We confirm that we received it."),
    "nothing_waits": N_("Nothing of your order waits any more."),
    "until_needed": N_("Choose a day in the next twelve months."),
    "nothing_to_ship": N_("Nothing of your order is here to be sent. Wait, or cancel what waits."),
    "nothing_to_cancel": N_("Nothing of your order waits for supply. You can cancel the order instead."),
    "on_its_way": N_("The goods are on their way back already."),
    "of_exchange": N_("This is part of an exchange. Write to us to undo it."),
    "too_many_at_once": N_("You wrote several messages in a short time. Wait an hour, then go on."),
    "too_many_messages": N_("There are very many messages about this order. Write to us in another way."),
    "file_type": N_("This is not a picture that we can read. Send a JPEG, PNG or WebP."),
}
UNKNOWN = N_("This cannot be done any more. Write to us, and we help.")
BUSY = N_("We are very busy just now. Nothing was changed; try again in a minute.")
TITLE = N_("This cannot be done")


def refusal_words(problem: Problem | str, translate: Translate) -> tuple[str, str]:
    """A title and a sentence for a problem, or for a code."""
    code = problem if isinstance(problem, str) else problem.code
    words = SENTENCES.get(code, UNKNOWN)
    if not isinstance(problem, str) and problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        words = BUSY
    return translate(TITLE), translate(words)
