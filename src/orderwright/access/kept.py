"""What access keeps only for a time."""

from __future__ import annotations

from orderwright.access.queries import PRUNE_ATTEMPTS, PRUNE_SESSIONS
from orderwright.platform.retention import Pruning

SIGN_IN_FAILURES = Pruning("sign_in_failures", PRUNE_ATTEMPTS)  # a day after the last wrong attempt
SESSIONS = Pruning("sessions", PRUNE_SESSIONS)  # 90 days after they would have expired
