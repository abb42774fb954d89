"""What is wrong with the books of claims is found by the audit; claims that wait too long are listed as stuck."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orderwright.insights import WAITING, read_stuck
from orderwright.insights.audit import audit
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID
from orderwright.returns import CARRIER_TRANSITIONS, CLAIM_TRANSITIONS
from tests.helpers.claims import ClaimsDesk
from tests.helpers.desk import Desk

AGES = {state.name: timedelta(seconds=state.max_age_s) for state in WAITING}

# An entry of a claim, once more.
_TWICE = """INSERT INTO money_entry (id, order_id, debit, credit, amount_minor, kind, subject_id, act_id, happened_at)
SELECT gen_random_uuid(), order_id, debit, credit, amount_minor, kind, subject_id, act_id, happened_at
FROM money_entry WHERE kind = '{}'"""


@pytest.fixture
def care(database: Database) -> ClaimsDesk:
    return ClaimsDesk(Desk(database))


async def some_claims(care: ClaimsDesk) -> UUID:
    """Of six units one is refunded, one sent again, one came late, one is claimed, and the refunded one turned up.
    Returns the order."""
    shop, order_id = await care.sale(6)
    for kind, how in (("lost", "refund"), ("missing", "reship"), ("late", "allowance")):
        claim_id = await care.opened(order_id, kind, (1, 1))
        fields = {"amount": 500} if how == "allowance" else {}
        assert (await care.resolve_claim(claim_id, how, **fields)).code == "resolved"
    await care.opened(order_id, "damaged", (1, 1))
    await care.terms(shop.channel.code, refund_on="receipt")
    parked = await care.park(shop.locations[0].code, (shop.skus[0], 1))
    assert parked.id is not None
    assert (await care.resolve(parked.id, order_id)).code == "matched"
    return order_id


@pytest.mark.parametrize(
    "wrong",
    [
        "UPDATE claim_line SET lines_minor = lines_minor + 1 WHERE credited > 0",
        "UPDATE claim_line SET tax_minor = 1",
        "UPDATE claim_line SET shipping_minor = 1",
        "UPDATE claim SET allowance_minor = 501 WHERE resolution = 'allowance'",
        _TWICE.format("claim"),
        _TWICE.format("claim_allowance"),
        "DELETE FROM claim WHERE resolution = 'refund'",
        "DELETE FROM claim_line",
        "UPDATE claim_line SET replaced = 1 WHERE credited + replaced = 0",
        "UPDATE claim_line SET replaced = 0",
        "UPDATE claim_line SET claim_id = gen_random_uuid()",
        "UPDATE claim_line SET line_n = 2",
        "UPDATE claim_line SET quantity = 2 WHERE replaced = 1",
        "UPDATE claim_line SET quantity = 9, replaced = 9 WHERE replaced = 1",
        "UPDATE claim SET child_order_id = order_id WHERE child_order_id IS NOT NULL",
        "UPDATE return_line SET claimed = 2",
    ],
)
async def test_a_fault_is_found(care: ClaimsDesk, database: Database, wrong: str) -> None:
    await some_claims(care)
    async with database.transaction("acme") as tx:
        await tx.execute(wrong)
    async with database.transaction("acme") as tx:
        assert "m1_claims" in {violation.check for violation in await audit(tx)}


async def test_a_unit_that_a_return_and_a_claim_gave_back_is_found(care: ClaimsDesk, database: Database) -> None:
    await some_claims(care)
    async with database.transaction("acme") as tx:
        await tx.execute("UPDATE return_line SET credited = 6")
    async with database.transaction("acme") as tx:
        assert "m1_returns" in {violation.check for violation in await audit(tx)}


# ---- what waits too long (law T4) ----


def test_every_open_state_is_watched() -> None:
    assert {state.value for state, targets in CLAIM_TRANSITIONS.items() if targets} == {"open"}
    # Not the carrier's, and denied, are ends that may be left again.
    asked = {state.value for state, targets in CARRIER_TRANSITIONS.items() if targets} - {"none", "denied"}
    assert {state.name for state in WAITING if state.at == "claim"} == {"claim_open", *(f"claim_{s}" for s in asked)}


@pytest.mark.parametrize("name", ["claim_open", "claim_due", "claim_filed"])
async def test_a_claim_is_stuck_when_its_state_lasts_too_long(care: ClaimsDesk, database: Database, name: str) -> None:
    _, order_id = await care.sale(1)
    claim_id = await care.opened(order_id, "lost", (1, 1))
    if name == "claim_filed":
        await care.file(claim_id, 1999)

    async def listed(seconds: int) -> list[tuple[UUID, UUID | None, str | None]]:
        column = "entered_at" if name == "claim_open" else "carrier_entered_at"
        entered = await care.desk.value(f"SELECT {column} FROM claim")
        async with database.transaction("acme", read_only=True) as tx:
            found = await read_stuck(tx, entered + AGES[name] + timedelta(seconds=seconds))
        return [(row.subject_id, row.order_id, row.detail) for row in found.oldest if row.state == name]

    assert await listed(-5) == []
    assert await listed(5) == [(claim_id, order_id, "lost")]
    if name == "claim_open":
        await care.resolve_claim(claim_id, "refund")
    elif name == "claim_due":
        await care.file(claim_id, 1999)
    else:
        await care.answered(claim_id, 1999)
    assert await listed(5) == []
