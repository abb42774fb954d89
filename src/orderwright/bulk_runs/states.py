"""The states of bulk runs as data. A test holds table, CHECK and diagram together (law T3)."""

from __future__ import annotations

from enum import StrEnum


class BulkRunState(StrEnum):
    """Something is done to many orders, slice by slice."""

    COLLECTING = "collecting"  # its orders are being listed
    RUNNING = "running"
    DONE = "done"  # each order has an outcome, which may be a "no"
    CANCELLED = "cancelled"  # somebody ended it; what was done stays done
    STOPPED = "stopped"  # whoever started it may not do it any more, or its filters mean nothing any more


_S = BulkRunState
BULK_RUN_TRANSITIONS: dict[BulkRunState, frozenset[BulkRunState]] = {
    _S.COLLECTING: frozenset({_S.RUNNING, _S.CANCELLED, _S.STOPPED}),
    _S.RUNNING: frozenset({_S.DONE, _S.CANCELLED, _S.STOPPED}),
    _S.DONE: frozenset(),
    _S.CANCELLED: frozenset(),
    _S.STOPPED: frozenset(),
}
UNFINISHED = frozenset(state for state, targets in BULK_RUN_TRANSITIONS.items() if targets)
