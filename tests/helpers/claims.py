"""Claims at a desk: orders that were shipped and paid, and what is claimed of them."""

from __future__ import annotations

from typing import Any

from orderwright.flows.carrier_claims import file_carrier_claims, settle_carrier_claims
from orderwright.flows.open_claims import open_claims
from orderwright.flows.resolve_claims import reject_claims, resolve_claims
from orderwright.orders.contract import Amount
from orderwright.platform.ids import UUID, decode_id
from orderwright.platform.outcomes import Outcome
from orderwright.returns import (
    ClaimedLine,
    FileCarrierClaim,
    OpenClaim,
    RejectClaim,
    ResolveClaim,
    SettleCarrierClaim,
)
from tests.helpers.returns import ReturnsDesk


class ClaimsDesk(ReturnsDesk):
    """Drives claims of one merchant. The books are audited after each verb."""

    async def open(self, order_id: UUID, kind: Any, *lines: tuple[int, int], **fields: Any) -> Outcome:
        """Claim lines, as (n, units)."""
        named = [ClaimedLine(line=n, quantity=units) for n, units in lines]
        [outcome] = await self.desk.run(open_claims, [OpenClaim(order_id=order_id, kind=kind, lines=named, **fields)])
        return outcome  # type: ignore[no-any-return]

    async def opened(self, order_id: UUID, kind: Any, *lines: tuple[int, int], **fields: Any) -> UUID:
        """Claim lines, which is taken; returns the claim's id."""
        outcome = await self.open(order_id, kind, *lines, **fields)
        assert outcome.code == "opened", outcome
        assert outcome.id is not None
        return outcome.id

    async def resolve_claim(self, claim_id: UUID, resolution: Any, **fields: Any) -> Outcome:
        """What the customer gets; `amount` in cents."""
        if "amount" in fields:
            fields["amount"] = Amount(fields["amount"], "USD")
        command = ResolveClaim(claim_id=claim_id, resolution=resolution, **fields)
        [outcome] = await self.desk.run(resolve_claims, [command])
        return outcome  # type: ignore[no-any-return]

    async def reject(self, claim_id: UUID, reason: str = "not_proven") -> Outcome:
        """Nothing comes of it."""
        [outcome] = await self.desk.run(reject_claims, [RejectClaim(claim_id=claim_id, reason=reason)])
        return outcome  # type: ignore[no-any-return]

    async def file(self, claim_id: UUID, cents: int, reference: str | None = "CLM-77") -> Outcome:
        """The carrier was asked."""
        command = FileCarrierClaim(claim_id=claim_id, amount=Amount(cents, "USD"), reference=reference)
        [outcome] = await self.desk.run(file_carrier_claims, [command])
        return outcome  # type: ignore[no-any-return]

    async def answered(self, claim_id: UUID, cents: int | None = None, reason: str = "denied") -> Outcome:
        """The carrier paid so much, or denied."""
        paid = None if cents is None else Amount(cents, "USD")
        command = SettleCarrierClaim(claim_id=claim_id, paid=paid, reason=reason)
        [outcome] = await self.desk.run(settle_carrier_claims, [command])
        return outcome  # type: ignore[no-any-return]

    async def claim(self, claim_id: UUID) -> dict[str, Any]:
        """A claim's row."""
        [row] = await self.desk.fetch("SELECT * FROM claim WHERE id = $1", claim_id)
        return dict(row)


def child_of(outcome: Outcome) -> UUID:
    """The order that was placed for a resolved claim."""
    assert outcome.code == "resolved", outcome
    return decode_id("ord", outcome.details["child_order_id"])
