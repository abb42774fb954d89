"""What every step on fulfillments checks first: known, once a call, right state. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

from orderwright.fulfillment.errors import refuse
from orderwright.fulfillment.queries import FulfillmentRow
from orderwright.fulfillment.states import FulfillmentState, sources
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome


class _Named(Protocol):
    @property
    def fulfillment_id(self) -> UUID: ...


Command = TypeVar("Command", bound=_Named)


def check_step(
    fulfillments: Mapping[UUID, FulfillmentRow], commands: Sequence[Command], target: FulfillmentState
) -> tuple[list[Outcome | None], list[tuple[int, Command]]]:
    """Sort commands into those refused (an outcome) and those that may go on (index, command).

    Precedence: `fulfillment_not_found`, `duplicate_in_batch`, `wrong_state`.
    """
    allowed = set(sources(target))
    outcomes: list[Outcome | None] = []
    going: list[tuple[int, Command]] = []
    seen: set[UUID] = set()
    for i, command in enumerate(commands):
        row = fulfillments.get(command.fulfillment_id)
        if row is None:
            outcomes.append(refuse("fulfillment_not_found"))
        elif row.id in seen:
            outcomes.append(refuse("duplicate_in_batch"))
        elif row.state not in allowed:
            outcomes.append(refuse("wrong_state", state=row.state))
        else:
            seen.add(row.id)
            outcomes.append(None)
            going.append((i, command))
    return outcomes, going


def finish_outcomes(outcomes: Sequence[Outcome | None]) -> list[Outcome]:
    """Every item has an answer by now."""
    return [outcome for outcome in outcomes if outcome is not None]
