"""Builders of what pure functions are given: facts of the catalogue, balances, rows. No database."""

from __future__ import annotations

import itertools
from datetime import date, time
from typing import Any

from orderwright.catalog import ChannelFacts, LocationFacts, SkuFacts
from orderwright.catalog.contract import Checks
from orderwright.inventory import AvailabilityRow, SupplyRow
from orderwright.orders import Catalogue
from orderwright.orders.queries import ComponentRow, LockedOrder, ParentRow
from orderwright.platform.ids import UUID, new_id

_numbers = itertools.count(1)


def some_channel(*pools: UUID, **fields: Any) -> ChannelFacts:
    """A storefront in USD that backorders what is short."""
    n = next(_numbers)
    defaults = {
        "id": new_id(), "code": f"CH-{n}", "kind": "storefront", "currency": "USD", "short_line_policy": "backorder",
        "buffer": 0, "verify_prices": False, "checks": Checks(), "active": True, "pool_ids": list(pools) or [new_id()],
    }  # fmt: skip
    return ChannelFacts(**defaults | fields)


def some_sku(**fields: Any) -> SkuFacts:
    """A stocked SKU at 19.99 USD."""
    n = next(_numbers)
    defaults = {
        "id": new_id(), "code": f"SKU-{n}", "name": f"Thing {n}", "kind": "stocked", "active": True,
        "price_minor": 1999, "currency": "USD", "backorder_limit": None, "weight_g": 250, "tax_class": None,
        "components": (),
    }  # fmt: skip
    return SkuFacts(**defaults | fields)


def some_kit(*parts: tuple[SkuFacts, int], **fields: Any) -> SkuFacts:
    """A kit of (SKU, units in one kit)."""
    return some_sku(**{"kind": "kit", "components": tuple((sku.id, units) for sku, units in parts)} | fields)


def some_location(pool_id: UUID, **fields: Any) -> LocationFacts:
    """A warehouse in Ohio, open every day."""
    n = next(_numbers)
    defaults = {
        "id": new_id(), "code": f"LOC-{n}", "name": f"Location {n}", "kind": "warehouse", "pool_id": pool_id,
        "latitude": 40.0, "longitude": -82.8, "country": "US", "time_zone": "America/New_York",
        "open_weekdays": [1, 2, 3, 4, 5, 6, 7], "holidays": [], "cutoff": time(16, 0), "daily_capacity": None,
        "active": True,
    }  # fmt: skip
    return LocationFacts(**defaults | fields)


def some_catalogue(
    channel: ChannelFacts, *skus: SkuFacts, locations: tuple[LocationFacts, ...] = (), **parents: ParentRow
) -> Catalogue:
    """Everything that orders of the test may refer to, by code; all SKUs may be parts of kits too."""
    return Catalogue(
        channels={channel.code: channel},
        skus={sku.code: sku for sku in skus},
        parts={sku.id: sku for sku in skus},
        locations={location.code: location for location in locations},
        parents=parents,
    )


def some_balance(sku: SkuFacts, pool_id: UUID, atp: int, backordered: int = 0, promised: int = 0) -> AvailabilityRow:
    """What a pool can promise of a SKU."""
    return AvailabilityRow(sku.id, pool_id, atp, 0, promised, backordered)


def some_supply(sku: SkuFacts, pool_id: UUID, due_on: date, quantity: int, preordered: int = 0) -> SupplyRow:
    """Units that will come."""
    return SupplyRow(new_id(), sku.id, pool_id, due_on, quantity, preordered)


def locked_order(**fields: Any) -> LockedOrder:
    """An order under lock."""
    n = next(_numbers)
    defaults = {
        "id": new_id(), "number": n, "channel_id": new_id(), "status": "placed", "hold_count": 0, "event_seq": 1,
        "version": 1, "priority": 0,
    }  # fmt: skip
    return LockedOrder(**defaults | fields)


def component_row(order: LockedOrder, line_n: int, n: int, ordered: int, **quantities: int) -> ComponentRow:
    """A component's ledger; units that are not given are promised."""
    states = (
        "pending", "external", "cancelled", "backordered", "promised", "allocated", "picked", "packed", "shipped",
        "delivered",
    )  # fmt: skip
    filled = dict.fromkeys(states, 0) | quantities
    filled["promised"] += ordered - sum(units for state, units in filled.items() if state != "delivered")
    return ComponentRow(order.id, line_n, n, new_id(), ordered, *(filled[state] for state in states))
