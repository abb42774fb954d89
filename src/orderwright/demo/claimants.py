"""Shoppers to whom something came broken, wrong, late or not at all; the agents who make it good; the carrier desk."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby

from orderwright.demo.lists import CLAIMS_OPEN, TO_RETURN, OpenDemoClaim, ToReturn
from orderwright.demo.play import Person, Play
from orderwright.demo.products import CURRENCY
from orderwright.flows.carrier_claims import file_carrier_claims, settle_carrier_claims
from orderwright.flows.open_claims import open_claims
from orderwright.flows.resolve_claims import reject_claims, resolve_claims
from orderwright.orders.contract import Amount
from orderwright.platform.clock import utc_now
from orderwright.platform.ids import UUID
from orderwright.returns import (
    ClaimedLine,
    ClaimKind,
    FileCarrierClaim,
    OpenClaim,
    RejectClaim,
    Resolution,
    ResolveClaim,
    SettleCarrierClaim,
)

BATCH = 200
_WINDOW_S, _WINDOW_LEAST_S = 120.0, 60.0  # who has not complained by then does not; at least, at any speed
_ASK_S, _DECIDE_S = (2.0, 10.0), 3.0  # at speed 1: least and most; at least
_KINDS: tuple[tuple[float, ClaimKind], ...] = ((0.5, "damaged"), (0.7, "missing"), (0.85, "wrong"), (1.0, "late"))
_REJECTED_SHARE, _RESHIPPED_SHARE, _PAID_SHARE = 0.1, 0.55, 0.7  # of claims; of those left; of those of carriers
_ALLOWANCE_MINOR, _CARRIER_MINOR = 100, 1_000
_MILLION = 1_000_000
_DRAW, _WHEN, _WHICH, _KIND, _DECIDE, _SEND, _PAY = range(111, 118)  # what luck is asked for


class Claimants:
    """Who complains, who decides, and who asks the carriers."""

    pause_s = 1.0

    def __init__(self, play: Play) -> None:
        self._play = play
        self._portal = Person("key:demo-portal", frozenset({"claims.write"}))
        self._care = Person("user:care-3", frozenset({"claims.write"}))
        self._desk = Person("user:carrier-desk-1", frozenset({"claims.write"}))

    async def turn(self) -> int:
        """Work off what is there, then take what is new."""
        play = self._play
        since = utc_now() - timedelta(seconds=_DECIDE_S / play.options.speed)
        found = [one for one in await play.read(CLAIMS_OPEN, since, BATCH) if one.id not in play.given_up]
        return await self._decide([one for one in found if one.state == "open"]) + await self._follow_up(
            [one for one in found if one.state != "open"]
        ) + await self._open()  # fmt: skip

    async def _open(self) -> int:
        play, now = self._play, utc_now()
        speed = play.options.speed
        until = now - timedelta(seconds=_ASK_S[0] / speed)
        window = timedelta(seconds=max(_WINDOW_S / speed, _WINDOW_LEAST_S))
        share = round(play.options.claimed_share * _MILLION)
        found = await play.read(TO_RETURN, until - window, until, play.draw(_DRAW), share, BATCH)
        wanted = []
        for order_id, rows in groupby(found, key=_order):
            lines = list(rows)
            due_at = lines[0].delivered_at + play.span(*_ASK_S, _WHEN, lines[0].number)
            if order_id not in play.given_up and due_at <= now:
                wanted.append(self._complaint(lines))
        outcomes = await play.act("claimants", self._portal, open_claims, wanted, on_behalf_of="shopper")
        for command, outcome in zip(wanted, outcomes, strict=False):
            if not outcome.ok:  # several parcels, say: they call, and it ends there
                play.given_up[command.order_id] = None
        return len(outcomes)

    def _complaint(self, lines: list[ToReturn]) -> OpenClaim:
        luck, number = self._play.luck, lines[0].number
        one = lines[int(luck(_WHICH, number) * len(lines))]
        kind = next(kind for up_to, kind in _KINDS if luck(_KIND, number) < up_to)
        return OpenClaim(order_id=one.order_id, kind=kind, lines=[ClaimedLine(line=one.line, quantity=1)])

    async def _decide(self, claims: list[OpenDemoClaim]) -> int:
        """Some come to nothing; what is late brings a little money; the rest is sent again, or its money goes back."""
        play = self._play
        rejected = [one for one in claims if play.luck(_DECIDE, one.number) < _REJECTED_SHARE]
        going = [one for one in claims if one not in rejected]
        await play.act("claimants", self._care, reject_claims, [RejectClaim(claim_id=one.id) for one in rejected])
        answers = await play.act("claimants", self._care, resolve_claims, [self._resolution(one) for one in going])
        short = [one for one, answer in zip(going, answers, strict=False) if not answer.ok]
        again = [ResolveClaim(claim_id=one.id, resolution="refund") for one in short]
        refused = await play.act("claimants", self._care, resolve_claims, again, reason="none left to send")
        for one, answer in zip(short, refused, strict=False):
            if not answer.ok:  # it came back meanwhile
                await play.act("claimants", self._care, reject_claims, [RejectClaim(claim_id=one.id)])
        return len(claims)

    def _resolution(self, one: OpenDemoClaim) -> ResolveClaim:
        if one.kind == "late":
            return ResolveClaim(
                claim_id=one.id, resolution="allowance", amount=Amount(_ALLOWANCE_MINOR, one.currency)
            )  # fmt: skip
        how: Resolution = "reship" if self._play.luck(_SEND, one.number) < _RESHIPPED_SHARE else "refund"
        return ResolveClaim(claim_id=one.id, resolution=how)

    async def _follow_up(self, claims: list[OpenDemoClaim]) -> int:
        """Ask the carrier, then write down what it says."""
        play, money = self._play, Amount(_CARRIER_MINOR, CURRENCY)
        due = [FileCarrierClaim(claim_id=one.id, amount=money) for one in claims if one.carrier_state == "due"]
        answers = [
            SettleCarrierClaim(claim_id=one.id, paid=money if play.luck(_PAY, one.number) < _PAID_SHARE else None)
            for one in claims
            if one.carrier_state == "filed"
        ]
        done = len(await play.act("claimants", self._desk, file_carrier_claims, due))
        return done + len(await play.act("claimants", self._desk, settle_carrier_claims, answers))


def _order(row: ToReturn) -> UUID:
    return row.order_id
