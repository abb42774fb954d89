"""The overview: exact counts that stay cheap, minutes, alarms, stuck work, and no personal data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from orderwright.flows.adjust_stock import adjust_stock
from orderwright.flows.expect_supply import expect_supply
from orderwright.flows.place_orders import place_orders
from orderwright.flows.receive_stock import receive_stock
from orderwright.insights import Memory, merchant, overview
from orderwright.insights.queries import COUNT_BY_STATUS, COUNT_NEWER
from orderwright.insights.stages import RECOUNT_AFTER, SETTLED_AFTER
from orderwright.insights.throughput import MINUTES
from orderwright.inventory import AdjustStock, ExpectSupply, ReceiveStock
from orderwright.orders import OrderStatus
from orderwright.platform.db import Database, Transaction
from orderwright.platform.ids import UUID, id_from_time, new_id
from tests.builders.catalog import a_shop
from tests.builders.orders import an_order
from tests.helpers.contexts import MakeContext

NOW = datetime(2026, 11, 23, 12, 30, 20, tzinfo=UTC)
CHANNEL = UUID(bytes(15) + b"\x01")


def ids_at(moment: datetime, count: int) -> list[UUID]:
    """Ids that were made at that moment."""
    first = int.from_bytes(id_from_time(moment).bytes, "big")
    return [UUID((first + n).to_bytes(16, "big")) for n in range(count)]


async def add_orders(
    tx: Transaction, ids: Sequence[UUID], status: str = "placed", *, holds: int = 0, total_minor: int = 1999
) -> None:
    """Bare order rows, as fast as thousands are needed."""
    await tx.execute(
        "INSERT INTO orders (id, channel_id, external_id, kind, status, hold_count, currency, prices_include_tax,"
        " lines_minor, shipping_minor, fees_minor, discount_minor, tax_minor, rounding_minor, total_minor, placed_at,"
        " event_seq) SELECT k, $2, k::text, 'sale', $3, $4, 'USD', false, $5, 0, 0, 0, 0, 0, $5, now(), 1"
        " FROM unnest($1::uuid[]) AS k",
        list(ids), CHANNEL, status, holds, total_minor,
    )  # fmt: skip


async def add_deliveries(tx: Transaction, moments: Sequence[datetime]) -> None:
    """Fulfillments that were delivered at these moments."""
    await tx.execute(
        "INSERT INTO fulfillment (id, order_id, location_id, method, state, due_at, delivered_at)"
        " SELECT i, i, i, 'ship', 'delivered', d, d FROM unnest($1::uuid[], $2::timestamptz[]) AS v (i, d)",
        [new_id() for _ in moments], list(moments),
    )  # fmt: skip


async def test_an_empty_merchant_has_an_empty_overview(database: Database) -> None:
    async with database.transaction("acme", read_only=True) as tx:
        view = await overview(tx, now=NOW)

    assert view.stages.by_status == dict.fromkeys(OrderStatus, 0)
    assert (view.stages.total, view.stages.open, view.stages.held) == (0, 0, {})
    assert [minute.at for minute in view.minutes] == [
        NOW.replace(second=0) - timedelta(minutes=n) for n in range(MINUTES, -1, -1)
    ]
    assert {(minute.placed, minute.delivered) for minute in view.minutes} == {(0, 0)}
    assert view.alarms == (0, 0, 0, 0, 0, [])
    assert view.stuck == (0, 0, [])
    assert (view.orders, view.events) == ([], [])


async def test_orders_are_counted_by_stage_in_their_merchant_alone(database: Database) -> None:
    wanted = {status: n for n, status in enumerate(OrderStatus, 1)}
    async with database.transaction("acme") as tx:
        for minutes, (status, count) in enumerate(wanted.items()):
            await add_orders(tx, ids_at(NOW - timedelta(minutes=minutes), count), status)
        await add_orders(tx, ids_at(NOW - timedelta(days=1), 2), "allocated", holds=1)
    wanted[OrderStatus.ALLOCATED] += 2

    async with database.transaction("acme", read_only=True) as tx:
        view = await overview(tx, now=NOW)
    assert view.stages.by_status == wanted
    assert view.stages.total == sum(wanted.values()) == 47
    assert view.stages.held == {OrderStatus.ALLOCATED: 2}
    assert view.stages.moving(OrderStatus.ALLOCATED) == wanted[OrderStatus.ALLOCATED] - 2
    assert view.stages.open == 47 - wanted[OrderStatus.DELIVERED] - wanted[OrderStatus.CANCELLED]

    async with database.transaction("bolt", read_only=True) as tx:
        assert (await overview(tx, now=NOW)).stages.total == 0


async def test_the_next_reading_counts_only_what_is_new_and_stays_exact(database: Database) -> None:
    async with database.transaction("acme") as tx:
        await add_orders(tx, ids_at(NOW - timedelta(hours=1), 500), "delivered")
        await add_orders(tx, ids_at(NOW - timedelta(seconds=30), 20), "placed")
    async with database.transaction("acme", read_only=True) as tx:
        first = await overview(tx, now=NOW)
    assert (first.memory.total.orders, first.stages.total) == (500, 520)

    # An order committed late, below the newest id; one placed now; and old ones that went on.
    later = NOW + timedelta(seconds=10)
    async with database.transaction("acme") as tx:
        await add_orders(tx, ids_at(NOW - timedelta(seconds=40), 1))
        await add_orders(tx, ids_at(later, 4))
        await tx.execute("UPDATE orders SET status = 'delivered' WHERE id = ANY ($1::uuid[])",
                         ids_at(NOW - timedelta(seconds=30), 5))  # fmt: skip
    async with database.transaction("acme", read_only=True) as tx:
        second = await overview(tx, now=later, memory=first.memory)
    assert second.stages.total == 525
    assert second.stages.by_status[OrderStatus.DELIVERED] == 505
    assert second.stages.by_status[OrderStatus.PLACED] == 20

    # Once all are settled, what is remembered is all there is.
    much_later = later + SETTLED_AFTER + timedelta(seconds=1)
    async with database.transaction("acme", read_only=True) as tx:
        third = await overview(tx, now=much_later, memory=second.memory)
    assert (third.memory.total.orders, third.stages.total) == (525, 525)


async def test_everything_is_counted_anew_now_and_then(database: Database) -> None:
    wrong = Memory()._replace(total=Memory().total._replace(orders=7, until=id_from_time(NOW), counted_at=NOW))
    async with database.transaction("acme", read_only=True) as tx:
        assert (await overview(tx, now=NOW, memory=wrong)).stages.total == 7
    async with database.transaction("acme", read_only=True) as tx:
        assert (await overview(tx, now=NOW + RECOUNT_AFTER, memory=wrong)).stages.total == 0


async def test_minutes_count_what_was_placed_and_delivered(database: Database) -> None:
    at = NOW.replace(second=0)
    async with database.transaction("acme") as tx:
        await add_orders(tx, ids_at(at - timedelta(minutes=29, seconds=-1), 3), "delivered")
        await add_orders(tx, ids_at(at - timedelta(minutes=31), 9), "delivered")  # too old to be shown
        await add_orders(tx, ids_at(at + timedelta(seconds=5), 2))
        await add_deliveries(tx, [at - timedelta(minutes=10), at - timedelta(minutes=9, milliseconds=1), at])
    async with database.transaction("acme", read_only=True) as tx:
        view = await overview(tx, now=NOW)

    found = {
        minute.at: (minute.placed, minute.delivered) for minute in view.minutes if minute.placed or minute.delivered
    }
    assert found == {
        at - timedelta(minutes=29): (3, 0),
        at - timedelta(minutes=10): (0, 2),
        at: (2, 1),
    }

    # The next reading takes settled minutes from memory and counts the young ones.
    async with database.transaction("acme") as tx:
        await add_orders(tx, ids_at(at - timedelta(minutes=1), 1))
    async with database.transaction("acme", read_only=True) as tx:
        again = await overview(tx, now=NOW + timedelta(minutes=1), memory=view.memory)
    found = {
        minute.at: (minute.placed, minute.delivered) for minute in again.minutes if minute.placed or minute.delivered
    }
    assert found == {
        at - timedelta(minutes=29): (3, 0),
        at - timedelta(minutes=10): (0, 2),
        at - timedelta(minutes=1): (1, 0),
        at: (2, 1),
    }


async def test_stock_alarms_name_what_is_out_low_or_waited_for(database: Database, ctx: MakeContext) -> None:
    context = ctx()
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, context, skus=4)
        codes = [sku.code for sku in shop.skus]
        at = shop.locations[0].code
        stock = [ReceiveStock(sku=code, location=at, quantity=n) for code, n in zip(codes, (100, 3, 2, 4), strict=True)]
        assert {o.code for o in await receive_stock(tx, context, stock)} == {"received"}
        [placed] = await place_orders(tx, context, [an_order(shop.channel.code, [(codes[1], 5), (codes[3], 4)])])
        assert placed.backordered == 2
        [lost] = await adjust_stock(tx, context, [AdjustStock(sku=codes[3], location=at, delta=-1, reason="broken")])
        assert lost.code == "adjusted"

    async with database.transaction("acme", read_only=True) as tx:
        alarms = (await overview(tx)).alarms

    assert (alarms.short, alarms.out, alarms.low, alarms.owed, alarms.backordered) == (1, 1, 1, 0, 2)
    assert [(row.sku, row.available, row.backordered) for row in alarms.worst] == [
        (codes[3], [-1], 0),
        (codes[1], [0], 2),
        (codes[2], [2], 0),
    ]


async def test_a_sku_is_one_alarm_however_many_pools_lack_it_and_says_what_is_coming(
    database: Database, ctx: MakeContext
) -> None:
    context = ctx()
    async with database.transaction("acme") as tx:
        shop, other = await a_shop(tx, context), await a_shop(tx, context)
        sku = shop.skus[0].code
        both = [shop.locations[0].code, other.locations[0].code]
        await receive_stock(tx, context, [ReceiveStock(sku=sku, location=at, quantity=2) for at in both])
        lost = [AdjustStock(sku=sku, location=at, delta=-2, reason="damage") for at in both]
        assert {o.code for o in await adjust_stock(tx, context, lost)} == {"adjusted"}
        due = date(2031, 1, 7)
        coming = ExpectSupply(sku=sku, pool=shop.pool_code, quantity=96, due_on=due)
        assert [o.ok for o in await expect_supply(tx, context, [coming])] == [True]

    async with database.transaction("acme", read_only=True) as tx:
        alarms = (await overview(tx)).alarms

    assert (alarms.out, alarms.skus) == (1, 1)
    [row] = alarms.worst
    assert (row.available, row.coming, row.coming_on) == ([0, 0], 96, due)
    assert len(set(row.pools)) == 2


async def test_what_is_stuck_is_read_every_ten_seconds(database: Database) -> None:
    async with database.transaction("acme", read_only=True) as tx:
        first = await overview(tx, now=NOW)
    async with database.transaction("acme") as tx:
        at = NOW - timedelta(days=1)
        sql = "INSERT INTO work (stage, subject_id, entered_at) VALUES ('verify', $1, $2)"
        await tx.execute(sql, *ids_at(at, 1), at)
    for seconds, late in ((9, 0), (10, 1)):
        async with database.transaction("acme", read_only=True) as tx:
            view = await overview(tx, now=NOW + timedelta(seconds=seconds), memory=first.memory)
        assert view.stuck.late == late


async def test_the_latest_orders_and_events_come_first_and_hold_no_personal_data(
    database: Database, ctx: MakeContext
) -> None:
    context = ctx()
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, context, channel={"name": "Web shop"})
        outcomes = await place_orders(tx, context, [an_order(shop.channel.code, [("NO-SUCH-SKU", n)]) for n in (1, 2)])
        events = await tx.fetch("SELECT subject_id, seq FROM event ORDER BY recorded_at, subject_id, seq")
        await tx.execute(
            "INSERT INTO event_position SELECT n, s, q"
            " FROM unnest($1::uuid[], $2::integer[]) WITH ORDINALITY AS v (s, q, n)",
            [row[0] for row in events], [row[1] for row in events],
        )  # fmt: skip

    async with database.transaction("acme", read_only=True) as tx:
        view = await overview(tx)

    assert [(row.number, row.channel, row.status, row.hold_count, row.total_minor) for row in view.orders] == [
        (outcomes[1].number, "Web shop", "placed", 1, 3998),
        (outcomes[0].number, "Web shop", "placed", 1, 1999),
    ]
    assert [event.position for event in view.events] == sorted((e.position for e in view.events), reverse=True)
    of_orders = [(event.type, event.order_number) for event in view.events if event.order_number]
    assert sorted(of_orders) == sorted(
        (kind, outcome.number) for outcome in outcomes for kind in ("order.held", "order.placed")
    )
    shown = repr(view)
    for secret in ("Ada", "Lovelace", "example.com", "Main St", "62701"):
        assert secret not in shown


async def test_it_reads_one_snapshot_with_the_same_statements_for_any_number(database: Database) -> None:
    statements = []
    for _ in range(2):
        async with database.transaction("acme", read_only=True) as tx:
            view = await overview(tx, now=NOW)
            async with database.transaction("acme") as other:
                await add_orders(other, ids_at(NOW - timedelta(minutes=len(statements)), 100))
            assert await tx.fetchval("SELECT count(*) FROM orders") == view.stages.total
            statements.append(tx.statements - 1)
    assert statements == [9, 9]


async def test_a_merchant_is_known_by_its_code(database: Database) -> None:
    found = await merchant(database, "acme")
    assert found is not None
    assert (found.name, found.time_zone, found.order_number_format) == ("Acme", "UTC", "#{number}")
    assert await merchant(database, "nobody") is None


async def test_delivered_orders_are_not_counted_one_by_one(database: Database) -> None:
    async with database.transaction("acme") as tx:
        await add_orders(tx, ids_at(NOW - timedelta(hours=1), 20_000), "delivered")
        await add_orders(tx, ids_at(NOW - timedelta(minutes=5), 30), "placed")
        await add_orders(tx, ids_at(NOW - timedelta(seconds=5), 4), "shipped")
    async with database.connection() as connection:
        # VACUUM calls no page visible whose rows' commits, or its own, are not on disk yet: the plan depends on that.
        await connection.execute("SET synchronous_commit = on")
        await connection.execute("CREATE TABLE m_acme.flushed ()")
        await connection.execute("VACUUM ANALYZE m_acme.orders")
    async with database.transaction("acme", read_only=True) as tx:
        known = (await overview(tx, now=NOW)).memory.total.until
        by_status = await index_scan(tx, COUNT_BY_STATUS.sql, ["placed", "shipped", "cancelled"])
        newer = await index_scan(tx, COUNT_NEWER.sql, known, known)

    assert by_status == ("Index Only Scan", "orders_status_idx", 34)
    assert newer == ("Index Only Scan", "orders_pkey", 4)


async def index_scan(tx: Transaction, sql: str, *args: Any) -> tuple[str, str, int]:
    """How a statement reads its only table: the kind of scan, the index, and how many rows it read."""
    plan = json.loads(await tx.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", *args))[0]["Plan"]
    while "Plans" in plan:
        [plan] = plan["Plans"]
    return plan["Node Type"], plan["Index Name"], int(plan["Actual Rows"] * plan["Actual Loops"])
