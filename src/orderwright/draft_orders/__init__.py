"""Draft orders: orders that somebody has begun to enter, kept until they are placed, deleted or too old."""

from orderwright.draft_orders.contract import (
    DRAFT_ORDER_PREFIX,
    DeleteDraftOrder,
    DraftContent,
    PlaceDraftOrder,
    RestoreDraftOrder,
    SaveDraftOrder,
)
from orderwright.draft_orders.decide import decide_place
from orderwright.draft_orders.delete import delete_draft_orders, restore_draft_orders
from orderwright.draft_orders.errors import refuse
from orderwright.draft_orders.kept import OLD_DRAFT_ORDERS, delete_drafts_of_people
from orderwright.draft_orders.queries import DraftOrderRow
from orderwright.draft_orders.read import list_drafts, lock_drafts, mark_placed, read_draft
from orderwright.draft_orders.save import save_draft_orders

__all__ = [
    "DRAFT_ORDER_PREFIX",
    "OLD_DRAFT_ORDERS",
    "DeleteDraftOrder",
    "DraftContent",
    "DraftOrderRow",
    "PlaceDraftOrder",
    "RestoreDraftOrder",
    "SaveDraftOrder",
    "decide_place",
    "delete_draft_orders",
    "delete_drafts_of_people",
    "list_drafts",
    "lock_drafts",
    "mark_placed",
    "read_draft",
    "refuse",
    "restore_draft_orders",
    "save_draft_orders",
]
