"""What comes back: shoppers announce it, carriers scan it, and people at the locations receive and inspect it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import groupby

from msgspec.structs import replace

from orderwright.demo.exchangers import Exchangers
from orderwright.demo.lists import (
    GOODS_ANNOUNCED,
    GOODS_TO_INSPECT,
    PARKED,
    RETURNS_UNDER_WAY,
    TO_RETURN,
    ReturnedGoods,
    ReturnUnderWay,
    ToReturn,
)
from orderwright.demo.play import Person, Play
from orderwright.demo.set_up import DemoWorld
from orderwright.flows.end_returns import close_returns, scan_returns
from orderwright.flows.inspect_returns import inspect_returns
from orderwright.flows.park_returns import resolve_parked
from orderwright.flows.receive_returns import receive_returns
from orderwright.flows.request_returns import request_returns
from orderwright.platform.clock import utc_now
from orderwright.platform.ids import UUID
from orderwright.platform.queries import Query
from orderwright.returns import (
    CloseReturn,
    CountedItem,
    Disposition,
    Grade,
    InspectedItem,
    InspectReturn,
    ReceiveReturn,
    RequestedLine,
    RequestReturn,
    ResolveParked,
    ReturnCommand,
)

BATCH = 200
_WINDOW_S, _WINDOW_LEAST_S = 120.0, 60.0  # who has kept it so long keeps it; at least, at any speed
# How long steps take at speed 1, least and most.
_ASK_S, _SCAN_S, _ARRIVE_S, _LOOK_S, _CLOSE_S = (3.0, 20.0), (1.0, 5.0), (2.0, 8.0), (1.0, 6.0), (6.0, 20.0)
_REASONS = ("changed_mind", "changed_mind", "damaged", "wrong_item", "not_as_described")
_WHOLE_SHARE, _DROP_OFF_SHARE = 0.4, 0.25  # of returns
_SHORT_SHARE, _WRONG_SHARE = 0.08, 0.06  # of parcels
_FOUND: tuple[tuple[float, Grade, Disposition | None], ...] = (  # up to which luck, and what was found
    (0.65, "a", None),
    (0.80, "b", None),
    (0.86, "b", "refurbish"),
    (0.90, "c", "return_to_vendor"),
    (1.00, "d", "scrap"),
)
_REFUSED_SHARE = 0.04  # of what is looked at: it was not ours that broke it
_MILLION = 1_000_000
# What luck is asked for.
_DRAW, _WHEN, _WHOLE, _WHICH, _UNITS, _REASON, _METHOD, _SHORT, _WRONG, _GRADE, _EXCHANGE = range(81, 92)
_CREDIT = 92


class Returners:
    """Everybody who has to do with what comes back."""

    pause_s = 0.8

    def __init__(self, play: Play, world: DemoWorld) -> None:
        self._play, self._shelves = play, world.shelves
        self._others = [product.code for product in world.catalogue.products.values()][:100]
        self._exchangers = Exchangers(play, world)
        self._portal = Person("key:demo-portal", frozenset({"returns.write"}))
        self._carrier = Person("key:demo-carrier", frozenset({"returns.receive"}))
        self._care = Person("user:care-2", frozenset({"returns.write"}))
        self._desks = {
            location.id: Person(f"user:returns-{n}", frozenset({"returns.receive"}), location)
            for n, location in enumerate(world.locations.values(), 1)
        }

    async def turn(self) -> int:
        """Each step of what is due, the last one first, so that none is taken twice in a turn."""
        done = await self._exchangers.end() + await self._dispose() + await self._close() + await self._inspect()
        return done + await self._receive() + await self._scan() + await self._request()

    async def _request(self) -> int:
        play, now = self._play, utc_now()
        speed = play.options.speed
        until = now - timedelta(seconds=_ASK_S[0] / speed)
        window = timedelta(seconds=max(_WINDOW_S / speed, _WINDOW_LEAST_S))
        share = round(play.options.returned_share * _MILLION)
        found = await play.read(TO_RETURN, until - window, until, play.draw(_DRAW), share, BATCH)
        asked, wishes = [], []
        for order_id, rows in groupby(found, key=_order):
            lines = list(rows)
            due_at = lines[0].delivered_at + play.span(*_ASK_S, _WHEN, lines[0].number)
            if order_id in play.given_up or due_at > now:
                continue
            if play.luck(_EXCHANGE, lines[0].number) < play.options.exchanged_share:
                wishes.append(lines)
            else:
                asked.append(self._announce(lines))
        done = await self._exchangers.ask(wishes)
        outcomes = await play.act("returners", self._portal, request_returns, asked, on_behalf_of="shopper")
        guests = [c for c, o in zip(asked, outcomes, strict=False) if o.code in ("no_customer", "customer_erased")]
        again = [replace(command, refund_to="payment") for command in guests]
        return done + len(outcomes) + len(await play.act("returners", self._portal, request_returns, again))

    def _announce(self, lines: Sequence[ToReturn]) -> RequestReturn:
        """All of an order, or some units of one line."""
        luck, number = self._play.luck, lines[0].number
        reason = _REASONS[int(luck(_REASON, number) * len(_REASONS))]
        if luck(_WHOLE, number) < _WHOLE_SHARE:
            back = [(line.line, line.units) for line in lines]
        else:
            one = lines[int(luck(_WHICH, number) * len(lines))]
            back = [(one.line, 1 + int(luck(_UNITS, number) * one.units))]
        return RequestReturn(
            order_id=lines[0].order_id,
            lines=[RequestedLine(line=n, quantity=units, reason=reason) for n, units in back],
            refund_to="store_credit" if luck(_CREDIT, number) < self._play.options.credited_share else "payment",
            method="drop_off" if luck(_METHOD, number) < _DROP_OFF_SHARE else "label",
        )

    async def _scan(self) -> int:
        due = [one for one in await self._due(["requested"], _SCAN_S) if one.method == "label"]
        commands = [ReturnCommand(return_id=one.id) for one in due]
        return len(await self._play.act("returners", self._carrier, scan_returns, commands))

    async def _receive(self) -> int:
        """What is dropped off at a counter comes without a scan."""
        waiting = await self._due(["requested", "in_transit"], _ARRIVE_S)
        due = [one for one in waiting if one.state == "in_transit" or one.method == "drop_off"]
        announced = await self._goods(GOODS_ANNOUNCED, due)
        done = 0
        for desk, mine in self._share(due):
            parcels = [
                ReceiveReturn(return_id=one.id, items=self._parcel(one, announced[one.id]))
                for one in mine
                if one.id in announced
            ]
            named = {item.sku for parcel in parcels for item in parcel.items}
            await self._shelves.fill(named)
            done += len(await self._play.act("returners", desk, receive_returns, parcels))
        return done

    def _parcel(self, one: ReturnUnderWay, goods: Sequence[ReturnedGoods]) -> list[CountedItem]:
        """Mostly what was announced; now and then a unit too few, or something that nobody knows of."""
        luck, number = self._play.luck, one.number
        units = {item.sku: item.units for item in goods}
        if sum(units.values()) > 1 and luck(_SHORT, number) < _SHORT_SHARE:
            units[goods[0].sku] -= 1
        if luck(_WRONG, number) < _WRONG_SHARE:
            others = [sku for sku in self._others if sku not in units]
            units[others[int(luck(_WHICH, number) * len(others))]] = 1
        return [CountedItem(sku=sku, quantity=count) for sku, count in units.items() if count]

    async def _inspect(self) -> int:
        due = await self._due(["received"], _LOOK_S)
        here = await self._goods(GOODS_TO_INSPECT, due)
        done = 0
        for desk, mine in self._share(due):
            looks = [
                InspectReturn(return_id=one.id, items=[self._look(one, n, item) for n, item in enumerate(here[one.id])])
                for one in mine
                if one.id in here
            ]
            done += len(await self._play.act("returners", desk, inspect_returns, looks))
        return done

    def _look(self, one: ReturnUnderWay, n: int, item: ReturnedGoods) -> InspectedItem:
        luck = self._play.luck(_GRADE, one.number, n)
        if one.refusable and luck >= 1 - _REFUSED_SHARE:
            return InspectedItem(sku=item.sku, quantity=item.units, grade="d", disposition="send_back", accepted=False)
        grade, disposition = next((grade, goes_to) for up_to, grade, goes_to in _FOUND if luck < up_to)
        return InspectedItem(sku=item.sku, quantity=item.units, grade=grade, disposition=disposition)

    async def _close(self) -> int:
        """Nobody waits for the rest for ever."""
        commands = [CloseReturn(return_id=one.id) for one in await self._due(["inspected"], _CLOSE_S)]
        return len(await self._play.act("returners", self._care, close_returns, commands, reason="the rest is lost"))

    async def _dispose(self) -> int:
        """Nobody asks for the wrong things that came along: they are put on a shelf."""
        play, now = self._play, utc_now()
        since = now - timedelta(seconds=_CLOSE_S[0] / play.options.speed)
        found = await play.read(PARKED, since, BATCH)
        commands = [
            ResolveParked(unexpected_id=row.id, disposition="restock")
            for row in found
            if row.id not in play.given_up and row.entered_at + play.span(*_CLOSE_S, _WHEN, row.number) <= now
        ]
        return len(await play.act("returners", self._care, resolve_parked, commands, reason="nobody's"))

    async def _due(self, states: list[str], takes_s: tuple[float, float]) -> list[ReturnUnderWay]:
        """Returns that have been in one of these states for as long as the step takes."""
        play, now = self._play, utc_now()
        since = now - timedelta(seconds=takes_s[0] / play.options.speed)
        return [
            one
            for one in await play.read(RETURNS_UNDER_WAY, states, since, BATCH)
            if one.id not in play.given_up and one.entered_at + play.span(*takes_s, _WHEN, one.number) <= now
        ]

    async def _goods(
        self, goods: Query[ReturnedGoods], due: Sequence[ReturnUnderWay]
    ) -> Mapping[UUID, list[ReturnedGoods]]:
        """Goods of returns, by return."""
        found: dict[UUID, list[ReturnedGoods]] = {}
        for item in await self._play.read(goods, [one.id for one in due]) if due else []:
            found.setdefault(item.return_id, []).append(item)
        return found

    def _share(self, due: Sequence[ReturnUnderWay]) -> Iterator[tuple[Person, list[ReturnUnderWay]]]:
        """What is at each location, by who works there."""
        for location_id, desk in self._desks.items():
            mine = [one for one in due if one.location_id == location_id]
            if mine:
                yield desk, mine


def _order(row: ToReturn) -> UUID:
    return row.order_id
