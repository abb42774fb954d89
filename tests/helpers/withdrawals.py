"""Withdrawals at a desk: orders of consumers in the EU, and what they say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from orderwright.catalog import SkuFacts
from orderwright.flows.withdraw_orders import withdraw_orders
from orderwright.orders import PlaceOrder
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome
from orderwright.returns.policy import WithdrawalTerms
from orderwright.returns.withdrawals import WithdrawnLine, WithdrawOrder
from tests.builders.catalog import Shop
from tests.helpers.returns import ReturnsDesk


class WithdrawalsDesk(ReturnsDesk):
    """Drives withdrawals of one merchant. The books are audited after each verb."""

    async def eu_shop(self, *, skus: int = 1, stock: int = 20, terms: Any = None, **withdrawal: Any) -> Shop:
        """A shop whose customers may withdraw. `terms`: the rest of the channel's terms."""
        shop = await self.desk.shop(skus=skus)
        for sku in shop.skus if stock else ():
            await self.desk.receive(sku, shop.locations[0], stock)
        own = {"enabled": True, "time_zone": "Europe/Berlin"} | withdrawal
        await self.terms(shop.channel.code, withdrawal=WithdrawalTerms(**own), **terms or {})
        return shop

    async def paid(self, order: PlaceOrder) -> UUID:
        """Place an order and let the stages run: sourced and released."""
        order_id = await self.desk.placed(order)
        await self.bank.work()
        return order_id

    async def said(self, order_id: UUID, *lines: tuple[int, int], **fields: Any) -> Outcome:
        """A consumer withdraws from lines, as (n, units), or from the whole order."""
        named = [WithdrawnLine(line=n, quantity=units) for n, units in lines] or None
        [outcome] = await self.desk.run(withdraw_orders, [WithdrawOrder(order_id=order_id, lines=named, **fields)])
        return outcome  # type: ignore[no-any-return]

    async def delivered(self, order_id: UUID, at: datetime) -> None:
        """All parcels that have left arrive."""
        rows = await self.desk.fetch(
            "SELECT tracking_number FROM parcel WHERE order_id = $1 AND state <> 'delivered' ORDER BY id", order_id
        )
        for row in rows:
            if row["tracking_number"] is not None:
                await self.desk.track(row["tracking_number"], "delivered", at)

    async def back_and_seen(self, return_id: UUID, sku: SkuFacts, units: int, grade: Any = "a") -> Outcome:
        """Units of a return come and are looked at."""
        received = await self.receive(return_id, (sku, units))
        assert received.code == "received", received
        return await self.inspect(return_id, sku, units, grade)

    async def return_of(self, withdrawal_id: UUID) -> UUID:
        """The return that a withdrawal brought about."""
        return await self.desk.value("SELECT return_id FROM withdrawal WHERE id = $1", withdrawal_id)  # type: ignore[no-any-return]
