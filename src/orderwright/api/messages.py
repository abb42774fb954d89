"""Messages: what was said with a customer, about an order, over all orders, and what waits for an answer."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from orderwright import messages
from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.cursors import decode_cursor, encode_cursor
from orderwright.api.limits import visible_order
from orderwright.api.operations import Operation, operation
from orderwright.api.orders import number_format_of
from orderwright.messages import MESSAGE_PREFIX, WAITING_COUNTED_MAX, MessageRow, Place, WaitingRow
from orderwright.platform.db import Transaction
from orderwright.platform.errors import NotFound
from orderwright.platform.ids import decode_id, encode_id
from orderwright.platform.settings import Settings
from orderwright.search import get_customer, order_ids_of

ORDERS_MAX = 1_000  # of a customer
AnswerName = Literal["none", "awaited", "answered", "not_needed"]
_decode_place = msgspec.json.Decoder(tuple[datetime, uuid.UUID]).decode
_decode_metadata = msgspec.json.Decoder(dict[str, Any]).decode


class MessageView(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was said. `author`: `shopper`, `system`, or who of the staff; `recorded_by`: who wrote it down.
    `words` are null once erased. `answer`: whether it waits for one, `answer_by` until when. Of one that went out,
    `delivery` says how that went, where somebody told. `reference` is what it is called where it came from."""

    id: str
    order_id: str | None
    order_number: str | None
    customer_id: str | None
    direction: messages.Direction
    medium: messages.Medium
    author: str
    recorded_by: str
    words: str | None
    reference: str | None
    metadata: dict[str, Any]
    delivery: messages.Delivery
    answer: AnswerName
    answer_by: datetime | None
    answered_by: str | None
    answered_at: datetime | None
    said_at: datetime
    recorded_at: datetime
    version: int


class MessagePage(msgspec.Struct, frozen=True):
    """The newest first. `next`, unless null, is the `after` of the page that follows."""

    data: list[MessageView]
    next: str | None


class WaitingMessageView(msgspec.Struct, frozen=True, kw_only=True):
    """A message that waits for an answer. `beginning`: its first 300 characters; `name`: who it is from, where the
    order says so. It is late behind `answer_by`. `cursor` is the `after` of a page that begins behind it."""

    id: str
    order_id: str | None
    order_number: str | None
    channel: str | None
    customer_id: str | None
    name: str | None
    medium: messages.Medium
    beginning: str
    said_at: datetime
    recorded_at: datetime
    answer_by: datetime
    cursor: str


class WaitingMessagePage(msgspec.Struct, frozen=True, kw_only=True):
    """The oldest first. `waiting` and `late` count all that wait, and those behind their time, up to 1,000; `at_least`:
    there are more. `owner` looks after them. `next`, unless null, is the `after` of the page that follows."""

    data: list[WaitingMessageView]
    waiting: int
    late: int
    at_least: bool
    owner: Literal["customer_care"] = "customer_care"
    next: str | None


class ListMessages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`medium`: one or several. `after`: the `next` of the page before."""

    medium: Annotated[list[messages.Medium], Meta(max_length=5)] = []
    after: Annotated[str, Meta(max_length=400)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class PageOfMessages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`after`: the `next` of the page before."""

    after: Annotated[str, Meta(max_length=400)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


@operation(
    "GET", "/v1/orders/{order_id}/messages", tag="Messages", scope="messages.read", answer=MessagePage, refusals=(404,)
)
async def list_messages_of_order(call: Call, query: ListMessages) -> Answer:
    """List what was said about an order, the newest first."""

    async def read(tx: Transaction) -> list[MessageRow]:
        return await messages.messages_of_order(
            tx, await visible_order(tx, call), before=_place(query.after), media=query.medium or None,
            limit=query.limit + 1,
        )  # fmt: skip

    return await _page(call, await call.look(read), query.limit)


@operation(
    "GET", "/v1/customers/{customer_id}/messages", tag="Messages", scope="messages.read", answer=MessagePage,
    refusals=(404,),
)  # fmt: skip
async def list_messages_of_customer(call: Call, query: PageOfMessages) -> Answer:
    """List what was said with a customer, about their orders and about none, the newest first.

    Of the newest thousand orders that the key may see. One that is limited to channels or locations sees none that is
    about no order. Needs `customers.read` too.
    """
    call.ctx.require("customers.read")
    customer_id = call.id("customer_id")

    async def read(tx: Transaction) -> list[MessageRow]:
        customer = await get_customer(tx, customer_id, call.ctx)
        if customer is None:
            raise NotFound("There is no customer of this id. Check it, and what the key is limited to.")
        ids = await order_ids_of(tx, customer_id, call.ctx, ORDERS_MAX)
        return await messages.messages_of_customer(
            tx, call.ctx, decode_id("cus", customer.id), ids, before=_place(query.after), limit=query.limit + 1
        )

    return await _page(call, await call.read(read), query.limit)


@operation("GET", "/v1/messages/waiting", tag="Messages", scope="messages.read", answer=WaitingMessagePage)
async def list_waiting_messages(call: Call, query: PageOfMessages) -> Answer:
    """List the messages that wait for an answer, the oldest first.

    What customer care goes through, one after the other. Counts are of all that the key may see.
    """
    age = _age(call.state.settings)
    number_format = await number_format_of(call)

    async def read(tx: Transaction) -> tuple[list[WaitingRow], messages.WaitingCount]:
        rows = await messages.waiting_messages(tx, call.ctx, after=_place(query.after), limit=query.limit + 1)
        return rows, await messages.count_waiting_messages(tx, call.ctx, call.ctx.now - age)

    rows, count = await call.look(read)
    shown = rows[: query.limit]
    return json_answer(
        WaitingMessagePage(
            data=[_waiting(row, age, number_format) for row in shown], waiting=count.waiting, late=count.late,
            at_least=count.waiting >= WAITING_COUNTED_MAX,
            next=_cursor(shown[-1]) if len(rows) > query.limit else None,
        )
    )  # fmt: skip


@operation(
    "GET", "/v1/messages/{message_id}", tag="Messages", scope="messages.read", answer=MessageView, refusals=(404,)
)
async def read_message(call: Call) -> Answer:
    """Read a message."""
    message_id = call.id("message_id")
    row = await call.look(lambda tx: messages.read_message(tx, call.ctx, message_id))
    if row is None:
        raise NotFound("There is no message of this id. Check it, and what the key is limited to.")
    return json_answer(_view(row, _age(call.state.settings), await number_format_of(call)))


async def _page(call: Call, rows: list[MessageRow], limit: int) -> Answer:
    age, number_format = _age(call.state.settings), await number_format_of(call)
    shown = rows[:limit]
    more = _cursor(shown[-1]) if len(rows) > limit else None
    return json_answer(MessagePage([_view(row, age, number_format) for row in shown], more))


def _place(after: str | None) -> Place | None:
    return Place(*decode_cursor(after, _decode_place)) if after else None


def _cursor(row: MessageRow | WaitingRow) -> str:
    return encode_cursor((row.said_at, row.id))


def _age(settings: Settings) -> timedelta:
    """How long a message may wait."""
    return timedelta(hours=settings.stuck_message_h)


def _number(row: MessageRow | WaitingRow, number_format: str) -> str | None:
    return None if row.order_number is None else number_format.replace("{number}", str(row.order_number))


def _view(row: MessageRow, age: timedelta, number_format: str) -> MessageView:
    facts = {name: value for name, value in row._asdict().items() if name in MessageView.__struct_fields__}
    facts |= {
        "id": encode_id(MESSAGE_PREFIX, row.id), "order_number": _number(row, number_format),
        "order_id": None if row.order_id is None else encode_id("ord", row.order_id),
        "customer_id": None if row.customer_id is None else encode_id("cus", row.customer_id),
        "metadata": _decode_metadata(row.metadata),
        "answer_by": row.said_at + age if row.answer == "awaited" else None,
    }  # fmt: skip
    return MessageView(**facts)


def _waiting(row: WaitingRow, age: timedelta, number_format: str) -> WaitingMessageView:
    return WaitingMessageView(
        id=encode_id(MESSAGE_PREFIX, row.id), order_number=_number(row, number_format), channel=row.channel,
        order_id=None if row.order_id is None else encode_id("ord", row.order_id),
        customer_id=None if row.customer_id is None else encode_id("cus", row.customer_id), name=row.name,
        medium=row.medium,
        beginning=row.beginning, said_at=row.said_at, recorded_at=row.recorded_at, answer_by=row.said_at + age,
        cursor=_cursor(row),
    )  # fmt: skip


MESSAGE_READS: list[Operation] = [
    list_messages_of_order,
    list_messages_of_customer,
    list_waiting_messages,
    read_message,
]
