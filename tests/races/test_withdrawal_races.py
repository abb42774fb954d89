"""Races of withdrawals: said while goods leave, come back, are claimed or cancelled, and while money is on its way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.open_claims import open_claims
from orderwright.flows.request_returns import request_returns
from orderwright.flows.resolve_claims import resolve_claims
from orderwright.flows.settle_orders import settle_orders
from orderwright.flows.ship_fulfillments import ship_fulfillments
from orderwright.flows.withdraw_orders import withdraw_orders
from orderwright.fulfillment import ShipFulfillment
from orderwright.orders import CancelOrder
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.returns import ClaimedLine, OpenClaim, RequestedLine, RequestReturn, ResolveClaim
from orderwright.returns.withdrawals import WithdrawnLine, WithdrawOrder
from tests.builders.catalog import Shop
from tests.helpers.desk import Desk, codes
from tests.helpers.races import race
from tests.helpers.withdrawals import WithdrawalsDesk

Call = Callable[[Transaction], Awaitable[Any]]
PRICE = 1999


@pytest.fixture
def eu(desk: Desk) -> WithdrawalsDesk:
    return WithdrawalsDesk(desk)


def on(eu: WithdrawalsDesk, verb: Any, command: Any) -> Call:
    return lambda tx: verb(tx, eu.desk.ctx, [command])


def withdrawing(eu: WithdrawalsDesk, order_id: UUID, units: int | None = None, reference: str | None = None) -> Call:
    lines = None if units is None else [WithdrawnLine(line=1, quantity=units)]
    return on(eu, withdraw_orders, WithdrawOrder(order_id=order_id, lines=lines, reference=reference))


async def sold(eu: WithdrawalsDesk, units: int, *, sent: bool) -> tuple[Shop, UUID]:
    """Units of one SKU; of 20 there were."""
    shop = await eu.eu_shop()
    order = await eu.bank.paid_order(shop.channel.code, [(shop.skus[0].code, units)])
    return shop, await (eu.shipped(order) if sent else eu.paid(order))


@pytest.mark.parametrize("sent", [True, False])
async def test_units_are_withdrawn_from_once(eu: WithdrawalsDesk, *, sent: bool) -> None:
    _, order_id = await sold(eu, 3, sent=sent)

    first, second = await race(
        eu.desk, withdrawing(eu, order_id, 2, "at the desk"), withdrawing(eu, order_id, 2, "in the shop")
    )

    assert codes([*first, *second]) == ["withdrawn", "exceeds_withdrawable"]
    assert await eu.desk.counts("withdrawal") == {"withdrawal": 1}


async def test_the_whole_order_said_twice_is_said_once(eu: WithdrawalsDesk) -> None:
    _, order_id = await sold(eu, 2, sent=True)
    call = withdrawing(eu, order_id)

    first, second = await race(eu.desk, call, call)

    assert codes([*first, *second]) == ["withdrawn", "unchanged"]
    assert first[0].id == second[0].id


@pytest.mark.parametrize("first_leaves", [True, False])
async def test_what_leaves_meanwhile_comes_back_and_what_is_recalled_does_not_leave(
    eu: WithdrawalsDesk, *, first_leaves: bool
) -> None:
    shop, order_id = await sold(eu, 2, sent=False)
    [work] = await eu.desk.fulfillments(order_id)
    await eu.desk.pick(work.id)
    await eu.desk.pack(work.id)
    await eu.bank.work()
    shipping = on(eu, ship_fulfillments, ShipFulfillment(fulfillment_id=work.id))
    calls = (shipping, withdrawing(eu, order_id)) if first_leaves else (withdrawing(eu, order_id), shipping)

    first, second = await race(eu.desk, *calls)

    said, shipped = (second, first) if first_leaves else (first, second)
    assert codes([*said, *shipped]) == ["withdrawn", "shipped" if first_leaves else "wrong_state"]
    [line] = said[0].details["lines"]
    assert (line["cancelled"], line["returned"]) == ((0, 2) if first_leaves else (2, 0))
    left = {"available": 18} if first_leaves else {"available": 20}
    assert await eu.desk.stock(shop.skus[0], shop.locations[0]) == left
    await eu.bank.work()
    captured = 2 * PRICE if first_leaves else 0
    assert await eu.bank.sums(order_id) == [(2 * PRICE, 2 * PRICE - captured, captured, 0)]


@pytest.mark.parametrize("claim_first", [True, False])
async def test_a_unit_is_refunded_by_its_claim_or_withdrawn_from(eu: WithdrawalsDesk, *, claim_first: bool) -> None:
    shop, order_id = await sold(eu, 1, sent=True)
    claim = OpenClaim(order_id=order_id, kind="damaged", lines=[ClaimedLine(line=1, quantity=1)])
    [opened] = await eu.desk.run(open_claims, [claim])
    claiming = on(eu, resolve_claims, ResolveClaim(claim_id=opened.id, resolution="refund"))

    if claim_first:
        first, second = await race(eu.desk, claiming, withdrawing(eu, order_id))
        assert codes([*first, *second]) == ["resolved", "nothing_left"]
    else:
        first, second = await race(eu.desk, withdrawing(eu, order_id), claiming)
        assert codes([*first, *second]) == ["withdrawn", "exceeds_claimable"]
        await eu.back_and_seen(await eu.return_of(first[0].id), shop.skus[0], 1)

    assert await eu.refunded(order_id) == PRICE


async def test_a_unit_is_announced_or_withdrawn_from(eu: WithdrawalsDesk) -> None:
    _, order_id = await sold(eu, 1, sent=True)
    asked = RequestReturn(order_id=order_id, lines=[RequestedLine(line=1, quantity=1)])

    first, second = await race(eu.desk, on(eu, request_returns, asked), withdrawing(eu, order_id))

    assert codes([*first, *second]) == ["requested", "nothing_left"]


async def test_a_unit_is_cancelled_or_withdrawn_from(eu: WithdrawalsDesk) -> None:
    shop, order_id = await sold(eu, 2, sent=False)
    cancelling = on(eu, cancel_orders, CancelOrder(order_id=order_id))

    first, second = await race(eu.desk, cancelling, withdrawing(eu, order_id))

    assert codes([*first, *second]) == ["cancelled", "nothing_left"]
    assert await eu.desk.stock(shop.skus[0], shop.locations[0]) == {"available": 20}


async def test_what_is_withdrawn_from_while_it_is_settled_is_not_captured(eu: WithdrawalsDesk) -> None:
    _, order_id = await sold(eu, 2, sent=False)

    await race(eu.desk, withdrawing(eu, order_id), lambda tx: settle_orders(tx, eu.desk.ctx, [order_id]))

    await eu.bank.work()
    assert await eu.bank.sums(order_id) == [(2 * PRICE, 2 * PRICE, 0, 0)]
    assert await eu.bank.balances(order_id) == {}
