"""What is wrong with the books of returns is found by the audit, whoever wrote it."""

from __future__ import annotations

import pytest

from orderwright.insights.audit import audit
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID
from tests.helpers.desk import Desk
from tests.helpers.returns import ReturnsDesk

# An entry of a return, once more.
_TWICE = """INSERT INTO money_entry (id, order_id, debit, credit, amount_minor, kind, subject_id, act_id, happened_at)
SELECT gen_random_uuid(), order_id, debit, credit, amount_minor, kind, subject_id, act_id, happened_at
FROM money_entry WHERE kind = 'return'"""


async def a_return(database: Database) -> tuple[UUID, UUID]:
    """Two of three units came back, one of them was looked at and refunded; returns order and return."""
    back = ReturnsDesk(Desk(database))
    shop = await back.desk.shop()
    await back.desk.receive(shop.skus[0], shop.locations[0], 9)
    order_id = await back.shipped(await back.bank.paid_order(shop.channel.code, [(shop.skus[0].code, 3)]))
    return_id = await back.requested(order_id, (1, 2))
    await back.receive(return_id, (shop.skus[0], 2))
    await back.inspect(return_id, shop.skus[0], 1)
    return order_id, return_id


@pytest.mark.parametrize(
    ("check", "wrong"),
    [
        ("g4_returns", "UPDATE component SET returned = 3"),
        ("g4_returns", "UPDATE component SET returned = 1"),
        ("g4_returns", "UPDATE returned_goods SET received = 3"),
        ("g4_returns", "UPDATE returned_goods SET inspected = 2"),
        ("g4_returns", "UPDATE returned_goods SET line_n = 7"),
        ("g4_returns", "UPDATE returned_goods SET sent_back = 1"),
        ("g4_returns", "UPDATE customer_return SET state = 'closed'"),
        ("g4_returns", "UPDATE customer_return SET state = 'inspected'"),
        ("g4_returns", "UPDATE customer_return SET state = 'cancelled'"),
        ("g4_returns", "UPDATE customer_return SET order_id = gen_random_uuid()"),
        ("g4_returns", "UPDATE return_line SET return_id = gen_random_uuid()"),
        ("m1_returns", "UPDATE return_line SET lines_minor = lines_minor + 1"),
        ("m1_returns", "UPDATE return_line SET fees_minor = 5"),
        ("m1_returns", "UPDATE return_line SET tax_minor = 1"),
        ("m1_returns", "UPDATE return_line SET credited = 4"),
        ("m1_returns", "UPDATE return_line SET credited = 0"),
        ("m1_returns", "DELETE FROM customer_return"),
        ("m1_returns", _TWICE),
    ],
)
async def test_a_fault_is_found(database: Database, check: str, wrong: str) -> None:
    await a_return(database)
    async with database.transaction("acme") as tx:
        await tx.execute(wrong)
    async with database.transaction("acme") as tx:
        assert check in {violation.check for violation in await audit(tx)}
