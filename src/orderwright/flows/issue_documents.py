"""The document stage: invoice what is to be invoiced, credit what is too much, acknowledge money that came."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright import orders
from orderwright.payments import documents
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.work import finish_work


async def issue_documents(tx: Transaction, ctx: Context, order_ids: Sequence[UUID]) -> list[documents.NewDocument]:
    """Issue the documents that orders are missing by now; those of channels that want none, and those that miss
    nothing, are left alone.

    Permission: `documents.issue`. Locks: orders, then the series of the numbers. Appends `document.issued` for each.
    Eighteen statements for any number of orders, eleven where nothing is missing.
    """
    ctx.require("documents.issue")
    locked = await orders.lock_orders(tx, order_ids)
    missing = await documents.missing_documents(tx, locked)
    made: list[documents.NewDocument] = []
    if missing:
        act_id = await record_act(tx, ctx, "issue_documents")
        made = await documents.write_documents(tx, act_id, missing, ctx.now)
        story = orders.OrderStory(locked, ctx.now)
        for one in made:
            data = {"document_id": encode_id("doc", one.id), "kind": one.kind, "number": one.number}
            story.tell(one.order_id, "document.issued", data)
        await story.write(tx, act_id)
    await finish_work(tx, "document", order_ids)
    return made
