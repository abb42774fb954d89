"""Whose an order is: the buyer's, whoever the parcel is for."""

from __future__ import annotations

import pytest

from orderwright.orders.contract import Person
from tests.builders.orders import an_address, an_order
from tests.helpers.desk import Desk

FOR_BOB = an_address(name="Bob", email="bob@example.com", phone="+12175550188")


async def customers_of(desk: Desk, *buyers: Person | None) -> list[int | None]:
    """Orders of these buyers, all for Bob: the customers, numbered in the order in which they come."""
    shop = await desk.shop()
    order_ids = [
        await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], customer=buyer, ship_to=FOR_BOB))
        for buyer in buyers
    ]
    found = [await desk.value("SELECT customer_id FROM orders WHERE id = $1", order_id) for order_id in order_ids]
    known: list[object] = []
    for customer in found:
        if customer is not None and customer not in known:
            known.append(customer)
    return [None if customer is None else known.index(customer) for customer in found]


@pytest.mark.parametrize("field", ["email", "phone", "external_id"])
async def test_two_people_who_send_a_present_to_one_are_two_customers(desk: Desk, field: str) -> None:
    """Fault: the recipient's e-mail address went before the buyer's own number and id."""
    values = {"email": "{}@example.com", "phone": "+1217555013{}", "external_id": "c-{}"}
    ann, cid = [Person(name="A friend", **{field: values[field].format(n)}) for n in (1, 2)]
    assert await customers_of(desk, ann, cid, ann) == [0, 1, 0]


async def test_the_recipient_is_the_customer_where_no_buyer_is_named(desk: Desk) -> None:
    bob = Person(email="bob@example.com")
    assert await customers_of(desk, None, bob, None) == [0, 0, 0]


async def test_a_buyer_of_whom_only_the_name_is_known_is_a_guest(desk: Desk) -> None:
    assert await customers_of(desk, Person(name="Ann"), None) == [None, 0]
