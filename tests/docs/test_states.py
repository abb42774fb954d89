"""Diagram, table of transitions and CHECK constraint say the same (law T3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

import pytest

from orderwright.fulfillment.states import PARCEL_TRANSITIONS, TRANSITIONS
from orderwright.orders.states import OrderStatus
from tests.docs.pages import ROOT

_PAGE = ROOT / "docs" / "reference" / "states.md"
_MIGRATION = ROOT / "src" / "orderwright" / "platform" / "migrations" / "merchant" / "sql" / "0001_foundation.sql"


def section(title: str) -> str:
    """The part of the page under a heading."""
    return _PAGE.read_text(encoding="utf-8").partition(f"## {title}\n")[2].partition("\n## ")[0]


def arrows(title: str) -> set[tuple[str, str]]:
    """The arrows of the diagram under a heading; begin and end are `[*]`."""
    return set(re.findall(r"^    (\S+) --> (\S+)$", section(title), re.MULTILINE))


def checked(table: str, column: str) -> set[str]:
    """The states that the CHECK constraint of a column allows."""
    text = _MIGRATION.read_text(encoding="utf-8").partition(f"CREATE TABLE {table} (")[2].partition("\n)")[0]
    match = re.search(rf"CHECK \({column} IN \(([^)]*)\)", text)
    assert match is not None
    return set(re.findall(r"'(\w+)'", match[1]))


@pytest.mark.parametrize(
    ("title", "table", "transitions"),
    [("Fulfillment", "fulfillment", TRANSITIONS), ("Parcel", "parcel", PARCEL_TRANSITIONS)],
)
def test_a_diagram_has_the_transitions_of_the_code(
    title: str, table: str, transitions: Mapping[StrEnum, frozenset[StrEnum]]
) -> None:
    first = next(iter(transitions))
    wanted = {(state.value, target.value) for state, targets in transitions.items() for target in targets}
    ends = {(state.value, "[*]") for state, targets in transitions.items() if not targets}
    assert arrows(title) == wanted | ends | {("[*]", first.value)}
    assert {state.value for state in transitions} == checked(table, "state")


def test_the_diagram_of_shipments_names_the_states_of_the_database() -> None:
    drawn = {state for arrow in arrows("Shipment") for state in arrow} - {"[*]"}
    assert drawn == checked("shipment", "state")


def test_the_statuses_of_an_order_are_those_of_the_code_and_of_the_database() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", section("Order"), re.MULTILINE)
    shared = _MIGRATION.parents[2] / "shared.sql"
    derived = re.findall(r"THEN '(\w+)'|ELSE '(\w+)'", shared.read_text(encoding="utf-8"))
    assert listed == [then or otherwise for then, otherwise in derived]
    assert set(listed) == {status.value for status in OrderStatus} == checked("orders", "status")
