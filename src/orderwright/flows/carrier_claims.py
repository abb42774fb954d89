"""Ask carriers for what they broke, lost or brought late, and write down what they answered. The money is not the
order's: it is kept on the claim alone."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright import orders, returns
from orderwright.flows.lock_claims import lock_claims
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import encode_id
from orderwright.platform.outcomes import Outcome
from orderwright.returns import FileCarrierClaim, SettleCarrierClaim


async def file_carrier_claims(tx: Transaction, ctx: Context, commands: Sequence[FileCarrierClaim]) -> list[Outcome]:
    """Carriers were asked for money; again, where they had denied it.

    Permission: `claims.write`. Locks: orders. Appends `claim.carrier_filed`. Outcomes, in precedence:
    `claim_not_found`, `duplicate_in_batch`, those of `file_with_carrier`, `filed`.
    """
    ctx.require("claims.write")
    locked = await lock_claims(tx, ctx, [command.claim_id for command in commands])
    going, answers = locked.decide(commands, lambda claim, c: returns.file_with_carrier(locked.book(claim), claim, c))
    if going:
        act_id = await record_act(tx, ctx, "file_carrier_claims")
        story = orders.OrderStory(locked.orders, ctx.now)
        changed = [locked.claims[i] for i in going]
        for claim in changed:
            story.tell(claim.order_id, "claim.carrier_filed", {
                "claim_id": encode_id("clm", claim.id), "expected_minor": claim.expected_minor,
                "reference": claim.carrier_reference,
            })  # fmt: skip
        await returns.change_claims(tx, changed)
        await story.write(tx, act_id)
    return [o if isinstance(o, Outcome) else Outcome(code="filed", id=o.id) for o in answers]


async def settle_carrier_claims(tx: Transaction, ctx: Context, commands: Sequence[SettleCarrierClaim]) -> list[Outcome]:
    """Carriers paid, or denied what they were asked for.

    Permission: `claims.write`. Locks: orders. Appends `claim.carrier_settled`. Outcomes, in precedence:
    `claim_not_found`, `duplicate_in_batch`, those of `settle_with_carrier`, `denied`, `paid`.
    """
    ctx.require("claims.write")
    locked = await lock_claims(tx, ctx, [command.claim_id for command in commands])
    going, answers = locked.decide(commands, lambda claim, c: returns.settle_with_carrier(locked.book(claim), claim, c))
    if going:
        act_id = await record_act(tx, ctx, "settle_carrier_claims")
        story = orders.OrderStory(locked.orders, ctx.now)
        changed = [locked.claims[i] for i in going]
        for claim in changed:
            story.tell(claim.order_id, "claim.carrier_settled", {
                "claim_id": encode_id("clm", claim.id), "carrier_state": claim.carrier_state.value,
                "recovered_minor": claim.recovered_minor, "reason": claim.carrier_reason,
            })  # fmt: skip
        await returns.change_claims(tx, changed)
        await story.write(tx, act_id)
    return [o if isinstance(o, Outcome) else Outcome(code=o.carrier_state.value, id=o.id) for o in answers]
