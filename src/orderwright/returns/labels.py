"""Labels of returns, and the returns that carriers tell of. Callers that write hold the orders' locks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query, statement


class LabelWanted(NamedTuple):
    """A return that is to go by a label of ours."""

    id: UUID
    order_id: UUID
    carrier: str
    service: str


class TrackedReturn(NamedTuple):
    """A return that is known by its tracking number. `waits`: nobody has scanned it yet."""

    id: UUID
    tracking_number: str
    channel_id: UUID
    location_id: UUID
    waits: bool


class ReturnLabel(NamedTuple):
    """What a carrier gave for a return. `label` holds no personal data (law T5)."""

    return_id: UUID
    carrier: str
    tracking_number: str
    label: dict[str, Any]


LABELS_WANTED = query(__package__, "labels_wanted", LabelWanted)
RETURNS_BY_TRACKING = query(__package__, "returns_by_tracking", TrackedReturn)
SET_RETURN_LABELS = statement(__package__, "set_return_labels")


async def labels_wanted(tx: Transaction, return_ids: Iterable[UUID]) -> list[LabelWanted]:
    """Which of these returns want a label. One statement."""
    return await LABELS_WANTED.fetch(tx, list(return_ids))


async def set_return_labels(tx: Transaction, labels: Sequence[ReturnLabel]) -> None:
    """Write labels. One statement, or none."""
    rows = [(one.return_id, one.carrier, one.tracking_number, _json(one.label)) for one in labels]
    if rows:
        await SET_RETURN_LABELS.run(tx, *columns(rows, 4))


def _json(label: dict[str, Any]) -> str:
    return msgspec.json.encode(label).decode()


async def returns_by_tracking(tx: Transaction, numbers: Iterable[str]) -> dict[str, TrackedReturn]:
    """Returns by tracking number; of several the newest. One statement, or none."""
    wanted = sorted(set(numbers))
    return {row.tracking_number: row for row in await RETURNS_BY_TRACKING.fetch(tx, wanted)} if wanted else {}
