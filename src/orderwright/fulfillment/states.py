"""The states of fulfillments and parcels, as data. A test holds table, CHECK and diagram together (law T3)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class FulfillmentState(StrEnum):
    """The work at one location for one order."""

    OPEN = "open"  # sourced; waits for release
    RELEASED = "released"  # on the location's list
    PICKING = "picking"
    PICKED = "picked"
    PACKED = "packed"  # waits for the carrier, or for the shopper at the counter
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    REJECTED = "rejected"  # the location would not do it
    CANCELLED = "cancelled"  # nothing is wanted of it any more


_S = FulfillmentState
TRANSITIONS: dict[FulfillmentState, frozenset[FulfillmentState]] = {
    _S.OPEN: frozenset({_S.RELEASED, _S.REJECTED, _S.CANCELLED}),
    _S.RELEASED: frozenset({_S.PICKING, _S.PICKED, _S.REJECTED, _S.CANCELLED}),
    _S.PICKING: frozenset({_S.PICKED, _S.REJECTED, _S.CANCELLED}),
    _S.PICKED: frozenset({_S.PACKED, _S.CANCELLED}),
    _S.PACKED: frozenset({_S.SHIPPED, _S.DELIVERED, _S.CANCELLED}),
    _S.SHIPPED: frozenset({_S.DELIVERED}),
    _S.DELIVERED: frozenset(),
    _S.REJECTED: frozenset(),
    _S.CANCELLED: frozenset(),
}


class ShipmentState(StrEnum):
    """Goods on their way from one fulfillment, in its parcels."""

    LABEL_WANTED = "label_wanted"  # packed; the carrier is asked next, for one of its parcels at least
    LABELLED = "labelled"  # its parcels, or those that have not left yet, wait for the carrier
    SHIPPED = "shipped"  # every parcel of it
    DELIVERED = "delivered"  # every parcel of it
    CANCELLED = "cancelled"  # all in it was recalled before the carrier came


_H = ShipmentState
SHIPMENT_TRANSITIONS: dict[ShipmentState, frozenset[ShipmentState]] = {
    # From both also where other parcels have left before, and what was still here is recalled.
    _H.LABEL_WANTED: frozenset({_H.LABELLED, _H.SHIPPED, _H.DELIVERED, _H.CANCELLED}),
    _H.LABELLED: frozenset({_H.SHIPPED, _H.DELIVERED, _H.CANCELLED}),
    _H.SHIPPED: frozenset({_H.DELIVERED}),
    _H.DELIVERED: frozenset(),
    _H.CANCELLED: frozenset(),
}


class ParcelState(StrEnum):
    """What a carrier moves."""

    LABEL_WANTED = "label_wanted"
    LABELLED = "labelled"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    EXCEPTION = "exception"
    DELIVERED = "delivered"  # final: a late event never takes it back
    CANCELLED = "cancelled"  # all in it was recalled before the carrier came


_P = ParcelState
PARCEL_TRANSITIONS: dict[ParcelState, frozenset[ParcelState]] = {
    _P.LABEL_WANTED: frozenset({_P.LABELLED, _P.CANCELLED}),
    _P.LABELLED: frozenset({_P.IN_TRANSIT, _P.OUT_FOR_DELIVERY, _P.EXCEPTION, _P.DELIVERED, _P.CANCELLED}),
    _P.IN_TRANSIT: frozenset({_P.OUT_FOR_DELIVERY, _P.EXCEPTION, _P.DELIVERED}),
    _P.OUT_FOR_DELIVERY: frozenset({_P.IN_TRANSIT, _P.EXCEPTION, _P.DELIVERED}),
    _P.EXCEPTION: frozenset({_P.IN_TRANSIT, _P.OUT_FOR_DELIVERY, _P.DELIVERED}),
    _P.DELIVERED: frozenset(),
    _P.CANCELLED: frozenset(),
}


def sources(target: FulfillmentState | ShipmentState | ParcelState) -> list[str]:
    """The states from which `target` may be reached, for `WHERE state = ANY(...)`."""
    tables: dict[type, Mapping[Any, frozenset[Any]]] = {
        FulfillmentState: TRANSITIONS,
        ShipmentState: SHIPMENT_TRANSITIONS,
        ParcelState: PARCEL_TRANSITIONS,
    }
    return [state.value for state, targets in tables[type(target)].items() if target in targets]
