"""How a run moves on: what its next orders are, and what became of them. The caller holds the lock of the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from orderwright.bulk_runs.contract import WAS_SO
from orderwright.bulk_runs.queries import (
    APPEND_ITEMS,
    COLLECTED,
    END_RUNS,
    ITEMS_OF_RUN,
    LOCK_RUNS,
    NEXT_ITEMS,
    READ_RUNS,
    WORKED,
    WRITE_OUTCOMES,
    BulkRunRow,
)
from orderwright.bulk_runs.states import UNFINISHED, BulkRunState
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome

MESSAGE_MAX = 500


async def find_run(tx: Transaction, run_id: UUID) -> BulkRunRow | None:
    """A run, not locked."""
    return await READ_RUNS.first(tx, [run_id])


async def lock_unfinished(tx: Transaction, run_id: UUID) -> BulkRunRow | None:
    """Lock a run before anything of its orders; None where it is at its end."""
    row = await LOCK_RUNS.first(tx, [run_id])
    return row if row is not None and row.state in UNFINISHED else None


async def orders_of_source(tx: Transaction, run: BulkRunRow, limit: int) -> tuple[list[UUID], UUID | None]:
    """The next orders of the run that a run repeats, or takes back; and where the rest begins, None at the end."""
    rows = await ITEMS_OF_RUN.fetch(tx, run.source_run_id, run.collect_below, limit, run.source_results, WAS_SO)
    ids = [row.order_id for row in rows]
    return ids, ids[-1] if len(ids) == limit else None


async def add_orders(tx: Transaction, run: BulkRunRow, order_ids: Sequence[UUID], below: UUID | None) -> None:
    """Note more orders of a run; `below` None: these are all. Two statements."""
    await APPEND_ITEMS.run(tx, [(run.id, order_id) for order_id in order_ids])
    await COLLECTED.run(tx, run.id, len(order_ids), below or run.collect_below, below is None)


async def next_orders(tx: Transaction, run: BulkRunRow, limit: int) -> list[UUID]:
    """The orders that are next, newest first; fewer than `limit` at the end."""
    return [row.order_id for row in await NEXT_ITEMS.fetch(tx, run.id, run.work_below, limit)]


async def note_outcomes(
    tx: Transaction, run: BulkRunRow, outcomes: Mapping[UUID, Outcome], below: UUID, *, at_end: bool
) -> None:
    """Note what became of a slice of orders. Two statements."""
    rows = [
        (order_id, one.code, one.ok, (one.message or "")[:MESSAGE_MAX] or None, _details(one))
        for order_id, one in outcomes.items()
    ]
    if rows:
        await WRITE_OUTCOMES.run(tx, run.id, *columns(rows, 5))
    done = sum(one.ok for one in outcomes.values())
    await WORKED.run(tx, run.id, done, len(outcomes) - done, below, at_end)


async def stop_run(tx: Transaction, run: BulkRunRow, code: str) -> None:
    """End a run that cannot go on. `code` says why."""
    await END_RUNS.fetch(tx, [run.id], BulkRunState.STOPPED.value, code)


def _details(outcome: Outcome) -> str | None:
    return msgspec.json.encode(outcome.details, enc_hook=str).decode() if outcome.details else None
