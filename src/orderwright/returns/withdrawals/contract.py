"""What a consumer says who withdraws from an order, and the codes of a "no"."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, get_args

import msgspec
from msgspec import Meta

from orderwright.platform.fields import Code, Quantity
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome, no
from orderwright.returns.commands import ITEMS_MAX
from orderwright.returns.policy import Exemption, Method

EXEMPTIONS: frozenset[str] = frozenset(get_args(Exemption))

MESSAGES: dict[str, str] = {
    "order_not_found": "There is no such order. Check the id.",
    "duplicate_in_batch": "The same order is named twice in this call. Send each once.",
    "not_offered": "The channel does not say that its customers are consumers in the EU. Announce a return instead.",
    "duplicate_line": "A line is named twice. Name each once, with all its units.",
    "unknown_line": "The order has no such line. Read it again.",
    "nothing_left": "Nothing is left to withdraw from: all of it is cancelled, on its way back, or back.",
    "exceeds_withdrawable": "Fewer units of this line are left to withdraw from. Ask for fewer.",
    "withdrawal_closed": "It came too late. It was kept and acknowledged; the goods may still be returned by the"
    " channel's own terms.",
    "exempt": "There is no right of withdrawal from this (article 16 of Directive 2011/83/EU). The request was kept.",
    "no_goods": "Nothing of it is sent, or only some parts of a kit have left, so it is withdrawn by hand. The request"
    " was kept; tell customer care its id.",
}
KEPT = frozenset({"withdrawal_closed", "exempt", "no_goods"})  # refusals that are stored with what was said


class WithdrawnLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`quantity` units of a line that the consumer does not want any more."""

    line: Annotated[int, Meta(ge=1)]
    quantity: Quantity


class WithdrawOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A consumer withdraws from an order: from `lines`, or from all that is left of it. No reason is asked for.

    What was sent goes back by `method` (a label, where the channel offers one) to where it came from, or to `location`.
    `reference` tells apart two statements that say the same of one order; it must not hold personal data.
    """

    order_id: UUID
    lines: Annotated[list[WithdrawnLine], Meta(min_length=1, max_length=ITEMS_MAX)] | None = None
    method: Method | None = None
    location: Code | None = None
    reference: Code | None = None


def content_hash(command: WithdrawOrder) -> bytes:
    """BLAKE2b, 32 bytes, of what was said: the order, the lines in order, the reference."""
    lines = None if command.lines is None else sorted([line.line, line.quantity] for line in command.lines)
    said = msgspec.json.encode([str(command.order_id), lines, command.reference])
    return hashlib.blake2b(said, digest_size=32).digest()


def refuse_withdrawal(code: str, **details: Any) -> Outcome:
    """A "no" with its sentence."""
    return no(code, MESSAGES[code], **details)
