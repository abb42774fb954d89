"""What the process measures, for Prometheus: one registry, rendered at `/metrics`.

Counters count what this process did; gauges of queues and lag are read from the database by the pumps' poll, so any
process that runs workers reports them for all.
"""

from __future__ import annotations

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from orderwright.platform.db import Transaction

REGISTRY = CollectorRegistry(auto_describe=True)

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)


def _counter(name: str, text: str, *labels: str) -> Counter:
    return Counter(f"orderwright_{name}", text, labels, registry=REGISTRY)


def _gauge(name: str, text: str, *labels: str) -> Gauge:
    return Gauge(f"orderwright_{name}", text, labels, registry=REGISTRY)


def _histogram(name: str, text: str, *labels: str, buckets: Sequence[float]) -> Histogram:
    return Histogram(f"orderwright_{name}", text, labels, buckets=buckets, registry=REGISTRY)


ORDERS = _counter("orders", "Orders that reached a stage: placed, held, cancelled ... delivered.", "stage")
STAGE_SECONDS = _histogram("stage_batch_seconds", "Seconds a stage took for a batch.", "stage", buckets=_SECONDS)
STAGE_ITEMS = _counter("stage_items", "Items a stage took, by result: done, failed, set_aside.", "stage", "result")
QUEUE_DEPTH = _gauge("queue_depth", "Items that wait for a stage.", "merchant", "stage")
SET_ASIDE = _gauge("set_aside", "Items that a stage gave up on, for people to look at.", "merchant", "stage")
EVENTS_PENDING = _gauge("events_pending", "Events that have no position yet.", "merchant")
EVENT_LAG = _gauge("event_lag", "Events that a subscriber has not read yet.", "merchant", "subscriber")
EVENT_LAG_SECONDS = _gauge("event_lag_seconds", "Age of the oldest unread event.", "merchant", "subscriber")
EVENTS_PARKED = _gauge("events_parked_subjects", "Subjects a subscriber is stuck on.", "merchant", "subscriber")
DATABASE_UP = _gauge("database_up", "1 while the database answers this process's workers.")
COALESCER_BATCH = _histogram("coalescer_batch_size", "Requests in one transaction.", "verb", buckets=_SIZES)
COALESCER_REFUSED = _counter("coalescer_refused", "Requests refused because the queue was full.", "verb")
HTTP_SECONDS = _histogram(
    "http_request_seconds", "Seconds to answer a request.", "method", "route", "status", buckets=_SECONDS
)


def count_orders(tx: Transaction, stage: str, count: int) -> None:
    """Count orders that reached a stage, once the transaction has committed."""
    if count:
        tx.on_commit.append(lambda: ORDERS.labels(stage).inc(count))


def render() -> tuple[bytes, str]:
    """The text for Prometheus and its content type."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
