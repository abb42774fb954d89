"""The SQL of orders, by type."""

from __future__ import annotations

from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import query, statement


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


class NumberedRow(NamedTuple):
    """A new order's number."""

    id: UUID
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


CLAIM_IDENTITIES = query(__package__, "claim_identities", ClaimedRow)
READ_IDENTITIES = query(__package__, "read_identities", IdentityRow)
RELEASE_IDENTITIES = statement(__package__, "release_identities")
ORDERS_EXIST = query(__package__, "orders_exist", ExistingRow)
INSERT_ORDERS = query(__package__, "insert_orders", NumberedRow)
INSERT_ORDER_LINES = statement(__package__, "insert_order_lines")
INSERT_COMPONENTS = statement(__package__, "insert_components")
INSERT_PROMISES = statement(__package__, "insert_promises")
INSERT_BACKORDERS = statement(__package__, "insert_backorders")
INSERT_CHARGES = statement(__package__, "insert_charges")
INSERT_PAYMENTS = statement(__package__, "insert_payments")
INSERT_HOLDS = statement(__package__, "insert_holds")
INSERT_INBOX = statement(__package__, "insert_inbox")
LOCK_ORDERS = query(__package__, "lock_orders", LockedOrder)
TOUCH_ORDERS = query(__package__, "touch_orders", TouchedOrder)
OPEN_HOLDS = query(__package__, "open_holds", OpenHold)
RELEASE_HOLDS = query(__package__, "release_holds", OpenHold)
READ_COMPONENTS = query(__package__, "read_components", ComponentRow)
READ_PROMISES = query(__package__, "read_promises", PromiseRow)
READ_BACKORDERS = query(__package__, "read_backorders", BackorderRow)
MOVE_QUANTITIES = statement(__package__, "move_quantities")
SHRINK_PROMISES = statement(__package__, "shrink_promises")
DELETE_SPENT_PROMISES = statement(__package__, "delete_spent_promises")
SHRINK_BACKORDERS = statement(__package__, "shrink_backorders")
DELETE_SPENT_BACKORDERS = statement(__package__, "delete_spent_backorders")
UNDERSTAND_COMPONENTS = statement(__package__, "understand_components")
UNDERSTAND_LINES = statement(__package__, "understand_lines")
BACKORDER_QUEUE = query(__package__, "backorder_queue", BackorderRow)
