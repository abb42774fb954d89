"""How the business is doing: read-only views over all slices."""

from orderwright.insights.overview import (
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
from orderwright.insights.waiting import WAITING, Owner, Stuck, Waiting, read_stuck, waiting_states

__all__ = [
    "WAITING",
    "AlarmRow",
    "LatestEvent",
    "LatestOrderRow",
    "Memory",
    "MerchantRow",
    "Minute",
    "Overview",
    "Owner",
    "Stages",
    "StockAlarms",
    "Stuck",
    "StuckRow",
    "Waiting",
    "merchant",
    "overview",
    "read_stuck",
    "stock_alarms",
    "waiting_states",
]
