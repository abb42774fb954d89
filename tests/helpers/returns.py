"""Returns at a desk: orders that were shipped and paid, and the verbs on what comes back of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orderwright.catalog import SkuFacts
from orderwright.flows.end_returns import cancel_returns, close_returns, scan_returns
from orderwright.flows.inspect_returns import inspect_returns
from orderwright.flows.park_returns import park_returns, resolve_parked
from orderwright.flows.pick_fulfillments import pick_fulfillments
from orderwright.flows.receive_returns import receive_returns
from orderwright.flows.request_returns import quote_returns, request_returns
from orderwright.fulfillment import PickFulfillment
from orderwright.orders import PlaceOrder
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.outcomes import Outcome
from orderwright.returns import (
    CloseReturn,
    CountedItem,
    InspectedItem,
    InspectReturn,
    ParkReturn,
    PutReturnPolicy,
    QuoteReturn,
    ReceiveReturn,
    RequestedLine,
    RequestReturn,
    ResolveParked,
    ReturnCommand,
    ReturnTerms,
    put_return_policies,
)
from tests.builders.catalog import Shop
from tests.helpers.bank import Bank
from tests.helpers.desk import Desk


class ReturnsDesk:
    """Drives returns of one merchant. The books are audited after each verb."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.bank = Bank(desk)

    async def shipped(self, order: PlaceOrder) -> UUID:
        """Place an order, ship all of it and capture what is owed."""
        order_id = await self.desk.placed(order)
        await self.bank.work()
        for work in await self.desk.fulfillments(order_id):
            assert (await self.desk.pick(work.id)).code == "picked"
            assert await self.desk.pack(work.id) == ["packed"]
            await self.bank.work()
            assert await self.desk.ship(work.id) == ["shipped"]
        await self.bank.work()
        return order_id

    async def sale(self, units: int = 3, **shop: Any) -> tuple[Shop, UUID]:
        """`units` units of one SKU at 19.99, shipped and paid; 20 less those are left."""
        made = await self.desk.shop(**shop)
        await self.desk.receive(made.skus[0], made.locations[0], 20)
        return made, await self.shipped(await self.bank.paid_order(made.channel.code, [(made.skus[0].code, units)]))

    async def terms(self, channel: str, **fields: Any) -> None:
        """Set a channel's terms."""
        command = PutReturnPolicy(channel=channel, terms=ReturnTerms(**fields))
        [outcome] = await self.desk.run(put_return_policies, [command])
        assert outcome.code == "set", outcome

    async def quote(self, order_id: UUID, *lines: tuple[int, int], **fields: Any) -> Outcome:
        """What lines, as (n, units), would bring."""
        named = [RequestedLine(line=n, quantity=units) for n, units in lines]
        [outcome] = await self.desk.run(quote_returns, [QuoteReturn(order_id=order_id, lines=named, **fields)])
        return outcome  # type: ignore[no-any-return]

    async def request(self, order_id: UUID, *lines: tuple[int, int] | RequestedLine, **fields: Any) -> Outcome:
        """Announce lines, as (n, units) or in full."""
        named = [n if isinstance(n, RequestedLine) else RequestedLine(line=n[0], quantity=n[1]) for n in lines]
        [outcome] = await self.desk.run(request_returns, [RequestReturn(order_id=order_id, lines=named, **fields)])
        return outcome  # type: ignore[no-any-return]

    async def requested(self, order_id: UUID, *lines: tuple[int, int] | RequestedLine, **fields: Any) -> UUID:
        """Announce lines that are taken; returns the return's id."""
        outcome = await self.request(order_id, *lines, **fields)
        assert outcome.code == "requested", outcome
        assert outcome.id is not None
        return outcome.id

    async def scan(self, return_id: UUID) -> Outcome:
        """The carrier's first scan."""
        [outcome] = await self.desk.run(scan_returns, [ReturnCommand(return_id=return_id)])
        return outcome  # type: ignore[no-any-return]

    async def receive(self, return_id: UUID, *items: tuple[SkuFacts | str, int], **fields: Any) -> Outcome:
        """A parcel with (SKU, units) arrives."""
        command = ReceiveReturn(return_id=return_id, items=counted(items), **fields)
        [outcome] = await self.desk.run(receive_returns, [command])
        return outcome  # type: ignore[no-any-return]

    async def receive_all(self, commands: Sequence[ReceiveReturn]) -> None:
        """Parcels arrive, with what was announced."""
        assert {o.code for o in await self.desk.run(receive_returns, commands)} == {"received"}

    async def inspect(
        self, return_id: UUID, sku: SkuFacts, quantity: int, grade: Any = "a", at: str | None = None, **fields: Any
    ) -> Outcome:
        """Somebody looks at units."""
        item = InspectedItem(sku=sku.code, quantity=quantity, grade=grade, **fields)
        [outcome] = await self.desk.run(
            inspect_returns, [InspectReturn(return_id=return_id, items=[item], location=at)]
        )
        return outcome  # type: ignore[no-any-return]

    async def cancel(self, return_id: UUID) -> Outcome:
        """It will not come."""
        [outcome] = await self.desk.run(cancel_returns, [ReturnCommand(return_id=return_id)])
        return outcome  # type: ignore[no-any-return]

    async def close(self, return_id: UUID, *, waive: bool = False) -> Outcome:
        """Nothing more will come."""
        [outcome] = await self.desk.run(close_returns, [CloseReturn(return_id=return_id, waive_missing=waive)])
        return outcome  # type: ignore[no-any-return]

    async def park(self, location: str, *items: tuple[SkuFacts | str, int]) -> Outcome:
        """A parcel that nobody expects."""
        [outcome] = await self.desk.run(park_returns, [ParkReturn(location=location, items=counted(items))])
        return outcome  # type: ignore[no-any-return]

    async def resolve(self, unexpected_id: UUID, order_id: UUID | None = None, **fields: Any) -> Outcome:
        """What became of a parked parcel."""
        named = None if order_id is None else encode_id("ord", order_id)
        command = ResolveParked(unexpected_id=unexpected_id, order_id=named, **fields)
        [outcome] = await self.desk.run(resolve_parked, [command])
        return outcome  # type: ignore[no-any-return]

    # ---- what there is ----

    async def state(self, return_id: UUID) -> str:
        """A return's state."""
        return await self.desk.value("SELECT state FROM customer_return WHERE id = $1", return_id)  # type: ignore[no-any-return]

    async def returned(self, order_id: UUID) -> dict[tuple[int, int], int]:
        """What came back of an order's components."""
        rows = await self.desk.fetch("SELECT line_n, n, returned FROM component WHERE order_id = $1", order_id)
        return {(row["line_n"], row["n"]): row["returned"] for row in rows if row["returned"]}

    async def refunded(self, order_id: UUID) -> int:
        """What all payments of an order gave back, once the stages have run."""
        await self.bank.work()
        return sum(refunded for _, _, _, refunded in await self.bank.sums(order_id))

    async def booked(self, return_id: UUID) -> list[tuple[str, str, str, int]]:
        """The entries of a return: debit, credit, kind, amount."""
        rows = await self.desk.fetch(
            "SELECT debit, credit, kind, amount_minor FROM money_entry WHERE subject_id = $1 ORDER BY id", return_id
        )
        return [tuple(row) for row in rows]


def counted(items: Sequence[tuple[SkuFacts | str, int]]) -> list[CountedItem]:
    """(SKU, units) as they are sent."""
    return [CountedItem(sku=sku if isinstance(sku, str) else sku.code, quantity=n) for sku, n in items]


async def shipped_at_once(back: ReturnsDesk, orders: Sequence[PlaceOrder]) -> list[UUID]:
    """Place orders, ship all of each in one go, and capture what is owed."""
    desk = back.desk
    order_ids = [outcome.order_id for outcome in await desk.place(*orders)]
    await back.bank.work()
    works = [w["id"] for w in await desk.fetch("SELECT id FROM fulfillment WHERE state = 'released' ORDER BY id")]
    await desk.run(pick_fulfillments, [PickFulfillment(fulfillment_id=i) for i in works])
    await desk.pack(*works)
    await back.bank.work()
    await desk.ship(*works)
    await back.bank.work()
    return [i for i in order_ids if i is not None]
