"""Shoppers who change their mind soon after they bought, and agents who take something off: orders are edited."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby

from orderwright.demo.lists import TO_EDIT, ToEdit
from orderwright.demo.people import address, mix
from orderwright.demo.play import Person, Play
from orderwright.demo.products import CURRENCY
from orderwright.demo.set_up import DemoWorld
from orderwright.flows.edit_orders import edit_orders, preview_edits
from orderwright.orders import EditOrder
from orderwright.orders.contract import Amount, Discount, UnitPrice
from orderwright.orders.edit_contract import AddDiscount, Change, SetQuantity, SetShipTo, SwapSku
from orderwright.platform.clock import utc_now
from orderwright.platform.ids import UUID, id_from_time

BATCH = 100  # orders
_LEAST_S, _MOST_S = 0.2, 1.5
_WINDOW_S, _WINDOW_LEAST_S = 60.0, 60.0  # who has not changed their mind by then does not; at least, at any speed
_TRIED_MAX = 10_000
_SWAPS = 60  # best sellers that are taken instead
_DISCOUNT_MINOR = 500
_MILLION = 1_000_000
_DRAW, _WHEN, _KIND, _LINE, _OTHER = range(71, 76)  # what luck is asked for


class Changers:
    """Shoppers in the shop's "my orders", and the agent whom some of them call. They look what it comes to, then do it.

    Who is refused (it is being picked, nothing of the other is left) leaves it at that.
    """

    pause_s = 0.3

    def __init__(self, play: Play, world: DemoWorld) -> None:
        self._play, self._shelves = play, world.shelves
        self._others = list(world.catalogue.products.values())[:_SWAPS]
        self._tried: dict[UUID, None] = {}  # the newest
        self._shopper = Person("key:demo-my-orders", frozenset({"orders.edit"}))
        self._agent = Person("user:care-1", frozenset({"orders.edit"}))

    async def turn(self) -> int:
        """Change what is to be changed now."""
        edits = await self._wanted()
        await self._shelves.fill({c.sku for edit in edits for c in edit.changes if isinstance(c, SwapSku)})
        given = [edit for edit in edits if edit.reason == "price_promise"]
        await self._change(self._agent, given)
        await self._change(self._shopper, [edit for edit in edits if edit not in given], on_behalf_of="shopper")
        return len(edits)

    async def _change(self, person: Person, edits: list[EditOrder], **why: str) -> None:
        """Try it, then do what can be done, if the order is still as it was read."""
        previews = await self._play.act("changers", person, preview_edits, edits, **why)
        able = {outcome.id for outcome in previews if outcome.code == "previewed"}
        await self._play.act("changers", person, edit_orders, [e for e in edits if e.order_id in able], **why)

    async def _wanted(self) -> list[EditOrder]:
        play, now = self._play, utc_now()
        speed = play.options.speed
        window = timedelta(seconds=max(_WINDOW_S / speed, _WINDOW_LEAST_S))
        until = now - timedelta(seconds=_LEAST_S / speed)
        share = round(play.options.edited_share * _MILLION)
        found = await play.read(
            TO_EDIT, id_from_time(until - window), id_from_time(until), play.draw(_DRAW), share, BATCH
        )
        edits = []
        for order_id, rows in groupby(found, key=_order):
            lines = list(rows)
            due_at = lines[0].came_at + play.span(_LEAST_S, _MOST_S, _WHEN, lines[0].number)
            if order_id not in self._tried and order_id not in play.given_up and due_at <= now:
                self._tried[order_id] = None
                edits.append(self._edit(lines))
        while len(self._tried) > _TRIED_MAX:
            del self._tried[next(iter(self._tried))]
        return edits

    def _edit(self, lines: list[ToEdit]) -> EditOrder:
        """One change of one line, or of the order."""
        play, number = self._play, lines[0].number
        line = lines[int(play.luck(_LINE, number) * len(lines))]
        kind = int(play.luck(_KIND, number) * 4)
        change: Change
        reason = "customer_request"
        if kind == 0:
            change = SetQuantity(line=line.line, quantity=line.quantity - 1 if line.quantity > 1 else 2)
        elif kind == 1:
            other = self._others[int(play.luck(_OTHER, number) * len(self._others))]
            change = SwapSku(line=line.line, sku=other.code, unit_price=UnitPrice(other.price, CURRENCY))
        elif kind == 2:
            change = SetShipTo(ship_to=address(mix(play.options.seed, _OTHER, number) % _MILLION, play.options.seed))
        else:
            amount = max(1, min(_DISCOUNT_MINOR, line.net_minor // 4))
            change = AddDiscount(discount=Discount(amount=Amount(amount, CURRENCY), code="PROMISE"), line=line.line)
            reason = "price_promise"
        return EditOrder(order_id=line.order_id, revision=line.revision, changes=[change], reason=reason)


def _order(row: ToEdit) -> UUID:
    return row.order_id
