"""The change of an order that was placed, as it comes from outside."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from orderwright.orders.contract import LINES_MAX, Address, Charge, Discount, Line, UnitPrice
from orderwright.platform.fields import NO_NUL, Code, Quantity, Slug
from orderwright.platform.ids import UUID

LineNumber = Annotated[int, Meta(ge=1, le=1_000_000)]


class AddLine(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="change", tag="add_line"
):
    """Something more. Without `taxes` it is taxed by the channel's engine: if none was chosen, with the rates that the
    order came with."""

    line: Line


class SetQuantity(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="change", tag="set_quantity"
):
    """Other units of a line than are ordered by now. Fewer: the last ones go. More: they are a line of their own, at
    the line's unit price, without its discounts."""

    line: LineNumber
    quantity: Quantity


class RemoveLine(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="change", tag="remove_line"
):
    """All of a line that has not left."""

    line: LineNumber


class SwapSku(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="change", tag="swap_sku"
):
    """Another SKU in place of a line's units that have not left; at the line's unit price unless another is given."""

    line: LineNumber
    sku: Code
    unit_price: UnitPrice | None = None


class SetShipTo(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="change", tag="set_ship_to"
):
    """Another address. It is verified, and what has no label yet is sourced again. Where the channel's taxes go by the
    address, all that has not left is taxed anew."""

    ship_to: Address


class SetShipping(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="change", tag="set_shipping"
):
    """Another shipping service or price: these charges stand in place of all there were."""

    shipping: Annotated[list[Charge], Meta(max_length=20)]


class AddDiscount(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="change", tag="add_discount"
):
    """A reduction of what is ordered by now, or of one line of it."""

    discount: Discount
    line: LineNumber | None = None


Change = AddLine | SetQuantity | RemoveLine | SwapSku | SetShipTo | SetShipping | AddDiscount


class EditOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Change an order, all of it or nothing. `revision` is the one that the order had when this was decided: it rises
    with every edit and cancellation, so that of two who edit at once the later is told. `reason` is a code. `vat_id` is
    the buyer's, where the buyer is a company: for the taxes of this edit, and not kept."""

    order_id: UUID
    revision: Annotated[int, Meta(ge=0, le=2**31 - 1)]
    changes: Annotated[list[Change], Meta(min_length=1, max_length=LINES_MAX)]
    reason: Slug = "customer_request"
    vat_id: Annotated[str, Meta(min_length=1, max_length=50, pattern=NO_NUL)] | None = None
