"""Views of orders from stored rows. Pure."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from orderwright.fulfillment import tracking_url
from orderwright.payments import payment_state
from orderwright.platform.ids import encode_id
from orderwright.platform.money import Money
from orderwright.search import stored
from orderwright.search.numbers import format_number
from orderwright.search.stored import OrderRow
from orderwright.search.views import (
    AllocationView,
    BackorderView,
    ChargeView,
    ChildView,
    ComponentView,
    ContactView,
    FulfillmentView,
    HoldView,
    LineView,
    OrderView,
    ParcelUnit,
    ParcelView,
    PaymentView,
    ShipmentView,
    SourcingView,
    TotalsView,
    UnitPriceView,
)

_decode = msgspec.json.Decoder(dict[str, Any]).decode


def assemble(row: OrderRow, number_format: str) -> OrderView:
    """The view of a stored order."""
    contacts = {contact.id: contact for contact in stored.contacts_of(row.contacts)}
    return OrderView(
        id=encode_id("ord", row.id),
        number=row.number,
        number_text=format_number(row.number, number_format),
        kind=row.kind,
        parent=None if row.parent_id is None else encode_id("ord", row.parent_id),
        children=[ChildView(encode_id("ord", c.id), *_tail(c)) for c in stored.children_of(row.children)],
        status=row.status,
        held=row.hold_count > 0,
        holds=[HoldView(encode_id("hld", h.id), *_tail(h)) for h in stored.holds_of(row.holds)],
        channel=row.channel,
        channel_name=row.channel_name,
        external_id=row.external_id,
        priority=row.priority,
        customer=None if row.customer_id is None else encode_id("cus", row.customer_id),
        placed_at=row.placed_at,
        requested_ship_on=row.requested_ship_on,
        requested_delivery_on=row.requested_delivery_on,
        promised_on=row.promised_on,
        promise_zone=row.promise_zone,
        prices_include_tax=row.prices_include_tax,
        totals=_totals(row),
        lines=_lines(row),
        charges=_charges(row),
        payments=_payments(row),
        balance_due=Money(row.balance_minor, row.currency),
        buyer=_contact(contacts, row.buyer_contact_id),
        ship_to=_contact(contacts, row.ship_to_contact_id),
        bill_to=_contact(contacts, row.bill_to_contact_id),
        backorders=[BackorderView(*msgspec.structs.astuple(b)) for b in stored.backorders_of(row.backorders)],
        fulfillments=_fulfillments(row),
        sourcing=[SourcingView(*msgspec.structs.astuple(d)) for d in stored.decisions_of(row.decisions)],
        tags=row.tags,
        metadata=_decode(row.metadata),
        events=row.event_seq,
        revision=row.revision,
        version=row.version,
    )


def _tail(struct: msgspec.Struct) -> tuple[Any, ...]:
    """All fields but the first."""
    return msgspec.structs.astuple(struct)[1:]


def _totals(row: OrderRow) -> TotalsView:
    currency = row.currency
    return TotalsView(
        lines=Money(row.lines_minor, currency),
        shipping=Money(row.shipping_minor, currency),
        fees=Money(row.fees_minor, currency),
        discount=Money(row.discount_minor, currency),
        tax=Money(row.tax_minor, currency),
        rounding=Money(row.rounding_minor, currency),
        total=Money(row.total_minor, currency),
    )


def _lines(row: OrderRow) -> list[LineView]:
    currency = row.currency
    components: defaultdict[int, list[ComponentView]] = defaultdict(list)
    for component in stored.components_of(row.components):
        components[component.line_n].append(ComponentView(*_tail(component)))
    return [
        LineView(
            n=line.n,
            reference=line.reference,
            sku=line.sku_code,
            name=line.name,
            quantity=line.quantity,
            unit_price=UnitPriceView(_price(line.unit_price_minor), currency),
            subtotal=Money(line.subtotal_minor, currency),
            discount=Money(line.discount_minor, currency),
            tax=Money(line.tax_minor, currency),
            shipping=Money(line.shipping_minor, currency),
            fees=Money(line.fees_minor, currency),
            delivery=line.delivery,
            location=line.location,
            components=components[line.n],
        )
        for line in stored.lines_of(row.lines)
    ]


def _price(text: str) -> int | Decimal:
    return int(text) if text.isdigit() else Decimal(text)


def _charges(row: OrderRow) -> list[ChargeView]:
    currency = row.currency
    return [
        ChargeView(
            n=charge.n,
            kind=charge.kind,
            code=charge.code,
            name=charge.name,
            rate=None if charge.rate is None else Decimal(charge.rate),
            amount=Money(charge.amount_minor, currency),
            shares=[Money(share, currency) for share in charge.shares_minor],
        )
        for charge in stored.charges_of(row.charges)
    ]


def _payments(row: OrderRow) -> list[PaymentView]:
    return [
        PaymentView(
            id=encode_id("pay", p.id),
            n=p.n,
            method=p.method,
            state=payment_state(p.authorized_minor, p.released_minor, p.captured_minor, p.refunded_minor),
            provider=p.provider,
            reference=p.reference,
            amount=Money(p.amount_minor, row.currency),
            authorized=Money(p.authorized_minor, row.currency),
            captured=Money(p.captured_minor, row.currency),
            refunded=Money(p.refunded_minor, row.currency),
            under_way=Money(p.under_way_minor, row.currency),
            expires_at=p.expires_at,
            refused=p.refused_code,
        )
        for p in stored.payments_of(row.payments)
    ]


def _contact(contacts: Mapping[uuid.UUID, stored.StoredContact], contact_id: Any) -> ContactView | None:
    contact = contacts.get(contact_id)
    return None if contact is None else ContactView(*_tail(contact))


def _fulfillments(row: OrderRow) -> list[FulfillmentView]:
    allocations: defaultdict[uuid.UUID, list[AllocationView]] = defaultdict(list)
    for allocation in stored.allocations_of(row.allocations):
        allocations[allocation.fulfillment_id].append(AllocationView(*_tail(allocation)))
    parcels: defaultdict[uuid.UUID, list[ParcelView]] = defaultdict(list)
    for parcel in stored.parcels_of(row.parcels):
        view = ParcelView(
            id=encode_id("pcl", parcel.id),
            n=parcel.n,
            carrier=parcel.carrier,
            tracking_number=parcel.tracking_number,
            state=parcel.state,
            weight_g=parcel.weight_g,
            tracked_at=parcel.tracked_at,
            shipped_at=parcel.shipped_at,
            tracking_url=tracking_url(parcel.carrier, parcel.tracking_number),
            units=[ParcelUnit(u.line_n, u.component_n, u.quantity) for u in sorted(parcel.units or [])],
        )
        parcels[parcel.shipment_id].append(view)
    shipments = {
        s.fulfillment_id: ShipmentView(encode_id("shp", s.id), s.carrier, s.service, s.state, parcels[s.id])
        for s in stored.shipments_of(row.shipments)
    }
    return [
        FulfillmentView(
            id=encode_id("ful", f.id),
            location=f.location,
            location_name=f.location_name,
            method=f.method,
            state=f.state,
            due_at=f.due_at,
            released_at=f.released_at,
            picked_at=f.picked_at,
            packed_at=f.packed_at,
            shipped_at=f.shipped_at,
            delivered_at=f.delivered_at,
            allocations=allocations[f.id],
            shipment=shipments.get(f.id),
        )
        for f in stored.fulfillments_of(row.fulfillments)
    ]
