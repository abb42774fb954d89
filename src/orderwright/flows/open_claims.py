"""Claim goods that left and with which something is wrong; none of them are to come back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orderwright import orders, returns
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import encode_id, new_ids
from orderwright.platform.outcomes import Outcome
from orderwright.returns import Claim, OpenClaim

FILING_DAYS = 60  # after shipping, as UPS, FedEx and USPS take claims


async def open_claims(
    tx: Transaction, ctx: Context, commands: Sequence[OpenClaim], *, filing_days: int = FILING_DAYS
) -> list[Outcome]:
    """Make claims, and put each down to who likely caused it. What is a carrier's is to be filed with it within
    `filing_days` of shipping. While nobody has decided, the units may still be announced to come back: the claim gives
    way.

    Permission: `claims.write`. Locks: orders. Appends `claim.opened`. Outcomes, in precedence: `order_not_found`, those
    of `refuse_open`, those of `find_cause`, `opened` (with the cause, and what is asked of the
    carrier).
    """
    ctx.require("claims.write")
    locked = await orders.lock_own_orders(tx, ctx, [command.order_id for command in commands])
    books = await returns.read_books(tx, locked)
    sent = await returns.read_sent(tx, locked)
    made: list[Claim] = []
    outcomes: list[Outcome] = []
    for command, new in zip(commands, new_ids(len(commands)), strict=True):
        order = locked.get(command.order_id)
        if order is None:
            outcomes.append(returns.refuse_claim("order_not_found"))
            continue
        book = books[order.id]
        refused = returns.refuse_open(book, command)
        cause = refused or returns.find_cause(command, sent.get(order.id, []), filing_days)
        if isinstance(cause, Outcome):
            outcomes.append(cause)
            continue
        made.append(returns.new_claim(book, new, command, cause))
        outcomes.append(Outcome(code="opened", id=new, details=_details(made[-1])))
    if made:
        act_id = await record_act(tx, ctx, "open_claims")
        await returns.append_claims(tx, made)
        story = orders.OrderStory(locked, ctx.now)
        for claim in made:
            _tell(story, claim)
        await story.write(tx, act_id)
    return outcomes


def _details(claim: Claim) -> dict[str, Any]:
    asked = {} if claim.carrier_state == "none" else {"file_by": claim.file_by}
    return {"party": claim.party, "carrier_state": claim.carrier_state.value, **asked}


def _tell(story: orders.OrderStory, claim: Claim) -> None:
    story.tell(claim.order_id, "claim.opened", {
        "claim_id": encode_id("clm", claim.id), "kind": claim.kind, "party": claim.party,
        "location_id": None if claim.location_id is None else encode_id("loc", claim.location_id),
        "parcel_id": None if claim.parcel_id is None else encode_id("pcl", claim.parcel_id),
        "lines": [{"line": line.line_n, "quantity": line.quantity} for line in claim.lines.values()],
        "carrier_state": claim.carrier_state.value,
    })  # fmt: skip
