"""Read what a withdrawal is decided by, and write it down. Callers hold the orders' locks."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from orderwright.orders import ComponentRow, LockedOrder
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.returns.book_io import read_books, read_policies
from orderwright.returns.withdrawals.facts import Withdrawal, WithdrawFacts
from orderwright.returns.withdrawals.queries import (
    APPEND_WITHDRAWAL_LINES,
    APPEND_WITHDRAWALS,
    READ_EARLIER,
    READ_WITHDRAWABLE,
    WITHDRAWALS_PAGE,
    EarlierRow,
    KeptRow,
    WithdrawableRow,
)

_FIRST = uuid.UUID(int=0)


async def read_facts(
    tx: Transaction, locked: Mapping[UUID, LockedOrder], components: Mapping[UUID, Sequence[ComponentRow]]
) -> dict[UUID, WithdrawFacts]:
    """Locked orders as withdrawals see them. Ten statements."""
    ids = list(locked)
    books = await read_books(tx, ids)
    policies = await read_policies(tx, [order.channel_id for order in locked.values()])
    texts: dict[UUID, dict[int, WithdrawableRow]] = {}
    for row in await READ_WITHDRAWABLE.fetch(tx, ids):
        texts.setdefault(row.order_id, {})[row.line_n] = row
    earlier: dict[UUID, list[EarlierRow]] = {}
    for said in await READ_EARLIER.fetch(tx, ids):
        earlier.setdefault(said.order_id, []).append(said)
    facts = {}
    for order_id, order in locked.items():
        parts: dict[int, list[ComponentRow]] = {}
        for part in components.get(order_id, ()):
            parts.setdefault(part.line_n, []).append(part)
        facts[order_id] = WithdrawFacts(
            book=books[order_id], components=parts, texts=texts.get(order_id, {}),
            policy=policies[order.channel_id], earlier=earlier.get(order_id, ()),
        )  # fmt: skip
    return facts


async def write_withdrawals(tx: Transaction, act_id: UUID, made: Sequence[Withdrawal]) -> None:
    """Keep statements. Two statements, or none."""
    await APPEND_WITHDRAWALS.run(tx, [
        (w.id, w.order_id, w.code, w.whole, w.reference, w.content_hash, w.received_at, w.zone, w.policy_version,
         w.closes_on, w.send_back_by, w.refund_by, w.return_id, w.label_fee_minor, act_id)
        for w in made
    ])  # fmt: skip
    await APPEND_WITHDRAWAL_LINES.run(tx, [
        (w.id, n.line_n, w.order_id, n.code, n.name, n.quantity, n.cancelled, n.returned, n.refused, n.exemption,
         n.shipping_minor, n.tax_minor)
        for w in made for n in w.lines
    ])  # fmt: skip


async def read_withdrawals(
    tx: Transaction,
    ctx: Context,
    *,
    withdrawal_id: UUID | None = None,
    order_id: UUID | None = None,
    after: uuid.UUID = _FIRST,
    limit: int = 1,
) -> list[KeptRow]:
    """A page of withdrawals as they are kept, oldest first, or one; of orders that the caller may see. Needs
    `returns.read`. One statement."""
    ctx.require("returns.read")
    channels = None if ctx.channels is None else list(ctx.channels)
    locations = None if ctx.locations is None else list(ctx.locations)
    return await WITHDRAWALS_PAGE.fetch(tx, withdrawal_id, order_id, channels, locations, after, limit)
