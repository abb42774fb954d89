"""Notes and tags of orders."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.limits import visible_order
from orderwright.api.operations import Operation, operation
from orderwright.api.verbs import VerbRoute, operations_of
from orderwright.orders import (
    NOTE_PREFIX,
    AddNote,
    ChangeNote,
    RemoveNote,
    TagOrder,
    add_notes,
    change_notes,
    notes_of_order,
    remove_notes,
    tag_orders,
    tags_in_use,
)
from orderwright.platform.db import Transaction
from orderwright.platform.fields import NO_NUL
from orderwright.platform.ids import encode_id


class NoteView(msgspec.Struct, frozen=True, kw_only=True):
    """A note of an order. `author` is who wrote it: `user:<id>` a person, `key:<prefix>` a program. `version` rises
    with each change."""

    id: str
    author: str
    words: str
    pinned: bool
    version: int
    created_at: datetime
    updated_at: datetime


class Notes(msgspec.Struct, frozen=True):
    """Pinned ones first, then the newest; `next` is null."""

    data: list[NoteView]
    next: None = None


class TagView(msgspec.Struct, frozen=True):
    """A tag, and how many orders have it, counted up to 1,000."""

    tag: str
    orders: int


class TagPage(msgspec.Struct, frozen=True):
    """In alphabetical order. `next`, unless null, is the `after` of the page that follows."""

    data: list[TagView]
    next: str | None


class ListTags(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`after`: the `next` of the page before."""

    after: Annotated[str, Meta(max_length=100, pattern=NO_NUL)] = ""
    limit: Annotated[int, Meta(ge=1, le=500)] = 100


@operation("GET", "/v1/orders/{order_id}/notes", tag="Orders", scope="orders.read", answer=Notes, refusals=(404,))
async def list_notes(call: Call) -> Answer:
    """Read what people wrote about an order."""

    async def read(tx: Transaction) -> list[NoteView]:
        return [
            NoteView(
                id=encode_id(NOTE_PREFIX, note.id),
                author=note.author,
                words=note.words,
                pinned=note.pinned,
                version=note.version,
                created_at=note.created_at,
                updated_at=note.updated_at,
            )
            for note in await notes_of_order(tx, await visible_order(tx, call))
        ]

    return json_answer(Notes(await call.look(read)))


@operation("GET", "/v1/order_tags", tag="Orders", scope="orders.read", answer=TagPage)
async def list_order_tags(call: Call, query: ListTags) -> Answer:
    """List the tags that orders have.

    Of all channels and locations: a tag is no order.
    """
    rows = await call.look(lambda tx: tags_in_use(tx, query.after, query.limit + 1))
    shown = [TagView(row.tag, row.orders) for row in rows[: query.limit]]
    return json_answer(TagPage(shown, shown[-1].tag if len(rows) > query.limit else None))


ANNOTATIONS: list[Operation] = [
    list_notes,
    *operations_of(
        VerbRoute(
            id="add_note",
            verb=add_notes,
            command=AddNote,
            one="/v1/orders/{order_id}/notes",
            many="/v1/notes/add",
            tag="Orders",
            scope="orders.note",
            prefix=NOTE_PREFIX,
            does="Write a note on an order",
            does_many="Write notes on up to 1,000 orders",
            more="For colleagues. It is erased with the order's people, and stands in no event or log.",
            subject="order_id",
            example={"words": "Called: she is at home from Thursday on.", "pinned": True},
        )
    ),
    *operations_of(
        VerbRoute(
            id="change_note",
            verb=change_notes,
            command=ChangeNote,
            one="/v1/notes/{note_id}/change",
            many="/v1/notes/change",
            tag="Orders",
            scope="orders.note",
            prefix=NOTE_PREFIX,
            does="Change a note",
            does_many="Change up to 1,000 notes",
            more="Its words, where you wrote it; whether it is pinned, whoever did.",
            subject="note_id",
            natural_key=True,
            example={"pinned": False},
        )
    ),
    *operations_of(
        VerbRoute(
            id="remove_note",
            verb=remove_notes,
            command=RemoveNote,
            one="/v1/notes/{note_id}/remove",
            many="/v1/notes/remove",
            tag="Orders",
            scope="orders.note",
            prefix=NOTE_PREFIX,
            does="Remove a note",
            does_many="Remove up to 1,000 notes",
            more="Its words are gone; the order's timeline keeps who removed it.",
            subject="note_id",
            example={},
        )
    ),
    *operations_of(
        VerbRoute(
            id="tag_order",
            verb=tag_orders,
            command=TagOrder,
            one="/v1/orders/{order_id}/tags",
            many="/v1/orders/tags",
            tag="Orders",
            scope="orders.note",
            prefix="ord",
            does="Give an order tags, and take some away",
            does_many="Give up to 1,000 orders tags, and take some away",
            more="`unchanged`: it has the ones and lacks the others already.",
            subject="order_id",
            natural_key=True,
            example={"add": ["vip"], "remove": ["call_first"]},
        )
    ),
    list_order_tags,
]
