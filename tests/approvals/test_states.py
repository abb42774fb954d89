"""The states of approvals: table of transitions, CHECK constraint and diagram say the same (law T3)."""

from __future__ import annotations

import re

from orderwright.approvals import APPROVAL_TRANSITIONS, ApprovalState
from orderwright.platform.db import Database
from tests.docs.test_states import arrows


async def test_the_check_constraint_allows_the_states(shared_database: Database) -> None:
    async with shared_database.transaction("acme", read_only=True) as tx:
        [row] = await tx.fetch(
            "SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint"
            " WHERE conrelid = 'approval'::regclass AND conname = 'approval_state_check'"
        )
    assert set(re.findall(r"'([a-z_]+)'::text", row["text"])) == {state.value for state in ApprovalState}


def test_the_diagram_has_the_transitions_of_the_code() -> None:
    wanted = {(state.value, target.value) for state, targets in APPROVAL_TRANSITIONS.items() for target in targets}
    ends = {(state.value, "[*]") for state, targets in APPROVAL_TRANSITIONS.items() if not targets}
    assert arrows("Approval") == wanted | ends | {("[*]", "waiting")}
