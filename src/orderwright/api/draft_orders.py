"""Draft orders: begun, kept, and placed once."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

import msgspec
from msgspec import Meta

from orderwright import draft_orders
from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.cursors import decode_cursor, encode_cursor
from orderwright.api.operations import Operation, operation
from orderwright.api.placing import ORDER_EXAMPLE
from orderwright.api.verbs import VerbRoute, operations_of
from orderwright.draft_orders import (
    DRAFT_ORDER_PREFIX,
    DeleteDraftOrder,
    DraftContent,
    DraftOrderRow,
    PlaceDraftOrder,
    RestoreDraftOrder,
    SaveDraftOrder,
    delete_draft_orders,
    restore_draft_orders,
    save_draft_orders,
)
from orderwright.flows.place_draft_orders import place_draft_orders
from orderwright.platform.errors import NotFound
from orderwright.platform.ids import UUID, encode_id

_FIRST = (datetime(9999, 1, 1, tzinfo=UTC), UUID(b"\xff" * 16))
_decode_place = msgspec.json.Decoder(tuple[datetime, uuid.UUID]).decode
_decode_content = msgspec.json.Decoder(DraftContent).decode


class DraftOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order that somebody has begun to enter. `order` is the body of an order, of which anything may be missing
    still. `owner` began it, `saved_by` saved it last, `expires_at` is when it goes for good. `order_id`: the order that
    it became; its content is gone then."""

    id: str
    external_id: str
    owner: str
    order: DraftContent
    note: str | None
    revision: int
    saved_by: str
    order_id: str | None
    created_at: datetime
    saved_at: datetime
    expires_at: datetime


class DraftOrders(msgspec.Struct, frozen=True):
    """Saved last first. `next`, unless null, is the `after` of the page that follows."""

    data: list[DraftOrder]
    next: str | None


class ListDraftOrders(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`mine`: one's own alone, without those of others."""

    mine: bool = False
    after: Annotated[str, Meta(max_length=200)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


@operation("GET", "/v1/draft_orders", tag="Orders", scope="orders.draft", answer=DraftOrders)
async def list_draft_orders(call: Call, query: ListDraftOrders) -> Answer:
    """List draft orders: one's own, and others' of the channels that one may touch.

    Those that were placed or deleted are not among them."""
    before, below = decode_cursor(query.after, _decode_place) if query.after else _FIRST
    rows = await call.look(
        lambda tx: draft_orders.list_drafts(
            tx, call.ctx, mine=query.mine, before=before, below=UUID(below.bytes), limit=query.limit + 1
        )
    )
    shown = rows[: query.limit]
    following = encode_cursor((shown[-1].saved_at, shown[-1].id)) if len(rows) > query.limit else None
    return json_answer(DraftOrders([_view(row) for row in shown], following))


@operation("GET", "/v1/draft_orders/{draft_id}", tag="Orders", scope="orders.draft", answer=DraftOrder, refusals=(404,))
async def read_draft_order(call: Call) -> Answer:
    """Read a draft order."""
    draft_id = call.id("draft_id")
    row = await call.look(lambda tx: draft_orders.read_draft(tx, call.ctx, draft_id))
    if row is None:
        raise NotFound("There is no such draft order, or it is not for you. List the drafts again.")
    return json_answer(_view(row))


def _view(row: DraftOrderRow) -> DraftOrder:
    return DraftOrder(
        id=encode_id(DRAFT_ORDER_PREFIX, row.id),
        external_id=row.external_id,
        owner=row.owner,
        order=_decode_content(row.body),
        note=row.note,
        revision=row.revision,
        saved_by=row.saved_by,
        order_id=None if row.order_id is None else encode_id("ord", row.order_id),
        created_at=row.created_at,
        saved_at=row.saved_at,
        expires_at=row.expires_at,
    )


_CONTENT = {name: value for name, value in ORDER_EXAMPLE.items() if name not in ("external_id", "placed_at")}

DRAFT_ORDERS: list[Operation] = [
    list_draft_orders,
    read_draft_order,
    *operations_of(
        VerbRoute(
            id="save_draft_order",
            verb=save_draft_orders,
            as_set=lambda settings: partial(save_draft_orders, kept_days=settings.draft_order_d),
            command=SaveDraftOrder,
            one="/v1/draft_orders",
            many="/v1/draft_orders/bulk",
            tag="Orders",
            scope="orders.draft",
            prefix=DRAFT_ORDER_PREFIX,
            does="Keep a draft order",
            does_many="Keep up to 1,000 draft orders",
            more="One of the same `external_id` is written anew, where `revision` is the one that it has. Nothing is"
            " promised and no stock is taken. It goes after so many days without being saved (`draft_order_d`).",
            natural_key=True,
            example={"external_id": "desk-100042", "order": _CONTENT, "note": "Calls back on Monday."},
        )
    ),
    *operations_of(
        VerbRoute(
            id="place_draft_order",
            verb=place_draft_orders,
            command=PlaceDraftOrder,
            one="/v1/draft_orders/{draft_id}/place",
            many="/v1/draft_orders/place",
            tag="Orders",
            scope="orders.place",
            prefix="ord",
            does="Place a draft order",
            does_many="Place up to 1,000 draft orders",
            more="It becomes an order of the draft's own `external_id`, once: placing it again answers `replayed`.",
            subject="draft_id",
            natural_key=True,
            chunk=200,
            example={"revision": 1},
        )
    ),
    *operations_of(
        VerbRoute(
            id="delete_draft_order",
            verb=delete_draft_orders,
            command=DeleteDraftOrder,
            one="/v1/draft_orders/{draft_id}/delete",
            many="/v1/draft_orders/delete",
            tag="Orders",
            scope="orders.draft",
            prefix=DRAFT_ORDER_PREFIX,
            does="Delete a draft order",
            does_many="Delete up to 1,000 draft orders",
            more="It can be restored for a day.",
            subject="draft_id",
            natural_key=True,
            example={},
        )
    ),
    *operations_of(
        VerbRoute(
            id="restore_draft_order",
            verb=restore_draft_orders,
            command=RestoreDraftOrder,
            one="/v1/draft_orders/{draft_id}/restore",
            many="/v1/draft_orders/restore",
            tag="Orders",
            scope="orders.draft",
            prefix=DRAFT_ORDER_PREFIX,
            does="Have a deleted draft order back",
            does_many="Have up to 1,000 deleted draft orders back",
            subject="draft_id",
            natural_key=True,
            example={},
        )
    ),
]
