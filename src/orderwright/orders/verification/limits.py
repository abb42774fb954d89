"""What a channel's limits say about an order: too large, too many in a row, or one that was sent before."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright.catalog import Checks
from orderwright.orders.verification.finding import OVER_LIMIT, POSSIBLE_DUPLICATE, VELOCITY, Finding, finding
from orderwright.platform.ids import UUID, encode_id

DUPLICATES_NAMED_MAX = 10


def check_limits(total_minor: int, line_quantity_max: int, checks: Checks) -> Finding | None:
    """An `over_limit` with what was exceeded: the total (minor units) or the units of the largest line, or both."""
    over: dict[str, int] = {}
    if checks.total_max is not None and total_minor > checks.total_max:
        over["total_minor"], over["total_max"] = total_minor, checks.total_max
    if checks.quantity_max is not None and line_quantity_max > checks.quantity_max:
        over["quantity"], over["quantity_max"] = line_quantity_max, checks.quantity_max
    return finding(OVER_LIMIT, **over) if over else None


def check_velocity(orders_in_window: int, checks: Checks) -> Finding | None:
    """A `velocity` when the customer's orders within the window, this one counted, are more than the channel allows."""
    allowed = checks.orders_per_customer_max
    if allowed is None or orders_in_window <= allowed:
        return None
    return finding(VELOCITY, orders=orders_in_window, orders_max=allowed, window_s=checks.velocity_window_s)


def check_duplicates(duplicate_of: Sequence[UUID], checks: Checks) -> Finding | None:
    """A `possible_duplicate` that names the earlier orders of the same customer, lines and total (ten at most)."""
    if not duplicate_of or checks.duplicate_window_s == 0:
        return None
    named = [encode_id("ord", order_id) for order_id in sorted(duplicate_of)[:DUPLICATES_NAMED_MAX]]
    return finding(POSSIBLE_DUPLICATE, orders=named, count=len(duplicate_of), window_s=checks.duplicate_window_s)
