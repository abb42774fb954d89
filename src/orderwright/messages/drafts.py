"""What becomes of a message that somebody records. Pure."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from orderwright.messages.commands import (
    MESSAGES_MAX,
    SHOPPER,
    SHOPPER_PER_HOUR_MAX,
    SYSTEM,
    RecordCustomerMessage,
    RecordMessage,
)
from orderwright.messages.errors import refuse
from orderwright.messages.states import AnswerState
from orderwright.platform.context import Context
from orderwright.platform.ids import UUID
from orderwright.platform.json_values import refuse_json
from orderwright.platform.outcomes import Outcome

MESSAGE_PREFIX = "msg"
CLOCKS_DIFFER = timedelta(minutes=5)  # by which another's clock may be ahead of ours
_HASH_BYTES = 16

Command = RecordMessage | RecordCustomerMessage


class Count(NamedTuple):
    """How many messages there are of an order or customer, how many a shopper wrote in the portal lately, and when the
    first that waits for an answer was recorded."""

    messages: int = 0
    lately: int = 0
    waiting_since: datetime | None = None

    def one_more(self, by_shopper: bool, answers_until: datetime | None = None) -> Count:
        """With another one, which answers what waits."""
        waiting_since = self.waiting_since if answers_until is None else None
        return Count(self.messages + 1, self.lately + by_shopper, waiting_since)

    def waits(self, until: datetime | None) -> bool:
        """Whether something waits that was recorded by a moment, or at all."""
        return self.waiting_since is not None and (until is None or self.waiting_since <= until)


def reference_hash(command: Command, key: bytes) -> bytes | None:
    """What a message is known by when it comes again; None without a reference. `key`: of the installation."""
    if command.reference is None:
        return None
    text = f"{command.medium}\0{command.reference}".encode()
    return hashlib.blake2b(text, key=key[:64], digest_size=_HASH_BYTES, person=b"message").digest()


def decide_message(ctx: Context, command: Command, known: bool, count: Count, new: UUID) -> Outcome:  # noqa: PLR0911
    """What becomes of a message that is not kept yet. `known`: its order or customer is there; `count`: what that has.

    Precedence: `order_not_found` or `customer_not_found`, `portal_needs_order`, `said_in_future`, `nothing_to_answer`,
    `answers_nothing`, `nothing_to_deliver`, `already_answered`, `unstorable_value`, `metadata_too_large`,
    `too_many_messages`, `too_many_at_once`, `recorded`.
    """
    if not known:
        return refuse("order_not_found" if isinstance(command, RecordMessage) else "customer_not_found")
    if isinstance(command, RecordCustomerMessage) and command.medium == "portal":
        return refuse("portal_needs_order")
    if command.said_at is not None and command.said_at > ctx.now + CLOCKS_DIFFER:
        return refuse("said_in_future")
    if command.direction == "out" and command.needs_answer:
        return refuse("nothing_to_answer")
    if command.direction == "in" and (command.answers_until is not None or command.if_waiting):
        return refuse("answers_nothing")
    if command.direction == "in" and command.delivery != "none":
        return refuse("nothing_to_deliver")
    if command.if_waiting and not count.waits(command.answers_until):
        return refuse("already_answered")
    wrong = refuse_json(command.metadata) if command.metadata else None
    if wrong is not None:
        return refuse(wrong, field="metadata")
    if count.messages >= MESSAGES_MAX:
        return refuse("too_many_messages")
    if is_shopper(ctx) and count.lately >= SHOPPER_PER_HOUR_MAX:
        return refuse("too_many_at_once")
    return Outcome(code="recorded", id=new)


def is_shopper(ctx: Context) -> bool:
    """Whether a shopper acts, in the portal."""
    return ctx.actor.startswith("shopper:")


def answer_of(command: Command) -> AnswerState:
    """Whether a new message waits for an answer. Who calls was answered on the telephone."""
    if command.direction == "out":
        return AnswerState.NONE
    asks = command.medium != "phone" if command.needs_answer is None else command.needs_answer
    return AnswerState.AWAITED if asks else AnswerState.NONE


def author_of(ctx: Context, command: Command) -> str:
    """Who said it: the shopper, a program, or whoever records it."""
    if command.direction == "in":
        return SHOPPER
    return SYSTEM if command.automatic else ctx.actor


def row_of(ctx: Context, command: Command, new: UUID, hashed: bytes | None) -> tuple[Any, ...]:
    """A message as it is written."""
    said_at: datetime = min(command.said_at or ctx.now, ctx.now)
    return (
        new, command.order_id if isinstance(command, RecordMessage) else None,
        command.customer_id if isinstance(command, RecordCustomerMessage) else None,
        command.direction, command.medium, author_of(ctx, command), ctx.actor, command.words, command.reference, hashed,
        msgspec.json.encode(command.metadata).decode(), command.delivery, answer_of(command), said_at,
    )  # fmt: skip
