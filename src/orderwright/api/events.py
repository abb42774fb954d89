"""Events out: polled behind a cursor, or streamed as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta, Raw

from orderwright.api.answers import Answer, StreamAnswer, encode_json, json_answer
from orderwright.api.calls import Call
from orderwright.api.errors import InvalidHeader
from orderwright.api.live import LiveEvents
from orderwright.api.operations import operation
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.errors import NotAuthenticated, OrderwrightError, PermissionDenied
from orderwright.platform.events import StoredEvent, last_position, read_events
from orderwright.platform.events.read import POSITION_MAX
from orderwright.platform.ids import encode_id

BATCH = 200
BEAT_S = 10.0  # a silent stream says so: proxies close what is silent
RETRY_MS = 2_000  # after which a client connects again

# What an event's subject is, by the first word of its type, or by the whole type.
_PREFIXES = {
    "order": "ord", "fulfillment": "ord", "shipment": "ord", "sku": "sku", "pool": "pol", "location": "loc",
    "channel": "chn", "customer": "cus", "stock.received": "rcp", "stock.adjusted": "adj",
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
    """`next`, unless null, is the `after` of the page that follows. `position` is where to go on from later."""

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
    was seen by anybody, so that nobody who goes on from `position` misses one.
    """
    _refuse_limited(call.ctx)

    async def read(tx: Transaction) -> tuple[list[StoredEvent], int]:
        upto = await last_position(tx)
        return await read_events(tx, query.after, query.limit, query.type or None, upto_position=upto), upto

    events, upto = await call.read(read)
    full = len(events) == query.limit
    position = events[-1].position if full else max(query.after, upto)
    return json_answer(EventPage([view_event(e) for e in events], str(position) if full else None, position))


@operation(
    "GET", "/v1/events/stream", tag="Events", scope="events.read", answer=EventView, media_type="text/event-stream"
)
async def stream_events(call: Call, query: StreamEvents) -> Answer:
    """Stream events as they happen.

    Server-sent events: `id` is the position, `event` the type, `data` the event. Resumes behind the header
    Last-Event-ID, or `after`. Every ten seconds without one a comment says that the stream lives.
    """
    _refuse_limited(call.ctx)
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
        upto = await last_position(tx)
        events = await read_events(tx, position, BATCH, types, upto_position=upto)
    return events, events[-1].position if len(events) == BATCH else max(position, upto)


def _encode(event: StoredEvent) -> bytes:
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (event.position, event.type.encode(), encode_json(view_event(event)))


def view_event(event: StoredEvent) -> EventView:
    """An event with its ids as text."""
    prefix = _PREFIXES.get(event.type) or _PREFIXES.get(event.type.partition(".")[0], "sub")
    return EventView(
        position=event.position,
        id=encode_id("evt", event.id),
        type=event.type,
        subject=encode_id(prefix, event.subject_id),
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


def _refuse_limited(ctx: Context) -> None:
    """Events are of all channels and locations: a key that is limited to some may not read them."""
    if ctx.channels is not None or ctx.locations is not None:
        raise PermissionDenied("The events are of all channels and locations. Use a key that is not limited to some.")


EVENTS = [list_events, stream_events]
