"""How the business is doing: read-only views over all slices."""

from orderwright.insights.audit import CHECKS, Violation, audit
from orderwright.insights.flow import FLOW_COUNTED_MAX, Pace, Unit, read_flow, read_pace
from orderwright.insights.overview import (
    LOW_UNITS,
    LatestEvent,
    Memory,
    Overview,
    StockAlarms,
    merchant,
    overview,
    stock_alarms,
)
from orderwright.insights.queries import AlarmRow, LatestOrderRow, MerchantRow, StuckRow
from orderwright.insights.stages import Stages
from orderwright.insights.throughput import Minute
from orderwright.insights.waiting import COUNTED_MAX, WAITING, Owner, Stuck, Waiting, read_stuck, waiting_states

__all__ = [
    "CHECKS",
    "COUNTED_MAX",
    "FLOW_COUNTED_MAX",
    "LOW_UNITS",
    "WAITING",
    "AlarmRow",
    "LatestEvent",
    "LatestOrderRow",
    "Memory",
    "MerchantRow",
    "Minute",
    "Overview",
    "Owner",
    "Pace",
    "Stages",
    "StockAlarms",
    "Stuck",
    "StuckRow",
    "Unit",
    "Violation",
    "Waiting",
    "audit",
    "merchant",
    "overview",
    "read_flow",
    "read_pace",
    "read_stuck",
    "stock_alarms",
    "waiting_states",
]
