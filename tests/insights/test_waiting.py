"""Law T4: every state in which something waits has a maximum age and an owner, and what exceeds it is listed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from orderwright.api.system import OwnerName, StateName
from orderwright.bench.history import load_history
from orderwright.catalog import CloseLocation
from orderwright.flows.close_locations import close_locations
from orderwright.flows.expect_supply import expect_supply
from orderwright.flows.stages import stages
from orderwright.fulfillment.states import TRANSITIONS, FulfillmentState
from orderwright.insights import WAITING, Owner, read_stuck, waiting_states
from orderwright.insights.queries import STUCK
from orderwright.insights.waiting import FULFILLMENT_STATES, QUEUES
from orderwright.inventory import ExpectSupply
from orderwright.platform.clock import utc_now
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID, encode_id, id_from_time
from orderwright.platform.settings import Settings
from tests.builders.orders import an_order
from tests.helpers.desk import Desk

NOW = datetime(2026, 11, 23, 12, 30, 20, tzinfo=UTC)
AGES = {state.name: timedelta(seconds=state.max_age_s) for state in WAITING}
SECOND = timedelta(seconds=1)


def made_at(moment: datetime, n: int = 1) -> UUID:
    """An id that was made at that moment."""
    return UUID((int.from_bytes(id_from_time(moment).bytes, "big") + n).to_bytes(16, "big"))


async def put(database: Database, sql: str, *args: Any) -> None:
    async with database.transaction("acme") as tx:
        await tx.execute(sql, *args)


async def listed(database: Database, now: datetime = NOW) -> list[tuple[str, UUID, datetime]]:
    """What is stuck: state, subject, late since."""
    async with database.transaction("acme", read_only=True) as tx:
        found = await read_stuck(tx, now)
    assert found.set_aside + found.late == len(found.oldest)
    return [(row.state, row.subject_id, row.late_since) for row in found.oldest]


def test_the_table_knows_every_state_in_which_something_waits() -> None:
    assert list(QUEUES) == [stage.name for stage in stages()]
    assert set(FULFILLMENT_STATES) == {state for state, to in TRANSITIONS.items() if to}
    assert {state.name for state in WAITING if state.at == "fulfillment"} == {
        *FULFILLMENT_STATES, "to_collect", "undelivered",
    } - {FulfillmentState.OPEN}  # fmt: skip
    assert len({state.name for state in WAITING}) == len(WAITING)
    assert get_args(StateName) == tuple(state.name for state in WAITING)
    assert get_args(OwnerName) == tuple(Owner)


def test_ages_that_are_the_merchants_to_choose_are_settings() -> None:
    settings = Settings(data_dir=Path("unused"))
    assert waiting_states(settings) == WAITING  # the settings' defaults are the table's
    chosen = {
        state.name: state.max_age_s
        for state in waiting_states(Settings(data_dir=Path("unused"), stuck_held_h=2, stuck_silent_d=5))
    }
    assert (chosen["held"], chosen["shipped"], chosen["verify"]) == (7_200, 432_000, 300)


@pytest.mark.parametrize("stage", list(QUEUES))
async def test_work_is_stuck_when_it_is_older_than_its_queue_allows(database: Database, stage: str) -> None:
    at = NOW - AGES[stage]
    made = NOW - timedelta(days=99)
    for n, entered in enumerate((at - SECOND, at)):
        await put(database, "INSERT INTO work (stage, subject_id, entered_at, due) VALUES ($1, $2, $3, $4)",
                  stage, made_at(made, n), entered, NOW + timedelta(days=1))  # fmt: skip

    assert await listed(database) == [(stage, made_at(made, 0), NOW - SECOND)]


async def test_what_was_set_aside_is_stuck_at_once_and_comes_first(database: Database) -> None:
    for n, (entered, aside) in enumerate([(NOW - timedelta(hours=9), None), (NOW - SECOND, NOW)]):
        await put(database, "INSERT INTO work (stage, subject_id, entered_at, set_aside_at, attempts, error)"
                  " VALUES ('verify', $1, $2, $3, 8, 'boom')",
                  made_at(NOW - timedelta(days=9), n), entered, aside)  # fmt: skip

    async with database.transaction("acme", read_only=True) as tx:
        found = await read_stuck(tx, NOW)
    assert (found.set_aside, found.late) == (1, 1)
    assert [(row.set_aside_at, row.attempts, row.error) for row in found.oldest] == [
        (NOW, 8, "boom"),
        (None, 8, "boom"),
    ]


async def test_an_order_that_no_location_can_bring_is_listed_after_an_hour(database: Database) -> None:
    """Also while it is asked for again every ten minutes."""
    desk = Desk(database)
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 5)
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    await desk.verify(order_id)
    await desk.run(close_locations, [CloseLocation(location=place.code) for place in shop.locations])
    await put(database, "UPDATE work SET due = now() + interval '1 minute' WHERE stage = 'source'")  # as if claimed
    await desk.source(order_id)
    await put(database, "DELETE FROM work WHERE stage = 'backorders'")

    async with database.transaction("acme", read_only=True) as tx:
        [due] = (await tx.fetch("SELECT due FROM work WHERE stage = 'source'"))[0]
        now = utc_now()
        assert due > now
        assert (await read_stuck(tx, now + AGES["source"] - timedelta(minutes=1))).oldest == []
        [row] = (await read_stuck(tx, now + AGES["source"] + timedelta(minutes=1))).oldest
    assert (row.state, row.subject_id, row.order_id) == ("source", order_id, order_id)


async def test_holds_and_backorders_have_their_age(database: Database) -> None:
    desk = Desk(database)
    shop = await desk.shop()
    held = await desk.placed(an_order(shop.channel.code, [("NO-SUCH-SKU", 1)]))
    short = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 3), (shop.skus[0].code, 1)]))
    await put(database, "DELETE FROM work")
    now = utc_now()
    async with database.transaction("acme", read_only=True) as tx:
        assert (await read_stuck(tx, now + AGES["held"] - timedelta(minutes=5))).oldest == []
        [hold] = (await read_stuck(tx, now + AGES["held"] + SECOND)).oldest
        [backorder] = [
            row for row in (await read_stuck(tx, now + AGES["backordered"] + SECOND)).oldest if row.state != "held"
        ]
    assert (hold.state, hold.subject_id, hold.detail) == ("held", held, "unknown_sku")
    assert (backorder.state, backorder.subject_id, backorder.sku) == ("backordered", short, shop.skus[0].code)


async def test_supply_that_does_not_come_is_stuck_not_the_preorders_that_wait_for_it(database: Database) -> None:
    desk = Desk(database)
    shop = await desk.shop(channel={"short_line_policy": "preorder"})
    due = date(2031, 1, 7)
    await desk.run(expect_supply, [ExpectSupply(sku=shop.skus[0].code, pool=shop.pool_code, quantity=5, due_on=due)])
    await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 3)]))
    await put(database, "DELETE FROM work")
    midnight = datetime(2031, 1, 9, tzinfo=UTC)

    assert await listed(database, midnight) == []
    async with database.transaction("acme", read_only=True) as tx:
        [row] = (await read_stuck(tx, midnight + SECOND)).oldest
    assert (row.state, row.sku, row.detail, row.late_since) == ("announced", shop.skus[0].code, "3", midnight)
    assert encode_id("sup", row.subject_id).startswith("sup_")


FULFILLMENT = (
    "INSERT INTO fulfillment (id, order_id, location_id, method, state, due_at, entered_at)"
    " VALUES ($1, $1, $1, $2, $3, $4, $5)"
)


@pytest.mark.parametrize("state", ["released", "picking", "picked", "packed"])
async def test_a_fulfillment_is_stuck_past_its_age_or_past_the_time_it_was_to_leave(
    database: Database, state: str
) -> None:
    desk = Desk(database)
    shop = await desk.shop()
    later = NOW + timedelta(days=9)
    old, late, fine = made_at(NOW, 1), made_at(NOW, 2), made_at(NOW, 3)
    for subject, due, entered in [
        (old, later, NOW - AGES[state] - SECOND),
        (late, NOW - 2 * SECOND, NOW - timedelta(minutes=1)),
        (fine, NOW, NOW - AGES[state]),
    ]:
        await put(database, FULFILLMENT, subject, "ship", state, due, entered)
    await put(database, "UPDATE fulfillment SET location_id = $1", shop.locations[0].id)

    assert await listed(database) == [(state, late, NOW - 2 * SECOND), (state, old, NOW - SECOND)]
    async with database.transaction("acme", read_only=True) as tx:
        assert {row.location for row in (await read_stuck(tx, NOW)).oldest} == {shop.locations[0].code}


async def test_a_pick_up_waits_for_the_shopper_whatever_its_due_time(database: Database) -> None:
    for n, entered in enumerate((NOW - AGES["to_collect"] - SECOND, NOW - AGES["to_collect"])):
        await put(database, FULFILLMENT, made_at(NOW, n), "pickup", "packed", NOW - timedelta(days=8), entered)

    assert await listed(database) == [("to_collect", made_at(NOW, 0), NOW - SECOND)]


async def test_a_parcel_of_which_the_carrier_says_nothing_is_stuck(database: Database) -> None:
    """Counted from its last word, else from the hand-over; one that is on its way for a month is stuck anyway."""
    long_ago, quiet = NOW - timedelta(days=20), NOW - AGES["shipped"] - SECOND
    cases = [
        (quiet, None, "in_transit"), (long_ago, quiet, "in_transit"), (long_ago, NOW, "in_transit"),
        (NOW - timedelta(days=31), NOW, "exception"), (long_ago, quiet, "delivered"),
    ]  # fmt: skip
    for n, (shipped, heard, state) in enumerate(cases):
        subject = made_at(NOW, n)
        await put(database, FULFILLMENT, subject, "ship", "shipped", shipped, shipped)
        await put(database, "INSERT INTO shipment (id, fulfillment_id, order_id, carrier, service, state)"
                  " VALUES ($1, $1, $1, 'builtin', 'standard', 'shipped')", subject)  # fmt: skip
        await put(database, "INSERT INTO parcel (id, shipment_id, order_id, n, carrier, state, tracked_at)"
                  " VALUES ($1, $1, $1, 1, 'builtin', $2, $3)", subject, state, heard)  # fmt: skip
    await put(database, "INSERT INTO parcel (id, shipment_id, order_id, n, carrier, state, tracked_at)"
              " VALUES ($1, $2, $2, 2, 'builtin', 'in_transit', $3)", made_at(NOW, 99), made_at(NOW, 4),
              NOW)  # fmt: skip

    assert await listed(database) == [
        ("undelivered", made_at(NOW, 3), NOW - timedelta(days=1)),
        ("shipped", made_at(NOW, 0), NOW - SECOND),
        ("shipped", made_at(NOW, 1), NOW - SECOND),
    ]


async def test_more_than_can_be_shown_are_counted_in_one_statement(database: Database) -> None:
    ids = [made_at(NOW - timedelta(days=9), n) for n in range(1_200)]
    await put(database, "INSERT INTO work (stage, subject_id, entered_at) SELECT 'verify', i, $2"
              " FROM unnest($1::uuid[]) AS i", ids, NOW - timedelta(hours=1))  # fmt: skip
    async with database.transaction("acme", read_only=True) as tx:
        found = await read_stuck(tx, NOW, limit=5)
        assert tx.statements == 1
    assert (found.late, [row.subject_id for row in found.oldest]) == (1_000, ids[:5])


async def test_only_the_states_that_were_asked_for_are_read(database: Database) -> None:
    for stage in ("verify", "label"):
        await put(database, "INSERT INTO work (stage, subject_id, entered_at, set_aside_at) VALUES ($1, $2, $3, $3)",
                  stage, made_at(NOW), NOW)  # fmt: skip
    mine = [state for state in WAITING if state.owner == Owner.CARRIER_DESK]
    async with database.transaction("acme", read_only=True) as tx:
        assert [row.state for row in (await read_stuck(tx, NOW, mine)).oldest] == ["label"]


async def test_what_waits_in_a_long_history_is_found_by_an_index(shared_database: Database) -> None:
    """No table that grows with the orders is read whole, whatever the values are."""
    await load_history(shared_database, "waits", 2_000, skus=200)
    nulls = ", ".join(["NULL"] * 6)
    async with shared_database.transaction("waits") as tx:
        # As in life: of all holds that ever were, few are open.
        await tx.execute("INSERT INTO hold (id, order_id, type, blocks, act_id, released_at, release_act_id)"
                         " SELECT gen_random_uuid(), id, 'velocity', '{}', id, now(), id FROM orders")  # fmt: skip
        await tx.execute("ANALYZE hold")
        for setting in ("plan_cache_mode = force_generic_plan", "enable_seqscan = off", "enable_bitmapscan = off"):
            await tx.connection.execute(f"SET LOCAL {setting}")
        await tx.connection.execute(f"PREPARE looked_at AS {STUCK.sql}")
        [[text]] = await tx.connection.fetch(f"EXPLAIN (FORMAT JSON) EXECUTE looked_at({nulls})")
        await tx.connection.execute("DEALLOCATE looked_at")
    used = {
        (node["Relation Name"], node.get("Index Name"))
        for node in nodes(json.loads(text)[0]["Plan"])
        if "Relation Name" in node and node["Relation Name"] not in {"location", "supply"}
    }
    assert used == {
        ("work", "work_set_aside_idx"), ("work", "work_pkey"), ("backorder", "backorder_pkey"),
        ("hold", "hold_open_idx"), ("fulfillment", "fulfillment_waiting_idx"), ("fulfillment", "fulfillment_queue_idx"),
        ("shipment", "shipment_fulfillment_id_key"), ("parcel", "parcel_shipment_id_n_key"),
        ("shipment", "shipment_pkey"), ("fulfillment", "fulfillment_pkey"), ("orders", "orders_pkey"),
        ("sku", "sku_pkey"), ("open_balance", "open_balance_since_idx"), ("payment", "payment_pkey"),
        ("customer_return", "customer_return_waiting_idx"),
        ("withdrawal", "withdrawal_return_idx"), ("withdrawal", "withdrawal_order_idx"),
        ("return_line", "return_line_pkey"), ("open_balance", "open_balance_pkey"),
        ("unexpected_return", "unexpected_return_parked_idx"),
        ("claim", "claim_open_idx"), ("claim", "claim_carrier_idx"), ("message", "message_waiting_idx"),
        ("exchange", "exchange_new_order_id_key"),
    }  # fmt: skip
    named = set(re.findall(r"\w+_(?:idx|pkey|key)\b", STUCK.file.head))
    assert {index for _, index in used} <= named


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan's nodes."""
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)
