"""What the system does by itself: stages, checks of the books, holds."""

from __future__ import annotations

import ast
import re

from generators.markdown import SOURCE, code, codes, functions, literal, table, trees
from generators.sentences import HOLDS, STAGES
from orderwright.flows.stages import stages as stage_table
from orderwright.insights.audit import CHECKS
from orderwright.insights.waiting import QUEUES, WAITING
from orderwright.orders.drafts import _INSTEAD, _NEVER_HELD
from orderwright.orders.verification import BLOCKS
from orderwright.platform.settings import PREFIX


def stages() -> str:
    """The table of stages."""
    rows = [
        (
            code(s.name),
            STAGES[s.name][0],
            STAGES[s.name][1],
            QUEUES[s.name].owner.replace("_", " "),
            _age(QUEUES[s.name].max_age_s),
            s.attempts_max,
        )
        for s in stage_table()
    ]
    return table(("stage", "its queue holds", "what it does", "owner", "stuck after", "attempts"), rows)


def _age(seconds: float) -> str:
    if seconds > 86_400:
        return f"{seconds / 86_400:g} d"
    return f"{seconds / 3600:g} h" if seconds >= 3600 else f"{seconds / 60:g} min"


def waiting() -> str:
    """The table of states in which something waits."""
    kinds = {
        "ord": "order",
        "ful": "fulfillment",
        "shp": "shipment",
        "sku": "SKU",
        "sup": "supply",
        "pay": "payment",
        "ret": "return",
        "urt": "parked parcel",
        "clm": "claim",
        "msg": "message",
        "exc": "exchange",
        "wdr": "withdrawal",
        "whk": "webhook",
        "apr": "approval",
        "blk": "bulk run",
    }
    rows = []
    for state in WAITING:
        age = _age(state.max_age_s) + (f" (`{PREFIX}{state.setting.upper()}`)" if state.setting else "")
        owner = state.owner.replace("_", " ")
        rows.append((code(state.name), kinds[state.subject], state.what, age, state.since, owner, state.remedy))
    return table(("state", "of", "what waits", "at most", "counted from when", "owner", "what to do"), rows)


def audit_checks() -> str:
    """What `orderwright audit` checks, from the heads of its statements."""
    rows = []
    for law, name, _ in CHECKS:
        text = (SOURCE / "insights" / "sql" / f"audit_{name}.sql").read_text(encoding="utf-8")
        head = " ".join(line[3:] for line in text.partition("-- in:")[0].splitlines())
        rows.append((law, code(name), re.sub(r"^Laws? [A-Z0-9 and]+: ", "", head)))
    return table(("law", "check", "what must be true"), rows)


def holds() -> str:
    """The types of holds that the system opens by itself."""
    there = set(BLOCKS) | _drafted()
    if there != HOLDS.keys():
        raise SystemExit(f"docs: HOLDS differs from the code: {sorted(there ^ HOLDS.keys())}")
    rows = [(code(kind), HOLDS[kind][0], codes(BLOCKS.get(kind, HOLDS[kind][1])), HOLDS[kind][2]) for kind in HOLDS]
    return table(("type", "why", "blocks", "what to do"), rows)


def _drafted() -> set[str]:
    """Types that stand where holds are drafted, and refusals of orders that are held instead."""
    found = {hold.type for hold in _INSTEAD.values()}
    named = _constants()
    for tree in trees().values():
        for function in functions(tree):
            calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
            for call in calls:
                name = getattr(call.func, "attr", getattr(call.func, "id", ""))
                text = (literal(call.args[0]) or named.get(_last_name(call.args[0]))) if call.args else None
                if text and (name == "HoldDraft" or (name == "Refusal" and function.name.startswith("_faults"))):
                    found.add(text)
    return found - {_NEVER_HELD} - (_INSTEAD.keys() - {hold.type for hold in _INSTEAD.values()})


def _constants() -> dict[str, str]:
    """The texts that stand under a name in capitals at the top of a module."""
    found = {}
    for tree in trees().values():
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                text = literal(node.value)
                if text and node.targets[0].id.isupper():
                    found[node.targets[0].id] = text
    return found


def _last_name(node: ast.expr) -> str:
    """The name that an expression ends in: `orders.AWAITING_RETURN` in `AWAITING_RETURN`."""
    return str(getattr(node, "attr", getattr(node, "id", "")))
