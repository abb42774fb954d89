"""Races of returns: the same units announced, received, inspected and closed twice at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from orderwright.flows.end_returns import cancel_returns, close_returns, scan_returns
from orderwright.flows.inspect_returns import inspect_returns
from orderwright.flows.park_returns import resolve_parked
from orderwright.flows.receive_returns import receive_returns
from orderwright.flows.request_returns import request_returns
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.returns import (
    CloseReturn,
    CountedItem,
    InspectedItem,
    InspectReturn,
    ReceiveReturn,
    RequestedLine,
    RequestReturn,
    ResolveParked,
    ReturnCommand,
)
from tests.builders.catalog import Shop
from tests.helpers.desk import Desk, codes
from tests.helpers.races import race
from tests.helpers.returns import ReturnsDesk

Call = Callable[[Transaction], Awaitable[Any]]


@pytest.fixture
def back(desk: Desk) -> ReturnsDesk:
    return ReturnsDesk(desk)


async def a_sale(back: ReturnsDesk, units: int = 2) -> tuple[Shop, UUID]:
    shop = await back.desk.shop()
    await back.desk.receive(shop.skus[0], shop.locations[0], 9)
    return shop, await back.shipped(await back.bank.paid_order(shop.channel.code, [(shop.skus[0].code, units)]))


def on(back: ReturnsDesk, verb: Any, command: Any) -> Call:
    return lambda tx: verb(tx, back.desk.ctx, [command])


async def test_the_same_units_are_announced_once(back: ReturnsDesk) -> None:
    _, order_id = await a_sale(back)
    command = RequestReturn(order_id=order_id, lines=[RequestedLine(line=1, quantity=2)])

    first, second = await race(back.desk, on(back, request_returns, command), on(back, request_returns, command))

    assert codes([*first, *second]) == ["requested", "exceeds_returnable"]


async def test_what_was_rolled_back_may_be_announced(back: ReturnsDesk) -> None:
    _, order_id = await a_sale(back)
    command = RequestReturn(order_id=order_id, lines=[RequestedLine(line=1, quantity=2)])

    _, second = await race(
        back.desk, on(back, request_returns, command), on(back, request_returns, command), keep=False
    )

    assert codes(second) == ["requested"]


async def test_two_parcels_do_not_bring_more_than_left(back: ReturnsDesk) -> None:
    shop, order_id = await a_sale(back)
    await back.terms(shop.channel.code, refund_on="receipt")
    one, other = await back.requested(order_id, (1, 1)), await back.requested(order_id, (1, 1))
    items = [CountedItem(sku=shop.skus[0].code, quantity=2)]

    first, second = await race(
        back.desk,
        on(back, receive_returns, ReceiveReturn(return_id=one, items=items)),
        on(back, receive_returns, ReceiveReturn(return_id=other, items=items)),
    )

    assert codes([*first, *second]) == ["received", "parked"]
    assert await back.returned(order_id) == {(1, 1): 2}
    assert await back.refunded(order_id) == 3998


async def test_units_are_inspected_and_refunded_once(back: ReturnsDesk) -> None:
    shop, order_id = await a_sale(back)
    return_id = await back.requested(order_id, (1, 2))
    await back.receive(return_id, (shop.skus[0], 2))
    look = on(back, inspect_returns, InspectReturn(
        return_id=return_id, items=[InspectedItem(sku=shop.skus[0].code, quantity=2)]
    ))  # fmt: skip

    first, second = await race(back.desk, look, look)

    assert codes([*first, *second]) == ["inspected", "not_received"]
    assert await back.refunded(order_id) == 3998


@pytest.mark.parametrize(
    ("verb", "codes_"), [(scan_returns, ["scanned", "wrong_state"]), (cancel_returns, ["cancelled", "wrong_state"])]
)
async def test_a_scan_or_a_cancellation_comes_first(back: ReturnsDesk, verb: Any, codes_: list[str]) -> None:
    shop, order_id = await a_sale(back)
    await back.terms(shop.channel.code, refund_on="scan")
    return_id = await back.requested(order_id, (1, 2))
    command = ReturnCommand(return_id=return_id)
    other = cancel_returns if verb is scan_returns else scan_returns

    first, second = await race(back.desk, on(back, verb, command), on(back, other, command))

    assert codes([*first, *second]) == codes_
    assert await back.refunded(order_id) == (3998 if verb is scan_returns else 0)


async def test_a_return_that_is_closed_takes_in_no_more(back: ReturnsDesk) -> None:
    shop, order_id = await a_sale(back)
    return_id = await back.requested(order_id, (1, 2))
    arrives = ReceiveReturn(return_id=return_id, items=[CountedItem(sku=shop.skus[0].code, quantity=2)])

    first, second = await race(
        back.desk, on(back, close_returns, CloseReturn(return_id=return_id)), on(back, receive_returns, arrives)
    )

    assert codes([*first, *second]) == ["closed", "parked"]


async def test_a_parked_parcel_is_of_one_order(back: ReturnsDesk) -> None:
    shop, order_id = await a_sale(back)
    other_id = await back.shipped(await back.bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    parked = await back.park(shop.locations[0].code, (shop.skus[0], 1))
    assert parked.id is not None
    calls = [
        on(back, resolve_parked, ResolveParked(unexpected_id=parked.id, order_id=encode_id("ord", i)))
        for i in (order_id, other_id)
    ]

    first, second = await race(back.desk, *calls)

    assert codes([*first, *second]) == ["matched", "wrong_state"]
    assert await back.returned(other_id) == {}
