"""Store credit pays for orders as cards do: set aside, spent when goods leave, given back; never another's."""

from __future__ import annotations

from decimal import Decimal

import pytest

from orderwright.flows.change_money import refund_orders, retry_payments
from orderwright.flows.edit_orders import edit_orders
from orderwright.flows.erase_customers import EraseCustomer, erase_customers
from orderwright.flows.inspect_returns import inspect_returns
from orderwright.orders import EditOrder
from orderwright.orders.contract import Person, ReportedPayment, SignedAmount
from orderwright.orders.edit_contract import SetQuantity
from orderwright.payments import RefundOrder, RetryPayment
from orderwright.platform.ids import UUID, encode_id, new_id
from orderwright.platform.outcomes import Outcome
from orderwright.returns import InspectedItem, InspectReturn
from tests.builders.orders import a_line, a_payment, an_order, usd
from tests.helpers.credits import ADA, CreditDesk
from tests.helpers.desk import Desk, codes

GRACE = Person(name="Grace Hopper", email="grace@example.com")


@pytest.fixture
def credit(desk: Desk) -> CreditDesk:
    return CreditDesk(desk)


async def refund(credit: CreditDesk, order_id: UUID, minor: int, to: str = "store_credit", **fields: object) -> Outcome:
    command = RefundOrder(order_id=order_id, amount=usd(minor), to=to, **fields)  # type: ignore[arg-type]
    [outcome] = await credit.desk.run(refund_orders, [command])
    return outcome  # type: ignore[no-any-return]


# ---- to spend it ----


async def test_it_is_set_aside_and_spent_when_the_goods_leave(credit: CreditDesk) -> None:
    shop = await credit.stocked()
    account = await credit.issued(await credit.customer(shop), 5000)
    order_id = await credit.desk.placed(await credit.order(shop, account, 3998))
    assert await credit.desk.holds(order_id) == ["payment_pending"]
    await credit.bank.work()
    assert await credit.account(account) == (5000, 3998)
    assert await credit.desk.holds(order_id) == []
    for work in await credit.desk.fulfillments(order_id):
        await credit.desk.pick(work.id)
        await credit.desk.pack(work.id)
        await credit.bank.work()
        await credit.desk.ship(work.id)
    await credit.bank.work()
    assert await credit.account(account) == (1002, 0)
    assert await credit.entries(account) == [("issued", 5000), ("spent", -3998)]
    assert await credit.bank.sums(order_id) == [(3998, 0, 3998, 0)]
    assert await credit.bank.due(order_id) == 0
    assert await credit.desk.events(account) == ["store_credit.issued", "store_credit.spent"]


async def test_credit_and_card_pay_together_and_get_back_in_order(credit: CreditDesk) -> None:
    """Two of three units come back: 39.98, of which store credit paid 25.00, and the card the rest."""
    shop = await credit.stocked()
    account = await credit.issued(await credit.customer(shop), 2500)
    order_id = await credit.shipped(await credit.order(shop, account, 2500, 3497))
    assert await credit.account(account) == (0, 0)
    return_id = await credit.requested(order_id, (1, 2))
    await credit.receive(return_id, (shop.skus[0], 2))
    await credit.inspect(return_id, shop.skus[0], 2)
    await credit.bank.work()
    assert await credit.bank.sums(order_id) == [(2500, 0, 2500, 2500), (3497, 0, 3497, 1498)]
    assert await credit.entries(account) == [("issued", 2500), ("spent", -2500), ("returned", 2500)]
    assert await credit.bank.due(order_id) == 0


async def test_a_cancelled_order_lets_it_go(credit: CreditDesk) -> None:
    shop = await credit.stocked()
    account = await credit.issued(await credit.customer(shop), 5000)
    order_id = await credit.desk.placed(await credit.order(shop, account, 1999))
    await credit.bank.work()
    assert await credit.account(account) == (5000, 1999)
    await credit.desk.cancel(order_id)
    await credit.bank.work()
    assert await credit.account(account) == (5000, 0)
    assert await credit.entries(account) == [("issued", 5000)]
    assert await credit.bank.sums(order_id) == [(1999, 1999, 0, 0)]


async def test_each_parcel_spends_its_part_and_the_last_lets_the_rest_go(credit: CreditDesk) -> None:
    shop = await credit.desk.shop(locations=2, skus=2)
    for sku, at in zip(shop.skus, shop.locations, strict=True):
        await credit.desk.receive(sku, at, 5)
    account = await credit.issued(await credit.customer(shop), 4000)
    lines = [a_line(sku.code, 1, price) for sku, price in zip(shop.skus, (1333, 2001), strict=True)]
    order_id = await credit.desk.placed(await credit.order(shop, account, 3334, lines=lines))
    await credit.bank.work()
    found = []
    for work in await credit.desk.fulfillments(order_id):
        await credit.desk.pick(work.id)
        await credit.desk.pack(work.id)
        await credit.bank.work()
        await credit.desk.ship(work.id)
        await credit.bank.work()
        found.append(await credit.account(account))
    assert sorted(found) in ([(666, 0), (1999, 1333)], [(666, 0), (2667, 2001)])
    assert await credit.bank.sums(order_id) == [(3334, 0, 3334, 0)]
    assert await credit.desk.value("SELECT finalized FROM credit_hold") is True


async def test_nobody_spends_what_is_another_customers(credit: CreditDesk) -> None:
    shop = await credit.stocked()
    account = await credit.issued(await credit.customer(shop, GRACE), 5000)
    for customer in (ADA, None):
        order_id = await credit.desk.placed(await credit.order(shop, account, 1999, customer=customer))
        await credit.bank.work()
        [payment] = await credit.bank.payments(order_id)
        assert payment.refused_code == "unknown_account"
        assert await credit.desk.holds(order_id) == ["payment_refused"]
    assert await credit.account(account) == (5000, 0)


async def test_too_little_holds_the_order_until_there_is_another_payment(credit: CreditDesk) -> None:
    shop = await credit.stocked()
    owner = await credit.customer(shop)
    account = await credit.issued(owner, 1998)
    order_id = await credit.desk.placed(await credit.order(shop, account, 1999))
    await credit.bank.work()
    [payment] = await credit.bank.payments(order_id)
    assert payment.refused_code == "insufficient_funds"
    await credit.issue(owner, 1)
    again = RetryPayment(payment_id=payment.id, token=encode_id("crd", account))
    [outcome] = await credit.desk.run(retry_payments, [again])
    await credit.bank.work()
    assert (outcome.code, await credit.desk.holds(order_id)) == ("retried", [])
    assert await credit.account(account) == (1999, 1999)


@pytest.mark.parametrize("reference", [None, "crd_nonsense", "tok_ok"])
async def test_a_payment_must_name_an_account(credit: CreditDesk, reference: str | None) -> None:
    shop = await credit.stocked()
    account = await credit.issued(await credit.customer(shop), 5000)
    payment = ReportedPayment(
        method="store_credit", state="pending", amount=usd(1999), provider="store_credit", reference=reference
    )
    order = an_order(shop.channel.code, [(shop.skus[0].code, 1)], customer=ADA, payments=[payment])
    order_id = await credit.desk.placed(order)
    await credit.bank.work()
    assert [p.refused_code for p in await credit.bank.payments(order_id)] == ["unknown_account"]
    assert await credit.account(account) == (5000, 0)


# ---- to refund to it ----


async def test_a_refund_becomes_store_credit_and_no_provider_is_asked(credit: CreditDesk) -> None:
    shop, order_id = await credit.sale(3)
    outcome = await refund(credit, order_id, 1000)
    account = await credit.desk.value("SELECT id FROM credit_account")
    assert (outcome.code, outcome.details) == ("credited", {"account_id": encode_id("crd", account)})
    await credit.bank.work()
    assert await credit.account(account) == (1000, 0)
    assert await credit.bank.balances(order_id) == {
        "lines": -5997, "captured": 5997, "allowances": 1000, "store_credit": -1000,
    }  # fmt: skip
    assert await credit.bank.sums(order_id) == [(5997, 0, 5997, 0)]
    assert (await credit.desk.events(order_id))[-1] == "payment.refund_asked"
    assert await credit.desk.events(account) == ["store_credit.refunded"]
    # It is the customer's: the next order may be paid with it.
    next_id = await credit.desk.placed(
        an_order(
            shop.channel.code,
            [a_line(shop.skus[0].code, 1, 1000)],
            payments=[await credit.pays(account, 1000)],
            customer=await _person(credit, order_id),
        )
    )
    await credit.bank.work()
    assert await credit.account(account) == (1000, 1000)
    assert await credit.owner(next_id) == await credit.owner(order_id)


async def _person(credit: CreditDesk, order_id: UUID) -> Person:
    email = await credit.desk.value("SELECT email FROM contact WHERE order_id = $1 AND email IS NOT NULL", order_id)
    return Person(name="Ada Lovelace", email=email)


async def test_payments_and_store_credit_give_back_no_more_than_was_captured(credit: CreditDesk) -> None:
    _, order_id = await credit.sale(1)
    assert (await refund(credit, order_id, 1500)).code == "credited"
    for to in ("payment", "store_credit"):
        outcome = await refund(credit, order_id, 500, to)
        assert (outcome.code, outcome.details) == ("exceeds_refundable", {"refundable": 499})
    assert (await refund(credit, order_id, 499, "payment")).code == "refunding"
    await credit.bank.work()
    outcome = await refund(credit, order_id, 1)
    assert (outcome.code, outcome.details) == ("exceeds_refundable", {"refundable": 0})
    assert await credit.bank.sums(order_id) == [(1999, 0, 1999, 499)]


async def test_what_was_given_as_store_credit_is_not_refunded_again_when_goods_come_back(credit: CreditDesk) -> None:
    """39.98 paid, 25.00 of it given as credit out of goodwill: both units bring 14.98 more, and the goodwill ends."""
    shop, order_id = await credit.sale(2)
    await refund(credit, order_id, 2500)
    return_id = await credit.requested(order_id, (1, 2))
    await credit.receive(return_id, (shop.skus[0], 2))
    await credit.inspect(return_id, shop.skus[0], 2)
    await credit.bank.work()
    assert await credit.bank.sums(order_id) == [(3998, 0, 3998, 1498)]
    assert await credit.bank.balances(order_id) == {"captured": 2500, "store_credit": -2500}


async def test_money_that_others_took_may_become_store_credit(credit: CreditDesk) -> None:
    shop = await credit.stocked()
    order_id = await credit.shipped(
        an_order(shop.channel.code, [(shop.skus[0].code, 1)], payments=[a_payment(1999, provider="bazaar")])
    )
    assert (await refund(credit, order_id, 1000, "payment")).code == "refund_elsewhere"
    assert (await refund(credit, order_id, 1000)).code == "credited"


async def test_who_has_no_account_gets_none(credit: CreditDesk) -> None:
    shop = await credit.stocked()
    guest = await credit.shipped(
        await credit.bank.paid_order(shop.channel.code, [(shop.skus[0].code, 1)], customer=None)
    )
    refused = await refund(credit, guest, 100)
    assert (refused.code, refused.ok) == ("no_customer", False)
    asked = await credit.request(guest, (1, 1), refund_to="store_credit")
    assert asked.code == "no_customer"
    quoted = await credit.quote(guest, (1, 1), refund_to="store_credit")
    assert (quoted.details["store_credit_offered"], quoted.details["store_credit_minor"]) == (False, 0)
    assert [p["amount_minor"] for p in quoted.details["payments"]] == [1999]
    _, order_id = await credit.sale(1)
    payment = encode_id("pay", (await credit.bank.payments(order_id))[0].id)
    assert (await refund(credit, order_id, 100, payment=payment)).code == "payment_needless"
    assert (await credit.issue(None, 100, order=encode_id("ord", guest))).code == "no_customer"
    assert await credit.desk.counts("credit_account", "credit_entry") == {"credit_account": 0, "credit_entry": 0}


# ---- returns ----


async def returned(credit: CreditDesk, units: int, bonus: str = "0") -> tuple[UUID, UUID]:
    """Of three lamps at 19.99, so many come back and their money becomes store credit; order and account."""
    shop, order_id = await credit.sale(3)
    await credit.terms(shop.channel.code, store_credit_bonus_rate=Decimal(bonus))
    quoted = await credit.quote(order_id, (1, units), refund_to="store_credit")
    return_id = await credit.requested(order_id, (1, units), refund_to="store_credit")
    await credit.receive(return_id, (shop.skus[0], units))
    await credit.inspect(return_id, shop.skus[0], units)
    await credit.bank.work()
    assert quoted.details["payments"] == []
    account = await credit.desk.value("SELECT id FROM credit_account")
    issued = await credit.desk.value("SELECT sum(amount_minor)::bigint FROM credit_entry")
    assert quoted.details["store_credit_minor"] + quoted.details["store_credit_bonus_minor"] == issued
    return order_id, account


async def test_what_comes_back_may_become_store_credit(credit: CreditDesk) -> None:
    order_id, account = await returned(credit, 2)
    assert await credit.entries(account) == [("refunded", 3998)]
    assert await credit.bank.sums(order_id) == [(5997, 0, 5997, 0)]
    assert await credit.bank.balances(order_id) == {"lines": -1999, "captured": 5997, "store_credit": -3998}
    assert await credit.bank.listed() == {}


async def test_a_bonus_is_no_money_of_the_order(credit: CreditDesk) -> None:
    """5 % of 39.98 are 2.00: given on top, and a later return to the card brings its whole price all the same."""
    order_id, account = await returned(credit, 2, "0.05")
    assert await credit.entries(account) == [("refunded", 3998), ("issued", 200)]
    sku = (await credit.desk.fetch("SELECT code, id FROM sku"))[0]
    return_id = await credit.requested(order_id, (1, 1))
    await credit.receive(return_id, (sku["code"], 1))
    item = InspectedItem(sku=sku["code"], quantity=1)
    await credit.desk.run(inspect_returns, [InspectReturn(return_id=return_id, items=[item])])
    await credit.bank.work()
    assert await credit.bank.sums(order_id) == [(5997, 0, 5997, 1999)]
    assert await credit.bank.due(order_id) == 0


async def test_what_was_never_paid_becomes_no_credit(credit: CreditDesk) -> None:
    """19.99 of 39.98 was paid: the first unit that comes back is not owed to anybody, the second is."""
    shop = await credit.stocked()
    paid = [await credit.bank.authorized(1999)]
    order_id = await credit.shipped(an_order(shop.channel.code, [(shop.skus[0].code, 2)], payments=paid))
    for account in (None, [("refunded", 1999)]):
        return_id = await credit.requested(order_id, (1, 1), refund_to="store_credit")
        await credit.receive(return_id, (shop.skus[0], 1))
        await credit.inspect(return_id, shop.skus[0], 1)
        await credit.bank.work()
        found = await credit.desk.fetch("SELECT id FROM credit_account")
        assert ([await credit.entries(row["id"]) for row in found] or [None]) == [account]
    assert await credit.bank.balances(order_id) == {"captured": 1999, "store_credit": -1999}


async def test_credit_for_what_never_came_is_taken_back_as_far_as_it_is_there(credit: CreditDesk) -> None:
    shop, order_id = await credit.sale(2)
    await credit.terms(shop.channel.code, refund_on="scan")
    return_id = await credit.requested(order_id, (1, 2), refund_to="store_credit")
    await credit.scan(return_id)
    account = await credit.desk.value("SELECT id FROM credit_account")
    assert await credit.account(account) == (3998, 0)
    spent = an_order(
        shop.channel.code,
        [(shop.skus[0].code, 1)],
        payments=[await credit.pays(account, 1999)],
        customer=await _person(credit, order_id),
    )
    await credit.desk.placed(spent)
    await credit.bank.work()
    await credit.close(return_id)
    await credit.bank.work()
    assert await credit.entries(account) == [("refunded", 3998), ("refunded", -1999)]
    assert await credit.account(account) == (1999, 1999)
    assert await credit.bank.due(order_id) == 1999
    assert await credit.bank.listed() == {order_id: "unpaid"}


# ---- people ----


async def test_what_an_erased_customer_had_stays_and_gets_no_more(credit: CreditDesk) -> None:
    shop, order_id = await credit.sale(2)
    owner = await credit.owner(order_id)
    account = await credit.issued(owner, 500)
    await credit.terms(shop.channel.code)
    return_id = await credit.requested(order_id, (1, 1), refund_to="store_credit")
    await credit.desk.run(erase_customers, [EraseCustomer(customer_id=owner)])
    assert await credit.account(account) == (500, 0)
    assert (await refund(credit, order_id, 100)).code == "customer_erased"
    assert (await credit.issue(owner, 100)).code == "customer_erased"
    await credit.receive(return_id, (shop.skus[0], 1))
    await credit.inspect(return_id, shop.skus[0], 1)
    await credit.bank.work()
    assert await credit.entries(account) == [("issued", 500)]
    assert await credit.bank.sums(order_id) == [(3998, 0, 3998, 1999)]
    # Paid out otherwise, it is taken off.
    outcome = await credit.adjust(account, amount=_signed(-500), reason="paid_out")
    assert (outcome.code, outcome.details) == ("adjusted", {"balance_minor": 0})


def _signed(minor: int) -> SignedAmount:
    return SignedAmount(minor, "USD")


async def test_an_account_is_corrected_as_far_as_it_is_free(credit: CreditDesk) -> None:
    shop = await credit.stocked()
    account = await credit.issued(await credit.customer(shop), 3000)
    await credit.desk.placed(await credit.order(shop, account, 1999))
    await credit.bank.work()
    outcome = await credit.adjust(account, amount=_signed(-1002))
    assert (outcome.code, outcome.details) == ("exceeds_free", {"free": 1001})
    assert (await credit.adjust(account, amount=_signed(0))).code == "amount_needed"
    assert (await credit.adjust(new_id(), amount=_signed(1))).code == "account_not_found"
    assert (await credit.adjust(account, amount=_signed(-1001))).code == "adjusted"
    assert await credit.account(account) == (1999, 1999)


# ---- edits ----


@pytest.mark.parametrize(("card", "held", "aside"), [(1499, 500, [(500, 0, 0, 0), (3498, 0, 0, 0)]), (0, 3998, None)])
async def test_what_an_edit_adds_is_asked_of_the_card_first(
    credit: CreditDesk, card: int, held: int, aside: list[tuple[int, int, int, int]] | None
) -> None:
    shop = await credit.stocked()
    account = await credit.issued(await credit.customer(shop), 5000)
    order = await credit.order(shop, account, 1999 - card, card, lines=[(shop.skus[0].code, 1)])
    order_id = await credit.desk.placed(order)
    await credit.bank.work()
    more = EditOrder(order_id=order_id, revision=0, changes=[SetQuantity(line=1, quantity=2)])
    assert codes(await credit.desk.run(edit_orders, [more])) == ["edited"]
    await credit.bank.work()
    assert await credit.account(account) == (5000, held)
    assert await credit.bank.sums(order_id) == (aside or [(3998, 0, 0, 0)])
    assert await credit.desk.holds(order_id) == []


# ---- several at once ----


async def test_two_returns_of_one_order_in_one_call_bring_each_cent_once(credit: CreditDesk) -> None:
    """39.98 paid for three at 19.99: the first unit that comes back is owed nothing, whichever return it is of."""
    shop = await credit.stocked()
    paid = [await credit.bank.authorized(3998)]
    order_id = await credit.shipped(an_order(shop.channel.code, [(shop.skus[0].code, 3)], payments=paid))
    returns = [await credit.requested(order_id, (1, units), refund_to="store_credit") for units in (1, 2)]
    for return_id, units in zip(returns, (1, 2), strict=True):
        await credit.receive(return_id, (shop.skus[0], units))
    looked = [
        InspectReturn(return_id=i, items=[InspectedItem(sku=shop.skus[0].code, quantity=units)])
        for i, units in zip(returns, (1, 2), strict=True)
    ]
    assert codes(await credit.desk.run(inspect_returns, looked)) == ["inspected", "inspected"]
    await credit.bank.work()
    account = await credit.desk.value("SELECT id FROM credit_account")
    assert await credit.entries(account) == [("refunded", 1999), ("refunded", 1999)]
    assert await credit.bank.balances(order_id) == {"captured": 3998, "store_credit": -3998}
    assert await credit.bank.listed() == {}


async def test_a_unit_that_comes_back_while_another_is_still_to_leave(credit: CreditDesk) -> None:
    """The card is still good for the second unit, so the first one's money becomes store credit at once."""
    shop, order_id, second = await credit.half_shipped()
    line = await credit.desk.value("SELECT line_n FROM component WHERE order_id = $1 AND shipped = 1", order_id)
    return_id = await credit.requested(order_id, (line, 1), refund_to="store_credit")
    await credit.receive(return_id, (shop.skus[line - 1], 1))
    await credit.inspect(return_id, shop.skus[line - 1], 1, at=shop.locations[line - 1].code)
    await credit.bank.work()
    account = await credit.desk.value("SELECT id FROM credit_account")
    assert await credit.entries(account) == [("refunded", 1999)]
    assert await credit.bank.sums(order_id) == [(3998, 0, 1999, 0)]
    await credit.desk.ship(second)
    await credit.bank.work()
    assert await credit.bank.sums(order_id) == [(3998, 0, 3998, 0)]
    assert await credit.bank.balances(order_id) == {"lines": -1999, "captured": 3998, "store_credit": -1999}
    assert await credit.bank.listed() == {}
