"""The views that are there before anybody saved one."""

from __future__ import annotations

from typing import Any, NamedTuple

from orderwright.orders import OrderStatus


class DefaultView(NamedTuple):
    """A view made in code. `key` is its name in addresses."""

    subject: str
    key: str
    name: str
    filters: dict[str, Any]


_OPEN = [status.value for status in OrderStatus if status not in (OrderStatus.DELIVERED, OrderStatus.CANCELLED)]

DEFAULT_VIEWS: tuple[DefaultView, ...] = (
    DefaultView("orders", "open", "Open", {"status": _OPEN}),
    DefaultView("orders", "attention", "Needs attention", {"attention": True}),
    DefaultView("orders", "waiting_for_stock", "Waiting for stock", {"status": ["backordered"]}),
    DefaultView("orders", "to_pick", "To pick", {"status": ["allocated", "picking"]}),
    DefaultView("orders", "in_transit", "In transit", {"status": ["partly_shipped", "shipped"]}),
    DefaultView("orders", "late", "Late", {"late": True}),
    DefaultView("orders", "returns", "Returns", {"has": ["open_return"]}),
    DefaultView("orders", "all", "All", {}),
)
