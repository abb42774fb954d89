"""What may be said of messages: that one was said, and whether it still waits for an answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, field

from orderwright.platform.fields import NO_NUL, Metadata
from orderwright.platform.ids import UUID

WORDS_MAX = 10_000  # characters
REFERENCE_MAX = 500
MESSAGES_MAX = 1_000  # of an order, or of a customer about no order
SHOPPER_PER_HOUR_MAX = 10  # that a shopper writes in the portal about an order
SHOPPER = "shopper"
SYSTEM = "system"

Direction = Literal["in", "out"]
Medium = Literal["portal", "phone", "e_mail", "chat", "post"]
Delivery = Literal["none", "sent", "delivered", "failed"]
Settled = Literal["awaited", "answered", "not_needed"]
Words = Annotated[str, Meta(min_length=1, max_length=WORDS_MAX, pattern=NO_NUL)]
Reference = Annotated[str, Meta(min_length=1, max_length=REFERENCE_MAX, pattern=NO_NUL)]
Instant = Annotated[datetime, Meta(tz=True)]


class _Said(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    direction: Direction
    medium: Medium
    words: Words
    said_at: Instant | None = None
    needs_answer: bool | None = None
    answers_until: Instant | None = None
    if_waiting: bool = False
    automatic: bool = False
    delivery: Delivery = "none"
    reference: Reference | None = None
    metadata: Metadata = field(default_factory=dict)


class RecordMessage(_Said, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message about an order: what a shopper said (`in`) or was told (`out`). One to the portal is shown there, and
    no other. Nothing is sent: who sends says here what it sent, and how that went (`delivery`).

    `needs_answer`: whether somebody is to answer; left out, what comes in is, unless it was said on the telephone.
    `answers_until`: with this message, what came in and was recorded by then is answered. `if_waiting`: keep it only
    while something of that waits, so that of two who answer at once the later is told (`already_answered`).
    `automatic`: a program said it, no person. `reference`: what the message is called where it comes from; with the
    medium it is kept once, however often it is sent. It is erased with the order's people."""

    order_id: UUID


class RecordCustomerMessage(_Said, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message of a customer about no order. See RecordMessage. The portal shows none of them."""

    customer_id: UUID


class SettleMessage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Say of a message that came in that it was answered, needs no answer, or waits for one (`awaited`).

    `version`: of the message that was looked at; where somebody changed it meanwhile, it is refused."""

    message_id: UUID
    answer: Settled
    version: int | None = None
