"""States as diagrams, from the tables of transitions."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from generators.markdown import code, table
from generators.sentences import FULFILLMENT_STATES, PARCEL_STATES, RETURN_STATES
from orderwright.fulfillment.states import PARCEL_TRANSITIONS, TRANSITIONS
from orderwright.returns.states import TRANSITIONS as RETURN_TRANSITIONS


def fulfillment_states() -> str:
    """The way of a fulfillment."""
    return _drawn(TRANSITIONS, FULFILLMENT_STATES)


def parcel_states() -> str:
    """The way of a parcel."""
    return _drawn(PARCEL_TRANSITIONS, PARCEL_STATES)


def return_states() -> str:
    """The way of a return."""
    return _drawn(RETURN_TRANSITIONS, RETURN_STATES)


def _drawn(transitions: Mapping[StrEnum, frozenset[StrEnum]], meanings: Mapping[str, str]) -> str:
    """Arrows in the order of the table, states that lead nowhere last; then what each state means."""
    order = list(transitions)
    arrows = [f"    [*] --> {order[0]}"]
    for state, targets in transitions.items():
        arrows += [f"    {state} --> {target}" for target in sorted(targets, key=order.index)]
        if not targets:
            arrows.append(f"    {state} --> [*]")
    diagram = "\n".join(["```mermaid", "stateDiagram-v2", *arrows, "```"])
    return diagram + "\n\n" + table(("state", "meaning"), [(code(state), meanings[state]) for state in order])
