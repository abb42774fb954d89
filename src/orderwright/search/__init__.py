"""Search: the read side over the slices. It writes nothing; only the interfaces, reports and benches import it."""

from orderwright.search.count_orders import COUNTED_MAX, Count, Totals, count_orders, sum_orders
from orderwright.search.customers import (
    CustomerFilters,
    CustomerSummary,
    CustomerView,
    find_customers,
    get_customer,
    list_customer_orders,
)
from orderwright.search.errors import InvalidCursor, InvalidFilter
from orderwright.search.export_orders import cells_of, export_piece, header
from orderwright.search.filters import OrderFilters
from orderwright.search.list_orders import Page, list_orders
from orderwright.search.numbers import DEFAULT_FORMAT, format_number, parse_number
from orderwright.search.read_orders import get_order, get_orders, timeline
from orderwright.search.sources import NEWEST
from orderwright.search.views import OrderSummary, OrderView, TimelineEntry

__all__ = [
    "COUNTED_MAX",
    "DEFAULT_FORMAT",
    "NEWEST",
    "Count",
    "CustomerFilters",
    "CustomerSummary",
    "CustomerView",
    "InvalidCursor",
    "InvalidFilter",
    "OrderFilters",
    "OrderSummary",
    "OrderView",
    "Page",
    "TimelineEntry",
    "Totals",
    "cells_of",
    "count_orders",
    "export_piece",
    "find_customers",
    "format_number",
    "get_customer",
    "get_order",
    "get_orders",
    "header",
    "list_customer_orders",
    "list_orders",
    "parse_number",
    "sum_orders",
    "timeline",
]
