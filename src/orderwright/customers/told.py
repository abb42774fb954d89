"""Number what is told of locked customers: an event's seq is the version of its customer."""

from __future__ import annotations

from collections.abc import Mapping

from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID
from orderwright.platform.queries import statement

RAISE_VERSIONS = statement(__package__, "raise_versions")


async def raise_versions(tx: Transaction, events: Mapping[UUID, int]) -> None:
    """Raise the versions of locked customers by how many events are told of each. One statement."""
    await RAISE_VERSIONS.run(tx, *columns(list(events.items()), 2))
