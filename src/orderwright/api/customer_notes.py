"""Notes on customers, and what customers consent to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.limits import visible_order
from orderwright.api.operations import Operation, operation
from orderwright.api.verbs import VerbRoute, operations_of
from orderwright.customers import (
    CUSTOMER_NOTE_PREFIX,
    PURPOSES,
    AddCustomerNote,
    ChangeCustomerNote,
    ConsentRow,
    ConsentState,
    Purpose,
    RemoveCustomerNote,
    SayConsent,
    SetConsent,
    add_customer_notes,
    change_customer_notes,
    consent_history,
    consents_now,
    notes_of_customer,
    remove_customer_notes,
    set_consents,
)
from orderwright.flows.say_consents import say_consents
from orderwright.orders import whose_orders
from orderwright.platform.db import Transaction
from orderwright.platform.errors import NotFound
from orderwright.platform.ids import UUID, decode_id, encode_id
from orderwright.search import get_customer

_OF_ALL = "A customer is of all channels and locations."


class CustomerNoteView(msgspec.Struct, frozen=True, kw_only=True):
    """A note on a customer. `author` is who wrote it: `user:<id>` a person, `key:<prefix>` a program. `version` rises
    with each change."""

    id: str
    author: str
    words: str
    pinned: bool
    version: int
    created_at: datetime
    updated_at: datetime


class CustomerNotes(msgspec.Struct, frozen=True):
    """Pinned ones first, then the newest; `next` is null."""

    data: list[CustomerNoteView]
    next: None = None


class ConsentView(msgspec.Struct, frozen=True, kw_only=True):
    """What counts of a purpose. `given` is null where the customer never said anything: nobody may assume it."""

    purpose: Purpose
    given: bool | None
    said_at: datetime | None


class SaidView(msgspec.Struct, frozen=True, kw_only=True):
    """What was said of a purpose, which is the evidence. `source`: `staff`, a `program`, the shopper in the `portal`
    (by the link of `order_id`), or `merge`: two customers turned out to be one, of whom one had withdrawn.
    `customer_id`: the id that it was said of. `actor` wrote it down, for `reason`."""

    purpose: Purpose
    given: bool
    source: str
    customer_id: str
    order_id: str | None
    said_at: datetime
    actor: str
    reason: str | None


class Consents(msgspec.Struct, frozen=True):
    """What counts, by purpose, and the newest thousand times that something was said, the newest first."""

    data: list[ConsentView]
    history: list[SaidView]


class ConsentsNow(msgspec.Struct, frozen=True):
    """What counts, by purpose; `next` is null."""

    data: list[ConsentView]
    next: None = None


@operation(
    "GET", "/v1/customers/{customer_id}/notes", tag="Customers", scope="customers.read", answer=CustomerNotes,
    refusals=(404,),
)  # fmt: skip
async def list_customer_notes(call: Call) -> Answer:
    """Read what people wrote about a customer.

    For keys without limits.
    """

    async def read(tx: Transaction) -> list[CustomerNoteView]:
        return [
            CustomerNoteView(
                id=encode_id(CUSTOMER_NOTE_PREFIX, note.id), author=note.author, words=note.words, pinned=note.pinned,
                version=note.version, created_at=note.created_at, updated_at=note.updated_at,
            )
            for note in await notes_of_customer(tx, await _customer(tx, call))
        ]  # fmt: skip

    return json_answer(CustomerNotes(await call.read(read)))


@operation(
    "GET", "/v1/customers/{customer_id}/consents", tag="Customers", scope="customers.read", answer=Consents,
    refusals=(404,),
)  # fmt: skip
async def read_consents(call: Call) -> Answer:
    """Read what a customer consents to, and when they said what.

    For keys without limits.
    """

    async def read(tx: Transaction) -> Consents:
        customer_id = await _customer(tx, call)
        history = await consent_history(tx, customer_id)
        return Consents(_counts(await consents_now(tx, customer_id)), [_said(row) for row in history])

    return json_answer(await call.read(read))


@operation(
    "GET", "/v1/orders/{order_id}/consents", tag="Customers", scope="customers.read", answer=ConsentsNow,
    refusals=(404,),
)  # fmt: skip
async def read_consents_of_order(call: Call) -> Answer:
    """Read what the customer of an order consents to.

    Of a guest's order nothing was ever said.
    """

    async def read(tx: Transaction) -> ConsentsNow:
        order_id = await visible_order(tx, call)
        owner = (await whose_orders(tx, [order_id]))[order_id].customer_id
        return ConsentsNow(_counts({} if owner is None else await consents_now(tx, owner)))

    return json_answer(await call.read(read))


def _counts(states: Mapping[str, ConsentState]) -> list[ConsentView]:
    """Each purpose, with what counts."""
    return [
        ConsentView(purpose=purpose, given=now.given if now else None, said_at=now.said_at if now else None)
        for purpose, now in ((purpose, states.get(purpose)) for purpose in PURPOSES)
    ]


async def _customer(tx: Transaction, call: Call) -> UUID:
    call.ctx.require_unlimited(_OF_ALL)
    found = await get_customer(tx, call.id("customer_id"), call.ctx)
    if found is None:
        raise NotFound("There is no customer of this id. Check it.")
    return decode_id("cus", found.id)


def _said(row: ConsentRow) -> SaidView:
    return SaidView(
        purpose=row.purpose,
        given=row.given,
        source=row.source,
        customer_id=encode_id("cus", row.customer_id),
        order_id=None if row.order_id is None else encode_id("ord", row.order_id),
        said_at=row.said_at,
        actor=row.actor,
        reason=row.reason,
    )


CUSTOMER_NOTES: list[Operation] = [
    list_customer_notes,
    read_consents,
    read_consents_of_order,
    *operations_of(
        VerbRoute(
            id="add_customer_note",
            verb=add_customer_notes,
            command=AddCustomerNote,
            one="/v1/customers/{customer_id}/notes",
            many="/v1/customer_notes/add",
            tag="Customers",
            scope="customers.write",
            prefix=CUSTOMER_NOTE_PREFIX,
            does="Write a note on a customer",
            does_many="Write notes on up to 1,000 customers",
            more="For colleagues. It is erased with the customer, and stands in no event or log.",
            subject="customer_id",
            example={"words": "Prefers to be called after six.", "pinned": True},
        )
    ),
    *operations_of(
        VerbRoute(
            id="change_customer_note",
            verb=change_customer_notes,
            command=ChangeCustomerNote,
            one="/v1/customer_notes/{customer_note_id}/change",
            many="/v1/customer_notes/change",
            tag="Customers",
            scope="customers.write",
            prefix=CUSTOMER_NOTE_PREFIX,
            does="Change a note on a customer",
            does_many="Change up to 1,000 notes on customers",
            more="Its words, where you wrote it; whether it is pinned, whoever did.",
            subject="customer_note_id",
            natural_key=True,
            example={"pinned": False},
        )
    ),
    *operations_of(
        VerbRoute(
            id="remove_customer_note",
            verb=remove_customer_notes,
            command=RemoveCustomerNote,
            one="/v1/customer_notes/{customer_note_id}/remove",
            many="/v1/customer_notes/remove",
            tag="Customers",
            scope="customers.write",
            prefix=CUSTOMER_NOTE_PREFIX,
            does="Remove a note on a customer",
            does_many="Remove up to 1,000 notes on customers",
            more="Its words are gone; the audit trail keeps who removed it.",
            subject="customer_note_id",
            example={},
        )
    ),
    *operations_of(
        VerbRoute(
            id="set_consent",
            verb=set_consents,
            command=SetConsent,
            one="/v1/customers/{customer_id}/consents",
            many="/v1/customers/consents",
            tag="Customers",
            scope="customers.write",
            prefix="cus",
            does="Keep what a customer said of a purpose",
            does_many="Keep what up to 1,000 customers said of purposes",
            more="Given, or withdrawn. `unchanged`: it is so already. Say in the header Orderwright-Reason how they"
            " said it.",
            subject="customer_id",
            natural_key=True,
            example={"purpose": "marketing_email", "given": True},
        )
    ),
    *operations_of(
        VerbRoute(
            id="say_consent",
            verb=say_consents,
            command=SayConsent,
            one="/v1/orders/{order_id}/consents",
            many="/v1/orders/consents",
            tag="Customers",
            scope="messages.write",
            prefix="cus",
            does="Keep what the customer of an order said of a purpose",
            does_many="Keep what the customers of up to 1,000 orders said of purposes",
            more="As the portal does, for shops with a page of their own. `unchanged`: it is so already.",
            subject="order_id",
            natural_key=True,
            example={"purpose": "marketing_email", "given": False},
        )
    ),
]
