"""Labels of returns are bought once, and what the carrier says of them first is their scan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from orderwright.flows.buy_return_labels import buy_return_labels
from orderwright.fulfillment.carriers import LabelRequest, LabelResult
from orderwright.fulfillment.carriers.builtin import BuiltinCarrier, tracking_number
from orderwright.platform.clock import utc_now
from orderwright.platform.ids import encode_id, new_id
from orderwright.returns import PutReturnPolicy, ReturnTerms, put_return_policies
from tests.helpers.desk import Desk
from tests.helpers.returns import ReturnsDesk


@pytest.fixture
def back(desk: Desk) -> ReturnsDesk:
    return ReturnsDesk(desk)


async def test_a_return_by_label_has_one_and_its_scan_gives_the_money_back(back: ReturnsDesk) -> None:
    shop, order_id = await back.sale()
    await back.terms(shop.channel.code, refund_on="scan", label_service="express")
    return_id = await back.requested(order_id, (1, 2))

    await back.bank.work()

    [row] = await back.desk.fetch("SELECT carrier, tracking_number, label FROM customer_return")
    number = tracking_number(encode_id("ret", return_id))
    assert (row["carrier"], row["tracking_number"]) == ("builtin", number)
    assert '"express"' in row["label"]
    assert await back.desk.queue("return_label") == set()
    assert await back.desk.track(number, "accepted", utc_now()) == "recorded"
    assert await back.refunded(order_id) == 3998
    assert await back.state(return_id) == "in_transit"
    assert [e for e in await back.desk.events(order_id) if e.startswith("return")] == [
        "return.requested", "return.labelled", "return.scanned", "return.credited",
    ]  # fmt: skip
    assert await back.desk.track(number, "in_transit", utc_now()) == "repeated"


async def test_no_label_is_bought_for_what_is_dropped_off_or_has_one_or_is_cancelled(back: ReturnsDesk) -> None:
    _, order_id = await back.sale()
    await back.requested(order_id, (1, 1), method="drop_off")
    await back.requested(order_id, (1, 1), tracking_number="1Z-OWN")
    assert await back.desk.queue("return_label") == set()
    gone = await back.requested(order_id, (1, 1))
    assert (await back.cancel(gone)).code == "cancelled"
    await back.bank.work()
    rows = await back.desk.fetch("SELECT tracking_number, label FROM customer_return ORDER BY id")
    assert [tuple(row) for row in rows] == [(None, None), ("1Z-OWN", None), (None, None)]


async def test_a_call_whose_answer_is_lost_is_repeated_with_the_same_key(back: ReturnsDesk) -> None:
    """openlinker-project/openlinker#1917: a retry buys a second label."""
    _, order_id = await back.sale()
    return_id = await back.requested(order_id, (1, 1))
    carrier = Losing()
    with pytest.raises(ConnectionError):
        await buy_return_labels(back.desk.database, back.desk.ctx, [return_id], {"builtin": carrier})
    await buy_return_labels(back.desk.database, back.desk.ctx, [return_id], {"builtin": carrier})
    await buy_return_labels(back.desk.database, back.desk.ctx, [return_id], {"builtin": carrier})
    assert carrier.keys == [encode_id("ret", return_id)] * 2
    assert (await back.desk.events(order_id)).count("return.labelled") == 1


class Losing(BuiltinCarrier):
    """Its first answer does not arrive."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    async def create_labels(self, requests: Sequence[LabelRequest]) -> list[LabelResult]:
        self.keys += [request.idempotency_key for request in requests]
        if len(self.keys) == 1:
            raise ConnectionError
        return await super().create_labels(requests)


async def test_what_cannot_have_happened_yet_is_no_scan(back: ReturnsDesk) -> None:
    """Fault: only parcels that go out were asked for a plausible time; one that comes back gave its money back."""
    shop, order_id = await back.sale()
    await back.terms(shop.channel.code, refund_on="scan")
    return_id = await back.requested(order_id, (1, 1))
    await back.bank.work()
    number = tracking_number(encode_id("ret", return_id))
    assert await back.desk.track(number, "accepted", utc_now() + timedelta(days=9)) == "implausible_time"
    assert await back.refunded(order_id) == 0
    assert await back.state(return_id) == "requested"


async def test_who_is_limited_elsewhere_does_not_scan_it(back: ReturnsDesk) -> None:
    _, order_id = await back.sale()
    return_id = await back.requested(order_id, (1, 1))
    await back.bank.work()
    number = tracking_number(encode_id("ret", return_id))
    here = back.desk.ctx
    back.desk.ctx = replace(here, locations=frozenset({new_id()}))
    assert await back.desk.track(number, "accepted", utc_now()) == "unknown_tracking_number"
    back.desk.ctx = here
    assert await back.desk.queue("return_scan") == set()


@pytest.mark.parametrize(
    ("terms", "code"), [({"label_carrier": "pigeon"}, "unknown_carrier"), ({"label_service": "x"}, "unknown_service")]
)
async def test_terms_name_a_carrier_that_is_here(back: ReturnsDesk, terms: dict[str, str], code: str) -> None:
    shop = await back.desk.shop()
    command = PutReturnPolicy(channel=shop.channel.code, terms=ReturnTerms(**terms))  # type: ignore[arg-type]
    [outcome] = await back.desk.run(put_return_policies, [command])
    assert outcome.code == code
