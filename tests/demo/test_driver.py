"""The demo's people: whatever they do, every order comes to an end, the books are right, and a stop costs nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import asyncpg
import pytest

from orderwright.customers import CONTACT_WORDS
from orderwright.demo import stock
from orderwright.demo.driver import DemoWorld, Driver, set_up
from orderwright.demo.options import DemoOptions
from orderwright.demo.play import Person, Play
from orderwright.demo.run import welcome
from orderwright.demo.warehouse import Team
from orderwright.flows.stages import stages
from orderwright.fulfillment import FulfillmentCommand
from orderwright.insights.audit import audit
from orderwright.payments.providers.builtin import BuiltinProvider
from orderwright.platform.clock import utc_now
from orderwright.platform.context import Context
from orderwright.platform.db import Database, Transaction
from orderwright.platform.ids import new_id, new_ids
from orderwright.platform.outcomes import Outcome
from orderwright.platform.pumps import drain
from orderwright.platform.settings import load_settings

ORDERS = 400
# At this speed nothing has to be waited for: whatever is to be done is due at once.
OPTIONS = DemoOptions(
    speed=1e6, products=300, cancelled_share=0.1, resent_share=0.05, rejected_share=0.08, short_share=0.08,
    late_share=0.08, repeated_share=0.08, missed_share=0.08, edited_share=0.15, returned_share=0.3, goodwill_share=0.1,
    refused_one_in=10,
)  # fmt: skip
TURNS_MAX = 200
STATUSES = "SELECT status, count(*) FROM orders GROUP BY status ORDER BY status"
UNDER_WAY = """SELECT (SELECT count(*) FROM orders WHERE status NOT IN ('delivered', 'cancelled'))
    + (SELECT count(*) FROM open_balance)
    + (SELECT count(*) FROM customer_return WHERE state NOT IN ('closed', 'cancelled'))
    + (SELECT count(*) FROM unexpected_return WHERE state = 'parked')"""


async def open_world(database: Database, options: DemoOptions = OPTIONS) -> DemoWorld:
    """A world with full shelves."""
    world = await set_up(database, options)
    while await world.shelves.fill_next(100):
        pass
    return world


async def play_out(database: Database, driver: Driver) -> None:
    """Turn by turn, with the pumps in between, until all orders are placed and no goods and no money are under way."""
    steps = stages(providers={"builtin": BuiltinProvider(database, webhook_secret=b"the demo's")})
    for _ in range(TURNS_MAX):
        await driver.turn()
        await drain(database, "demo", steps, [CONTACT_WORDS])
        if driver.sold_out and not await one(database, UNDER_WAY):
            return
    raise AssertionError(f"orders are left: {await rows(database, STATUSES)}")


async def rows(database: Database, sql: str) -> list[tuple[object, ...]]:
    async with database.transaction("demo") as tx:
        return [tuple(row) for row in await tx.fetch(sql)]


async def one(database: Database, sql: str) -> int:
    return int((await rows(database, sql))[0][0])  # type: ignore[call-overload]


async def books_are_right(database: Database) -> None:
    async with database.transaction("demo") as tx:
        assert await audit(tx) == []


async def test_every_order_comes_to_an_end_that_has_a_reason(database: Database) -> None:
    driver = Driver(database, await open_world(database), OPTIONS, orders=ORDERS)

    await play_out(database, driver)

    assert driver.errors == Counter()
    await books_are_right(database)
    refused = await one(database, "SELECT count(DISTINCT (channel, external_id)) FROM inbox")
    assert await one(database, "SELECT count(*) FROM orders WHERE parent_id IS NULL") + refused == ORDERS
    assert await one(
        database, "SELECT count(*) FROM orders WHERE hold_count > 0 OR status NOT IN ('delivered', 'cancelled')"
    ) == 0  # fmt: skip
    unexplained = (
        "SELECT count(*) FROM orders AS o WHERE o.status = 'cancelled' AND NOT EXISTS (SELECT 1 FROM event AS e"
        " WHERE e.subject_id = o.id AND e.type = 'order.cancelled' AND e.data ->> 'reason' IS NOT NULL)"
    )
    assert await one(database, unexplained) == 0
    assert await rows(database, "SELECT stage, error FROM work WHERE error IS NOT NULL") == []
    happened = {role_and_code for role_and_code, times in driver.tally.items() if times}
    assert happened >= {
        ("shoppers", "placed"), ("shoppers", "replayed"), ("shoppers", "cancelled"), ("pickers", "rejected"),
        ("pickers", "picked_short"), ("packers", "packed"), ("dispatchers", "shipped"), ("carriers", "recorded"),
        ("carriers", "repeated"), ("care", "released"), ("counters", "adjusted"), ("planners", "expected"),
        ("receivers", "received"),
    }  # fmt: skip


async def test_money_follows_what_people_do(database: Database) -> None:
    driver = Driver(database, await open_world(database), OPTIONS, orders=ORDERS)

    await play_out(database, driver)

    happened = {role_and_code for role_and_code, times in driver.tally.items() if times}
    assert happened >= {
        ("care", "retried"), ("care", "refunding"), ("cashiers", "recorded"), ("cashiers", "written_off"),
        ("changers", "previewed"), ("changers", "edited"), ("returners", "requested"), ("returners", "scanned"),
        ("returners", "received"), ("returners", "inspected"), ("returners", "closed"), ("returners", "disposed"),
    }  # fmt: skip
    asked = await rows(database, "SELECT DISTINCT kind FROM payment_request WHERE state = 'done' ORDER BY kind")
    assert asked == [("authorize",), ("capture",), ("increment",), ("refund",), ("void",)]
    refused = await rows(database, "SELECT DISTINCT kind, code FROM payment_request WHERE state = 'refused' ORDER BY 2")
    assert refused == [("authorize", "declined"), ("authorize", "insufficient_funds")]
    assert await one(database, "SELECT count(*) FROM payment_request WHERE state IN ('wanted', 'sent')") == 0
    owed = (
        "SELECT count(*) FROM (SELECT sum(CASE WHEN debit = 'receivable' THEN amount_minor ELSE -amount_minor END)"
        " AS due FROM money_entry WHERE 'receivable' IN (debit, credit) GROUP BY order_id) AS o WHERE due <> 0"
    )
    assert await one(database, owed) == 0
    await books_are_right(database)


async def test_most_customers_whose_bank_refuses_name_another_card(database: Database) -> None:
    options = replace(OPTIONS, refused_one_in=2, edited_share=0.0, returned_share=0.0, cancelled_share=0.0)
    driver = Driver(database, await open_world(database), options, orders=120)

    await play_out(database, driver)

    at_first = "SELECT order_id FROM payment_request WHERE kind = 'authorize' AND state = 'refused'"
    fates = dict(await rows(database, f"SELECT status, count(*) FROM orders WHERE id IN ({at_first}) GROUP BY status"))
    assert set(fates) == {"delivered", "cancelled"}
    assert fates["delivered"] > fates["cancelled"] > 0  # type: ignore[operator]
    assert driver.tally["care", "retried"] >= fates["delivered"]  # type: ignore[operator]
    by_hand = (
        "SELECT DISTINCT a.actor FROM hold AS h JOIN act AS a ON a.id = h.release_act_id"
        " WHERE h.type = 'payment_refused' AND a.verb = 'release_orders'"
    )
    assert await rows(database, by_hand) == [("pump:pay",)]
    unpaid = (
        "SELECT count(*) FROM orders AS o WHERE o.status = 'delivered' AND o.channel_id IN (SELECT id FROM channel"
        " WHERE code IN ('web', 'app', 'assistant')) AND o.total_minor > 0 AND NOT EXISTS (SELECT 1 FROM payment AS p"
        " WHERE p.order_id = o.id AND p.provider = 'builtin' AND p.captured_minor > 0)"
    )
    assert await one(database, unpaid) == 0
    await books_are_right(database)


async def test_orders_are_changed_in_every_way_before_they_are_picked(database: Database) -> None:
    options = replace(OPTIONS, edited_share=0.4, returned_share=0.0, cancelled_share=0.0)
    driver = Driver(database, await open_world(database), options, orders=ORDERS)

    await play_out(database, driver)

    # given that it was tried, and the order was as it was read, it is done
    assert driver.tally["changers", "previewed"] == driver.tally["changers", "edited"] > 80
    changes = (
        "SELECT DISTINCT e.data ->> 'reason', c.change FROM event AS e"
        " CROSS JOIN LATERAL jsonb_array_elements_text(e.data -> 'changes') AS c (change)"
        " WHERE e.type = 'order.edited' ORDER BY 2"
    )
    assert await rows(database, changes) == [
        ("price_promise", "add_discount"), ("customer_request", "set_quantity"), ("customer_request", "set_ship_to"),
        ("customer_request", "swap_sku"),
    ]  # fmt: skip
    units = "SELECT (data ->> 'difference_minor')::int > 0 FROM event WHERE type = 'order.edited'"
    assert {more for (more,) in await rows(database, units)} == {True, False}
    await books_are_right(database)


async def test_goods_that_come_back_are_short_or_wrong_or_worn_and_bring_what_they_are_worth(
    database: Database,
) -> None:
    options = replace(OPTIONS, returned_share=0.8, goodwill_share=0.0, edited_share=0.0)
    driver = Driver(database, await open_world(database), options, orders=150)

    await play_out(database, driver)

    assert await rows(database, "SELECT DISTINCT state FROM customer_return") == [("closed",)]
    methods = await rows(database, "SELECT DISTINCT method FROM customer_return ORDER BY method")
    assert methods == [("drop_off",), ("label",)]
    found = await rows(database, "SELECT DISTINCT disposition FROM return_inspection ORDER BY disposition")
    assert found == [("refurbish",), ("restock",), ("return_to_vendor",), ("scrap",), ("send_back",)]
    assert await one(database, "SELECT count(*) FROM return_line WHERE credited + refused < quantity") > 0  # short
    assert await rows(database, "SELECT DISTINCT state FROM unexpected_return") == [("disposed",)]
    exchanged = "SELECT mode, state, count(*) > 0 FROM exchange GROUP BY mode, state ORDER BY mode, state"
    assert await rows(database, exchanged) == [("advance", "settled", True), ("on_return", "settled", True)]
    credited = "SELECT count(*) FROM money_entry WHERE kind = 'return' AND credit = 'receivable'"
    assert await one(database, credited) > 0
    assert await one(database, "SELECT sum(refunded_minor) FROM payment WHERE provider = 'builtin'") > 0
    assert await one(database, "SELECT sum(refunded_minor) FROM payment WHERE provider = 'bazaar'") > 0
    assert await one(database, "SELECT sum(balance_minor) FROM credit_account") > 0
    await books_are_right(database)


async def test_what_was_wrong_is_refunded_or_sent_again_and_asked_of_the_carrier(database: Database) -> None:
    options = replace(
        OPTIONS, returned_share=0.0, goodwill_share=0.0, claimed_share=0.8, short_share=0.0, rejected_share=0.0
    )
    driver = Driver(database, await open_world(database), options, orders=120)

    await play_out(database, driver)
    while await driver.turn():
        pass

    kinds = await rows(database, "SELECT DISTINCT kind FROM claim ORDER BY kind")
    assert kinds == [("damaged",), ("late",), ("missing",), ("wrong",)]
    assert await rows(database, "SELECT DISTINCT state FROM claim ORDER BY state") == [("rejected",), ("resolved",)]
    how = await rows(database, "SELECT DISTINCT resolution FROM claim WHERE resolution IS NOT NULL ORDER BY 1")
    assert how == [("allowance",), ("refund",), ("reship",)]
    asked = await rows(database, "SELECT DISTINCT carrier_state FROM claim ORDER BY 1")
    assert asked == [("denied",), ("none",), ("paid",)]
    sent = "SELECT DISTINCT status FROM orders WHERE kind = 'replacement'"
    assert await rows(database, sent) == [("delivered",)]
    await books_are_right(database)


async def test_carriers_say_things_late_and_twice_and_miss_people(database: Database) -> None:
    options = replace(OPTIONS, late_share=0.3, repeated_share=0.3, missed_share=0.3)
    driver = Driver(database, await open_world(database, options), options, orders=60)

    await play_out(database, driver)
    await driver.turn()  # what was to be said later

    said = dict(await rows(database, "SELECT code, count(*) FROM tracking_event GROUP BY code"))
    assert set(said) == {"accepted", "out_for_delivery", "exception", "delivered"}
    late = (
        "SELECT count(*) FROM tracking_event AS late JOIN tracking_event AS last ON last.parcel_id = late.parcel_id"
        " WHERE late.code = 'out_for_delivery' AND last.code = 'delivered' AND late.recorded_at > last.recorded_at"
    )
    assert await one(database, late) > 0
    assert driver.tally["carriers", "repeated"] > 0
    assert await rows(database, "SELECT DISTINCT state FROM parcel WHERE state <> 'delivered'") == []
    await books_are_right(database)


async def test_everybody_acts_under_their_own_name_and_with_what_they_need(database: Database) -> None:
    driver = Driver(database, await open_world(database), OPTIONS, orders=ORDERS)

    await play_out(database, driver)

    acts: dict[str, set[str]] = {}
    for verb, actor in await rows(database, "SELECT DISTINCT verb, actor FROM act"):
        acts.setdefault(str(verb), set()).add(str(actor).rstrip("0123456789"))
    assert acts["place_orders"] <= {
        f"key:demo-{code}" for code in ("web", "app", "bazaar", "social", "wholesale", "assistant")
    }
    assert acts["start_picks"] == acts["reject_fulfillments"] == acts["pick_fulfillments"] == {"user:picker-"}
    assert acts["pack_fulfillments"] == {"user:packer-"}
    assert acts["ship_fulfillments"] == {"user:dispatcher-"}
    assert acts["record_tracking"] == {"key:demo-carrier"}
    assert acts["release_orders"] == {"user:care-", "pump:pay", "pump:settle"}
    assert acts["retry_payments"] <= {"user:care-", "user:cashier-"}
    assert acts["refund_orders"] == {"user:care-"}
    assert acts["record_payments"] == acts["write_off_balances"] == {"user:cashier-"}
    assert acts["edit_orders"] == {"key:demo-my-orders", "user:care-"}
    assert acts["open_claims"] == {"key:demo-portal"}
    assert acts["resolve_claims"] == {"user:care-"}
    assert acts["request_returns"] == acts["request_exchanges"] == {"key:demo-portal"}
    assert acts["scan_returns"] == {"key:demo-carrier"}
    assert acts["receive_returns"] == acts["inspect_returns"] == {"user:returns-"}
    assert acts["adjust_stock"] == {"user:counter-"}


async def test_a_second_start_goes_on_behind_the_last_order(database: Database) -> None:
    options = replace(OPTIONS, resent_share=0.0)
    first = await open_world(database, options)
    await play_out(database, Driver(database, first, options, orders=80))
    sold = "SELECT channel_id, external_id FROM orders WHERE parent_id IS NULL"
    before = await rows(database, sold)
    goods = await one(database, "SELECT sum(quantity) FROM movement WHERE to_bucket = 'available'")

    second = await set_up(database, options)

    last = await one(database, "SELECT max((metadata ->> 'demo_order')::int) FROM orders")
    assert (first.position, second.position) == (0, last + 1)
    assert second.shelves.empty == 0
    assert await one(database, "SELECT sum(quantity) FROM movement WHERE to_bucket = 'available'") == goods
    assert first.api_key is not None
    assert first.api_key.startswith("ow_")
    assert second.api_key is None
    driver = Driver(database, second, options, orders=80)
    await play_out(database, driver)
    assert driver.tally["shoppers", "replayed"] == driver.tally["shoppers", "order_differs"] == 0
    after = await rows(database, sold)
    assert len(after) == len(set(after)) == len(before) + driver.tally["shoppers", "placed"]
    assert set(before) < set(after)
    await books_are_right(database)


async def test_an_interrupted_first_start_puts_the_rest_in_once(database: Database) -> None:
    interrupted = await set_up(database, OPTIONS)
    assert await interrupted.shelves.fill_next(120) >= 120

    world = await open_world(database)

    expected = sum(item.quantity for item in stock.stock(world.catalogue, seed=OPTIONS.seed))
    assert await one(database, "SELECT sum(available) FROM stock") == expected
    assert await one(database, "SELECT count(*) FROM sku") == len(list(world.catalogue.skus()))
    supplies = sum(1 for _ in stock.supplies(world.catalogue, utc_now().date(), seed=OPTIONS.seed))
    assert await one(database, "SELECT count(*) FROM supply") == supplies
    await books_are_right(database)


async def test_orders_find_their_skus_before_the_shelves_are_full(database: Database) -> None:
    world = await set_up(database, OPTIONS)
    driver = Driver(database, world, OPTIONS, orders=20)

    while not driver.sold_out:
        await driver.turn()

    assert world.shelves.empty > 0
    unknown = "SELECT count(*) FROM order_line WHERE sku_id IS NULL AND sku_code NOT LIKE 'OLD-%'"
    assert await one(database, unknown) == 0


async def test_a_database_that_goes_away_is_waited_for(database: Database, admin: asyncpg.Connection) -> None:
    driver = Driver(database, await open_world(database), replace(OPTIONS, resent_share=0.0), orders=600)
    playing = asyncio.create_task(driver.run())
    name = database.dsn.partition("?")[0].rpartition("/")[2]
    cut = 0
    async with asyncio.timeout(180):
        while cut < 5 or not driver.sold_out:
            await asyncio.sleep(0.1)  # the world goes on meanwhile
            if cut < 5:
                cut += await admin.fetchval(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = $1", name
                )
    playing.cancel()
    await asyncio.gather(playing, return_exceptions=True)

    assert cut >= 5
    assert driver.errors == Counter()
    placed = await one(database, "SELECT count(*) FROM orders")
    assert placed + await one(database, "SELECT count(*) FROM inbox") >= 600
    assert placed == await one(database, "SELECT count(DISTINCT metadata ->> 'demo_order') FROM orders")
    await books_are_right(database)


async def test_one_command_that_fails_does_not_keep_the_others(database: Database) -> None:
    await set_up(database, OPTIONS)
    play = Play(database, "demo", OPTIONS)
    bad = new_id()
    commands = [FulfillmentCommand(fulfillment_id=i) for i in (*new_ids(3), bad, *new_ids(3))]

    async def fragile(_: Transaction, __: Context, some: Sequence[FulfillmentCommand]) -> list[Outcome]:
        if any(command.fulfillment_id == bad for command in some):
            raise RuntimeError("broken")
        return [Outcome(code="done") for _ in some]

    answers = await play.act("pickers", Person("user:picker-1", frozenset()), fragile, commands)

    assert len(answers) == 6
    assert play.tally == Counter({("pickers", "done"): 6})
    assert play.errors == Counter({"pickers": 1})
    assert list(play.given_up) == [bad]


async def test_luck_and_time_are_the_same_for_the_same_seed(database: Database) -> None:
    one_, same = Play(database, "demo", DemoOptions(seed=3)), Play(database, "demo", DemoOptions(seed=3, speed=10))
    other = Play(database, "demo", DemoOptions(seed=4))

    assert one_.luck(1, 2) == same.luck(1, 2) != other.luck(1, 2)
    assert one_.span(2.0, 4.0, 1, 2).total_seconds() == pytest.approx(10 * same.span(2.0, 4.0, 1, 2).total_seconds())
    lucks = [one_.luck(n) for n in range(2_000)]
    assert 0.48 < sum(lucks) / len(lucks) < 0.52
    assert all(0 <= luck < 1 for luck in lucks)


async def test_an_order_at_a_location_is_always_the_same_persons(database: Database) -> None:
    world = await set_up(database, OPTIONS)
    team = Team(Play(database, "demo", OPTIONS), world, "picker", at_warehouse=3)

    names = [person.actor for people in team._at.values() for person in people]

    assert len(names) == len(set(names)) == 2 * 3 + 12
    assert all(person.location is not None for people in team._at.values() for person in people)


async def test_the_welcome_says_where_to_look_and_how_to_stop(database: Database) -> None:
    world = await set_up(database, OPTIONS)
    settings = load_settings({"HOME": "/nowhere", "ORDERWRIGHT_PORT": "8123"})

    text = "\n".join(welcome(settings, DemoOptions(speed=2), world, None))
    again = "\n".join(welcome(settings, DemoOptions(), replace(world, api_key=None), 500))

    assert "http://127.0.0.1:8123 " in text
    assert "http://127.0.0.1:8123/sign-in" in text
    assert "about 240 a minute" in text
    assert "send goods back and get their money. No real money moves" in text
    assert str(world.api_key) in text
    assert "Ctrl-C" in text
    assert "Bearer" not in again
    assert "key create --merchant demo --name NAME" in again
    assert "500 orders" in again
