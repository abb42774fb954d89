"""Races of claims: the same units claimed twice, and claimed and returned at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from orderwright.flows.carrier_claims import file_carrier_claims
from orderwright.flows.open_claims import open_claims
from orderwright.flows.park_returns import resolve_parked
from orderwright.flows.receive_returns import receive_returns
from orderwright.flows.request_returns import request_returns
from orderwright.flows.resolve_claims import reject_claims, resolve_claims
from orderwright.orders.contract import Amount
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.returns import (
    ClaimedLine,
    CountedItem,
    FileCarrierClaim,
    OpenClaim,
    ReceiveReturn,
    RejectClaim,
    RequestedLine,
    RequestReturn,
    ResolveClaim,
    ResolveParked,
)
from tests.helpers.claims import ClaimsDesk
from tests.helpers.desk import Desk, codes
from tests.helpers.races import race

Call = Callable[[Transaction], Awaitable[Any]]


@pytest.fixture
def care(desk: Desk) -> ClaimsDesk:
    return ClaimsDesk(desk)


def on(care: ClaimsDesk, verb: Any, command: Any) -> Call:
    return lambda tx: verb(tx, care.desk.ctx, [command])


def claims(order_id: UUID, units: int = 1) -> OpenClaim:
    return OpenClaim(order_id=order_id, kind="lost", lines=[ClaimedLine(line=1, quantity=units)])


async def test_one_unit_is_claimed_once(care: ClaimsDesk) -> None:
    _, order_id = await care.sale(1)
    call = on(care, open_claims, claims(order_id))

    first, second = await race(care.desk, call, call)

    assert codes([*first, *second]) == ["opened", "exceeds_claimable"]


async def test_what_was_rolled_back_may_be_claimed(care: ClaimsDesk) -> None:
    _, order_id = await care.sale(1)
    call = on(care, open_claims, claims(order_id))

    _, second = await race(care.desk, call, call, keep=False)

    assert codes(second) == ["opened"]


@pytest.mark.parametrize("claim_first", [True, False])
async def test_a_unit_is_not_refunded_by_a_claim_while_it_comes_back(care: ClaimsDesk, *, claim_first: bool) -> None:
    _, order_id = await care.sale(1)
    claiming = on(care, open_claims, claims(order_id))
    asked = RequestReturn(order_id=order_id, lines=[RequestedLine(line=1, quantity=1)])
    announcing = on(care, request_returns, asked)

    if claim_first:
        first, second = await race(care.desk, claiming, announcing)
        assert codes([*first, *second]) == ["opened", "requested"]
        assert (await care.resolve_claim(first[0].id, "refund")).code == "exceeds_claimable"
    else:
        first, second = await race(care.desk, announcing, claiming)
        assert codes([*first, *second]) == ["requested", "exceeds_claimable"]


@pytest.mark.parametrize("how", ["refund", "reship"])
async def test_a_claim_is_resolved_once(care: ClaimsDesk, how: Any) -> None:
    _, order_id = await care.sale(2)
    claim_id = await care.opened(order_id, "lost", (1, 1))
    call = on(care, resolve_claims, ResolveClaim(claim_id=claim_id, resolution=how))

    first, second = await race(care.desk, call, call)

    assert codes([*first, *second]) == ["resolved", "wrong_state"]
    assert await care.refunded(order_id) == (1999 if how == "refund" else 0)
    assert await care.desk.value("SELECT count(*) FROM orders") == (1 if how == "refund" else 2)


async def test_a_claim_is_resolved_or_rejected(care: ClaimsDesk) -> None:
    _, order_id = await care.sale(1)
    claim_id = await care.opened(order_id, "lost", (1, 1))

    first, second = await race(
        care.desk,
        on(care, reject_claims, RejectClaim(claim_id=claim_id)),
        on(care, resolve_claims, ResolveClaim(claim_id=claim_id, resolution="refund")),
    )

    assert codes([*first, *second]) == ["rejected", "wrong_state"]
    assert await care.refunded(order_id) == 0


@pytest.mark.parametrize("claim_first", [True, False])
async def test_a_unit_is_refunded_by_its_claim_or_by_its_return(care: ClaimsDesk, *, claim_first: bool) -> None:
    shop, order_id = await care.sale(1)
    await care.terms(shop.channel.code, refund_on="receipt")
    claim_id = await care.opened(order_id, "damaged", (1, 1))
    parked = await care.park(shop.locations[0].code, (shop.skus[0], 1))
    assert parked.id is not None
    claiming = on(care, resolve_claims, ResolveClaim(claim_id=claim_id, resolution="refund"))
    whose = ResolveParked(unexpected_id=parked.id, order_id=encode_id("ord", order_id))
    receiving = on(care, resolve_parked, whose)

    if claim_first:
        first, second = await race(care.desk, claiming, receiving)
        assert codes([*first, *second]) == ["resolved", "matched"]
    else:
        first, second = await race(care.desk, receiving, claiming)
        assert codes([*first, *second]) == ["matched", "exceeds_claimable"]

    assert await care.returned(order_id) == {(1, 1): 1}
    assert await care.refunded(order_id) == 1999
    assert await care.bank.due(order_id) == 0


async def test_a_parcel_with_too_much_and_a_refund_of_the_rest(care: ClaimsDesk) -> None:
    shop, order_id = await care.sale(2)
    await care.terms(shop.channel.code, refund_on="receipt")
    return_id = await care.requested(order_id, (1, 1))
    claim_id = await care.opened(order_id, "lost", (1, 1))
    items = [CountedItem(sku=shop.skus[0].code, quantity=2)]

    first, second = await race(
        care.desk,
        on(care, resolve_claims, ResolveClaim(claim_id=claim_id, resolution="refund")),
        on(care, receive_returns, ReceiveReturn(return_id=return_id, items=items)),
    )

    assert codes([*first, *second]) == ["resolved", "received"]
    assert await care.refunded(order_id) == 2 * 1999


async def test_a_carrier_claim_is_filed_once(care: ClaimsDesk) -> None:
    _, order_id = await care.sale(1)
    claim_id = await care.opened(order_id, "lost", (1, 1))
    call = on(care, file_carrier_claims, FileCarrierClaim(claim_id=claim_id, amount=Amount(1999, "USD")))

    first, second = await race(care.desk, call, call)

    assert codes([*first, *second]) == ["filed", "wrong_state"]
