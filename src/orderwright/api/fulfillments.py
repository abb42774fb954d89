"""Fulfillments and shipments: the work of locations, its steps, and what carriers say."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Raw

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call, parse_id
from orderwright.api.cursors import decode_cursor, encode_cursor
from orderwright.api.errors import InvalidParameter
from orderwright.api.operations import operation
from orderwright.api.reads import (
    FULFILLMENT_BY_ID,
    FULFILLMENT_LINES,
    FULFILLMENTS_AT_LOCATION,
    FULFILLMENTS_OF_ORDER,
    FULFILLMENTS_PAGE,
    PARCELS_OF_SHIPMENT,
    SHIPMENTS,
    FulfillmentFacts,
    ParcelFacts,
    ShipmentFacts,
)
from orderwright.api.shapes import OrderIdText
from orderwright.api.stock import known_location
from orderwright.fulfillment import BUILTIN, PDF, tracking_url
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.errors import NotFound
from orderwright.platform.fields import Code
from orderwright.platform.ids import encode_id
from orderwright.search import ParcelUnit

State = Literal["open", "released", "picking", "picked", "packed", "shipped", "delivered", "rejected", "cancelled"]
TO_DO = ("open", "released", "picking", "picked", "packed")
_FIRST = (datetime(1, 1, 1, tzinfo=UTC), uuid.UUID(int=0))
_Cursor = tuple[datetime, uuid.UUID]
_decode_units = msgspec.json.Decoder(list[ParcelUnit]).decode
_decode_key = msgspec.json.Decoder(tuple[datetime, uuid.UUID]).decode


class FulfillmentSummary(msgspec.Struct, frozen=True, kw_only=True):
    """The work at one location for one order. `due_at` is when the location should be done."""

    id: str
    order_id: str
    order_number: int
    location: str
    method: str
    state: str
    due_at: datetime
    released_at: datetime | None
    picked_at: datetime | None
    packed_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    entered_at: datetime
    version: int


class LineToBring(msgspec.Struct, frozen=True):
    """Units of one component: `quantity` is wanted in all, the rest says how far it is."""

    line: int
    component: int
    sku: str
    name: str
    gtin: str | None
    quantity: int
    picked: int
    packed: int
    shipped: int
    delivered: int


class ParcelInFull(msgspec.Struct, frozen=True):
    """What a carrier moves, and what is in it. `label` is what the carrier said of its label; `label_type` is that of
    the label's file, null without one. `events` are what the carrier said, oldest first. `shipped_at` is null while it
    is still at the location; `tracking_url` is the carrier's page of it, where one is known."""

    id: str
    n: int
    weight_g: int | None
    carrier: str
    tracking_number: str | None
    state: str
    tracked_at: datetime | None
    label: dict[str, Any] | None
    events: Raw
    shipped_at: datetime | None
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    units: list[ParcelUnit]
    label_type: str | None
    tracking_url: str | None


class TrackingView(msgspec.Struct, frozen=True):
    """Something that a carrier said."""

    code: str
    place: str | None
    happened_at: datetime
    recorded_at: datetime


class ShipmentInFull(msgspec.Struct, frozen=True, kw_only=True):
    """Parcels of one fulfillment."""

    id: str
    fulfillment_id: str
    order_id: str
    order_number: int
    carrier: str
    service: str
    state: str
    created_at: datetime
    parcels: list[ParcelInFull]


class FulfillmentInFull(FulfillmentSummary, frozen=True, kw_only=True):
    """A fulfillment with its lines and its shipment."""

    lines: list[LineToBring]
    shipment: ShipmentInFull | None


class FulfillmentPage(msgspec.Struct, frozen=True):
    """`next`, unless null, is the `after` of the page that follows."""

    data: list[FulfillmentSummary]
    next: str | None


class ListFulfillments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`location`: a code. `state`: one or several; by default, of a location, those with work left.

    `order`: an order's id. `after`: the `next` of the page before.
    """

    location: Code | None = None
    state: Annotated[list[State], Meta(max_length=9)] = []
    order: OrderIdText | None = None
    after: Annotated[str, Meta(max_length=200)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


@operation("GET", "/v1/fulfillments", tag="Fulfillments", scope="fulfillment.read", answer=FulfillmentPage)
async def list_fulfillments(call: Call, query: ListFulfillments) -> Answer:
    """List fulfillments.

    Of a location: those due first first, with work left unless `state` says otherwise. Of an order, or of all: oldest
    first. A key that is limited to locations or channels sees those.
    """
    if query.order is not None and (query.location is not None or query.state or query.after):
        raise InvalidParameter("`order` goes alone. Leave the others out.", parameter="order")
    after = decode_cursor(query.after, _decode_key) if query.after else _FIRST
    rows = await call.read(lambda tx: _page(tx, call, query, after))
    shown = rows[: query.limit] if query.order is None else rows
    more = len(rows) > len(shown)
    views = [view_fulfillment(row) for row in shown if may_see(call.ctx, row)]
    return json_answer(FulfillmentPage(views, encode_cursor((shown[-1].due_at, shown[-1].id)) if more else None))


async def _page(tx: Transaction, call: Call, query: ListFulfillments, after: _Cursor) -> list[FulfillmentFacts]:
    if query.order is not None:
        return await FULFILLMENTS_OF_ORDER.fetch(tx, parse_id("ord", query.order, "order"))
    if query.location is not None:
        location_id = await known_location(tx, call, query.location)
        states = [*(query.state or TO_DO)]
        return await FULFILLMENTS_AT_LOCATION.fetch(tx, location_id, states, *after, query.limit + 1)
    allowed = None if call.ctx.locations is None else list(call.ctx.locations)
    return await FULFILLMENTS_PAGE.fetch(tx, query.state or None, allowed, after[1], query.limit + 1)


@operation(
    "GET",
    "/v1/fulfillments/{fulfillment_id}",
    tag="Fulfillments",
    scope="fulfillment.read",
    answer=FulfillmentInFull,
    refusals=(404,),
)
async def read_fulfillment(call: Call) -> Answer:
    """Read a fulfillment with its lines and its shipment."""
    fulfillment_id = call.id("fulfillment_id")
    async with call.database.transaction(call.ctx.merchant, read_only=True) as tx:
        found = await FULFILLMENT_BY_ID.first(tx, fulfillment_id)
        if found is None or not may_see(call.ctx, found):
            raise NotFound("There is no fulfillment of this id. Check it, and what the key is limited to.")
        lines = [LineToBring(*row) for row in await FULFILLMENT_LINES.fetch(tx, fulfillment_id)]
        shipment = await SHIPMENTS.first(tx, None, fulfillment_id)
        parcels = await PARCELS_OF_SHIPMENT.fetch(tx, shipment.id) if shipment else []
    shown = _view_shipment(shipment, parcels) if shipment else None
    return json_answer(FulfillmentInFull(**_facts(found), lines=lines, shipment=shown))


@operation(
    "GET",
    "/v1/shipments/{shipment_id}",
    tag="Fulfillments",
    scope="fulfillment.read",
    answer=ShipmentInFull,
    refusals=(404,),
)
async def read_shipment(call: Call) -> Answer:
    """Read a shipment with its parcels, their labels and what the carrier said."""
    shipment_id = call.id("shipment_id")
    async with call.database.transaction(call.ctx.merchant, read_only=True) as tx:
        found = await SHIPMENTS.first(tx, shipment_id, None)
        if found is None or not may_see(call.ctx, found):
            raise NotFound("There is no shipment of this id. Check it, and what the key is limited to.")
        parcels = await PARCELS_OF_SHIPMENT.fetch(tx, shipment_id)
    return json_answer(_view_shipment(found, parcels))


def may_see(ctx: Context, row: FulfillmentFacts | ShipmentFacts) -> bool:
    """Whether what the key is limited to lets it see this."""
    return ctx.may_work(row.channel_id, row.location_id)


def view_fulfillment(row: FulfillmentFacts) -> FulfillmentSummary:
    """A fulfillment with its ids as text."""
    return FulfillmentSummary(**_facts(row))


def _facts(row: FulfillmentFacts) -> dict[str, Any]:
    facts = row._asdict()
    del facts["channel_id"], facts["location_id"]
    return facts | {"id": encode_id("ful", row.id), "order_id": encode_id("ord", row.order_id)}


def _view_shipment(row: ShipmentFacts, parcels: list[ParcelFacts]) -> ShipmentInFull:
    return ShipmentInFull(
        id=encode_id("shp", row.id),
        fulfillment_id=encode_id("ful", row.fulfillment_id),
        order_id=encode_id("ord", row.order_id),
        order_number=row.order_number,
        carrier=row.carrier,
        service=row.service,
        state=row.state,
        created_at=row.created_at,
        parcels=[_view_parcel(parcel) for parcel in parcels],
    )


def _view_parcel(row: ParcelFacts) -> ParcelInFull:
    label: Any = None if row.label is None else Raw(row.label.encode())  # sent as it is kept
    return ParcelInFull(
        encode_id("pcl", row.id), row.n, row.weight_g, row.carrier, row.tracking_number, row.state, row.tracked_at,
        label, Raw(row.events.encode()), row.shipped_at, row.length_mm, row.width_mm, row.height_mm,
        _decode_units(row.units), _label_type(row),
        tracking_url(row.carrier, row.tracking_number),
    )  # fmt: skip


def _label_type(row: ParcelFacts) -> str | None:
    """What the label is that can be printed here. The built-in carrier's is drawn when it is asked for."""
    drawn = row.carrier == BUILTIN and row.label is not None and row.state != "cancelled"
    return row.label_type or (PDF if drawn else None)


FULFILLMENTS = [list_fulfillments, read_fulfillment, read_shipment]
