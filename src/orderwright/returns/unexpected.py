"""Parcels that no return expects: parked, and found out about later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID
from orderwright.returns.goods import Counted
from orderwright.returns.queries import (
    APPEND_UNEXPECTED,
    APPEND_UNEXPECTED_ITEMS,
    LOCK_UNEXPECTED,
    READ_UNEXPECTED_ITEMS,
    SETTLE_UNEXPECTED,
    UnexpectedItemRow,
    UnexpectedRow,
)
from orderwright.returns.states import UnexpectedState


class Parked(NamedTuple):
    """A parcel, or what was too much in one (`return_id`)."""

    id: UUID
    location_id: UUID
    return_id: UUID | None
    tracking_number: str | None
    reference: str | None
    items: Sequence[Counted]


async def park(tx: Transaction, act_id: UUID, parcels: Sequence[Parked]) -> None:
    """Write parcels down. Two statements, or none."""
    await APPEND_UNEXPECTED.run(tx, [(*parcel[:5], UnexpectedState.PARKED.value, act_id) for parcel in parcels])
    await APPEND_UNEXPECTED_ITEMS.run(
        tx, [(parcel.id, n, *item) for parcel in parcels for n, item in enumerate(parcel.items, 1)]
    )


async def lock_parked(
    tx: Transaction, ids: Iterable[UUID]
) -> dict[UUID, tuple[UnexpectedRow, list[UnexpectedItemRow]]]:
    """Lock parcels in id order, with what was in them. Two statements."""
    wanted = sorted(set(ids))
    found: dict[UUID, tuple[UnexpectedRow, list[UnexpectedItemRow]]] = {
        row.id: (row, []) for row in await LOCK_UNEXPECTED.fetch(tx, wanted)
    }
    for item in await READ_UNEXPECTED_ITEMS.fetch(tx, wanted):
        found[item.unexpected_id][1].append(item)
    return found


async def settle_parked(tx: Transaction, settled: Sequence[tuple[UUID, UnexpectedState, UUID | None]]) -> None:
    """What became of parcels: (id, state, the return that they became). One statement, or none."""
    if settled:
        await SETTLE_UNEXPECTED.run(tx, *columns([(i, state.value, matched) for i, state, matched in settled], 3))
