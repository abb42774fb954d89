"""Read claims, and how their lines left; write what changed in them. Callers hold the orders' locks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID
from orderwright.returns.claim_queries import (
    APPEND_CLAIM_LINES,
    APPEND_CLAIMS,
    CHANGE_CLAIM_LINES,
    CHANGE_CLAIMS,
    ORDERS_OF_CLAIMS,
    READ_CLAIMS,
    READ_SENT,
    ClaimRow,
    SentRow,
)
from orderwright.returns.claim_states import CarrierState, ClaimState
from orderwright.returns.claims import Claim, ClaimLine

_OF_LINE = ("line_n", "quantity", "credited", "replaced", "lines_minor", "discounts_minor", "tax_minor",
            "shipping_minor")  # fmt: skip


async def orders_of_claims(tx: Transaction, claim_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Which orders claims are of. One statement."""
    return {row.id: row.order_id for row in await ORDERS_OF_CLAIMS.fetch(tx, list(set(claim_ids)))}


async def read_sent(tx: Transaction, order_ids: Iterable[UUID]) -> dict[UUID, list[SentRow]]:
    """How the lines of orders left. One statement."""
    sent: dict[UUID, list[SentRow]] = {}
    for row in await READ_SENT.fetch(tx, list(order_ids)):
        sent.setdefault(row.order_id, []).append(row)
    return sent


async def read_claims(tx: Transaction, order_ids: Iterable[UUID]) -> list[Claim]:
    """The claims of orders, oldest first of each. One statement."""
    claims: dict[UUID, Claim] = {}
    for row in await READ_CLAIMS.fetch(tx, list(order_ids)):
        claim = claims.get(row.id) or _claim(row)
        claims[row.id] = claim
        line = {name: getattr(row, name) for name in _OF_LINE}
        claim.lines[row.line_n] = ClaimLine(claim_id=row.id, order_id=row.order_id, **line)
    return list(claims.values())


def _claim(row: ClaimRow) -> Claim:
    state, carrier_state = ClaimState(row.state), CarrierState(row.carrier_state)
    facts: dict[str, Any] = {name: value for name, value in row._asdict().items() if name not in _OF_LINE}
    facts |= {"state": state, "carrier_state": carrier_state, "before": state, "carrier_before": carrier_state}
    return Claim(**facts)


async def append_claims(tx: Transaction, claims: Sequence[Claim]) -> None:
    """Write new claims with their lines. Two statements, or none."""
    await APPEND_CLAIMS.run(tx, [
        (c.id, c.order_id, c.kind, c.state.value, c.party, c.location_id, c.parcel_id, c.carrier_state.value, c.file_by)
        for c in claims
    ])  # fmt: skip
    lines = [line for claim in claims for line in claim.lines.values()]
    await APPEND_CLAIM_LINES.run(tx, [(n.claim_id, n.line_n, n.order_id, n.quantity) for n in lines])


async def change_claims(tx: Transaction, claims: Sequence[Claim]) -> None:
    """Write claims that were there before as they are by now. One statement."""
    rows = [
        (
            c.id, str(c.before), c.state.value, c.party, c.resolution, c.reason, c.child_order_id, c.allowance_minor,
            str(c.carrier_before), c.carrier_state.value, c.file_by, c.carrier_reference, c.carrier_reason,
            c.expected_minor, c.recovered_minor,
        )
        for c in claims
    ]  # fmt: skip
    await CHANGE_CLAIMS.run(tx, *columns(rows, 15))


async def settle_claim_lines(tx: Transaction, claims: Sequence[Claim]) -> None:
    """Write what became of the lines of claims. One statement, or none."""
    rows = [
        (n.claim_id, n.line_n, n.credited, n.replaced, n.lines_minor, n.discounts_minor, n.tax_minor, n.shipping_minor)
        for claim in claims
        for n in claim.lines.values()
    ]
    if rows:
        await CHANGE_CLAIM_LINES.run(tx, *columns(rows, 8))
