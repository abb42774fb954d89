"""What the process measures, for Prometheus: one registry, rendered at `/metrics`.

Counters count what this process did; gauges of queues and lag are read from the database by the pumps' poll, so any
process that runs workers reports them for all.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from orderwright.platform.db import Transaction

REGISTRY = CollectorRegistry(auto_describe=True)

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)

ORDERS = Counter(
    "orderwright_orders", "Orders that reached a stage: placed, held, cancelled ... delivered.", ["stage"],
    registry=REGISTRY,
)  # fmt: skip
STAGE_SECONDS = Histogram(
    "orderwright_stage_batch_seconds", "Seconds a stage took for a batch.", ["stage"],
    buckets=_SECONDS, registry=REGISTRY,
)  # fmt: skip
STAGE_ITEMS = Counter(
    "orderwright_stage_items", "Items that a stage took (result: done, failed, set_aside).", ["stage", "result"],
    registry=REGISTRY,
)  # fmt: skip
QUEUE_DEPTH = Gauge(
    "orderwright_queue_depth", "Items that wait for a stage.", ["merchant", "stage"], registry=REGISTRY
)
SET_ASIDE = Gauge(
    "orderwright_set_aside", "Items that a stage gave up on, for people to look at.", ["merchant", "stage"],
    registry=REGISTRY,
)  # fmt: skip
EVENTS_PENDING = Gauge(
    "orderwright_events_pending", "Events that have no position yet.", ["merchant"], registry=REGISTRY
)
EVENT_LAG = Gauge(
    "orderwright_event_lag", "Events that a subscriber has not read yet.", ["merchant", "subscriber"],
    registry=REGISTRY,
)  # fmt: skip
EVENT_LAG_SECONDS = Gauge(
    "orderwright_event_lag_seconds", "Age of the oldest event that a subscriber has not read.",
    ["merchant", "subscriber"], registry=REGISTRY,
)  # fmt: skip
EVENTS_PARKED = Gauge(
    "orderwright_events_parked_subjects", "Subjects that a subscriber is stuck on.", ["merchant", "subscriber"],
    registry=REGISTRY,
)  # fmt: skip
DATABASE_UP = Gauge(
    "orderwright_database_up", "1 while the database answers this process's workers.", registry=REGISTRY
)
COALESCER_BATCH = Histogram(
    "orderwright_coalescer_batch_size", "Requests that one transaction answered.", ["verb"],
    buckets=_SIZES, registry=REGISTRY,
)  # fmt: skip
COALESCER_REFUSED = Counter(
    "orderwright_coalescer_refused", "Requests refused because the queue was full.", ["verb"], registry=REGISTRY
)
HTTP_SECONDS = Histogram(
    "orderwright_http_request_seconds", "Seconds to answer a request.", ["method", "route", "status"],
    buckets=_SECONDS, registry=REGISTRY,
)  # fmt: skip


def count_orders(tx: Transaction, stage: str, count: int) -> None:
    """Count orders that reached a stage, once the transaction has committed."""
    if count:
        tx.on_commit.append(lambda: ORDERS.labels(stage).inc(count))


def render() -> tuple[bytes, str]:
    """The text for Prometheus and its content type."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
