"""The states of returns, as data. A test holds table, CHECK and diagram together (law T3)."""

from __future__ import annotations

from enum import StrEnum


class ReturnState(StrEnum):
    """Goods of one order that come back."""

    REQUESTED = "requested"  # announced; still with the customer
    IN_TRANSIT = "in_transit"  # the carrier has scanned it
    RECEIVED = "received"  # some of it is here, and somebody is to look at it
    INSPECTED = "inspected"  # all that came was looked at; more is expected
    CLOSED = "closed"
    CANCELLED = "cancelled"  # it will not come


_S = ReturnState
TRANSITIONS: dict[ReturnState, frozenset[ReturnState]] = {
    _S.REQUESTED: frozenset({_S.IN_TRANSIT, _S.RECEIVED, _S.CLOSED, _S.CANCELLED}),
    _S.IN_TRANSIT: frozenset({_S.RECEIVED, _S.CLOSED}),
    _S.RECEIVED: frozenset({_S.INSPECTED, _S.CLOSED}),
    _S.INSPECTED: frozenset({_S.RECEIVED, _S.CLOSED}),
    _S.CLOSED: frozenset(),
    _S.CANCELLED: frozenset(),
}
OPEN = frozenset(state for state, targets in TRANSITIONS.items() if targets)


class UnexpectedState(StrEnum):
    """Goods that came back and that no return expects."""

    PARKED = "parked"  # somebody is to find out whose they are
    MATCHED = "matched"  # they became a return
    DISPOSED = "disposed"  # nobody's: restocked, scrapped, sent away


_U = UnexpectedState
UNEXPECTED_TRANSITIONS: dict[UnexpectedState, frozenset[UnexpectedState]] = {
    _U.PARKED: frozenset({_U.MATCHED, _U.DISPOSED}),
    _U.MATCHED: frozenset(),
    _U.DISPOSED: frozenset(),
}


class ExchangeState(StrEnum):
    """Goods that come back for others."""

    OPEN = "open"  # what comes back pays for the new goods
    SETTLED = "settled"  # nothing more comes back
    CANCELLED = "cancelled"  # the customer keeps what there was
    LAPSED = "lapsed"  # the goods did not come back in time


_E = ExchangeState
EXCHANGE_TRANSITIONS: dict[ExchangeState, frozenset[ExchangeState]] = {
    _E.OPEN: frozenset({_E.SETTLED, _E.CANCELLED, _E.LAPSED}),
    _E.SETTLED: frozenset(),
    _E.CANCELLED: frozenset(),
    _E.LAPSED: frozenset(),
}
