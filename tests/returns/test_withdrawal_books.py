"""Withdrawals are kept as they were said, wrong books of them are found, and late money is listed as stuck."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from orderwright.catalog import SkuFacts
from orderwright.insights import read_stuck
from orderwright.insights.audit import audit
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID
from orderwright.returns.withdrawals.contract import EXEMPTIONS, KEPT
from tests.helpers.desk import Desk
from tests.helpers.withdrawals import WithdrawalsDesk

SAID = datetime(2031, 3, 3, 10, tzinfo=UTC)  # Monday: the money is due on Monday, 17 March
OVER = datetime(2031, 3, 18, tzinfo=UTC)


@pytest.fixture
def eu(database: Database) -> WithdrawalsDesk:
    return WithdrawalsDesk(Desk(database))


async def withdrawn(eu: WithdrawalsDesk) -> tuple[UUID, UUID, SkuFacts]:
    """Of three units two were sent and one waits; all are withdrawn from: the ids of withdrawal and return, the SKU."""
    shop = await eu.eu_shop(stock=2)
    order_id = await eu.shipped(await eu.bank.paid_order(shop.channel.code, [(shop.skus[0].code, 3)]))
    eu.desk.ctx = replace(eu.desk.ctx, now=SAID)
    said = await eu.said(order_id)
    assert said.id is not None, said
    await eu.bank.work()
    return said.id, await eu.return_of(said.id), shop.skus[0]


async def listed(database: Database, now: datetime) -> list[tuple[UUID, datetime, str | None]]:
    async with database.transaction("acme", read_only=True) as tx:
        found = await read_stuck(tx, now)
    return [(row.subject_id, row.late_since, row.detail) for row in found.oldest if row.state == "withdrawal_unpaid"]


@pytest.mark.parametrize("table", ["withdrawal", "withdrawal_line"])
@pytest.mark.parametrize("wrong", ["UPDATE {} SET code = 'exempt'", "DELETE FROM {}"])
async def test_what_was_said_cannot_be_changed(eu: WithdrawalsDesk, database: Database, table: str, wrong: str) -> None:
    await withdrawn(eu)
    with pytest.raises(asyncpg.PostgresError, match=r"append-only|never"):
        async with database.transaction("acme") as tx:
            await tx.execute(wrong.format(table))


_MONEY = (
    "INSERT INTO money_entry (id, order_id, debit, credit, amount_minor, kind, act_id, happened_at)"
    " SELECT gen_random_uuid(), order_id, 'shipping', 'receivable', 1, 'withdrawal', act_id, now() FROM withdrawal"
)
_LINE = (
    "INSERT INTO withdrawal_line (withdrawal_id, line_n, order_id, code, quantity, cancelled, returned, shipping_minor,"
    " tax_minor) SELECT id, 7, order_id, 'X', 1, 0, 1, 0, 0 FROM withdrawal"
)
_SHARE = _LINE.replace("1, 0, 1, 0, 0", "1, 1, 0, 9, 0")
_STRAY = _LINE.replace("SELECT id,", "SELECT gen_random_uuid(),")
_SILENT = (
    "INSERT INTO withdrawal (id, order_id, code, whole, content_hash, received_at, zone, policy_version, act_id)"
    " SELECT gen_random_uuid(), order_id, 'exempt', true, content_hash, received_at, zone, 0, act_id FROM withdrawal"
)


@pytest.mark.parametrize(
    "wrong",
    [
        _MONEY,
        _LINE,
        _SHARE,
        _STRAY,
        _SILENT,
        "UPDATE return_line SET quantity = 1",
        "UPDATE return_line SET restocking_rate = 0.1",
        "DELETE FROM return_line",
    ],
)
async def test_a_fault_is_found(eu: WithdrawalsDesk, database: Database, wrong: str) -> None:
    await withdrawn(eu)
    async with database.transaction("acme") as tx:
        await tx.execute(wrong)
    async with database.transaction("acme") as tx:
        assert "m1_withdrawals" in {violation.check for violation in await audit(tx)}


async def test_money_may_wait_for_the_goods_and_is_late_once_they_are_on_their_way(
    eu: WithdrawalsDesk, database: Database
) -> None:
    withdrawal_id, return_id, sku = await withdrawn(eu)
    # nothing shows that they were sent: the money may be withheld (article 13(3))
    assert await listed(database, OVER + timedelta(days=60)) == []

    await eu.scan(return_id)

    assert await listed(database, OVER) == []
    assert await listed(database, OVER + timedelta(seconds=1)) == [(withdrawal_id, OVER, "goods_came")]
    await eu.back_and_seen(return_id, sku, 2)
    await eu.bank.work()
    assert await listed(database, OVER + timedelta(days=60)) == []


async def test_a_refund_that_waits_for_people_is_late(eu: WithdrawalsDesk, database: Database) -> None:
    withdrawal_id, _, _ = await withdrawn(eu)
    async with database.transaction("acme") as tx:
        await tx.execute("INSERT INTO open_balance (order_id, why) SELECT order_id, 'refund_by_hand' FROM withdrawal")

    assert await listed(database, OVER) == []
    assert await listed(database, OVER + timedelta(seconds=1)) == [(withdrawal_id, OVER, "refund_by_hand")]


@pytest.mark.parametrize(
    ("table", "column", "codes"),
    [
        ("withdrawal", "code", KEPT | {"withdrawn"}),
        ("withdrawal_line", "refused", KEPT),
        ("withdrawal_line", "exemption", EXEMPTIONS),
    ],
)
async def test_the_tables_know_the_codes(database: Database, table: str, column: str, codes: frozenset[str]) -> None:
    async with database.transaction("acme") as tx:
        text = await tx.fetchval(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = $1 AND connamespace ="
            " current_schema()::regnamespace",
            f"{table}_{column}_check",
        )
    assert set(re.findall(r"'(\w+)'", text)) == codes
