"""Record messages: what shoppers said, and what they were told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec

from orderwright import customers, orders
from orderwright.messages.commands import RecordCustomerMessage, RecordMessage
from orderwright.messages.drafts import (
    MESSAGE_PREFIX,
    Command,
    Count,
    decide_message,
    is_shopper,
    reference_hash,
    row_of,
)
from orderwright.messages.queries import ANSWER_MESSAGES, COUNT_MESSAGES, INSERT_MESSAGES, MESSAGES_BY_REFERENCE
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID, encode_id, new_ids
from orderwright.platform.outcomes import Outcome

LATELY = timedelta(hours=1)
_WIDTH = 14
# Told by id and medium, never by words (law T5).
_TOLD = {"in": "message.received", "out": "message.sent"}
_TOLD_OF_NONE = {"in": "customer.message_received", "out": "customer.message_sent"}


async def record_messages(tx: Transaction, ctx: Context, commands: Sequence[RecordMessage]) -> list[Outcome]:
    """Keep what was said about orders. One with a reference is kept once.

    Permission: `messages.write`. Locks: orders. Appends `message.received` and `message.sent`. Outcomes, in precedence:
    `order_not_found`, `already_recorded` (the id is that of the first), those of `decide_message`, `recorded`.
    """
    ctx.require("messages.write")
    locked = await orders.lock_own_orders(tx, ctx, [c.order_id for c in commands])
    outcomes, kept = await _keep(tx, ctx, commands, locked)
    if kept:
        story = orders.OrderStory(locked, ctx.now)
        for message_id, command in kept.items():
            data = {"message_id": encode_id(MESSAGE_PREFIX, message_id), "medium": command.medium}
            story.tell(command.order_id, _TOLD[command.direction], data)
        await story.write(tx, await record_act(tx, ctx, "record_messages"))
    return outcomes


async def record_customer_messages(
    tx: Transaction, ctx: Context, commands: Sequence[RecordCustomerMessage]
) -> list[Outcome]:
    """Keep what was said with customers about no order. One with a reference is kept once.

    Permission: `messages.write`, by a caller that is not limited to channels or locations. Locks: customers. Appends
    `customer.message_received` and `customer.message_sent`. Outcomes, in precedence: `customer_not_found` (nobody of
    that id, or erased), `already_recorded` (the id is that of the first), those of `decide_message`, `recorded`.
    """
    ctx.require("messages.write")
    ctx.require_unlimited("A message about no order is of all channels and locations.")
    found = await customers.lock_customers(tx, [c.customer_id for c in commands])
    commands = [  # what is said to one who was merged is said to the one who was kept
        msgspec.structs.replace(c, customer_id=found[c.customer_id].id) if c.customer_id in found else c
        for c in commands
    ]
    locked = {customer.id: customer for customer in found.values() if not customer.erased}
    outcomes, kept = await _keep(tx, ctx, commands, locked)
    if kept:
        story = customers.CustomerStory(locked, ctx.now)
        for message_id, command in kept.items():
            data = {"message_id": encode_id(MESSAGE_PREFIX, message_id), "medium": command.medium}
            story.tell(command.customer_id, _TOLD_OF_NONE[command.direction], data)
        await story.write(tx, await record_act(tx, ctx, "record_customer_messages"))
    return outcomes


async def _keep(
    tx: Transaction, ctx: Context, commands: Sequence[Any], locked: Mapping[UUID, Any]
) -> tuple[list[Outcome], dict[UUID, Any]]:
    """Decide about messages and write those that are new: the outcomes, and the commands of new ones by id.

    Two statements; one more each where some have a reference, and where some answer others.
    """
    subjects = [_subject(command) for command in commands]
    hashes = [reference_hash(command, tx.hash_key) for command in commands]
    counts: dict[UUID, Count] = {}
    if locked:
        of_orders = [i for i, c in zip(subjects, commands, strict=True) if i in locked and isinstance(c, RecordMessage)]
        of_customers = [i for i in subjects if i in locked and i not in set(of_orders)]
        rows = await COUNT_MESSAGES.fetch(tx, of_orders, of_customers, ctx.now - LATELY)
        counts = {row.subject_id: Count(row.messages, row.lately, row.waiting_since) for row in rows}
    before = await _known(tx, commands, hashes) if locked else {}
    outcomes: list[Outcome] = []
    drafts: dict[UUID, tuple[int, Any]] = {}
    for n, (command, new) in enumerate(zip(commands, new_ids(len(commands)), strict=True)):
        subject, hashed = subjects[n], hashes[n]
        key = None if hashed is None else (command.medium, hashed)
        if subject in locked and key in before:
            outcomes.append(Outcome(code="already_recorded", id=before[key]))
            continue
        outcome = decide_message(ctx, command, subject in locked, counts.get(subject, Count()), new)
        outcomes.append(outcome)
        if outcome.ok:
            counts[subject] = counts.get(subject, Count()).one_more(is_shopper(ctx), command.answers_until)
            drafts[new] = n, row_of(ctx, command, new, hashed)
            if key is not None:
                before[key] = new
    if not drafts:
        return outcomes, {}
    written = await INSERT_MESSAGES.fetch(tx, *columns([row for _, row in drafts.values()], _WIDTH))
    kept = {row.id for row in written}
    if len(kept) < len(drafts):  # somebody kept the same in the middle of this, for another order
        theirs = await _known(tx, commands, hashes)
        for new, (n, _) in drafts.items():
            if new not in kept:
                outcomes[n] = Outcome(code="already_recorded", id=theirs[commands[n].medium, hashes[n] or b""])
    fresh = {new: commands[n] for new, (n, _) in drafts.items() if new in kept}
    await _answer(tx, ctx, fresh.values())
    return outcomes, fresh


async def _known(
    tx: Transaction, commands: Sequence[Command], hashes: Sequence[bytes | None]
) -> dict[tuple[str, bytes] | None, UUID]:
    """The ids of messages that came before, by medium and hash. One statement, or none."""
    asked = [(c.medium, hashed) for c, hashed in zip(commands, hashes, strict=True) if hashed is not None]
    if not asked:
        return {}
    return {
        (row.medium, row.reference_hash): row.id for row in await MESSAGES_BY_REFERENCE.fetch(tx, *columns(asked, 2))
    }


async def _answer(tx: Transaction, ctx: Context, commands: Any) -> None:
    """What waits is answered, by messages that say so. One statement, or none."""
    rows = [
        (
            c.order_id if isinstance(c, RecordMessage) else None,
            c.customer_id if isinstance(c, RecordCustomerMessage) else None,
            c.answers_until,
            ctx.actor,
        )
        for c in commands
        if c.answers_until is not None
    ]
    if rows:
        await ANSWER_MESSAGES.run(tx, *columns(rows, 4))


def _subject(command: Command) -> UUID:
    return command.order_id if isinstance(command, RecordMessage) else command.customer_id
