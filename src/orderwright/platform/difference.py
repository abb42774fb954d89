"""What differs between a thing before and after: what the audit trail keeps of a change."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import msgspec

NOT_RECORDED = "not recorded"  # stands for a value that is personal data: that it changed is kept, not what it was


class Difference(NamedTuple):
    """The fields that differ, as they were and as they are. A thing that was not there has no `before`."""

    before: dict[str, Any] | None
    after: dict[str, Any] | None

    def __bool__(self) -> bool:
        return self.before != self.after


def difference(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, *, personal: Collection[str] = ()
) -> Difference:
    """What differs, as JSON. `personal` names fields whose values are never kept (law T5)."""
    old = None if before is None else _plain(before)
    new = None if after is None else _plain(after)
    if old is not None and new is not None:
        names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
        old, new = ({name: side.get(name) for name in names} for side in (old, new))
    return Difference(_covered(old, personal), _covered(new, personal, other=old))


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = msgspec.to_builtins(dict(values), str_keys=True, enc_hook=str)
    return made


def _covered(
    side: dict[str, Any] | None, personal: Collection[str], other: dict[str, Any] | None = None
) -> dict[str, Any] | None:
    """Values of personal data covered; one that was there and one that is not are still told apart."""
    if side is None:
        return None
    return {n: v if n not in personal or v is None else _cover(n, other) for n, v in side.items()}


def _cover(name: str, other: dict[str, Any] | None) -> str:
    return NOT_RECORDED if other is None or other.get(name) is None else f"{NOT_RECORDED}, but another"
