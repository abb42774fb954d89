"""What carriers' words make of parcels: the newest counts, delivered is final, and a repetition is one event."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from orderwright.fulfillment import (
    Arrival,
    NewTracking,
    ParcelRow,
    RecordTracking,
    arrivals,
    newest_states,
    tracking_key,
    tracking_times,
)
from orderwright.platform.ids import new_ids

PARCEL, SHIPMENT, ORDER, WORK = new_ids(4)
NOON = datetime(2030, 3, 1, 12, tzinfo=UTC)


def a_parcel(state: str = "in_transit") -> ParcelRow:
    return ParcelRow(PARCEL, SHIPMENT, ORDER, WORK, 1, None, "builtin", "T-1", state, None, "standard", NOON)


def said(*events: tuple[str, int], state: str = "in_transit") -> list[tuple[ParcelRow, NewTracking]]:
    """Codes with the hour after noon at which they happened."""
    return [
        (a_parcel(state), NewTracking(PARCEL, f"{code}{hour}", code, None, NOON + timedelta(hours=hour)))
        for code, hour in events
    ]


def test_the_newest_event_counts_in_whatever_order_they_come() -> None:
    fresh = said(("out_for_delivery", 3), ("accepted", 1), ("exception", 2))
    assert newest_states(fresh) == [(PARCEL, "out_for_delivery", NOON + timedelta(hours=3))]
    assert arrivals(fresh) == []
    assert tracking_times(fresh, {WORK}) == [(WORK, NOON + timedelta(hours=1), None)]


def test_delivered_is_final_and_arrives_once() -> None:
    fresh = said(("in_transit", 5), ("delivered", 4), ("delivered", 2), ("accepted", 1))
    at = NOON + timedelta(hours=2)
    assert newest_states(fresh) == [(PARCEL, "delivered", at)]
    assert arrivals(fresh) == [Arrival(a_parcel(), at)]
    assert tracking_times(fresh, {WORK}) == [(WORK, NOON + timedelta(hours=1), at)]
    assert tracking_times(fresh, set()) == [(WORK, NOON + timedelta(hours=1), None)]  # another parcel is on its way


def test_a_parcel_that_was_delivered_does_not_arrive_again() -> None:
    fresh = said(("delivered", 4), state="delivered")
    assert arrivals(fresh) == []
    assert tracking_times(fresh, set()) == [(WORK, NOON + timedelta(hours=4), None)]


def test_the_key_of_an_event_is_the_carriers_or_made_of_what_is_said() -> None:
    event = RecordTracking(tracking_number="T-1", code="accepted", happened_at=NOON)
    same = RecordTracking(tracking_number="T-1", code="accepted", happened_at=NOON)
    other = RecordTracking(tracking_number="T-1", code="accepted", happened_at=NOON, place="Columbus")
    keyed = RecordTracking(tracking_number="T-1", code="accepted", happened_at=NOON, key="K-7")
    assert tracking_key(event) == tracking_key(same)
    assert len({tracking_key(event), tracking_key(other), tracking_key(keyed)}) == 3
    assert tracking_key(keyed) == "K-7"
