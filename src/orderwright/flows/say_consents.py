"""Shoppers say, by way of an order, what they consent to: the order tells whose word it is."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright import customers, orders
from orderwright.customers import NO_CONSENT, SayConsent, SetConsent
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome, no


async def say_consents(tx: Transaction, ctx: Context, commands: Sequence[SayConsent]) -> list[Outcome]:
    """Keep what customers of orders said of purposes. In the portal the order is kept with it, as evidence.

    Permission: `messages.write`, of orders that the caller may see. Locks: customers, orders. Appends
    `customer.consent_given`, `customer.consent_withdrawn`. Outcomes, in precedence: `order_not_found`, `no_customer`
    (a guest's order), `customer_erased` (who may withdraw, and not give), `unchanged`, `set`. Eight statements at most.
    """
    ctx.require("messages.write")
    owners = await orders.whose_orders(tx, {c.order_id for c in commands})
    theirs = {order.customer_id for order in owners.values() if order.customer_id is not None}
    locked = await customers.lock_customers(tx, theirs) if theirs else {}
    seen = await orders.lock_own_orders(tx, ctx, list(owners))
    outcomes: dict[int, Outcome] = {}
    said: dict[int, tuple[UUID, SetConsent]] = {}
    for n, command in enumerate(commands):
        order = owners.get(command.order_id) if command.order_id in seen else None
        if order is None:
            outcomes[n] = no("order_not_found", NO_CONSENT["order_not_found"])
        elif order.customer_id is None:
            outcomes[n] = no("no_customer", NO_CONSENT["no_customer"])
        else:
            word = SetConsent(customer_id=order.customer_id, purpose=command.purpose, given=command.given)
            said[n] = order.id, word
    words, order_ids = [word for _, word in said.values()], [order_id for order_id, _ in said.values()]
    kept = await customers.keep_words(tx, ctx, locked, words, "say_consents", order_ids)
    outcomes |= dict(zip(said, kept, strict=True))
    return [outcomes[n] for n in range(len(commands))]
