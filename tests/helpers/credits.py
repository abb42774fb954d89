"""Store credit at a desk: customers who have some, and what their accounts say."""

from __future__ import annotations

from typing import Any

from orderwright.flows.stages import stages
from orderwright.orders import PlaceOrder
from orderwright.orders.contract import Person, ReportedPayment
from orderwright.payments import AskKind
from orderwright.payments.store_credit import (
    AdjustStoreCredit,
    IssueStoreCredit,
    StoreCreditProvider,
    adjust_store_credit,
    issue_store_credit,
)
from orderwright.platform.ids import UUID, encode_id, new_ids
from orderwright.platform.outcomes import Outcome
from tests.builders.catalog import Shop
from tests.builders.orders import a_payment, an_order, usd
from tests.helpers.returns import ReturnsDesk

ADA = Person(name="Ada Lovelace", email="ada@example.com")


class CreditDesk(ReturnsDesk):
    """Drives one merchant, whose customers pay by card and by store credit. The books are audited after each verb."""

    def __init__(self, desk: Any) -> None:
        super().__init__(desk)
        self.provider = StoreCreditProvider(desk.database)
        self.providers: dict[str, Any] = {"builtin": self.bank.provider, "store_credit": self.provider}
        self.bank.stages = stages(providers=self.providers)

    async def stocked(self, **shop: Any) -> Shop:
        """A shop with 20 units of its SKU."""
        made = await self.desk.shop(**shop)
        for sku in made.skus:
            await self.desk.receive(sku, made.locations[0], 20)
        return made

    async def half_shipped(self) -> tuple[Shop, UUID, UUID]:
        """One unit each of two SKUs at 19.99, by card: one has left its location, the other is packed at another. Also
        the fulfillment that is still to leave."""
        shop = await self.desk.shop(locations=2, skus=2)
        for sku, at in zip(shop.skus, shop.locations, strict=True):
            await self.desk.receive(sku, at, 5)
        lines = [(sku.code, 1) for sku in shop.skus]
        order_id = await self.desk.placed(await self.bank.paid_order(shop.channel.code, lines))
        await self.bank.work()
        first, second = await self.desk.fulfillments(order_id)
        for work in (first, second):
            await self.desk.pick(work.id)
            await self.desk.pack(work.id)
        await self.bank.work()
        await self.desk.ship(first.id)
        await self.bank.work()
        return shop, order_id, second.id

    async def customer(self, shop: Shop, person: Person = ADA) -> UUID:
        """A customer, known from an order that was placed and cancelled."""
        order_id = await self.desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], customer=person))
        await self.desk.cancel(order_id)
        return await self.owner(order_id)

    async def owner(self, order_id: UUID) -> UUID:
        """Whose an order is."""
        return await self.desk.value("SELECT customer_id FROM orders WHERE id = $1", order_id)  # type: ignore[no-any-return]

    async def issue(self, customer_id: UUID | None, minor: int, **fields: Any) -> Outcome:
        """Give a customer credit."""
        named = None if customer_id is None else encode_id("cus", customer_id)
        command = IssueStoreCredit(**{"customer": named, "amount": usd(minor)} | fields)
        [outcome] = await self.desk.run(issue_store_credit, [command])
        return outcome  # type: ignore[no-any-return]

    async def issued(self, customer_id: UUID, minor: int) -> UUID:
        """Give a customer credit; returns the account."""
        outcome = await self.issue(customer_id, minor)
        assert outcome.code == "issued", outcome
        assert outcome.id is not None
        return outcome.id

    async def adjust(self, account_id: UUID, **fields: Any) -> Outcome:
        """Correct an account."""
        [outcome] = await self.desk.run(adjust_store_credit, [AdjustStoreCredit(account_id=account_id, **fields)])
        return outcome  # type: ignore[no-any-return]

    async def pays(self, account_id: UUID, minor: int) -> ReportedPayment:
        """A payment by store credit that is still to be authorized."""
        return a_payment(
            minor, "store_credit", state="pending", provider="store_credit", reference=encode_id("crd", account_id)
        )

    async def order(self, shop: Shop, account_id: UUID, credit: int, card: int = 0, **fields: Any) -> PlaceOrder:
        """An order of Ada's at 19.99 a unit, paid by store credit and the rest by card."""
        payments = [await self.pays(account_id, credit)] if credit else []
        payments += [await self.bank.authorized(card)] if card else []
        units = (credit + card) // 1999
        lines = fields.pop("lines", [(shop.skus[0].code, units)])
        return an_order(shop.channel.code, lines, **{"customer": ADA, "payments": payments} | fields)

    async def account(self, account_id: UUID) -> tuple[int, int]:
        """Balance and what is held."""
        rows = await self.desk.fetch("SELECT balance_minor, held_minor FROM credit_account WHERE id = $1", account_id)
        return tuple(rows[0])

    async def entries(self, account_id: UUID) -> list[tuple[str, int]]:
        """What came in and went out."""
        rows = await self.desk.fetch(
            "SELECT kind, amount_minor FROM credit_entry WHERE account_id = $1 ORDER BY id", account_id
        )
        return [tuple(row) for row in rows]

    async def asked(self, order_id: UUID, kind: AskKind, amount: int, n: int = 1, **fields: Any) -> list[str]:
        """Requests about the first payment of an order, written down as sent; returns their keys."""
        [payment, *_] = await self.bank.payments(order_id)
        ids = new_ids(n)
        async with self.desk.database.transaction(self.desk.merchant) as tx:
            act_id = await tx.fetchval("SELECT act_id FROM money_entry LIMIT 1")
            await tx.execute(
                "INSERT INTO payment_request (id, payment_id, order_id, kind, amount_minor, state, sent_at, act_id)"
                " SELECT i, $2, $3, $4, $5, 'sent', now(), $6 FROM unnest($1::uuid[]) AS i",
                ids, payment.id, order_id, kind.value, amount, act_id,
            )  # fmt: skip
        return [encode_id("prq", i) for i in ids]
