"""Orders that follow from an earlier one, their parent: the new goods of an exchange or of a claim. Pure but for one
query. They go to the parent's customer and, unless somebody says otherwise, to its address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from orderwright.catalog import ChannelFacts
from orderwright.customers import ContactRow, NewContact
from orderwright.orders.contract import Address, Amount, Charge, Line, PlaceOrder, ReportedPayment
from orderwright.orders.drafts import Catalogue, Draft, HoldDraft, draft_of, holds_for_money, too_many_units
from orderwright.orders.errors import Refusal
from orderwright.orders.fingerprint import fingerprint, spell
from orderwright.orders.identities import AskedIdentity
from orderwright.orders.pricing import price_order
from orderwright.orders.storable import find_unstorable, is_of_one_currency
from orderwright.orders.write_placements import PlacedOrder, new_address
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, new_id
from orderwright.platform.outcomes import Outcome, no
from orderwright.platform.queries import query

ChildKind = Literal["exchange", "replacement"]


class ParentFacts(NamedTuple):
    """What an order passes on to its children."""

    order_id: UUID
    channel_id: UUID
    channel: str
    customer_id: UUID | None
    currency: str
    prices_include_tax: bool
    buyer_contact_id: UUID | None
    ship_to_contact_id: UUID | None
    bill_to_contact_id: UUID | None
    priority: int


READ_PARENTS = query(__package__, "read_parents", ParentFacts)


async def read_parents(tx: Transaction, order_ids: Iterable[UUID]) -> dict[UUID, ParentFacts]:
    """What orders pass on to children. One statement."""
    return {row.order_id: row for row in await READ_PARENTS.fetch(tx, list(order_ids))}


def child_command(
    parent: ParentFacts,
    kind: ChildKind,
    external_id: str,
    now: datetime,
    lines: Sequence[Line],
    *,
    ship_to: Address | None = None,
    shipping: Sequence[Charge] = (),
    payments: Sequence[ReportedPayment] = (),
) -> PlaceOrder | Outcome:
    """A child as an order that adds up, or why it cannot be. `external_id` names it in the parent's channel for ever.

    Precedence of codes: `currency_mismatch`, those of `storable.find_unstorable`, those of `price_order`.
    """
    order = PlaceOrder(
        channel=parent.channel, external_id=external_id, currency=parent.currency, placed_at=now, lines=list(lines),
        total=Amount(0, parent.currency), kind=kind, prices_include_tax=parent.prices_include_tax, ship_to=ship_to,
        shipping=list(shipping), payments=list(payments), priority=parent.priority,
    )  # fmt: skip
    if not is_of_one_currency(order):
        return refuse_child(Refusal("currency_mismatch", {"currency": parent.currency}))
    refusal = find_unstorable(order, now)
    priced = price_order(order)
    if refusal is not None:
        return refuse_child(refusal)
    if isinstance(priced, Refusal):
        return refuse_child(priced)
    return msgspec.structs.replace(order, total=Amount(-priced.difference_minor, parent.currency))


def refuse_child(refusal: Refusal) -> Outcome:
    """A refusal of an order as a "no"."""
    return no(refusal.code, refusal.message, **refusal.details)


def draft_child(
    parent: ParentFacts,
    command: PlaceOrder,
    catalogue: Catalogue,
    contacts: Mapping[UUID, ContactRow],
    holds: Sequence[HoldDraft],
) -> Draft | Outcome:
    """A child to be promised, by the channel's policy for short lines; what is short is refused where that would drop
    it. `contacts`: the parent's, by id.

    Precedence of codes: `unknown_sku`, `inactive_sku`, those of `price_order`, `address_needed`,
    `amount_out_of_range` (more components of kits than can be counted).
    """
    for line in command.lines:
        sku = catalogue.skus.get(line.sku)
        if sku is None:
            return no("unknown_sku", "There is no SKU of this code. Correct it.", sku=line.sku)
        if not sku.active:
            return no("inactive_sku", "The SKU is not sold any more. Offer another.", sku=line.sku)
    priced = price_order(command)
    if isinstance(priced, Refusal):
        return refuse_child(priced)
    draft = draft_of(command, 1, priced, catalogue)
    if command.ship_to is None and any(line.delivery == "ship" for line in draft.lines):
        known = contacts.get(parent.ship_to_contact_id) if parent.ship_to_contact_id is not None else None
        if known is None or known.country is None:
            return no("address_needed", "The earlier order has no address to send this to. Add `ship_to`.")
    if (too_many := too_many_units(draft.lines)) is not None:
        return refuse_child(too_many)
    found = [*holds, *holds_for_money(command, draft.channel)]
    return draft._replace(channel=_policy(draft.channel), parent_id=parent.order_id, holds=found)


def _policy(channel: ChannelFacts) -> ChannelFacts:
    """Nothing that was asked for in exchange is dropped silently."""
    return channel._replace(short_line_policy="reject") if channel.short_line_policy == "drop" else channel


def child_contacts(
    parent: ParentFacts, child_id: UUID, ship_to: Address | None, contacts: Mapping[UUID, ContactRow]
) -> list[NewContact]:
    """The contacts of a child: copies of the parent's, so that each order's own can be changed and erased."""

    def copy(contact_id: UUID | None, role: str, *, place: bool = True) -> list[NewContact]:
        row = contacts.get(contact_id) if contact_id is not None else None
        if row is None:
            return []
        made = NewContact(new_id(), parent.customer_id, child_id, role, *row[4:])
        return [made if place else _person_of(made)]

    made = copy(parent.bill_to_contact_id, "bill_to")
    if ship_to is not None:
        address = new_address(new_id(), parent.customer_id, child_id, ship_to)
        return [address, *copy(parent.buyer_contact_id, "buyer", place=False), *made]
    made += copy(parent.ship_to_contact_id, "ship_to")
    if parent.buyer_contact_id != parent.ship_to_contact_id:
        made += copy(parent.buyer_contact_id, "buyer")
    return made


def _person_of(contact: NewContact) -> NewContact:
    """A contact without its address."""
    return contact._replace(
        company=None, line1=None, line2=None, city=None, region=None, postal_code=None, country=None, latitude=None,
        longitude=None,
    )  # fmt: skip


def claims_of_children(children: Sequence[PlacedOrder], hash_key: bytes) -> list[AskedIdentity]:
    """The identities of children that are to be placed."""
    drafts = [(child.id, child.placement.draft) for child in children]
    return [
        AskedIdentity((draft.channel.id, draft.command.external_id), i, fingerprint(spell(draft.command), hash_key))
        for i, draft in drafts
    ]
