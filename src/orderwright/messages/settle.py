"""Say of messages that they were answered, need no answer, or wait for one after all."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright import customers, orders
from orderwright.messages.commands import SettleMessage
from orderwright.messages.drafts import MESSAGE_PREFIX
from orderwright.messages.errors import refuse
from orderwright.messages.queries import READ_STATES, SETTLE_MESSAGES, StateRow
from orderwright.messages.states import ANSWER_TRANSITIONS, AnswerState
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.outcomes import Outcome


async def settle_messages(tx: Transaction, ctx: Context, commands: Sequence[SettleMessage]) -> list[Outcome]:
    """Say of messages that came in whether they wait for an answer.

    Permission: `messages.write`; of messages about no order, by a caller that is not limited to channels or locations.
    Locks: customers, orders. Appends `message.settled` and `customer.message_settled`. Outcomes, in precedence:
    `message_not_found`, `nothing_to_answer` (it went out), `unchanged`, `message_erased`, `version_conflict`,
    `settled`.
    """
    ctx.require("messages.write")
    ids = [command.message_id for command in commands]
    found = await READ_STATES.fetch(tx, ids)
    theirs = [] if ctx.limited else [row.customer_id for row in found if row.customer_id is not None]
    people = {c.id: c for c in (await customers.lock_customers(tx, theirs)).values()} if theirs else {}
    locked = await orders.lock_own_orders(tx, ctx, [row.order_id for row in found if row.order_id is not None])
    seen = {
        row.id: row for row in await READ_STATES.fetch(tx, ids) if row.order_id in locked or row.customer_id in people
    }
    outcomes: list[Outcome] = []
    changes: dict[UUID, str] = {}
    before = {row.id: row.answer for row in seen.values()}
    for command in commands:
        row = seen.get(command.message_id)
        outcome = decide_settled(row, command)
        outcomes.append(outcome)
        if row is not None and outcome.code == "settled":
            seen[row.id] = row._replace(answer=command.answer, version=row.version + 1)
            changes[row.id] = command.answer
    if changes:
        act_id = await record_act(tx, ctx, "settle_messages")
        rows = [(message_id, answer, before[message_id]) for message_id, answer in changes.items()]
        await SETTLE_MESSAGES.run(tx, *columns(rows, 3), ctx.actor)
        story, of_none = orders.OrderStory(locked, ctx.now), customers.CustomerStory(people, ctx.now)
        for message_id, answer in changes.items():
            row = seen[message_id]
            data = {"message_id": encode_id(MESSAGE_PREFIX, message_id), "answer": answer}
            if row.order_id is not None:
                story.tell(row.order_id, "message.settled", data)
            elif row.customer_id is not None:
                of_none.tell(row.customer_id, "customer.message_settled", data)
        await story.write(tx, act_id)
        if any(seen[message_id].customer_id is not None for message_id in changes):
            await of_none.write(tx, act_id)
    return outcomes


def decide_settled(row: StateRow | None, command: SettleMessage) -> Outcome:
    """What becomes of it. Pure."""
    if row is None:
        return refuse("message_not_found")
    if row.direction != "in":
        return refuse("nothing_to_answer")
    wanted = AnswerState(command.answer)
    if wanted not in ANSWER_TRANSITIONS[AnswerState(row.answer)]:  # it is so, or never waited: nothing is to be settled
        return Outcome(code="unchanged", id=row.id)
    if row.erased and wanted == AnswerState.AWAITED:  # it would wait for ever: nobody can read it
        return refuse("message_erased")
    if command.version is not None and command.version != row.version:
        return refuse("version_conflict")
    return Outcome(code="settled", id=row.id)
