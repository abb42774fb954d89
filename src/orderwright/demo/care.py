"""Customer care: look at what is held, mend it or call the customer, and let it go on; a little is cancelled.

Who was disappointed is given a little money back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import msgspec

from orderwright import catalog
from orderwright.catalog import UpsertOutcome, UpsertSku
from orderwright.demo.lists import REFUSED_PAYMENTS, TO_SOOTHE, UNSOURCEABLE, WAITING_HOLDS, WaitingHold
from orderwright.demo.play import Person, Play
from orderwright.demo.set_up import DemoWorld
from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.change_money import refund_orders, retry_payments
from orderwright.flows.release_orders import release_orders
from orderwright.orders import PAYMENT_REFUSED, CancelLine, CancelOrder, ReleaseHold
from orderwright.orders.contract import Amount
from orderwright.payments import RefundOrder, RetryPayment
from orderwright.platform.clock import utc_now
from orderwright.platform.ids import UUID

BATCH = 100
_AGENTS = 3
_LEAST_S, _MOST_S = 6.0, 30.0
_IN_VAIN_S = 60.0  # how long sourcing may look for units in vain
_TRIES, _TRIED_MAX = 3, 10_000  # to cancel such an order; how many of them are remembered
_LEFT_OFF = "OLD-"  # how the demo's channels call what the catalogue does not have any more
_WHEN, _MEND, _GO_ON, _CARD, _DRAW = range(51, 56)  # what luck is asked for
_GO_ON_SHARE = {"possible_duplicate": 0.4, "velocity": 0.8}  # of holds of a type; of all others:
_USUALLY = 0.93
_MENDED_SHARE = 0.7  # of unknown SKUs
_OTHER_CARD_SHARE = 0.8  # of refused payments
_SOOTHE_S, _SOOTHE_WINDOW_S = 4.0, 60.0  # after delivery: at least, and at most at any speed
_GOODWILL_MINOR = 500
_MILLION = 1_000_000


class CareAgents:
    """Agents who share the held orders by number."""

    pause_s = 2.0

    def __init__(self, play: Play, world: DemoWorld) -> None:
        self._play = play
        self._originals = {f"{_LEFT_OFF}{sku.code}"[:100]: sku for sku in world.catalogue.skus()}
        may = frozenset({"orders.hold", "orders.cancel", "catalog.write", "payments.write", "payments.refund"})
        self._tried: Counter[UUID] = Counter()  # what cannot be cancelled (half a kit) is left to the managers
        self._agents = [Person(f"user:care-{n}", may) for n in range(1, _AGENTS + 1)]

    async def turn(self) -> int:
        """Work off what has waited long enough."""
        done = await self._give_up() + await self._soothe()
        for agent, found in self._share(await self._waiting()):
            refused = [hold for hold in found if hold.type == PAYMENT_REFUSED]
            done += await self._ask_for_cards(agent, refused)
            holds = [hold for hold in found if hold not in refused]
            unknown = [hold for hold in holds if hold.type == "unknown_sku"]
            mended = [hold for hold in unknown if self._lucky(_MEND, hold, _MENDED_SHARE)]
            await self._add_skus(agent, mended)
            gone = [hold for hold in unknown if hold not in mended]
            stopped = [hold for hold in holds if hold not in unknown and not self._goes_on(hold)]
            cancels = [CancelOrder(order_id=h.order_id, lines=_lines(h), reason="unknown_item") for h in gone]
            cancels += [CancelOrder(order_id=h.order_id, reason=_why(h)) for h in stopped]
            await self._play.act("care", agent, cancel_orders, cancels)
            # What was cancelled whole is not held any more: to release it is answered with a harmless "no". What could
            # be cancelled only in part goes on.
            releases = [ReleaseHold(order_id=h.order_id, type=h.type) for h in holds]
            await self._play.act("care", agent, release_orders, releases, reason="talked to the customer")
            done += len(holds)
        return done

    async def _ask_for_cards(self, agent: Person, holds: Sequence[WaitingHold]) -> int:
        """Call customers whose bank refused: most name another card, the others do without. Who cannot do without all
        of it, since some of it has gone, pays in the end."""
        play = self._play
        cancels = [
            CancelOrder(order_id=h.order_id, reason="payment_refused")
            for h in holds
            if not self._lucky(_CARD, h, _OTHER_CARD_SHARE)
        ]
        outcomes = await play.act("care", agent, cancel_orders, cancels, reason="no other card")
        over = {outcome.id for outcome in outcomes if outcome.code == "cancelled"}
        going = [hold.order_id for hold in holds if hold.order_id not in over]
        refused = await play.read(REFUSED_PAYMENTS, going) if going else []
        again = [RetryPayment(payment_id=payment.id, token="tok_ok") for payment in refused]
        await play.act("care", agent, retry_payments, again, reason="another card")
        return len(cancels) + len(again)

    async def _soothe(self) -> int:
        """Give a little money back to customers who complain."""
        play, until = self._play, utc_now() - timedelta(seconds=_SOOTHE_S / self._play.options.speed)
        since = until - timedelta(seconds=max(_SOOTHE_WINDOW_S, _SOOTHE_WINDOW_S / play.options.speed))
        share = round(play.options.goodwill_share * _MILLION)
        orders = await play.read(TO_SOOTHE, since, until, play.draw(_DRAW), share, BATCH)
        refunds = [
            RefundOrder(
                order_id=row.order_id, amount=Amount(min(_GOODWILL_MINOR, row.refundable_minor // 2), row.currency)
            )
            for row in orders
            if row.refundable_minor > 1 and row.order_id not in play.given_up
        ]
        agent = self._agents[0]
        return len(await play.act("care", agent, refund_orders, refunds, reason="a complaint"))

    async def _give_up(self) -> int:
        """Tell customers that what every location looked for in vain does not come: the rest of their order goes on."""
        play = self._play
        since = utc_now() - timedelta(seconds=_IN_VAIN_S / play.options.speed)
        found = await play.read(UNSOURCEABLE, since, BATCH)
        orders = [row for row in found if row.order_id not in play.given_up and self._tried[row.order_id] < _TRIES]
        if len(self._tried) > _TRIED_MAX:
            self._tried.clear()
        self._tried.update(row.order_id for row in orders)
        done = 0
        for n, agent in enumerate(self._agents):
            mine = [row for row in orders if row.number % len(self._agents) == n]
            cancels = [CancelOrder(order_id=row.order_id, reason="out_of_stock") for row in mine]
            done += len(await play.act("care", agent, cancel_orders, cancels, reason="nowhere to be found"))
        return done

    async def _waiting(self) -> list[WaitingHold]:
        play, now = self._play, utc_now()
        since = now - timedelta(seconds=_LEAST_S / play.options.speed)
        return [
            hold
            for hold in await play.read(WAITING_HOLDS, since, BATCH)
            if hold.order_id not in play.given_up
            and hold.created_at + play.span(_LEAST_S, _MOST_S, _WHEN, hold.number) <= now
        ]

    def _share(self, holds: Sequence[WaitingHold]) -> Iterator[tuple[Person, list[WaitingHold]]]:
        for n, agent in enumerate(self._agents):
            mine = [hold for hold in holds if hold.number % len(self._agents) == n]
            if mine:
                yield agent, mine

    async def _add_skus(self, agent: Person, holds: Sequence[WaitingHold]) -> list[UpsertOutcome]:
        """Add the SKUs that these orders wait for, as what they once were."""
        codes = sorted({str(code) for hold in holds for code in _detail(hold).get("skus", [])})
        skus = [_again(code, self._originals[code]) for code in codes if code in self._originals]
        return await self._play.act("care", agent, catalog.upsert_skus, skus, reason="sold again")

    def _goes_on(self, hold: WaitingHold) -> bool:
        return self._lucky(_GO_ON, hold, _GO_ON_SHARE.get(hold.type, _USUALLY))

    def _lucky(self, salt: int, hold: WaitingHold, share: float) -> bool:
        return self._play.luck(salt, hold.number) < share


def _again(code: str, original: UpsertSku) -> UpsertSku:
    return msgspec.structs.replace(original, code=code, name=f"{original.name} (old pack)"[:200], gtin=None)


def _lines(hold: WaitingHold) -> list[CancelLine] | None:
    """The lines that the hold is about, all of them when it names none."""
    return [CancelLine(line=int(n)) for n in _detail(hold).get("lines", [])] or None


def _why(hold: WaitingHold) -> str:
    return "duplicate" if hold.type == "possible_duplicate" else "unverified"


def _detail(hold: WaitingHold) -> dict[str, Any]:
    return msgspec.json.decode(hold.detail, type=dict[str, Any])
