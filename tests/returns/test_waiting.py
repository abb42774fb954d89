"""Returns that never come, that nobody looks at, and parcels that nobody knows are listed as stuck (law T4)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orderwright.insights import WAITING, read_stuck
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID
from orderwright.returns import TRANSITIONS
from tests.helpers.desk import Desk
from tests.helpers.returns import ReturnsDesk

AGES = {state.name: timedelta(seconds=state.max_age_s) for state in WAITING}
STATES = {
    "requested": "return_awaited",
    "in_transit": "return_awaited",
    "received": "return_uninspected",
    "inspected": "return_incomplete",
}


@pytest.fixture
def back(database: Database) -> ReturnsDesk:
    return ReturnsDesk(Desk(database))


async def listed(database: Database, name: str, seconds: int) -> list[UUID]:
    """What is stuck in a state, so many seconds before or after its age is over."""
    async with database.transaction("acme", read_only=True) as tx:
        [entered] = (await tx.fetch(
            "SELECT entered_at FROM customer_return UNION ALL SELECT entered_at FROM unexpected_return"
        ))[0]  # fmt: skip
        found = await read_stuck(tx, entered + AGES[name] + timedelta(seconds=seconds))
    return [row.subject_id for row in found.oldest if row.state == name]


def test_every_open_state_is_watched() -> None:
    assert set(STATES) == {state.value for state, targets in TRANSITIONS.items() if targets}
    assert {state.name for state in WAITING if state.at == "return"} == {*STATES.values(), "return_parked"}


@pytest.mark.parametrize("state", list(STATES))
async def test_a_return_is_stuck_when_its_state_lasts_too_long(
    back: ReturnsDesk, database: Database, state: str
) -> None:
    shop = await back.desk.shop()
    await back.desk.receive(shop.skus[0], shop.locations[0], 9)
    order_id = await back.shipped(await back.bank.paid_order(shop.channel.code, [(shop.skus[0].code, 3)]))
    return_id = await back.requested(order_id, (1, 2))
    if state == "in_transit":
        await back.scan(return_id)
    if state in ("received", "inspected"):
        await back.receive(return_id, (shop.skus[0], 1))
    if state == "inspected":
        await back.inspect(return_id, shop.skus[0], 1)
    assert await back.state(return_id) == state

    assert await listed(database, STATES[state], -5) == []
    assert await listed(database, STATES[state], 5) == [return_id]


async def test_a_parked_parcel_is_stuck_after_two_days(back: ReturnsDesk, database: Database) -> None:
    shop = await back.desk.shop()
    parked = await back.park(shop.locations[0].code, (shop.skus[0], 1))
    assert parked.id is not None

    assert await listed(database, "return_parked", -5) == []
    assert await listed(database, "return_parked", 5) == [parked.id]
    await back.resolve(parked.id)
    assert await listed(database, "return_parked", 5) == []
