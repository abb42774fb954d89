"""The states of returns: table of transitions, CHECK constraint and diagram say the same (law T3)."""

from __future__ import annotations

import re
from enum import StrEnum

import pytest

from orderwright.platform.db import Database
from orderwright.platform.ids import new_id
from orderwright.returns import (
    EXCHANGE_TRANSITIONS,
    TRANSITIONS,
    UNEXPECTED_TRANSITIONS,
    ExchangeState,
    Return,
    ReturnState,
    ReturnTerms,
    UnexpectedState,
)
from tests.docs.test_states import arrows


@pytest.mark.parametrize(
    ("table", "states"),
    [("customer_return", ReturnState), ("unexpected_return", UnexpectedState), ("exchange", ExchangeState)],
)
async def test_the_check_constraint_allows_the_states(
    shared_database: Database, table: str, states: type[StrEnum]
) -> None:
    async with shared_database.transaction("acme", read_only=True) as tx:
        [row] = await tx.fetch(
            "SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint"
            " WHERE conrelid = $1::text::regclass AND conname = $1 || '_state_check'", table,
        )  # fmt: skip
    assert set(re.findall(r"'([a-z_]+)'::text", row["text"])) == {state.value for state in states}


@pytest.mark.parametrize("table", [TRANSITIONS, UNEXPECTED_TRANSITIONS, EXCHANGE_TRANSITIONS])
def test_every_state_has_its_transitions_and_can_be_reached(table: dict[StrEnum, frozenset[StrEnum]]) -> None:
    kind = type(next(iter(table)))
    assert list(table) == list(kind)
    assert set().union(*table.values()) == set(kind) - {next(iter(kind))}


@pytest.mark.parametrize(("title", "table"), [("Return", TRANSITIONS), ("Exchange", EXCHANGE_TRANSITIONS)])
def test_the_diagram_has_the_transitions_of_the_code(title: str, table: dict[StrEnum, frozenset[StrEnum]]) -> None:
    wanted = {(state.value, target.value) for state, targets in table.items() for target in targets}
    ends = {(state.value, "[*]") for state, targets in table.items() if not targets}
    assert arrows(title) == wanted | ends | {("[*]", next(iter(table)).value)}


def test_a_return_does_not_leave_the_table() -> None:
    one = Return(
        id=new_id(), order_id=new_id(), location_id=new_id(), state=ReturnState.CANCELLED, method="label",
        tracking_number=None, policy_version=0, terms=ReturnTerms(),
    )  # fmt: skip
    one.move_to(ReturnState.CANCELLED)
    with pytest.raises(ValueError, match="does not go from cancelled to received"):
        one.move_to(ReturnState.RECEIVED)
