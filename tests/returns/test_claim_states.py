"""The states of claims and of carrier claims: table of transitions, CHECK constraint and diagram say the same (T3)."""

from __future__ import annotations

import re
from enum import StrEnum

import pytest

from orderwright.platform.db import Database
from orderwright.platform.ids import new_id
from orderwright.returns import CARRIER_TRANSITIONS, CLAIM_TRANSITIONS, CarrierState, Claim, ClaimState
from tests.docs.test_states import arrows

_TABLES = [("Claim", "state", CLAIM_TRANSITIONS), ("Carrier claim", "carrier_state", CARRIER_TRANSITIONS)]


def a_claim(state: ClaimState, carrier_state: CarrierState) -> Claim:
    """A claim in these states."""
    return Claim(
        id=new_id(), order_id=new_id(), kind="lost", state=state, party="carrier", location_id=None, parcel_id=new_id(),
        carrier_state=carrier_state, file_by=None,
    )  # fmt: skip


@pytest.mark.parametrize(("title", "column", "table"), _TABLES)
async def test_the_check_constraint_allows_the_states(
    shared_database: Database, title: str, column: str, table: dict[StrEnum, frozenset[StrEnum]]
) -> None:
    async with shared_database.transaction("acme", read_only=True) as tx:
        [row] = await tx.fetch(
            "SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint"
            " WHERE conrelid = 'claim'::regclass AND conname = $1::text", f"claim_{column}_check",
        )  # fmt: skip
    assert set(re.findall(r"'([a-z_]+)'::text", row["text"])) == {state.value for state in table}, title


@pytest.mark.parametrize(("title", "column", "table"), _TABLES)
def test_the_diagram_has_the_transitions_of_the_code(
    title: str, column: str, table: dict[StrEnum, frozenset[StrEnum]]
) -> None:
    first = next(iter(table))
    wanted = {(state.value, target.value) for state, targets in table.items() for target in targets}
    ends = {(state.value, "[*]") for state, targets in table.items() if not targets}
    assert arrows(title) == wanted | ends | {("[*]", first.value)}, column


@pytest.mark.parametrize("state", list(ClaimState))
@pytest.mark.parametrize("target", list(ClaimState))
def test_a_claim_does_not_leave_the_table(state: ClaimState, target: ClaimState) -> None:
    claim = a_claim(state, CarrierState.NONE)
    if target in CLAIM_TRANSITIONS[state]:
        claim.move_to(target)
        assert claim.state is target
    else:
        with pytest.raises(ValueError, match=f"does not go from {state} to {target}"):
            claim.move_to(target)


@pytest.mark.parametrize("state", list(CarrierState))
@pytest.mark.parametrize("target", list(CarrierState))
def test_a_carrier_claim_does_not_leave_the_table(state: CarrierState, target: CarrierState) -> None:
    claim = a_claim(ClaimState.OPEN, state)
    if target is state or target in CARRIER_TRANSITIONS[state]:
        claim.move_carrier_to(target)
        assert claim.carrier_state is target
    else:
        with pytest.raises(ValueError, match=f"does not go from {state} to {target}"):
            claim.move_carrier_to(target)
