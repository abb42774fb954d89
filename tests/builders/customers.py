"""Builders of customers, with the orders and contacts that they left behind."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

from orderwright.customers import NewContact, find_customers, identity_hash, insert_contacts, make_customers
from orderwright.platform.db import Transaction
from orderwright.platform.events import StoredEvent
from orderwright.platform.ids import UUID, new_id

_numbers = itertools.count(1)


async def a_customer(tx: Transaction, email: str | None = None) -> UUID:
    """A customer known by an e-mail address."""
    address = email or f"c{next(_numbers)}@example.com"
    key = identity_hash(tx.hash_key, email=address, phone=None, country=None, channel="", external_id=None)
    assert key is not None
    buyers = await find_customers(tx, [key])
    await make_customers(tx, buyers.new)
    return buyers.ids[key]


def a_contact(order_id: UUID, customer_id: UUID | None = None, **fields: Any) -> NewContact:
    """The address that an order is shipped to."""
    defaults = {
        "id": new_id(), "customer_id": customer_id, "order_id": order_id, "role": "ship_to", "name": "Ada Lovelace",
        "company": "Analytical Engines", "email": "ada@example.com", "phone": "+44 20 7946 0000",
        "line1": "12 St James's Square", "line2": None, "city": "London", "region": None, "postal_code": "SW1Y 4JH",
        "country": "GB", "latitude": 51.5, "longitude": -0.14,
    }  # fmt: skip
    return NewContact(**defaults | fields)


async def a_bare_order(tx: Transaction, customer_id: UUID | None = None, *contacts: dict[str, Any]) -> UUID:
    """An order without lines, of a customer, with contacts: for tests of what hangs on the order alone."""
    order_id = new_id()
    await tx.execute(
        "INSERT INTO orders (id, channel_id, external_id, kind, status, currency, prices_include_tax, lines_minor,"
        " shipping_minor, fees_minor, discount_minor, tax_minor, rounding_minor, total_minor, customer_id, placed_at,"
        " event_seq) VALUES ($1, $2, $3, 'sale', 'placed', 'USD', false, 0, 0, 0, 0, 0, 0, 0, $4, now(), 1)",
        order_id,
        new_id(),
        f"BARE-{next(_numbers)}",
        customer_id,
    )
    await insert_contacts(tx, [a_contact(order_id, customer_id, **fields) for fields in contacts])
    return order_id


def placed(*order_ids: UUID, kind: str = "order.placed") -> list[StoredEvent]:
    """Events that orders were placed, as a subscriber gets them."""
    now = datetime.now(UTC)
    return [
        StoredEvent(n, new_id(), order_id, 1, kind, "{}", "cli:tester", None, None, None, "req_1", now, now)
        for n, order_id in enumerate(order_ids, 1)
    ]
