"""What stops a step: unknown, twice in a call, wrong state, in this precedence."""

from __future__ import annotations

from datetime import UTC, datetime

from orderwright.fulfillment import FulfillmentCommand, FulfillmentRow, FulfillmentState, check_step, finish_outcomes
from orderwright.platform.ids import new_id

OPEN, PACKED = (
    FulfillmentRow(new_id(), new_id(), new_id(), "ship", state, datetime(2030, 3, 1, tzinfo=UTC), 1)
    for state in ("open", "packed")
)
KNOWN = {row.id: row for row in (OPEN, PACKED)}


def test_what_may_go_on_keeps_its_place() -> None:
    commands = [FulfillmentCommand(fulfillment_id=i) for i in (new_id(), PACKED.id, OPEN.id, OPEN.id)]
    outcomes, going = check_step(KNOWN, commands, FulfillmentState.RELEASED)
    assert [outcome and outcome.code for outcome in outcomes] == [
        "fulfillment_not_found", "wrong_state", None, "duplicate_in_batch",
    ]  # fmt: skip
    assert outcomes[1] is not None
    assert outcomes[1].details == {"state": "packed"}
    assert going == [(2, commands[2])]
    assert len(finish_outcomes(outcomes)) == 3
