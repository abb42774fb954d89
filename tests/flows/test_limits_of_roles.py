"""Limits by role: what a person gives or corrects in total within 24 hours, and nothing of who has none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from orderwright.flows.adjust_stock import adjust_stock
from orderwright.flows.change_money import record_payments, refund_orders, write_off_balances
from orderwright.flows.edit_orders import edit_orders, preview_edits
from orderwright.flows.resolve_claims import resolve_claims
from orderwright.inventory import AdjustStock
from orderwright.orders import EditOrder
from orderwright.orders.contract import Amount, Charge, Discount
from orderwright.orders.edit_contract import AddDiscount, AddLine, RemoveLine, SetQuantity, SetShipping
from orderwright.payments import RecordPayment, RefundOrder, WriteOffBalance
from orderwright.payments.store_credit import (
    AdjustStoreCredit,
    IssueStoreCredit,
    adjust_store_credit,
    issue_store_credit,
)
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.limits import NO_LIMITS, Limits, limits_from_json, limits_to_json
from orderwright.platform.outcomes import Outcome
from orderwright.returns import ResolveClaim
from tests.builders.orders import a_line, an_order, usd
from tests.helpers.claims import ClaimsDesk
from tests.helpers.credits import CreditDesk
from tests.helpers.desk import Desk, codes
from tests.helpers.races import race

LIMITS = Limits(refund_max_minor={"USD": 1000}, credit_max_minor={"USD": 500}, adjust_max_units=5)


def limit(desk: Desk, limits: Limits = LIMITS, actor: str = "user:mia") -> None:
    """Let the desk act as somebody with limits."""
    desk.ctx = replace(desk.ctx, limits=limits, actor=actor)


async def refund(desk: Desk, order_id: UUID, minor: int, **fields: Any) -> Outcome:
    [outcome] = await desk.run(refund_orders, [RefundOrder(order_id=order_id, amount=usd(minor), **fields)])
    return outcome  # type: ignore[no-any-return]


async def a_sale(credit: CreditDesk, units: int = 2) -> UUID:
    """A customer's order of so many units at 19.99, captured."""
    shop = await credit.stocked()
    return await credit.shipped(await credit.bank.paid_order(shop.channel.code, [(shop.skus[0].code, units)]))


@pytest.fixture
def credit(desk: Desk) -> CreditDesk:
    return CreditDesk(desk)


async def test_ten_small_refunds_are_one_large_one(credit: CreditDesk) -> None:
    order_id, desk = await a_sale(credit), credit.desk
    limit(desk)
    assert [(await refund(desk, order_id, 400)).code for _ in range(2)] == ["refunding", "refunding"]
    above = await refund(desk, order_id, 201)
    assert (above.code, above.details) == (
        "above_limit",
        {"limit": "refund", "max": 1000, "used": 800, "asked": 201, "currency": "USD", "approval": True},
    )
    assert above.message == (
        "You may give or correct 10.00 USD of an order's money within 24 hours; 8.00 USD of it was used already. "
        "Do less, or ask for approval: POST /v1/approvals with the same content."
    )
    assert (await refund(desk, order_id, 200)).code == "refunding"


async def test_a_limit_is_of_one_order_one_actor_and_24_hours(credit: CreditDesk) -> None:
    one, other, desk = await a_sale(credit), await a_sale(credit), credit.desk
    limit(desk)
    assert (await refund(desk, one, 1000)).code == "refunding"
    assert (await refund(desk, one, 1)).code == "above_limit"
    assert (await refund(desk, other, 1000)).code == "refunding"
    limit(desk, actor="user:ben")
    assert (await refund(desk, one, 1)).code == "refunding"
    limit(desk)
    desk.ctx = replace(desk.ctx, now=desk.ctx.now + timedelta(hours=25))
    assert (await refund(desk, one, 1000)).code == "refunding"


async def test_what_is_refused_changes_nothing_and_what_others_give_does_not_count(credit: CreditDesk) -> None:
    order_id, desk = await a_sale(credit), credit.desk
    assert (await refund(desk, order_id, 900)).code == "refunding"  # without a limit
    limit(desk)
    before = await credit.bank.balances(order_id)
    assert (await refund(desk, order_id, 1001)).code == "above_limit"
    assert await credit.bank.balances(order_id) == before
    assert await desk.value("SELECT count(*) FROM limit_use") == 0


async def test_a_currency_that_is_not_named_may_not_be_given(credit: CreditDesk) -> None:
    order_id, desk = await a_sale(credit), credit.desk
    limit(desk, Limits(refund_max_minor={"EUR": 10_000}))
    assert (await refund(desk, order_id, 1)).details["max"] == 0


async def test_balances_written_off_count_and_facts_do_not(credit: CreditDesk) -> None:
    desk, shop = credit.desk, await credit.stocked()
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    limit(desk)
    [off] = await desk.run(write_off_balances, [WriteOffBalance(order_id=order_id)])
    assert (off.code, off.details["asked"]) == ("above_limit", 3998)
    cash = RecordPayment(order_id=order_id, amount=usd(3998), method="cash")
    assert codes(await desk.run(record_payments, [cash])) == ["recorded"]  # a fact has no limit
    assert await desk.value("SELECT count(*) FROM limit_use") == 0


async def test_refunds_to_store_credit_count_too(credit: CreditDesk) -> None:
    desk = credit.desk
    _, order_id, _ = await credit.half_shipped()
    limit(desk)
    assert (await refund(desk, order_id, 600, to="store_credit")).code == "credited"
    above = await refund(desk, order_id, 500)
    assert (above.code, above.details["used"]) == ("above_limit", 600)


async def test_claims_count_as_refunds(database: Database) -> None:
    care = ClaimsDesk(Desk(database))
    shop = await care.desk.shop()
    await care.desk.receive(shop.skus[0], shop.locations[0], 20)
    order_id = await care.shipped(await care.bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    damaged = await care.opened(order_id, "damaged", (1, 1))
    late = await care.opened(order_id, "late", (1, 1))
    limit(care.desk, Limits(refund_max_minor={"USD": 2000}))
    assert (await care.resolve_claim(late, "allowance", amount=300)).code == "resolved"
    refused = await care.resolve_claim(damaged, "refund")
    assert (refused.code, refused.details["asked"], refused.details["used"]) == ("above_limit", 1999, 300)
    assert (await care.claim(damaged))["state"] == "open"
    sent = await care.desk.run(resolve_claims, [ResolveClaim(claim_id=damaged, resolution="reship")])
    assert codes(sent) == ["resolved"]  # goods are no money


async def test_goodwill_is_limited_in_total_to_one_customer(credit: CreditDesk) -> None:
    desk = credit.desk
    customer = await credit.customer(await credit.stocked())
    limit(desk)
    command = IssueStoreCredit(customer=encode_id("cus", customer), amount=usd(300))
    above = replace_amount(command, 501)
    assert codes(await desk.run(issue_store_credit, [above])) == ["above_limit"]
    assert await desk.value("SELECT count(*) FROM credit_account") == 0  # nothing was changed
    assert codes(await desk.run(issue_store_credit, [command, command])) == ["issued", "above_limit"]
    assert codes(await desk.run(issue_store_credit, [replace_amount(command, 200)])) == ["issued"]
    account_id = await desk.value("SELECT id FROM credit_account")
    plus = AdjustStoreCredit(account_id=account_id, amount=command.amount, reason="correction")
    [up] = await desk.run(adjust_store_credit, [plus])
    assert up.code == "above_limit"


def replace_amount(command: IssueStoreCredit, minor: int) -> IssueStoreCredit:
    return IssueStoreCredit(customer=command.customer, amount=usd(minor))


async def test_stock_is_corrected_by_so_many_units_of_a_sku_at_a_location(desk: Desk) -> None:
    shop = await desk.shop(locations=2)
    for place in shop.locations:
        await desk.receive(shop.skus[0], place, 50)
    limit(desk)

    def adjust(delta: int, n: int = 0) -> AdjustStock:
        return AdjustStock(sku=shop.skus[0].code, location=shop.locations[n].code, delta=delta, reason="count")

    assert codes(await desk.run(adjust_stock, [adjust(-3), adjust(3), adjust(2), adjust(-5, 1)])) == [
        "adjusted", "above_limit", "adjusted", "adjusted",
    ]  # fmt: skip
    [above] = await desk.run(adjust_stock, [adjust(1)])
    assert above.details == {"limit": "adjust", "max": 5, "used": 5, "asked": 1, "approval": True}


async def test_two_refunds_at_once_do_not_both_fit_under_the_limit(credit: CreditDesk) -> None:
    order_id, desk = await a_sale(credit), credit.desk
    limit(desk)
    command = RefundOrder(order_id=order_id, amount=usd(600))
    first, second = await race(
        desk, lambda tx: refund_orders(tx, desk.ctx, [command]), lambda tx: refund_orders(tx, desk.ctx, [command])
    )
    assert codes(first) + codes(second) == ["refunding", "above_limit"]


@pytest.mark.parametrize("limits", [LIMITS, NO_LIMITS])
async def test_a_limit_costs_two_statements_for_one_and_for_twenty(credit: CreditDesk, limits: Limits) -> None:
    desk = credit.desk
    ids = [await a_sale(credit) for _ in range(4)]
    limit(desk, limits)
    counts = []
    for some in (ids[:1], ids[1:]):
        async with desk.database.transaction("acme") as tx:
            await refund_orders(tx, desk.ctx, [RefundOrder(order_id=i, amount=usd(100)) for i in some])
            counts.append(tx.statements)
    assert counts[0] == counts[1]
    async with desk.database.transaction("acme", read_only=True) as tx:
        [row] = await tx.fetch("SELECT count(*) AS n FROM limit_use")
    assert row["n"] == (4 if limits is LIMITS else 0)


@pytest.mark.parametrize(
    ("mine", "theirs", "within"),
    [
        (NO_LIMITS, NO_LIMITS, True),
        (LIMITS, NO_LIMITS, True),
        (NO_LIMITS, LIMITS, False),
        (LIMITS, LIMITS, True),
        (Limits(adjust_max_units=5), Limits(adjust_max_units=4), False),
        (Limits(refund_max_minor={}), Limits(refund_max_minor={"USD": 1}), True),
        (Limits(refund_max_minor={"EUR": 1}), Limits(refund_max_minor={"USD": 1}), False),
    ],
)
def test_nobody_gives_more_than_they_have(mine: Limits, theirs: Limits, within: bool) -> None:
    assert mine.within(theirs) is within


def test_limits_are_stored_as_they_are() -> None:
    assert limits_from_json(limits_to_json(LIMITS)) == LIMITS
    assert limits_to_json(NO_LIMITS) is None
    assert limits_from_json(None) == NO_LIMITS


async def test_keys_of_a_person_are_no_way_round_their_limit(credit: CreditDesk) -> None:
    order_id, desk = await a_sale(credit), credit.desk
    limit(desk)
    assert (await refund(desk, order_id, 600)).code == "refunding"
    desk.ctx = replace(desk.ctx, actor="key:abc", held_by="user:mia")
    above = await refund(desk, order_id, 500)
    assert (above.code, above.details["used"]) == ("above_limit", 600)
    assert (await refund(desk, order_id, 400)).code == "refunding"
    limit(desk)
    desk.ctx = replace(desk.ctx, held_by=None)
    assert (await refund(desk, order_id, 1)).code == "above_limit"


async def test_what_the_limit_refuses_is_not_counted_on_by_what_comes_after_it(desk: Desk) -> None:
    shop = await desk.shop(locations=1)
    await desk.receive(shop.skus[0], shop.locations[0], 2)
    limit(desk)

    def adjust(delta: int) -> AdjustStock:
        return AdjustStock(sku=shop.skus[0].code, location=shop.locations[0].code, delta=delta, reason="count")

    outcomes = await desk.run(adjust_stock, [adjust(10), adjust(-5), adjust(-2)])
    assert codes(outcomes) == ["above_limit", "insufficient_stock", "adjusted"]
    assert await desk.value("SELECT amount FROM limit_use") == 2


async def test_what_an_edit_gives_for_nothing_counts_and_goods_taken_off_do_not(credit: CreditDesk) -> None:
    desk, shop = credit.desk, await credit.stocked()
    a = shop.skus[0].code
    whole = an_order(shop.channel.code, [(a, 2), (a, 3)])
    shipping = [Charge(amount=Amount(amount=700, currency="USD"))]
    order = msgspec.structs.replace(whole, shipping=shipping, total=Amount(amount=5 * 1999 + 700, currency="USD"))
    order_id = await desk.placed(order)
    limit(desk)

    async def edit(revision: int, *changes: Any, verb: Any = edit_orders) -> Outcome:
        [outcome] = await desk.run(verb, [EditOrder(order_id=order_id, revision=revision, changes=list(changes))])
        return outcome  # type: ignore[no-any-return]

    def off(minor: int) -> AddDiscount:
        return AddDiscount(discount=Discount(amount=Amount(amount=minor, currency="USD")))

    def priced(minor: int) -> AddLine:
        return AddLine(line=a_line(a, 1, minor))

    assert (await edit(0, off(1001))).code == "above_limit"
    assert (await edit(0, off(1001), verb=preview_edits)).code == "above_limit"
    assert (await edit(0, off(800))).code == "edited"
    above = await edit(1, SetShipping(shipping=[Charge(amount=Amount(amount=400, currency="USD"))]))
    assert (above.code, above.details["used"], above.details["asked"]) == ("above_limit", 800, 300)
    assert (await edit(1, RemoveLine(line=1))).code == "edited"  # goods for money
    above = await edit(2, SetQuantity(line=2, quantity=2), priced(500))
    assert (above.code, above.details["asked"]) == ("above_limit", 1339)  # 18.39 for 5.00
    # what is added besides pays for no discount
    assert (await edit(2, priced(9000), off(201))).details["asked"] == 201
    assert await desk.value("SELECT sum(amount) FROM limit_use") == 800
    assert (await refund_or_no(desk, order_id)) == "above_limit"


async def refund_or_no(desk: Desk, order_id: UUID) -> str:
    """Whether somebody who gave a discount may write off as much again."""
    off = WriteOffBalance(order_id=order_id, amount=usd(201))
    return codes(await desk.run(write_off_balances, [off]))[0]


async def test_an_edit_costs_two_statements_more_for_who_has_a_limit(credit: CreditDesk) -> None:
    desk, shop = credit.desk, await credit.stocked()
    counts = []
    for limits in (NO_LIMITS, LIMITS):
        limit(desk, limits)
        order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 2)]))
        change = AddDiscount(discount=Discount(amount=Amount(amount=100, currency="USD")))
        async with desk.database.transaction("acme") as tx:
            [edited] = await edit_orders(tx, desk.ctx, [EditOrder(order_id=order_id, revision=0, changes=[change])])
            counts.append(tx.statements)
        assert edited.code == "edited"
    assert counts[1] == counts[0] + 2
