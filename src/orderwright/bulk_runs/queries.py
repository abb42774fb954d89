"""Statements on bulk runs, wrapped by type."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from orderwright.bulk_runs.contract import BulkAction, Results
from orderwright.platform.ids import UUID
from orderwright.platform.queries import append, query, statement


class BulkRunRow(NamedTuple):
    """A run. `filters` and `options` are JSON. `total`: the orders that were listed so far; `done` and `refused`: those
    that have an outcome. `collect_below` and `work_below`: how far listing and working are, newest orders first."""

    id: UUID
    action: BulkAction
    filters: str | None
    source_run_id: UUID | None
    source_results: Results | None
    options: str
    state: str
    stopped_code: str | None
    actor: str
    on_behalf_of: str | None
    reason: str | None
    origin: str | None
    total: int
    done: int
    refused: int
    collect_below: UUID
    work_below: UUID
    created_at: datetime
    entered_at: datetime
    finished_at: datetime | None


class OrderIdRow(NamedTuple):
    """An order of a run."""

    order_id: UUID


class ItemRow(NamedTuple):
    """An order of a run, with what became of it: nothing yet where `code` is None. `details` is JSON."""

    order_id: UUID
    number: int | None
    code: str | None
    ok: bool | None
    message: str | None
    details: str | None


class CountRow(NamedTuple):
    """How many there are."""

    unfinished: int


class RunIdRow(NamedTuple):
    """A run that was ended or pruned."""

    run_id: UUID


APPEND_RUNS = append(
    "bulk_run",
    "id action filters source_run_id source_results options state actor on_behalf_of reason origin total collect_below"
    " act_id created_at entered_at",
)
APPEND_ITEMS = append("bulk_run_item", "run_id order_id")
COUNT_UNFINISHED = query(__package__, "count_unfinished", CountRow)
READ_RUNS = query(__package__, "read_runs", BulkRunRow)
LOCK_RUNS = query(__package__, "lock_runs", BulkRunRow)
LIST_RUNS = query(__package__, "list_runs", BulkRunRow)
ITEMS_OF_RUN = query(__package__, "items_of_run", OrderIdRow)
NEXT_ITEMS = query(__package__, "next_items", OrderIdRow)
RESULTS = query(__package__, "results", ItemRow)
COLLECTED = statement(__package__, "collected")
WRITE_OUTCOMES = statement(__package__, "write_outcomes")
WORKED = statement(__package__, "worked")
END_RUNS = query(__package__, "end_runs", RunIdRow)
PRUNE_ITEMS = query(__package__, "prune_items", RunIdRow)
PRUNE_RUNS = query(__package__, "prune_runs", RunIdRow)
