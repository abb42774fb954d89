"""Events out: polled behind a cursor, or streamed as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta, Raw

from orderwright.api.answers import Answer, StreamAnswer, encode_json, json_answer
from orderwright.api.calls import Call
from orderwright.api.errors import InvalidHeader
from orderwright.api.live import LiveEvents
from orderwright.api.operations import operation
from orderwright.platform.db import Transaction
from orderwright.platform.errors import NotAuthenticated, OrderwrightError
from orderwright.platform.events import StoredEvent, last_position, read_events
from orderwright.platform.events.read import POSITION_MAX
from orderwright.platform.ids import UUID, encode_id

BATCH = 200
EXAMINED_MAX = 10_000  # events that one call looks at, where only some types are wanted
BEAT_S = 10.0  # a silent stream says so: proxies close what is silent
RETRY_MS = 2_000  # after which a client connects again

# What an event's subject is, by the first word of its type, or by the whole type.
_PREFIXES = {
    "order": "ord", "fulfillment": "ord", "shipment": "ord", "sku": "sku", "pool": "pol", "location": "loc",
    "channel": "chn", "customer": "cus", "stock.received": "rcp", "stock.adjusted": "adj", "supply": "sup",
    "claim": "ord", "payment": "ord", "payout": "pyt", "return": "ord", "return.parked": "urt", "return.matched": "urt",
    "return.disposed": "urt", "exchange": "ord", "document": "ord", "legal_entity": "len",
    "channel_invoicing": "civ", "approval": "apr", "tax_rate": "txr", "store_credit": "crd", "message": "ord",
}  # fmt: skip

Position = Annotated[int, Meta(ge=0, le=POSITION_MAX)]
EventType = Annotated[str, Meta(max_length=100, pattern=r"\A[a-z_]+\.[a-z_]+\Z")]


class EventView(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened. `id` is what to deduplicate by; `seq` rises by one for each `subject`.

    `actor`, `on_behalf_of`, `reason`, `cause` and `request_id` say who did it, for whom, why and in which call.
    """

    position: int
    id: str
    type: str
    subject: str
    seq: int
    data: Raw
    actor: str
    on_behalf_of: str | None
    reason: str | None
    cause: str | None
    request_id: str
    happened_at: datetime
    recorded_at: datetime


class EventPage(msgspec.Struct, frozen=True):
    """`next`, unless null, is the `after` of the page that follows, even where a page is not full. `position` is where
    to go on from later."""

    data: list[EventView]
    next: str | None
    position: int


class ReadEvents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`after`: a position, 0 for the beginning. `type`: one or several types of events."""

    after: Position = 0
    type: Annotated[list[EventType], Meta(max_length=50)] = []
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100


class StreamEvents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`after`: a position; by default what happens from now on. `type`: one or several types of events."""

    after: Position | None = None
    type: Annotated[list[EventType], Meta(max_length=50)] = []


@operation("GET", "/v1/events", tag="Events", scope="events.read", answer=EventPage)
async def list_events(call: Call, query: ReadEvents) -> Answer:
    """Read events behind a position.

    In one order for all readers; of each subject in the order in which they happened. Every event is there once it
    was seen by anybody, so that nobody who goes on from `position` misses one. One call looks at 10,000 events: where
    the wanted types are rare a page may be short, or empty, and still have a `next`.
    """
    found = await call.read(lambda tx: _look(tx, query.after, query.limit, query.type or None))
    data = [view_event(event) for event in found.events]
    return json_answer(EventPage(data, str(found.position) if found.more else None, found.position))


@operation(
    "GET", "/v1/events/stream", tag="Events", scope="events.read", answer=EventView, media_type="text/event-stream"
)
async def stream_events(call: Call, query: StreamEvents) -> Answer:
    """Stream events as they happen.

    Server-sent events: `id` is the position, `event` the type, `data` the event. Resumes behind the header
    Last-Event-ID, or `after`. Every ten seconds without one a comment says that the stream lives.
    """
    after = _last_event_id(call)
    if after is None:
        after = query.after
    if after is None:
        after = await call.read(last_position)
    live: LiveEvents = call.state.live_events
    live.enter(call.ctx.merchant)
    return StreamAnswer(_stream(call, live, after, query.type or None), lambda: live.leave(call.ctx.merchant))


async def _stream(call: Call, live: LiveEvents, position: int, types: list[str] | None) -> AsyncGenerator[bytes, None]:
    """Events behind a position, as long as the client stays and its key is good."""
    yield f"retry: {RETRY_MS}\n\n".encode()
    while not live.closed:
        if await live.beyond(call.ctx.merchant, position, BEAT_S):
            try:
                events, position = await _next(call, position, types)
            except OrderwrightError:
                return  # the client comes again, behind the last event it got
            yield b"".join(_encode(event) for event in events) or f"id: {position}\n\n".encode()
        else:
            yield b": beat\n\n"
        try:
            await call.state.authenticator.authenticate(call.headers[b"authorization"].decode("latin-1"))
        except NotAuthenticated:
            return
        except OrderwrightError:
            continue  # it cannot be asked now


async def _next(call: Call, position: int, types: list[str] | None) -> tuple[list[StoredEvent], int]:
    async with call.database.transaction(call.ctx.merchant, read_only=True) as tx:
        found = await _look(tx, position, BATCH, types)
    return found.events, found.position


class _Found(NamedTuple):
    """Events, the position up to which was looked, and whether there is something behind it (of any type)."""

    events: list[StoredEvent]
    position: int
    more: bool


async def _look(tx: Transaction, after: int, limit: int, types: list[str] | None) -> _Found:
    """The next events behind a position, among so many that a rare type takes no longer than a common one.

    Positions have no gaps, so a span of them holds as many events. A full page may have nothing behind it.
    """
    last = await last_position(tx)
    upto = last if types is None else min(last, after + EXAMINED_MAX)
    events = await read_events(tx, after, limit, types, upto_position=upto)
    if len(events) == limit:
        return _Found(events, events[-1].position, True)
    return _Found(events, max(after, upto), upto < last)


def _encode(event: StoredEvent) -> bytes:
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (event.position, event.type.encode(), encode_json(view_event(event)))


def subject_text(type_: str, subject_id: UUID) -> str:
    """The id of what an event of a type is about, as text."""
    prefix = _PREFIXES.get(type_) or _PREFIXES.get(type_.partition(".")[0], "sub")
    return encode_id(prefix, subject_id)


def view_event(event: StoredEvent) -> EventView:
    """An event with its ids as text."""
    return EventView(
        position=event.position,
        id=encode_id("evt", event.id),
        type=event.type,
        subject=subject_text(event.type, event.subject_id),
        seq=event.seq,
        data=Raw(event.data.encode()),
        actor=event.actor,
        on_behalf_of=event.on_behalf_of,
        reason=event.reason,
        cause=event.cause,
        request_id=event.request_id,
        happened_at=event.happened_at,
        recorded_at=event.recorded_at,
    )


def _last_event_id(call: Call) -> int | None:
    given = call.headers.get(b"last-event-id")
    if given is None:
        return None
    if not given.isdigit() or int(given) > POSITION_MAX:
        raise InvalidHeader("Last-Event-ID is the id of an event of this stream. Correct it.", header="Last-Event-ID")
    return int(given)


EVENTS = [list_events, stream_events]
