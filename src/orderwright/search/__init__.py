"""Search: the read side over the slices. It writes nothing; only the interfaces, reports and benches import it."""

from orderwright.search.count_orders import COUNTED_MAX, Count, Totals, count_orders, sum_orders
from orderwright.search.customers import (
    BoughtView,
    CustomerFilters,
    CustomerSummary,
    CustomerTotals,
    CustomerView,
    KnownContact,
    find_customers,
    get_customer,
    list_customer_orders,
    list_customers,
    order_ids_of,
    total_customer,
)
from orderwright.search.errors import InvalidCursor, InvalidFilter
from orderwright.search.export_orders import Piece, export_cells, export_header, export_named, export_piece
from orderwright.search.filters import OrderFilters
from orderwright.search.kept_of_customer import CustomerData, customer_data
from orderwright.search.list_orders import Page, list_orders
from orderwright.search.numbers import DEFAULT_FORMAT, format_number, parse_number
from orderwright.search.one_box import EACH_MAX as FOUND_EACH_MAX
from orderwright.search.one_box import Hit, find_anything
from orderwright.search.one_person import SamePerson, same_people
from orderwright.search.read_orders import get_order, get_orders, timeline
from orderwright.search.sources import NEWEST
from orderwright.search.views import OrderSummary, OrderView, ParcelUnit, TimelineEntry
from orderwright.search.walk_orders import matching_ids

__all__ = [
    "COUNTED_MAX",
    "DEFAULT_FORMAT",
    "FOUND_EACH_MAX",
    "NEWEST",
    "BoughtView",
    "Count",
    "CustomerData",
    "CustomerFilters",
    "CustomerSummary",
    "CustomerTotals",
    "CustomerView",
    "Hit",
    "InvalidCursor",
    "InvalidFilter",
    "KnownContact",
    "OrderFilters",
    "OrderSummary",
    "OrderView",
    "Page",
    "ParcelUnit",
    "Piece",
    "SamePerson",
    "TimelineEntry",
    "Totals",
    "count_orders",
    "customer_data",
    "export_cells",
    "export_header",
    "export_named",
    "export_piece",
    "find_anything",
    "find_customers",
    "format_number",
    "get_customer",
    "get_order",
    "get_orders",
    "list_customer_orders",
    "list_customers",
    "list_orders",
    "matching_ids",
    "order_ids_of",
    "parse_number",
    "same_people",
    "sum_orders",
    "timeline",
    "total_customer",
]
