"""Shoppers who give goods back for others: at the same price, dearer, or at once with a card as a pledge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from orderwright.demo.lists import EXCHANGES_SHORT, ToReturn
from orderwright.demo.play import Person, Play
from orderwright.demo.products import CURRENCY
from orderwright.demo.set_up import DemoWorld
from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.request_exchanges import quote_exchanges, request_exchanges
from orderwright.orders import CancelOrder
from orderwright.orders.contract import Amount, ReportedPayment, UnitPrice
from orderwright.platform.clock import utc_now
from orderwright.platform.outcomes import Outcome
from orderwright.returns import NewLine, RequestedLine, RequestExchange

BATCH = 200
_OTHERS = 60  # best sellers
_EVEN_SHARE, _ADVANCE_SHARE = 0.6, 0.15  # of exchanges; the rest are for something dearer or cheaper
_REASONS = ("too_small", "wrong_colour", "changed_mind")
_END_S = (4.0, 12.0)  # at speed 1, least and most
_WHICH, _KIND, _OTHER, _REASON, _WHEN = range(101, 106)  # what luck is asked for


class Exchangers:
    """The shop's own pages for exchanges, and the agent who ends what was not paid for. Shoppers ask what it comes to,
    then do it, and name a card where one is needed."""

    def __init__(self, play: Play, world: DemoWorld) -> None:
        self._play, self._shelves = play, world.shelves
        self._others = list(world.catalogue.products.values())[:_OTHERS]
        self._portal = Person("key:demo-portal", frozenset({"returns.write"}))
        self._care = Person("user:care-2", frozenset({"orders.cancel"}))

    async def ask(self, wishes: Sequence[Sequence[ToReturn]]) -> int:
        """Give one line of each of these orders back for something else; returns how many did."""
        asked = [self._wish(lines) for lines in wishes]
        await self._shelves.fill({line.sku for command in asked for line in command.new_lines})
        quotes = await self._play.act("returners", self._portal, quote_exchanges, asked, on_behalf_of="shopper")
        if len(quotes) < len(asked):
            return 0
        going = [_paid(command, quote) for command, quote in zip(asked, quotes, strict=True) if quote.ok]
        return len(await self._play.act("returners", self._portal, request_exchanges, going, on_behalf_of="shopper"))

    async def end(self) -> int:
        """What came back was less than agreed, and no card brings the rest: the new goods are cancelled, and what was
        brought goes back to the shopper."""
        play, now = self._play, utc_now()
        short = await play.read(EXCHANGES_SHORT, now - timedelta(seconds=_END_S[0] / play.options.speed), BATCH)
        commands = [
            CancelOrder(order_id=row.order_id, reason="not_paid", recall=True)
            for row in short
            if row.order_id not in play.given_up and row.entered_at + play.span(*_END_S, _WHEN, row.number) <= now
        ]
        return len(await play.act("returners", self._care, cancel_orders, commands))

    def _wish(self, lines: Sequence[ToReturn]) -> RequestExchange:
        luck, number = self._play.luck, lines[0].number
        one = lines[int(luck(_WHICH, number) * len(lines))]
        other = self._others[int(luck(_OTHER, number) * len(self._others))]
        kind = luck(_KIND, number)
        if kind < _EVEN_SHARE + _ADVANCE_SHARE:
            new = NewLine(sku=other.code, quantity=one.units, in_place_of=one.line)
        else:
            new = NewLine(sku=other.code, quantity=1, unit_price=UnitPrice(other.price, CURRENCY))
        reason = _REASONS[int(luck(_REASON, number) * len(_REASONS))]
        return RequestExchange(
            order_id=lines[0].order_id,
            lines=[RequestedLine(line=one.line, quantity=one.units, reason=reason)],
            new_lines=[new],
            mode="advance" if _EVEN_SHARE <= kind < _EVEN_SHARE + _ADVANCE_SHARE else "on_return",
        )


def _paid(command: RequestExchange, quote: Outcome) -> RequestExchange:
    """The same, with a card for what is to be paid or set aside."""
    needed = quote.details["needed_minor"]
    if not needed:
        return command
    card = ReportedPayment(
        method="card", state="pending", amount=Amount(needed, CURRENCY), provider="builtin", reference="tok_ok"
    )
    return RequestExchange(
        order_id=command.order_id, lines=command.lines, new_lines=command.new_lines, mode=command.mode, payments=[card]
    )
