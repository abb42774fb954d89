"""Codes of a "no" about messages, and what to do about each."""

from __future__ import annotations

from orderwright.messages.commands import MESSAGES_MAX, SHOPPER_PER_HOUR_MAX
from orderwright.platform.fields import METADATA_BYTES_MAX
from orderwright.platform.outcomes import Outcome, no

MESSAGES: dict[str, str] = {
    "order_not_found": "There is no such order. Check the id.",
    "customer_not_found": "There is no such customer. Check the id.",
    "message_not_found": "There is no such message. Check the id, and what the key is limited to.",
    "portal_needs_order": "The portal shows messages about orders alone. Record it for one, or name another medium.",
    "said_in_future": "A message cannot have been said after now. Correct `said_at`, or leave it out.",
    "nothing_to_answer": "Only what came in waits for an answer. Leave this out of a message that goes out.",
    "answers_nothing": "Only a message that goes out answers others. Leave `answers_until` and `if_waiting` out.",
    "already_answered": "Somebody answered meanwhile. Read what was said, then leave `if_waiting` out to add to it.",
    "message_erased": "What was said was erased, so nobody can answer it. Record what is said now as a new message.",
    "version_conflict": "Somebody settled or answered the message meanwhile. Read it, then decide anew.",
    "nothing_to_deliver": "Only a message that goes out is delivered. Leave `delivery` out.",
    "unstorable_value": "The metadata is nested too deep, or holds a NUL character. Correct it.",
    "metadata_too_large": f"The metadata has more than {METADATA_BYTES_MAX:,} bytes. Send less of it.",
    "too_many_messages": f"An order or customer has at most {MESSAGES_MAX:,} messages. Go on elsewhere.",
    "too_many_at_once": f"A shopper writes at most {SHOPPER_PER_HOUR_MAX} messages an hour. Wait, then go on.",
}


def refuse(code: str, **details: object) -> Outcome:
    """A "no" with its sentence."""
    return no(code, MESSAGES[code], **details)
