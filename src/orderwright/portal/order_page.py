"""The page of an order: where it is, what can be done, its parcels, goods, money and papers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from orderwright.api import Answer
from orderwright.platform.clock import utc_now
from orderwright.portal.actions import actions_of
from orderwright.portal.ask import conversation
from orderwright.portal.pages import Shopper, also
from orderwright.portal.papers import papers_of
from orderwright.portal.story import parcels_of, tell
from orderwright.portal.tongues import N_, countries
from orderwright.screens import page

RETURN_STATES = {
    "requested": N_("Announced: send it back to us"),
    "in_transit": N_("On its way back to us"),
    "received": N_("Here: we are looking at it"),
    "inspected": N_("Looked at"),
    "closed": N_("Done"),
    "cancelled": N_("Cancelled"),
}
CLAIM_STATES = {
    "open": N_("We are looking into it"),
    "resolved": N_("Solved"),
    "rejected": N_("Not accepted"),
}


class Told(msgspec.Struct, frozen=True):
    """Something that a carrier said of a parcel."""

    code: str
    place: str | None
    happened_at: datetime


DELAY_ANSWERS = {
    "wait": N_("You said that you wait."),
    "ship_now": N_("You asked us to send what is here."),
    "cancel": N_("You cancelled what was waiting."),
}


_decode_events = msgspec.json.Decoder(list[Told]).decode


@also("messages.read")
@page("GET", "/o/{order_id}")
async def order_page(shopper: Shopper) -> Answer:
    """Where is my order, and what can I do."""
    order = shopper.order
    today = utc_now().astimezone(shopper.formats.zone).date()
    terms = await terms_of(shopper)
    shipments = [await full_shipment(shopper, f.shipment.id) for f in order.fulfillments if f.shipment is not None]
    returns = await shopper.of_order("list_returns")
    delays = (await shopper.ask("list_delay_answers", path={"order_id": shopper.order_id})).data
    said = await conversation(shopper, 1)
    return shopper.show(
        "order.html", order=order, last_message=said[-1] if said else None,
        story=tell(order, today, shopper.day, shopper._),
        parcels=parcels_of(order, shipments, shopper._), may=actions_of(order, terms, today),
        papers=await papers_of(shopper, returns), returns=returns, return_states=RETURN_STATES,
        claims=await shopper.of_order("list_claims"), claim_states=CLAIM_STATES,
        exchanges=await shopper.of_order("list_exchanges"), last_answer=delays[-1] if delays else None,
        delay_answers=DELAY_ANSWERS, countries=dict(countries(shopper.language)),
    )  # fmt: skip


async def full_shipment(shopper: Shopper, shipment_id: str) -> Any:
    """A shipment of this order, with what the carrier said. Its id comes from the order itself."""
    shipment = await shopper.ask("read_shipment", path={"shipment_id": shipment_id})
    parcels = [msgspec.structs.replace(parcel, events=_decode_events(parcel.events)) for parcel in shipment.parcels]
    return msgspec.structs.replace(shipment, parcels=parcels)


async def terms_of(shopper: Shopper) -> Any:
    """On what terms this order's channel takes goods back."""
    policies = await shopper.ask("list_return_policies")
    own = [policy.terms for policy in policies.data if policy.channel == shopper.order.channel]
    return own[0] if own else policies.built_in


PAGES = [order_page]
