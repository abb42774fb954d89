"""Changes: what an act changed of a setting, an entry of the catalogue or a person, before and after. Append-only.

What moves (goods, money) has its ledgers, and what happens to an order its events; this is for what is said anew.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from orderwright.platform.db import Transaction
from orderwright.platform.difference import difference
from orderwright.platform.ids import UUID
from orderwright.platform.queries import append

APPEND_CHANGES = append("change", "act_id n subject_kind subject_id before after")
Content = Mapping[str, Any] | msgspec.Struct | None


class Changed(NamedTuple):
    """One thing that changed: only the fields that differ. One that is new has no `before`, one that is gone no
    `after`."""

    subject_kind: str
    subject_id: UUID
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def changed(kind: str, subject_id: UUID, before: Content, after: Content, *, personal: Collection[str] = ()) -> Changed:
    """What differs of a thing. `personal` names the fields whose values are not kept (law T5). Pure."""
    return Changed(kind, subject_id, *difference(_fields(before), _fields(after), personal=personal))


async def record_changes(tx: Transaction, act_id: UUID, changes: Sequence[Changed], *, first: int = 0) -> None:
    """Write what an act changed. `first`: how many were written for it before. One statement, or none."""
    rows = [
        (act_id, n, c.subject_kind, c.subject_id, _json(c.before), _json(c.after)) for n, c in enumerate(changes, first)
    ]
    await APPEND_CHANGES.run(tx, rows)


def _fields(content: Content) -> Mapping[str, Any] | None:
    if not isinstance(content, msgspec.Struct):
        return content
    # `version` of a command is the one that its writer saw, no part of what it says.
    return {name: value for name, value in msgspec.structs.asdict(content).items() if name != "version"}


def _json(fields: Mapping[str, Any] | None) -> str | None:
    return None if fields is None else msgspec.json.encode(fields, enc_hook=str).decode()
