"""One box that finds orders, customers, SKUs, parcels and returns."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.operations import Operation, operation
from orderwright.api.orders import number_format_of
from orderwright.platform.fields import ShortText
from orderwright.search import FOUND_EACH_MAX, Hit, find_anything


class Find(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody typed, and how many of each kind are wanted at most."""

    text: ShortText
    limit: Annotated[int, Meta(ge=1, le=FOUND_EACH_MAX)] = 5


class Hits(msgspec.Struct, frozen=True):
    """The likeliest first; `next` is null."""

    data: list[Hit]
    next: None = None


@operation(
    "POST",
    "/v1/find",
    tag="Orders",
    scope="search.read",
    answer=Hits,
    body=Find,
    example={"text": "lovelace", "limit": 5},
)
async def find(call: Call, body: Find) -> Answer:
    """Find orders, customers, SKUs, parcels and returns by what somebody typed.

    A number, an id, an e-mail address, a telephone or tracking number, a code, a name or the beginning of one. Each
    kind is looked for if the key may read it: `orders.read`, `customers.read`, `catalog.read`, `fulfillment.read`,
    `returns.read`. It changes nothing and needs no Idempotency-Key.
    """
    number_format = await number_format_of(call)
    hits = await call.look(lambda tx: find_anything(tx, call.ctx, body.text, body.limit, number_format=number_format))
    return json_answer(Hits(hits))


FIND: list[Operation] = [find]
