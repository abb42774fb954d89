"""States as diagrams, from the tables of transitions."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from enum import StrEnum

from generators.markdown import SOURCE, code, table

from orderwright.fulfillment import states
from orderwright.fulfillment.states import PARCEL_TRANSITIONS, TRANSITIONS, FulfillmentState, ParcelState
from orderwright.orders.states import OrderStatus


def fulfillment_states() -> str:
    """The way of a fulfillment."""
    return _diagram(TRANSITIONS) + "\n\n" + _meanings(FulfillmentState, states.__file__ or "")


def parcel_states() -> str:
    """The way of a parcel."""
    return _diagram(PARCEL_TRANSITIONS) + "\n\n" + _meanings(ParcelState, states.__file__ or "")


def shipment_states() -> str:
    """The way of a shipment, where the code has a table of it."""
    transitions = getattr(states, "SHIPMENT_TRANSITIONS", None)
    return _diagram(transitions) if transitions else ""


def order_states() -> str:
    """The statuses of an order, each with when it has it."""
    return _meanings(OrderStatus, str(SOURCE / "orders" / "states.py"))


def _diagram(transitions: Mapping[StrEnum, frozenset[StrEnum]]) -> str:
    """Arrows in the order of the table; states that lead nowhere end."""
    first = next(iter(transitions))
    arrows = [f"    [*] --> {first}"]
    order = list(transitions)
    for state, targets in transitions.items():
        arrows += [f"    {state} --> {target}" for target in sorted(targets, key=order.index)]
        if not targets:
            arrows.append(f"    {state} --> [*]")
    return "\n".join(["```mermaid", "stateDiagram-v2", *arrows, "```"])


def _meanings(kind: type[StrEnum], file: str) -> str:
    """What the comments behind the members say."""
    with open(file, encoding="utf-8") as stream:  # noqa: PTH123
        text = stream.read()
    [found] = [n for n in ast.parse(text).body if isinstance(n, ast.ClassDef) and n.name == kind.__name__]
    lines = text.splitlines()
    rows = []
    for node in found.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            rows.append((code(node.value.value), lines[node.lineno - 1].partition("#")[2].strip()))
    return table(("state", "meaning"), rows)
