"""The derived status and its twin in SQL; states, transitions and CHECK constraints say the same (law T3)."""

from __future__ import annotations

import random
import re
from enum import StrEnum

import pytest

from orderwright.fulfillment.shipments import STATE_AFTER
from orderwright.fulfillment.states import (
    PARCEL_TRANSITIONS,
    SHIPMENT_TRANSITIONS,
    TRANSITIONS,
    FulfillmentState,
    ParcelState,
    ShipmentState,
    sources,
)
from orderwright.orders.states import OrderStatus, Quantities, derive_status
from orderwright.platform.db import Database, columns
from orderwright.platform.queries import load_sql

S = OrderStatus
TABLES = [TRANSITIONS, SHIPMENT_TRANSITIONS, PARCEL_TRANSITIONS]
STATES = Quantities._fields[1:10]  # they sum to `ordered`; delivered is part of shipped


def components(**units: int) -> Quantities:
    return Quantities(sum(n for state, n in units.items() if state != "delivered"), **units)


@pytest.mark.parametrize(
    ("units", "status"),
    [
        ({"pending": 2}, S.PLACED),
        ({"promised": 2}, S.PLACED),
        ({"backordered": 2}, S.BACKORDERED),
        ({"backordered": 1, "promised": 1}, S.PLACED),
        ({"backordered": 1, "pending": 1}, S.PLACED),
        ({"backordered": 1, "external": 1}, S.BACKORDERED),
        ({"backordered": 1, "cancelled": 1}, S.BACKORDERED),
        ({"allocated": 1, "promised": 1}, S.PLACED),
        ({"allocated": 1, "pending": 1}, S.PLACED),
        ({"allocated": 1, "backordered": 1}, S.ALLOCATED),
        ({"allocated": 2}, S.ALLOCATED),
        ({"allocated": 1, "picked": 1}, S.PICKING),
        ({"picked": 1, "backordered": 1}, S.PICKING),
        ({"packed": 1, "picked": 1}, S.PICKING),
        ({"packed": 1, "promised": 1}, S.PICKING),
        ({"packed": 2}, S.PACKED),
        ({"packed": 1, "cancelled": 1, "external": 1}, S.PACKED),
        ({"shipped": 1, "packed": 1}, S.PARTLY_SHIPPED),
        ({"shipped": 1, "delivered": 1, "backordered": 1}, S.PARTLY_SHIPPED),
        ({"shipped": 2}, S.SHIPPED),
        ({"shipped": 2, "delivered": 1}, S.SHIPPED),
        ({"shipped": 1, "cancelled": 1, "external": 1}, S.SHIPPED),
        ({"shipped": 2, "delivered": 2}, S.DELIVERED),
        ({"external": 2}, S.DELIVERED),
        ({"external": 1, "cancelled": 1}, S.DELIVERED),
        ({"shipped": 1, "delivered": 1, "cancelled": 1}, S.DELIVERED),
        ({"cancelled": 2}, S.CANCELLED),
    ],
)
def test_the_status_follows_from_the_quantities(units: dict[str, int], status: OrderStatus) -> None:
    assert derive_status([components(**units)]) is status


def test_the_status_is_of_all_components_together() -> None:
    assert derive_status([components(cancelled=1), components(packed=3)]) is S.PACKED
    assert derive_status([components(shipped=1, delivered=1), components(promised=1)]) is S.PARTLY_SHIPPED


async def test_sql_and_python_derive_the_same_status(shared_database: Database) -> None:
    """Thousands of orders in one query; few units, so that every boundary is met."""
    chance = random.Random(20_260_101)
    rows = []
    for _ in range(20_000):
        units = {state: chance.choice((0, 0, 0, 1, 2)) for state in STATES}
        units[chance.choice(STATES)] += 1
        rows.append(components(**units, delivered=chance.randint(0, units["shipped"])))
    names = ", ".join(Quantities._fields)
    arrays = ", ".join(f"${i}::bigint[]" for i in range(1, len(Quantities._fields) + 1))
    async with shared_database.transaction("acme", read_only=True) as tx:
        found = await tx.fetch(
            f"SELECT order_status({names}) AS status FROM unnest({arrays}) AS q ({names})",
            *columns(rows, len(Quantities._fields)),
        )

    made = [derive_status([row]) for row in rows]

    assert [row["status"] for row in found] == made
    assert set(made) == set(OrderStatus)


# ---- one table of states: code and CHECK constraint; `tests/docs` holds the diagrams against them (law T3) ----


async def checked(database: Database, table: str, column: str) -> set[str]:
    """The values that a table's CHECK constraint allows in a column."""
    async with database.transaction("acme", read_only=True) as tx:
        [row] = await tx.fetch(
            "SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint"
            " WHERE conrelid = $1::text::regclass AND contype = 'c' AND conname = $1 || '_' || $2 || '_check'",
            table,
            column,
        )
    return set(re.findall(r"'([a-z_]+)'::text", row["text"]))


@pytest.mark.parametrize(
    ("table", "column", "states"),
    [
        ("orders", "status", OrderStatus),
        ("fulfillment", "state", FulfillmentState),
        ("shipment", "state", ShipmentState),
        ("parcel", "state", ParcelState),
    ],
)
async def test_the_check_constraint_allows_the_states(
    shared_database: Database, table: str, column: str, states: type[StrEnum]
) -> None:
    assert await checked(shared_database, table, column) == {state.value for state in states}


@pytest.mark.parametrize("table", TABLES)
def test_every_state_has_its_transitions_and_can_be_reached(table: dict[StrEnum, frozenset[StrEnum]]) -> None:
    kind = type(next(iter(table)))
    assert list(table) == list(kind)
    first = next(iter(kind))
    assert set().union(*table.values()) == set(kind) - {first}


def test_parcels_move_only_between_the_states_that_the_statement_names() -> None:
    """`change_parcels.sql` says where a carrier's word may reach a parcel: on its way, or again where it is."""
    named = set(
        re.findall(r"p\.state IN \((.*?)\)", load_sql("orderwright.fulfillment", "change_parcels").sql)[0].split(", ")
    )
    on_its_way = {STATE_AFTER[code] for code in STATE_AFTER} - {ParcelState.DELIVERED}
    assert named == {f"'{state.value}'" for state in on_its_way | {ParcelState.LABELLED}}
    assert sources(ParcelState.DELIVERED) == [state for state in ParcelState if f"'{state.value}'" in named]


def test_where_a_state_may_be_reached_from() -> None:
    assert sources(FulfillmentState.PICKED) == ["released", "picking"]
    assert sources(FulfillmentState.OPEN) == []
    assert sources(ShipmentState.SHIPPED) == ["label_wanted", "labelled"]
    assert sources(FulfillmentState.CANCELLED) == ["open", "released", "picking", "picked", "packed"]
