"""What may be done to orders, each for one and for a thousand: cancel, hold, release holds, source again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import msgspec

from orderwright.api.verbs import VerbRoute, operations_of
from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.edit_orders import edit_orders, preview_edits
from orderwright.flows.move_units import move_units, preview_moves
from orderwright.flows.preview_cancels import preview_cancels
from orderwright.flows.release_orders import release_orders
from orderwright.flows.source_orders import EXCLUSION_H, source_orders
from orderwright.fulfillment import MoveUnits
from orderwright.orders import CancelOrder, EditOrder, HoldOrder, ReleaseHold, hold_orders
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome


class SourceOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Decide now where an order ships from, instead of when its turn comes."""

    order_id: UUID


async def source_now(
    tx: Transaction, ctx: Context, commands: Sequence[SourceOrder], exclusion_h: int = EXCLUSION_H
) -> list[Outcome]:
    """`source_orders` for commands."""
    return await source_orders(tx, ctx, [command.order_id for command in commands], exclusion_h)


_EDIT = {
    "revision": 0,
    "changes": [
        {"change": "set_quantity", "line": 1, "quantity": 1},
        {"change": "add_discount", "discount": {"amount": {"amount": 100, "currency": "USD"}, "code": "SORRY"}},
    ],
}

_MOVE = {"to": "DC-COLUMBUS", "units": [{"line": 1, "quantity": 1}], "reason": "keep_stock"}

ORDER_VERBS = [
    *operations_of(
        VerbRoute(
            id="cancel_order",
            verb=cancel_orders,
            command=CancelOrder,
            one="/v1/orders/{order_id}/cancel",
            many="/v1/orders/cancel",
            tag="Orders",
            scope="orders.cancel",
            prefix="ord",
            does="Cancel an order, or some of its lines",
            does_many="Cancel up to 1,000 orders, or some of their lines",
            more="What was not picked yet; its stock is given back. `partly_cancelled`: `details.kept` units stay.",
            subject="order_id",
            example={"reason": "customer_request", "lines": [{"line": 1, "quantity": 1}]},
        )
    ),
    *operations_of(
        VerbRoute(
            id="preview_cancel",
            verb=preview_cancels,
            command=CancelOrder,
            one="/v1/orders/{order_id}/cancel/preview",
            many="/v1/orders/cancel/preview",
            tag="Orders",
            scope="orders.cancel",
            prefix="ord",
            does="Try the cancellation of an order, or of some of its lines",
            does_many="Try the cancellation of up to 1,000 orders, or of some of their lines",
            more="What it would come to: how much less the order is charged, how many units stay. Nothing is kept.",
            subject="order_id",
            natural_key=True,
            example={"lines": [{"line": 1, "quantity": 1}]},
        )
    ),
    *operations_of(
        VerbRoute(
            id="edit_order",
            verb=edit_orders,
            command=EditOrder,
            one="/v1/orders/{order_id}/edit",
            many="/v1/orders/edit",
            tag="Orders",
            scope="orders.edit",
            prefix="ord",
            does="Edit an order that is not picked yet",
            does_many="Edit up to 1,000 orders that are not picked yet",
            more="All of the changes or none. `revision` is the order's when this was decided: of two who edit at once"
            " the later is refused. What is more to pay is authorized, what is less is refunded or let go.",
            subject="order_id",
            example=_EDIT,
        )
    ),
    *operations_of(
        VerbRoute(
            id="preview_edit",
            verb=preview_edits,
            command=EditOrder,
            one="/v1/orders/{order_id}/edit/preview",
            many="/v1/orders/edit/preview",
            tag="Orders",
            scope="orders.edit",
            prefix="ord",
            does="Try an edit of an order",
            does_many="Try edits of up to 1,000 orders",
            more="What the edit would come to: total, tax, the tax before, difference, what is promised of added lines,"
            " and for when. Nothing is kept.",
            subject="order_id",
            natural_key=True,
            example=_EDIT,
        )
    ),
    *operations_of(
        VerbRoute(
            id="hold_order",
            verb=hold_orders,
            command=HoldOrder,
            one="/v1/orders/{order_id}/hold",
            many="/v1/orders/hold",
            tag="Orders",
            scope="orders.hold",
            prefix="ord",
            does="Hold an order",
            does_many="Hold up to 1,000 orders",
            more="It stops before the steps that `blocks` names, until the hold is released.",
            subject="order_id",
            example={"type": "manual", "blocks": ["release", "ship"], "note": "call before shipping"},
        )
    ),
    *operations_of(
        VerbRoute(
            id="release_hold",
            verb=release_orders,
            command=ReleaseHold,
            one="/v1/orders/{order_id}/hold/release",
            many="/v1/orders/hold/release",
            tag="Orders",
            scope="orders.hold",
            prefix="ord",
            does="Release the holds of an order",
            does_many="Release the holds of up to 1,000 orders",
            more="Those of one type, or all. The order goes on where they stopped it.",
            subject="order_id",
            example={"type": "address_invalid"},
        )
    ),
    *operations_of(
        VerbRoute(
            id="source_order",
            verb=source_now,
            command=SourceOrder,
            one="/v1/orders/{order_id}/source",
            many="/v1/orders/source",
            tag="Orders",
            scope="sourcing.run",
            prefix="ord",
            does="Source an order now",
            does_many="Source up to 1,000 orders now",
            more="Decides where its promised units ship from, instead of when its turn comes.",
            subject="order_id",
            example={},
            as_set=lambda settings: partial(source_now, exclusion_h=settings.exclusion_h),
        )
    ),
    *operations_of(
        VerbRoute(
            id="move_units",
            verb=move_units,
            command=MoveUnits,
            one="/v1/orders/{order_id}/move-units",
            many="/v1/orders/move-units",
            tag="Orders",
            scope="orders.edit",
            prefix="ord",
            does="Let units of an order leave from another location",
            does_many="Let units of up to 1,000 orders leave from other locations",
            more="Those that nobody has begun to pick, or that wait for a location: all that are named, or none. The"
            " location gets a fulfillment of its own, and `details` says when it is due and what is promised. Needs"
            " `sourcing.read` too, and `orders.note` with a `note`.",
            subject="order_id",
            example=_MOVE,
        )
    ),
    *operations_of(
        VerbRoute(
            id="preview_move_units",
            verb=preview_moves,
            command=MoveUnits,
            one="/v1/orders/{order_id}/move-units/preview",
            many="/v1/orders/move-units/preview",
            tag="Orders",
            scope="orders.edit",
            prefix="ord",
            does="Try to let units of an order leave from another location",
            does_many="Try to let units of up to 1,000 orders leave from other locations",
            more="What it would come to: the day that is promised, how far it is, how many fulfillments there are then."
            " Nothing is kept. Needs `sourcing.read` too, and `orders.note` with a `note`.",
            subject="order_id",
            natural_key=True,
            example=_MOVE,
        )
    ),
]
