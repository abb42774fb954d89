"""What every step on fulfillments checks first: known, once a call, right state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from orderwright.flows.locked_work import LockedWork
from orderwright.fulfillment import FulfillmentState, refuse, sources
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome


class _Named(Protocol):
    @property
    def fulfillment_id(self) -> UUID: ...


Command = TypeVar("Command", bound=_Named)


def check_step(
    work: LockedWork, commands: Sequence[Command], target: FulfillmentState
) -> tuple[list[Outcome | None], list[tuple[int, Command]]]:
    """Sort commands into those refused (an outcome) and those that may go on (index, command).

    Precedence: `fulfillment_not_found`, `duplicate_in_batch`, `wrong_state`.
    """
    allowed = set(sources(target))
    outcomes: list[Outcome | None] = []
    going: list[tuple[int, Command]] = []
    seen: set[UUID] = set()
    for i, command in enumerate(commands):
        row = work.fulfillments.get(command.fulfillment_id)
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
