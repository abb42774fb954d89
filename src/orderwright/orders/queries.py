"""The SQL of orders, by type."""

from __future__ import annotations

from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import append, query, statement


class ClaimedRow(NamedTuple):
    """An identity that this transaction claimed."""

    order_id: UUID


class IdentityRow(NamedTuple):
    """The earlier order that holds an identity."""

    channel_id: UUID
    external_id: str
    order_id: UUID
    fingerprint: bytes
    number: int
    status: str


class ExistingRow(NamedTuple):
    """An order that exists."""

    id: UUID


class ParentRow(NamedTuple):
    """An order that exists, with what decides who may see it: its channel, and where its fulfillments are."""

    id: UUID
    channel_id: UUID
    location_ids: list[UUID]


class NumberRow(NamedTuple):
    """An order number."""

    number: int


class LockedOrder(NamedTuple):
    """An order under lock, with what every verb on it needs."""

    id: UUID
    number: int
    channel_id: UUID
    status: str
    hold_count: int
    event_seq: int
    version: int
    priority: int


class TouchedOrder(NamedTuple):
    """An order after its status was derived anew."""

    id: UUID
    old_status: str
    status: str
    event_seq: int


class OpenedRow(NamedTuple):
    """A hold that was not open yet (`opened`), or that stops more steps than before."""

    order_id: UUID
    type: str
    blocks: list[str]
    opened: bool


class OpenHold(NamedTuple):
    """A hold that is not released."""

    id: UUID
    order_id: UUID
    type: str
    blocks: list[str]


class ComponentRow(NamedTuple):
    """A component's ledger of quantities."""

    order_id: UUID
    line_n: int
    n: int
    sku_id: UUID | None
    ordered: int
    pending: int
    external: int
    cancelled: int
    backordered: int
    promised: int
    allocated: int
    picked: int
    packed: int
    shipped: int
    delivered: int


class PromiseRow(NamedTuple):
    """Units of a pool promised to a component."""

    order_id: UUID
    line_n: int
    component_n: int
    pool_id: UUID
    sku_id: UUID
    quantity: int


class BackorderRow(NamedTuple):
    """Units a component waits for."""

    order_id: UUID
    line_n: int
    component_n: int
    pool_id: UUID
    sku_id: UUID
    supply_id: UUID | None
    priority: int
    quantity: int


class QueuedRow(NamedTuple):
    """A component that is next for units of a pool, which must keep `buffer` units from it."""

    order_id: UUID
    line_n: int
    component_n: int
    sku_id: UUID
    from_pool_id: UUID
    buffer: int


class WaitedForRow(NamedTuple):
    """Units of a pool that lines in other pools wait for."""

    sku_id: UUID
    pool_id: UUID
    units: int


class WaitedSkuRow(NamedTuple):
    """A SKU that orders wait for."""

    sku_id: UUID


class BehindSupplyRow(NamedTuple):
    """Units that wait for a dated supply."""

    supply_id: UUID
    units: int


CLAIM_IDENTITIES = query(__package__, "claim_identities", ClaimedRow)
READ_IDENTITIES = query(__package__, "read_identities", IdentityRow)
RELEASE_IDENTITIES = statement(__package__, "release_identities")
ORDERS_EXIST = query(__package__, "orders_exist", ParentRow)
TAKE_NUMBERS = query(__package__, "take_numbers", NumberRow)
APPEND_ORDERS = append(
    "orders",
    "id number channel_id external_id kind parent_id status hold_count priority currency prices_include_tax lines_minor"
    " shipping_minor fees_minor discount_minor tax_minor rounding_minor total_minor customer_id buyer_contact_id"
    " ship_to_contact_id bill_to_contact_id placed_at requested_ship_on requested_delivery_on promised_on basket_hash"
    " metadata event_seq line_count unit_count",
)
APPEND_LINES = append(
    "order_line",
    "order_id n reference sku_id sku_code name quantity unit_price_minor subtotal_minor discount_minor tax_minor"
    " shipping_minor fees_minor delivery location_id charge_tax_minor",
)
APPEND_COMPONENTS = append(
    "component", "order_id line_n n sku_id ordered pending external cancelled backordered promised"
)
APPEND_TAGS = append("order_tag", "order_id tag")
APPEND_PROMISES = append("promise", "order_id line_n component_n pool_id sku_id quantity")
APPEND_CHARGES = append("order_charge", "order_id n kind code name rate amount_minor shares_minor")
INSERT_PROMISES = statement(__package__, "insert_promises")
INSERT_BACKORDERS = statement(__package__, "insert_backorders")
INSERT_HOLDS = query(__package__, "insert_holds", OpenedRow)
APPEND_INBOX = append("inbox", "id channel external_id code message body act_id identity_hash")
LOCK_ORDERS = query(__package__, "lock_orders", LockedOrder)
ORDERS_AT_LOCATIONS = query(__package__, "orders_at_locations", ExistingRow)
TOUCH_ORDERS = query(__package__, "touch_orders", TouchedOrder)
OPEN_HOLDS = query(__package__, "open_holds", OpenHold)
RELEASE_HOLDS = query(__package__, "release_holds", OpenHold)
READ_COMPONENTS = query(__package__, "read_components", ComponentRow)
READ_PROMISES = query(__package__, "read_promises", PromiseRow)
WAITING_FOR_SUPPLIES = query(__package__, "waiting_for_supplies", BehindSupplyRow)
READ_BACKORDERS = query(__package__, "read_backorders", BackorderRow)
MOVE_QUANTITIES = statement(__package__, "move_quantities")
SHRINK_PROMISES = statement(__package__, "shrink_promises")
DELETE_SPENT_PROMISES = statement(__package__, "delete_spent_promises")
SHRINK_BACKORDERS = statement(__package__, "shrink_backorders")
DELETE_SPENT_BACKORDERS = statement(__package__, "delete_spent_backorders")
UNDERSTAND_COMPONENTS = statement(__package__, "understand_components")
UNDERSTAND_LINES = statement(__package__, "understand_lines")
BACKORDER_QUEUE = query(__package__, "backorder_queue", QueuedRow)
WAITED_FOR = query(__package__, "waited_for", WaitedForRow)
SKUS_WAITED_FOR = query(__package__, "skus_waited_for", WaitedSkuRow)
