"""The states of claims, and of what is asked of carriers for them, as data. A test holds table, CHECK and diagram
together (law T3)."""

from __future__ import annotations

from enum import StrEnum


class ClaimState(StrEnum):
    """Something was wrong with goods that left."""

    OPEN = "open"  # somebody is to decide
    RESOLVED = "resolved"  # refunded, allowed for, sent again, or replaced
    REJECTED = "rejected"  # nothing comes of it


_S = ClaimState
CLAIM_TRANSITIONS: dict[ClaimState, frozenset[ClaimState]] = {
    _S.OPEN: frozenset({_S.RESOLVED, _S.REJECTED}),
    _S.RESOLVED: frozenset(),
    _S.REJECTED: frozenset(),
}


class CarrierState(StrEnum):
    """What is asked of the carrier for a claim."""

    NONE = "none"  # it is not the carrier's
    DUE = "due"  # to be filed with the carrier
    FILED = "filed"  # the carrier is to decide
    PAID = "paid"
    DENIED = "denied"  # may be filed again


_C = CarrierState
CARRIER_TRANSITIONS: dict[CarrierState, frozenset[CarrierState]] = {
    _C.NONE: frozenset({_C.DUE, _C.FILED}),
    _C.DUE: frozenset({_C.NONE, _C.FILED}),
    _C.FILED: frozenset({_C.PAID, _C.DENIED}),
    _C.PAID: frozenset(),
    _C.DENIED: frozenset({_C.FILED}),
}
