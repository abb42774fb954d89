"""What is wrong with the books of exchanges is found by the audit, whoever wrote it."""

from __future__ import annotations

import pytest

from orderwright.insights.audit import audit
from orderwright.platform.db import Database
from orderwright.returns import NewLine
from tests.flows.test_exchanges import exchanged, ids, sold
from tests.helpers.desk import Desk
from tests.helpers.returns import ReturnsDesk

# What goods brought, once more.
_TWICE = """INSERT INTO money_entry (id, order_id, debit, credit, amount_minor, kind, subject_id, act_id, happened_at)
SELECT gen_random_uuid(), order_id, debit, credit, amount_minor, kind, subject_id, act_id, happened_at
FROM money_entry WHERE kind = 'exchange'"""
# Some of it was given back, and no request asked for that.
_UNASKED = """INSERT INTO money_entry (id, order_id, debit, credit, amount_minor, kind, subject_id, act_id, happened_at)
SELECT gen_random_uuid(), order_id, credit, debit, 1, 'exchange_back', subject_id, act_id, happened_at
FROM money_entry WHERE kind = 'exchange'"""
_OTHER = "gen_random_uuid() WHERE state = 'open'"


@pytest.mark.parametrize(
    "wrong",
    [
        _TWICE,
        _UNASKED,
        "UPDATE payment SET authorized_minor = 2000, captured_minor = 2000 WHERE captured_minor = 1999",
        "UPDATE payment SET refunded_minor = 1 WHERE captured_minor = 1999",
        "DELETE FROM exchange",
        f"UPDATE exchange SET return_id = {_OTHER}",
        f"UPDATE exchange SET new_order_id = {_OTHER}",
        f"UPDATE exchange SET payment_id = {_OTHER}",
        "UPDATE orders SET parent_id = NULL",
        "DELETE FROM work WHERE stage = 'exchange'",
    ],
)
async def test_a_fault_is_found(database: Database, wrong: str) -> None:
    # given an exchange that is paid, and one that waits
    back = ReturnsDesk(Desk(database))
    shop, order_id = await sold(back)
    even = NewLine(sku=shop.skus[1].code, quantity=1, in_place_of=1)
    paid, _ = [await exchanged(back, order_id, 1, even) for _ in range(2)]
    await back.receive(ids(paid)[0], (shop.skus[0], 1))
    await back.inspect(ids(paid)[0], shop.skus[0], 1)
    await back.bank.work()
    # when somebody writes behind the verbs' back
    async with database.transaction("acme") as tx:
        await tx.execute(wrong)
    # then it is found
    async with database.transaction("acme") as tx:
        assert "m1_exchanges" in {violation.check for violation in await audit(tx)}
