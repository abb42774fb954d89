"""How guessing is slowed down: pure figures, and boxes in the database that several processes share."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from orderwright.orders.contract import Person
from orderwright.platform.context import Context
from orderwright.platform.db import Database
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.ids import new_id
from orderwright.shoppers.guesses import (
    BOXES,
    BY_CLIENT,
    BY_NUMBER,
    BY_NUMBER_AND_CLIENT,
    Limit,
    guesses_of,
    wait_after,
)
from orderwright.shoppers.look_up import Found, find_order
from tests.builders.orders import an_order
from tests.helpers.contexts import a_context
from tests.helpers.databases import HASH_KEY
from tests.helpers.desk import Desk


def test_waits_grow_and_end() -> None:
    waits = [wait_after(BY_NUMBER_AND_CLIENT, misses).total_seconds() for misses in range(16)]
    assert waits == [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600]
    assert [wait_after(BY_CLIENT, n).total_seconds() for n in (19, 20, 21, 10_000)] == [0, 10, 20, 3600]


@pytest.mark.parametrize(("limit", "guesses"), [(BY_NUMBER_AND_CLIENT, 34), (BY_NUMBER, 79)])
def test_a_day_of_guessing_one_number_is_few_guesses(limit: Limit, guesses: int) -> None:
    at, misses = timedelta(0), 0
    while at < timedelta(days=1):
        misses += 1
        at += wait_after(limit, misses)
    assert misses == guesses
    assert BY_NUMBER.free > 34  # one client alone does not make others wait


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("nonsense", "nonsense", True),
    ],
)
def test_a_household_is_one_client(one: str, other: str, same: bool) -> None:
    boxes = [guesses_of(None, "a@example.com", client, HASH_KEY)[-1].box for client in (one, other)]
    assert (boxes[0] == boxes[1]) is same
    assert all(BOXES <= box < 2 * BOXES for box in boxes)


async def guess(database: Database, ctx: Context, email: str, number: int = 100001, client: str = "192.0.2.1") -> Found:
    async with database.transaction("acme") as tx:
        return await find_order(tx, ctx, number, email, client)


async def test_waiting_over_a_guess_is_free_again_and_a_day_forgets(database: Database) -> None:
    ctx = a_context()
    for _ in range(5):
        assert await guess(database, ctx, "x@example.com") == Found(None, None)

    assert (await guess(database, ctx, "x@example.com")).wait == timedelta(seconds=30)
    later = replace(ctx, now=ctx.now + timedelta(seconds=30))
    assert await guess(database, later, "x@example.com") == Found(None, None)
    assert (await guess(database, later, "x@example.com")).wait == timedelta(seconds=60)
    next_day = replace(ctx, now=ctx.now + timedelta(days=2))
    for _ in range(5):
        assert (await guess(database, next_day, "x@example.com")).wait is None


async def test_guesses_at_the_same_time_are_all_counted(database: Database) -> None:
    ctx = a_context()
    said = await asyncio.gather(*(guess(database, ctx, f"{n}@example.com") for n in range(9)))
    assert sum(found.wait is None for found in said) == 5


async def test_nobody_makes_others_wait_for_a_number_alone_but_many_together_wait(database: Database) -> None:
    ctx = a_context()
    for _ in range(8):
        await guess(database, ctx, "x@example.com", client="192.0.2.1")
    assert (await guess(database, ctx, "x@example.com", client="192.0.2.1")).wait is not None

    said = [await guess(database, ctx, f"{n}@example.com", client=f"192.0.2.{n}") for n in range(2, 48)]

    assert [found.wait for found in said] == [None] * 45 + [timedelta(seconds=30)]


async def test_many_clients_do_not_try_an_e_mail_address_at_number_after_number(database: Database) -> None:
    ctx = a_context()
    said = [
        await guess(database, ctx, email, number=100_000 + n, client=f"192.0.2.{n}")
        for n, email in zip(range(51), ["ada@example.com", "Ada@Example.com "] * 26, strict=False)
    ]
    assert [found.wait for found in said] == [None] * 50 + [timedelta(seconds=30)]
    kept = [await guess(database, ctx, "else@example.com", number=100_000, client="192.0.2.99")]
    assert kept == [Found(None, None)]


async def test_a_client_who_tries_many_numbers_waits_too(database: Database) -> None:
    ctx = a_context()
    said = [await guess(database, ctx, f"{n}@example.com", number=100_000 + n) for n in range(21)]
    assert [found.wait for found in said] == [None] * 20 + [timedelta(seconds=10)]


async def test_an_address_that_many_share_is_not_kept_waiting_by_their_slips(database: Database) -> None:
    ctx = a_context()
    for n in range(150):  # one each quarter of an hour, for a day and a half
        later = replace(ctx, now=ctx.now + timedelta(minutes=15 * n))
        assert await guess(database, later, f"{n}@example.com", number=100_000 + n) == Found(None, None)
    for n in range(19):
        assert (await guess(database, later, f"x{n}@example.com", number=200_000 + n)).wait is None
    assert (await guess(database, later, "y@example.com", number=300_000)).wait == timedelta(seconds=10)
    after = replace(ctx, now=later.now + timedelta(minutes=11))
    assert (await guess(database, after, "z@example.com", number=300_001)).wait is None
    assert (await guess(database, after, "z@example.com", number=300_002)).wait == timedelta(seconds=10)


async def test_every_miss_runs_the_same_statements(database: Database) -> None:
    desk = Desk(database)
    shop = await desk.shop()
    [order] = await desk.place(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    counts = {}
    for what, number in (("known", order.number), ("unknown", 999_999)):
        async with database.transaction("acme") as tx:
            assert await find_order(tx, a_context(), number, "else@example.com", "192.0.2.1") == Found(None, None)
            counts[what] = tx.statements
    assert counts == {"known": 4, "unknown": 4}


async def test_a_look_up_needs_its_scope_and_finds_in_its_channels_alone(database: Database) -> None:
    desk = Desk(database)
    shop = await desk.shop()
    person = Person(name="Ada", email="ada@look.example.com")
    [order] = await desk.place(an_order(shop.channel.code, [(shop.skus[0].code, 1)], customer=person))
    assert order.number is not None
    limited = a_context(channels=frozenset({new_id()}))
    assert await guess(database, limited, "ada@look.example.com", order.number) == Found(None, None)
    assert (await guess(database, a_context(), "ADA@look.example.com ", order.number)).order_id == order.order_id
    with pytest.raises(PermissionDenied):
        await guess(database, a_context(permissions={"orders.read"}), "ada@look.example.com", order.number)
