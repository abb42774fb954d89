"""Bulk runs: one thing done to many orders in the background, kept until 30 days after its end."""

from orderwright.bulk_runs.contract import (
    RUN_PREFIX,
    SCOPES,
    SELECTED_MAX,
    STAGE,
    BulkAction,
    CancelBulkRun,
    Results,
    StartBulkRun,
)
from orderwright.bulk_runs.errors import UNFINISHED_MAX
from orderwright.bulk_runs.kept import OLD_RESULTS, OLD_RUNS
from orderwright.bulk_runs.queries import BulkRunRow, ItemRow
from orderwright.bulk_runs.slices import (
    add_orders,
    find_run,
    lock_unfinished,
    next_orders,
    note_outcomes,
    orders_of_source,
    stop_run,
)
from orderwright.bulk_runs.start import (
    bulk_results,
    cancel_bulk_runs,
    list_bulk_runs,
    read_bulk_run,
    start_bulk_runs,
)
from orderwright.bulk_runs.states import BULK_RUN_TRANSITIONS, UNFINISHED, BulkRunState

__all__ = [
    "BULK_RUN_TRANSITIONS",
    "OLD_RESULTS",
    "OLD_RUNS",
    "RUN_PREFIX",
    "SCOPES",
    "SELECTED_MAX",
    "STAGE",
    "UNFINISHED",
    "UNFINISHED_MAX",
    "BulkAction",
    "BulkRunRow",
    "BulkRunState",
    "CancelBulkRun",
    "ItemRow",
    "Results",
    "StartBulkRun",
    "add_orders",
    "bulk_results",
    "cancel_bulk_runs",
    "find_run",
    "list_bulk_runs",
    "lock_unfinished",
    "next_orders",
    "note_outcomes",
    "orders_of_source",
    "read_bulk_run",
    "start_bulk_runs",
    "stop_run",
]
