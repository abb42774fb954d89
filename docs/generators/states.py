"""States as diagrams, from the tables of transitions."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from generators.markdown import code, table
from generators.sentences import (
    ANSWER_STATES,
    APPROVAL_STATES,
    BULK_RUN_STATES,
    CARRIER_CLAIM_STATES,
    CLAIM_STATES,
    EXCHANGE_STATES,
    FULFILLMENT_STATES,
    PARCEL_STATES,
    RETURN_STATES,
)
from orderwright.approvals.states import APPROVAL_TRANSITIONS
from orderwright.bulk_runs.states import BULK_RUN_TRANSITIONS
from orderwright.fulfillment.states import PARCEL_TRANSITIONS, TRANSITIONS
from orderwright.messages.states import ANSWER_TRANSITIONS
from orderwright.returns.claim_states import CARRIER_TRANSITIONS, CLAIM_TRANSITIONS
from orderwright.returns.states import EXCHANGE_TRANSITIONS
from orderwright.returns.states import TRANSITIONS as RETURN_TRANSITIONS


def approval_states() -> str:
    """The way of an approval."""
    return _drawn(APPROVAL_TRANSITIONS, APPROVAL_STATES)


def bulk_run_states() -> str:
    """The way of a bulk run."""
    return _drawn(BULK_RUN_TRANSITIONS, BULK_RUN_STATES)


def fulfillment_states() -> str:
    """The way of a fulfillment."""
    return _drawn(TRANSITIONS, FULFILLMENT_STATES)


def parcel_states() -> str:
    """The way of a parcel."""
    return _drawn(PARCEL_TRANSITIONS, PARCEL_STATES)


def return_states() -> str:
    """The way of a return."""
    return _drawn(RETURN_TRANSITIONS, RETURN_STATES)


def exchange_states() -> str:
    """The way of an exchange."""
    return _drawn(EXCHANGE_TRANSITIONS, EXCHANGE_STATES)


def claim_states() -> str:
    """The way of a claim."""
    return _drawn(CLAIM_TRANSITIONS, CLAIM_STATES)


def answer_states() -> str:
    """Whether a message waits for an answer."""
    return _drawn(ANSWER_TRANSITIONS, ANSWER_STATES)


def carrier_claim_states() -> str:
    """The way of what is asked of the carrier for a claim."""
    return _drawn(CARRIER_TRANSITIONS, CARRIER_CLAIM_STATES)


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
