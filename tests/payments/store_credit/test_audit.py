"""The audit finds whatever was changed of store credit behind the verbs' back."""

from __future__ import annotations

import asyncpg
import pytest

from orderwright.flows.change_money import refund_orders
from orderwright.insights.audit import audit
from orderwright.payments import RefundOrder
from orderwright.platform.db import Database
from tests.builders.orders import usd
from tests.helpers.credits import CreditDesk
from tests.helpers.desk import Desk

_APPENDED = (
    "SELECT gen_random_uuid(), account_id, {}, kind, reason, order_id, payment_id, request_id, subject_id, act_id"
)
_MORE = (
    "INSERT INTO credit_entry (id, account_id, amount_minor, kind, reason, order_id, payment_id, request_id,"
    f" subject_id, act_id, happened_at) {_APPENDED}, now() FROM credit_entry WHERE kind = "
)
_FAULTS = {
    "a balance": ("account", "UPDATE credit_account SET balance_minor = balance_minor + 1"),
    "what is set aside": ("account", "UPDATE credit_account SET held_minor = held_minor + 1 WHERE balance_minor > 0"),
    "an account that is gone": ("account", "DELETE FROM credit_account"),
    "an entry without its hold": ("payment", (_MORE + "'spent'").format("-1")),
    "a hold without its entry": ("payment", "UPDATE credit_hold SET refunded_minor = 1"),
    "a hold beyond its payment": (
        "payment",
        "UPDATE credit_hold SET authorized_minor = authorized_minor + 1, finalized = false",
    ),
    "an order's ledger": ("order", (_MORE + "'refunded'").format("1")),
}


@pytest.mark.parametrize("fault", list(_FAULTS))
async def test_a_fault_is_found(database: Database, fault: str) -> None:
    credit = CreditDesk(Desk(database))
    shop = await credit.stocked()
    account = await credit.issued(await credit.customer(shop), 5000)
    order_id = await credit.shipped(await credit.order(shop, account, 1999))
    back = RefundOrder(order_id=order_id, amount=usd(500), to="store_credit")
    [outcome] = await credit.desk.run(refund_orders, [back])
    assert outcome.code == "credited"
    assert await credit.entries(account) == [("issued", 5000), ("spent", -1999), ("refunded", 500)]
    subject, wrong = _FAULTS[fault]
    async with database.transaction("acme") as tx:
        await tx.execute(wrong)
    async with database.transaction("acme") as tx:
        found = [v.subject for v in await audit(tx) if v.check == "m1_store_credit"]
    assert any(one.startswith(subject) for one in found), found


@pytest.mark.parametrize("change", ["UPDATE credit_entry SET amount_minor = 1", "DELETE FROM credit_entry"])
async def test_entries_are_never_changed(database: Database, change: str) -> None:
    credit = CreditDesk(Desk(database))
    await credit.issued(await credit.customer(await credit.stocked()), 5000)
    with pytest.raises(asyncpg.PostgresError):
        async with database.transaction("acme") as tx:
            await tx.execute(change)
