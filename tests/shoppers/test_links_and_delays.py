"""Links and answers to delays as verbs: outcomes in precedence, events, and as many statements for 100 as for one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from orderwright.flows.answer_delays import answer_delays
from orderwright.flows.preview_cancels import preview_cancels
from orderwright.orders import CancelOrder
from orderwright.orders.cancel import CancelLine
from orderwright.platform.db import Database
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.ids import UUID, new_id
from orderwright.shoppers import (
    AnswerDelay,
    MakePortalLink,
    WithdrawPortalLinks,
    make_portal_links,
    unseal,
    withdraw_portal_links,
)
from tests.builders.catalog import Shop
from tests.builders.orders import an_order
from tests.helpers.contexts import a_context
from tests.helpers.databases import HASH_KEY
from tests.helpers.desk import Desk


async def a_late_order(desk: Desk, shop: Shop, here: int = 1, waiting: int = 2) -> UUID:
    sku = await desk.sku()
    if here:
        await desk.receive(sku, shop.locations[0], here)
    return await desk.placed(an_order(shop.channel.code, [(sku.code, here + waiting)]))


async def answered(desk: Desk, *commands: AnswerDelay) -> list[Any]:
    return [(outcome.code, outcome.id) for outcome in await desk.run(answer_delays, list(commands))]


async def test_a_link_lasts_until_after_the_promised_day(database: Database) -> None:
    desk = Desk(database)
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 5)
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    promised: date = await desk.value("SELECT promised_on FROM orders WHERE id = $1", order_id)

    [made, unknown] = await desk.run(
        make_portal_links, [MakePortalLink(order_id=order_id, days=10), MakePortalLink(order_id=new_id())]
    )

    token = made.details["path"].removeprefix("/p/acme/link/")
    grant = unseal("link", "acme", token, HASH_KEY, desk.ctx.now)
    assert grant is not None
    assert (grant.order_id, grant.version) == (order_id, 1)
    days = 11 if promised is not None else 10
    begin = promised or desk.ctx.now.date()
    assert abs((grant.expires_at.date() - begin) - timedelta(days=days)) <= timedelta(days=1)
    assert unknown.code == "order_not_found"


async def test_whoever_lacks_the_scope_makes_no_links(database: Database) -> None:
    async with database.transaction("acme") as tx:
        for verb, command in ((make_portal_links, MakePortalLink), (withdraw_portal_links, WithdrawPortalLinks)):
            with pytest.raises(PermissionDenied):
                await verb(tx, a_context(permissions={"orders.read"}), [command(order_id=new_id())])  # type: ignore[operator]


async def test_an_answer_is_kept_and_told_and_cancelling_takes_what_waits_alone(database: Database) -> None:
    desk = Desk(database)
    shop = await desk.shop()
    first, second = await a_late_order(desk, shop), await a_late_order(desk, shop)
    until = desk.ctx.now.date() + timedelta(days=20)

    said = await answered(
        desk, AnswerDelay(order_id=first, answer="wait", until=until), AnswerDelay(order_id=second, answer="cancel")
    )

    assert said == [("answered", first), ("answered", second)]
    rows = await desk.fetch("SELECT order_id, n, answer, until FROM delay_answer ORDER BY order_id")
    assert [tuple(row) for row in rows] == [(first, 1, "wait", until), (second, 1, "cancel", None)]
    assert (await desk.events(first))[-1:] == ["order.delay_answered"]
    assert (await desk.events(second))[-2:] == ["order.delay_answered", "order.cancelled"]
    assert (await desk.units(first))[1, 1] == {"backordered": 2, "promised": 1}
    assert (await desk.units(second))[1, 1] == {"cancelled": 2, "promised": 1}


async def test_what_cannot_be_answered_changes_nothing(database: Database) -> None:
    desk = Desk(database)
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 5)
    well = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    late, nothing_here = await a_late_order(desk, shop), await a_late_order(desk, shop, here=0)
    today = desk.ctx.now.date()
    asked: Sequence[tuple[AnswerDelay, str]] = [
        (AnswerDelay(order_id=new_id(), answer="cancel"), "order_not_found"),
        (AnswerDelay(order_id=well, answer="wait", until=today), "nothing_waits"),
        (AnswerDelay(order_id=late, answer="wait"), "until_needed"),
        (AnswerDelay(order_id=late, answer="wait", until=today - timedelta(days=1)), "until_needed"),
        (AnswerDelay(order_id=late, answer="wait", until=today + timedelta(days=366)), "until_needed"),
        (AnswerDelay(order_id=late, answer="cancel", until=today), "until_for_wait_only"),
        (AnswerDelay(order_id=nothing_here, answer="ship_now"), "nothing_to_ship"),
    ]

    outcomes = await desk.run(answer_delays, [command for command, _ in asked])

    assert [outcome.code for outcome in outcomes] == [code for _, code in asked]
    assert await desk.counts("delay_answer") == {"delay_answer": 0}
    twice = AnswerDelay(order_id=late, answer="ship_now")
    assert [code for code, _ in await answered(desk, twice, twice)] == ["answered", "duplicate_in_batch"]


async def test_a_cancellation_is_tried_and_undone(database: Database) -> None:
    desk = Desk(database)
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 5)
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 3)]))
    before = await desk.units(order_id)

    [part, whole, none] = [
        (await desk.run(preview_cancels, [command]))[0]
        for command in (
            CancelOrder(order_id=order_id, lines=[CancelLine(line=1, quantity=2)]),
            CancelOrder(order_id=order_id),
            CancelOrder(order_id=new_id()),
        )
    ]

    assert (part.code, part.details) == ("previewed", {"kept": 0, "currency": "USD", "difference_minor": -3998})
    assert (whole.code, whole.details["difference_minor"]) == ("previewed", -5997)
    assert none.code == "order_not_found"
    assert await desk.units(order_id) == before
    assert "order.cancelled" not in await desk.events(order_id)


@pytest.mark.parametrize("answer", ["ship_now", "cancel"])
async def test_one_and_a_hundred_take_as_many_statements(database: Database, answer: Any) -> None:
    desk = Desk(database)
    shop = await desk.shop()
    sku = await desk.sku()
    await desk.receive(sku, shop.locations[0], 101)
    orders = [an_order(shop.channel.code, [(sku.code, 1), (shop.skus[0].code, 1)]) for _ in range(101)]
    ids = [outcome.order_id for outcome in await desk.place(*orders)]
    counts = []
    for some in (ids[:1], ids[1:]):
        async with database.transaction("acme") as tx:
            commands = [AnswerDelay(order_id=i, answer=answer) for i in some if i is not None]
            outcomes = await answer_delays(tx, desk.ctx, commands)
            assert {outcome.code for outcome in outcomes} == {"answered"}
            links = [MakePortalLink(order_id=c.order_id) for c in commands]
            assert {o.code for o in await make_portal_links(tx, desk.ctx, links)} == {"made"}
            ends = [WithdrawPortalLinks(order_id=c.order_id) for c in commands]
            assert {o.code for o in await withdraw_portal_links(tx, desk.ctx, ends)} == {"withdrawn"}
            counts.append(tx.statements)
    assert counts[0] == counts[1]
    await desk.audit()
