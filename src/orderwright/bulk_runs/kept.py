"""What of bulk runs is kept for a time only."""

from __future__ import annotations

from orderwright.bulk_runs.queries import PRUNE_ITEMS, PRUNE_RUNS
from orderwright.platform.retention import Pruning

OLD_RESULTS = Pruning("bulk_results", PRUNE_ITEMS)  # 30 days after the run ended; before the runs themselves
OLD_RUNS = Pruning("bulk_runs", PRUNE_RUNS)
