"""What sourcing is given and what it answers."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from orderwright.platform.ids import UUID

Outcome = Literal["sourced", "partly_sourced", "unsourced"]


class Need(NamedTuple):
    """Promised units of one component that wait for a location of the pool that promised them."""

    line_n: int
    component_n: int
    sku_id: UUID
    pool_id: UUID
    quantity: int


class OrderToSource(NamedTuple):
    """An order's needs, where it goes (degrees; None when unknown) and the locations that it may not come from."""

    order_id: UUID
    needs: tuple[Need, ...]
    latitude: float | None = None
    longitude: float | None = None
    country: str | None = None
    excluded: frozenset[UUID] = frozenset()


class Location(NamedTuple):
    """A location that may be asked. `capacity_left`: fulfillments it can still take today, None for no limit."""

    id: UUID
    code: str
    pool_id: UUID
    kind: str
    country: str
    latitude: float | None = None
    longitude: float | None = None
    capacity_left: int | None = None
    active: bool = True


class Policy(NamedTuple):
    """What the merchant wants. `locations_max`: most locations that one order comes from, None for no limit."""

    locations_max: int | None = None


class Assignment(NamedTuple):
    """Units of one need that one location brings."""

    line_n: int
    component_n: int
    sku_id: UUID
    pool_id: UUID
    location_id: UUID
    quantity: int


class Decision(NamedTuple):
    """Where an order comes from and why. `unsourced` are needs with the quantity that no location can bring."""

    order_id: UUID
    outcome: Outcome
    assignments: list[Assignment]
    unsourced: list[Need]
    explanation: dict[str, Any]
