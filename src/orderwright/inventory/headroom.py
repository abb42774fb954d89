"""What may still be promised, while a batch of orders is decided in order of arrival (law G3). Pure.

A decision is made on figures that may be a moment old. `changes` tells what the batch took and how much must be left
for its decisions to hold; `holds` checks that against the locked rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from orderwright.inventory.ledger import AvailabilityDelta, Pair
from orderwright.inventory.queries import AvailabilityRow, SupplyRow
from orderwright.platform.ids import UUID


class _Entry:
    __slots__ = ("apart", "backordered", "free", "handed", "is_new", "kept", "seen", "taken")

    def __init__(self, free: int, *, is_new: bool) -> None:
        self.is_new = is_new  # there is no balance yet
        self.seen = free  # ATP less what is backordered, as read
        self.apart = 0  # units of `seen` that lines in other pools wait for
        self.free = free  # the same, after this batch's decisions; before buffers
        self.taken = 0
        self.handed = 0  # left a till already: lowers ATP without a promise, allowed or not
        self.backordered = 0
        self.kept: int | None = None  # the largest buffer that a taker left


class PreorderTaken(NamedTuple):
    """Units promised from a dated supply."""

    supply: SupplyRow
    quantity: int


class Headroom:
    """Units that pools may still promise. One order's takes can be undone (`mark`, `undo_to`)."""

    def __init__(self, rows: Iterable[AvailabilityRow], supplies: Iterable[SupplyRow] = ()) -> None:
        self._rows: dict[Pair, AvailabilityRow] = {(row.sku_id, row.pool_id): row for row in rows}
        self._entries: dict[Pair, _Entry] = {}  # of the rows that were asked for
        self._owed: dict[UUID, int] = {}
        waiting: dict[UUID, set[UUID]] = {}
        for row in self._rows.values():
            if row.backordered:
                self._owed[row.sku_id] = self._owed.get(row.sku_id, 0) + row.backordered
                waiting.setdefault(row.sku_id, set()).add(row.pool_id)
        # SKUs that a pool has some of while lines wait for them in another: see `set_apart`
        self.contested: Collection[UUID] = waiting and frozenset(
            row.sku_id
            for row in self._rows.values()
            if row.available_to_promise > row.backordered and waiting.get(row.sku_id, set()) - {row.pool_id}
        )
        self._supplies: dict[UUID, list[list[int]]] = {}
        self._supply_rows: dict[UUID, list[SupplyRow]] = {}
        for supply in supplies:
            self._supply_rows.setdefault(supply.sku_id, []).append(supply)
            self._supplies.setdefault(supply.sku_id, []).append([supply.quantity - supply.preordered, 0])
        self.limits_used = False  # a backorder limit was looked at: it spans pools, so only locked figures decide
        self._journal: list[tuple[str, object, int, int | None]] = []

    def _entry(self, pair: Pair) -> _Entry | None:
        """The entry of a balance; None where there is none yet."""
        entry = self._entries.get(pair)
        if entry is None and (row := self._rows.get(pair)) is not None:
            entry = self._entries[pair] = _Entry(row.available_to_promise - row.backordered, is_new=False)
        return entry

    def _entry_or_new(self, pair: Pair) -> _Entry:
        return self._entry(pair) or self._entries.setdefault(pair, _Entry(0, is_new=True))

    def set_apart(self, rows: Iterable[tuple[UUID, UUID, int]]) -> None:
        """Leave (SKU, pool, units) to lines that wait for them in other pools: only the backorder pump gives those."""
        for sku_id, pool_id, units in rows:
            entry = self._entry((sku_id, pool_id))
            if entry is not None:
                entry.free -= units
                entry.apart += units

    def mark(self) -> int:
        """A point to come back to."""
        return len(self._journal)

    def undo_to(self, mark: int) -> None:
        """Give back everything taken since `mark`."""
        while len(self._journal) > mark:
            what, key, quantity, kept = self._journal.pop()
            if what == "take":
                entry = self._entries[key]  # type: ignore[index]
                entry.free += quantity
                entry.taken -= quantity
                entry.kept = kept
            elif what == "hand_over":
                entry = self._entries[key]  # type: ignore[index]
                entry.free += quantity
                entry.handed -= quantity
            elif what == "owe":
                entry = self._entries[key]  # type: ignore[index]
                entry.free += quantity
                entry.backordered -= quantity
                self._owed[key[0]] -= quantity  # type: ignore[index]
            else:
                key[0] += quantity  # type: ignore[index]
                key[1] -= quantity  # type: ignore[index]

    def take(self, sku_id: UUID, pool_id: UUID, quantity: int, buffer: int) -> int:
        """Promise up to `quantity` units, leaving `buffer`; returns how many were promised."""
        pair = (sku_id, pool_id)
        entry = self._entry(pair)
        if entry is None:
            return 0
        got = min(quantity, entry.free - buffer)
        if got <= 0:
            return 0
        self._journal.append(("take", pair, got, entry.kept))
        entry.free -= got
        entry.taken += got
        if entry.kept is None or entry.kept < buffer:
            entry.kept = buffer
        return got

    def hand_over(self, sku_id: UUID, pool_id: UUID, quantity: int) -> None:
        """Units that left already: a fact, which may make the balance negative (law G2)."""
        entry = self._entry_or_new((sku_id, pool_id))
        self._journal.append(("hand_over", (sku_id, pool_id), quantity, None))
        entry.free -= quantity
        entry.handed += quantity

    def owe(self, sku_id: UUID, pool_id: UUID, quantity: int, limit: int | None) -> bool:
        """Backorder `quantity` units of a pool unless the SKU would owe more than `limit` in all."""
        owed = self._owed.get(sku_id, 0)
        if limit is not None:
            self.limits_used = True
            if owed + quantity > limit:
                return False
        entry = self._entry_or_new((sku_id, pool_id))
        self._journal.append(("owe", (sku_id, pool_id), quantity, None))
        entry.free -= quantity
        entry.backordered += quantity
        self._owed[sku_id] = owed + quantity
        return True

    def preorder(self, sku_id: UUID, pool_ids: Iterable[UUID], quantity: int) -> SupplyRow | None:
        """The earliest dated supply of these pools that covers `quantity` units, taken; None when none does."""
        pools = set(pool_ids)
        for row, left in zip(self._supply_rows.get(sku_id, ()), self._supplies.get(sku_id, ()), strict=True):
            if row.pool_id in pools and left[0] >= quantity:
                left[0] -= quantity
                left[1] += quantity
                self._journal.append(("preorder", left, quantity, None))
                return row
        return None

    def changes(self) -> list[AvailabilityDelta]:
        """What the batch does to the balances."""
        return [
            AvailabilityDelta(sku, pool, -e.taken - e.handed, 0, e.taken, e.backordered)
            for (sku, pool), e in self._entries.items()
            if e.taken or e.backordered or e.handed
        ]

    def missing(self) -> list[Pair]:
        """Balances that the batch changes and that do not exist yet, sorted."""
        return sorted(pair for pair, e in self._entries.items() if e.is_new and (e.taken or e.backordered or e.handed))

    def supply_changes(self) -> list[PreorderTaken]:
        """What the batch takes of dated supplies."""
        return [
            PreorderTaken(row, left[1])
            for sku_id, rows in self._supply_rows.items()
            for row, left in zip(rows, self._supplies[sku_id], strict=True)
            if left[1]
        ]

    def holds(self, locked: Mapping[Pair, AvailabilityRow]) -> bool:
        """Whether every decision of the batch is still allowed by the locked rows.

        Decisions made on no more than there is now stay allowed. Where there is less, plain takes may still fit; what
        mixed takes with backorders is decided anew. So is a backorder where there is stock for it by now: whoever
        brought it has been through the queue already.
        """
        for key, entry in self._entries.items():
            if not (entry.taken or entry.backordered):
                continue
            row = locked.get(key)
            free = row.available_to_promise - row.backordered if row else 0
            left = free - entry.apart - entry.taken - entry.handed
            if free < entry.seen and entry.taken and (entry.backordered or left < (entry.kept or 0)):
                return False
            if free > entry.seen and entry.backordered and left > 0:
                return False
        return True
