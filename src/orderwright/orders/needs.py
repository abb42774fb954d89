"""What other stages ask of orders: needs to be sourced, dates promised, and facts to be verified."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query, statement


class NeedRow(NamedTuple):
    """Promised units that wait for a location. `location_id` where the line names it; `delivery` ship or pickup."""

    order_id: UUID
    line_n: int
    component_n: int
    pool_id: UUID
    sku_id: UUID
    quantity: int
    location_id: UUID | None
    delivery: str
    promised_on: date | None
    promise_zone: str | None


class VerificationRow(NamedTuple):
    """What verification needs to know of an order but its contacts."""

    order_id: UUID
    channel_id: UUID
    total_minor: int
    line_quantity_max: int
    needs_address: bool
    orders_in_window: int
    duplicate_of: list[UUID]


READ_NEEDS = query(__package__, "read_needs", NeedRow)
SET_PROMISES = statement(__package__, "set_promises")
VERIFICATION_FACTS = query(__package__, "verification_facts", VerificationRow)


async def read_needs(tx: Transaction, order_ids: Sequence[UUID]) -> list[NeedRow]:
    """Promises of orders with what their lines say of where. One statement."""
    return await READ_NEEDS.fetch(tx, list(order_ids))


async def set_promises(tx: Transaction, promises: Sequence[tuple[UUID, date, str]]) -> None:
    """Promise (order, date, zone) where none or an earlier date was promised. One statement, or none."""
    if promises:
        await SET_PROMISES.run(tx, *columns(promises, 3))


async def verification_facts(
    tx: Transaction, windows: Sequence[tuple[UUID, datetime, datetime]]
) -> dict[UUID, VerificationRow]:
    """Facts of orders: (order, velocity window from, duplicate window from). One statement."""
    rows = await VERIFICATION_FACTS.fetch(tx, *columns(windows, 3))
    return {row.order_id: row for row in rows}


class PendingRow(NamedTuple):
    """Units of a component that are not resolved. `sku_id` is that of a part where the line's kit was understood;
    `held` says whether an open hold names the line."""

    order_id: UUID
    line_n: int
    component_n: int
    sku_id: UUID | None
    sku_code: str
    ordered: int
    cancelled: int
    pending: int
    delivery: str
    location_id: UUID | None
    priority: int
    placed_at: datetime
    channel_id: UUID
    held: bool


PENDING_COMPONENTS = query(__package__, "pending_components", PendingRow)


async def pending_components(tx: Transaction, order_ids: Sequence[UUID]) -> list[PendingRow]:
    """Components that are not resolved, in order of arrival. One statement."""
    return await PENDING_COMPONENTS.fetch(tx, list(order_ids))


class LineQuantityRow(NamedTuple):
    """Ordered units of a line."""

    order_id: UUID
    n: int
    quantity: int


LINE_QUANTITIES = query(__package__, "line_quantities", LineQuantityRow)


async def line_quantities(tx: Transaction, order_ids: Sequence[UUID]) -> dict[UUID, dict[int, int]]:
    """Ordered units by order and line. One statement."""
    found: dict[UUID, dict[int, int]] = {}
    for row in await LINE_QUANTITIES.fetch(tx, list(order_ids)):
        found.setdefault(row.order_id, {})[row.n] = row.quantity
    return found


class LineAtLocationRow(NamedTuple):
    """A line that names its location."""

    order_id: UUID
    n: int


LINES_AT_LOCATIONS = query(__package__, "lines_at_locations", LineAtLocationRow)


async def lines_at_locations(tx: Transaction, order_ids: Sequence[UUID]) -> set[tuple[UUID, int]]:
    """The (order, line) pairs that name their location. One statement."""
    return {(row.order_id, row.n) for row in await LINES_AT_LOCATIONS.fetch(tx, list(order_ids))}


class UnsourcedOrderRow(NamedTuple):
    """An order that waits to be sourced again."""

    id: UUID


UNSOURCED_ORDERS = query(__package__, "unsourced_orders", UnsourcedOrderRow)


async def unsourced_orders(tx: Transaction, sku_ids: Sequence[UUID]) -> list[UUID]:
    """Orders whose promised units of these SKUs no location could bring when they were last sourced. One statement."""
    return sorted(row.id for row in await UNSOURCED_ORDERS.fetch(tx, list(sku_ids)))
