"""How the business is doing: read-only views over all slices."""

from orderwright.insights.overview import (
    LatestEvent,
    Memory,
    Overview,
    StockAlarms,
    Stuck,
    merchant,
    overview,
)
from orderwright.insights.queries import AlarmRow, LatestOrderRow, MerchantRow, StuckRow
from orderwright.insights.stages import Stages
from orderwright.insights.throughput import Minute

__all__ = [
    "AlarmRow",
    "LatestEvent",
    "LatestOrderRow",
    "Memory",
    "MerchantRow",
    "Minute",
    "Overview",
    "Stages",
    "StockAlarms",
    "Stuck",
    "StuckRow",
    "merchant",
    "overview",
]
