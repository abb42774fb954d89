"""Carriers: say where parcels are, and like real ones sometimes late, twice, or in the wrong order."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from orderwright.demo.lists import ON_THE_WAY, OnTheWay
from orderwright.demo.play import Person, Play
from orderwright.demo.set_up import DemoWorld
from orderwright.flows.record_tracking import record_tracking
from orderwright.fulfillment import ParcelState, RecordTracking, TrackingCode
from orderwright.platform.clock import utc_now

BATCH = 500
_LATE_MAX = 2_000
_LATE, _REPEAT, _MISS, _WHEN, _AGAIN = range(41, 46)  # what luck is asked for

# What a carrier says next of a parcel in a state, and after how many seconds: least and most, at speed 1.
_NEXT: dict[str, tuple[TrackingCode, float, float]] = {
    ParcelState.LABELLED: ("accepted", 0.4, 1.5),
    ParcelState.IN_TRANSIT: ("out_for_delivery", 1.0, 5.0),
    ParcelState.OUT_FOR_DELIVERY: ("delivered", 1.0, 5.0),
    ParcelState.EXCEPTION: ("delivered", 4.0, 10.0),  # the second try succeeds
}
_LEAST_S = 0.4


class Carriers:
    """All drivers. They know parcels by tracking number; what they say late they remember until then."""

    pause_s = 0.4

    def __init__(self, play: Play, world: DemoWorld) -> None:
        self._play = play
        self._places = [location.id for location in world.locations.values()]
        self._carrier = Person("key:demo-carrier", frozenset({"fulfillment.work"}))
        self._later: deque[tuple[datetime, RecordTracking]] = deque(maxlen=_LATE_MAX)

    async def turn(self) -> int:
        """Say what is new, and what was to be said later."""
        now = utc_now()
        since = now - timedelta(seconds=_LEAST_S / self._play.options.speed)
        news = [
            event
            for parcel in await self._play.read(ON_THE_WAY, self._places, since, BATCH)
            for event in self._say(parcel, now)
        ]
        for _ in range(len(self._later)):
            at, event = self._later.popleft()
            if at <= now:
                news.append(event)
            else:
                self._later.append((at, event))
        return len(await self._play.act("carriers", self._carrier, record_tracking, news))

    def _say(self, parcel: OnTheWay, now: datetime) -> list[RecordTracking]:
        """What is said of a parcel now. Nothing before its time."""
        play = self._play
        if parcel.state not in _NEXT:
            return []
        code, least_s, most_s = _NEXT[parcel.state]
        step = list(_NEXT).index(parcel.state)
        at = parcel.heard_at + play.span(least_s, most_s, _WHEN, parcel.number, step)
        if at > now:
            return []
        if code == "out_for_delivery" and play.luck(_LATE, parcel.number) < play.options.late_share:
            return self._deliver_first(parcel, at, now)
        missed = play.luck(_MISS, parcel.number) < play.options.missed_share
        if parcel.state == ParcelState.OUT_FOR_DELIVERY and missed:
            code = "exception"
        event = _event(parcel, code, at)
        if play.luck(_REPEAT, parcel.number, step) < play.options.repeated_share:
            self._later.append((now + play.span(0.0, 5.0, _AGAIN, parcel.number, step), event))
        return [event]

    def _deliver_first(self, parcel: OnTheWay, at: datetime, now: datetime) -> list[RecordTracking]:
        """The scanner in the van was offline: that it went out is heard of after that it arrived."""
        heard_at = now + self._play.span(1.0, 6.0, _AGAIN, parcel.number)
        self._later.append((heard_at, _event(parcel, "out_for_delivery", at)))
        return [_event(parcel, "delivered", now)]


def _event(parcel: OnTheWay, code: TrackingCode, at: datetime) -> RecordTracking:
    return RecordTracking(
        tracking_number=parcel.tracking_number,
        code=code,
        happened_at=at,
        place=parcel.city if code == "accepted" else None,
    )
