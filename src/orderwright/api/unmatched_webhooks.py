"""Webhooks of payments that nobody knows: listed, looked for again, dismissed."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.cursors import decode_cursor, encode_cursor
from orderwright.api.operations import operation
from orderwright.api.verbs import VerbRoute, operations_of
from orderwright.flows.unmatched_webhooks import dismiss_webhooks, look_for_payments
from orderwright.payments import DismissWebhook, LookForPayment
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.queries import query as sql_query

_FIRST = (datetime(1, 1, 1, tzinfo=UTC), uuid.UUID(int=0))
_decode_place = msgspec.json.Decoder(tuple[datetime, uuid.UUID]).decode


class OpenWebhook(NamedTuple):
    """A webhook whose payment nobody knows."""

    id: UUID
    provider: str
    event_id: str
    type: str
    reference: str | None
    received_at: datetime
    looked_for_at: datetime | None


OPEN_WEBHOOKS = sql_query(__package__, "open_webhooks", OpenWebhook)


class UnmatchedView(msgspec.Struct, frozen=True, kw_only=True):
    """A provider told of its payment `reference`, which no order names. It is looked for again at `looked_for_at`."""

    id: str
    provider: str
    event_id: str
    type: str
    reference: str | None
    received_at: datetime
    looked_for_at: datetime | None


class UnmatchedList(msgspec.Struct, frozen=True):
    """The oldest first. `next`, unless null, is the `after` of the page that follows."""

    data: list[UnmatchedView]
    next: str | None


class ListUnmatched(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`after`: the `next` of the page before."""

    after: Annotated[str, Meta(max_length=200)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


@operation("GET", "/v1/payments/webhooks", tag="Money", scope="payments.read", answer=UnmatchedList)
async def list_unmatched_webhooks(call: Call, query: ListUnmatched) -> Answer:
    """List what providers told of payments that nobody knows.

    The order may still be on its way: they are looked for again by themselves, after a minute, then less often, at
    least every hour. What stays is a paid order that never came, or somebody else's payment.
    """
    call.ctx.require_all_channels("A payment that nobody knows is of no channel yet.")
    call.ctx.require_all_locations("A payment that nobody knows is of no location yet.")
    after = decode_cursor(query.after, _decode_place) if query.after else _FIRST
    rows = await call.read(lambda tx: OPEN_WEBHOOKS.fetch(tx, *after, query.limit + 1))
    shown = rows[: query.limit]
    more = encode_cursor((shown[-1].received_at, shown[-1].id)) if len(rows) > query.limit else None
    views = [
        UnmatchedView(
            id=encode_id("whk", row.id), provider=row.provider, event_id=row.event_id, type=row.type,
            reference=row.reference, received_at=row.received_at, looked_for_at=row.looked_for_at,
        )
        for row in shown
    ]  # fmt: skip
    return json_answer(UnmatchedList(views, more))


UNMATCHED_WEBHOOKS = [
    list_unmatched_webhooks,
    *operations_of(
        VerbRoute(
            id="look_for_payment",
            verb=look_for_payments,
            command=LookForPayment,
            one="/v1/payments/webhooks/{webhook_id}/look",
            many="/v1/payments/webhooks/look",
            tag="Money",
            scope="payments.write",
            prefix="whk",
            does="Look now for the payment of a webhook",
            does_many="Look now for the payments of up to 1,000 webhooks",
            more="Instead of when its pause is over; a worker does it.",
            subject="webhook_id",
            example={},
        )
    ),
    *operations_of(
        VerbRoute(
            id="dismiss_webhook",
            verb=dismiss_webhooks,
            command=DismissWebhook,
            one="/v1/payments/webhooks/{webhook_id}/dismiss",
            many="/v1/payments/webhooks/dismiss",
            tag="Money",
            scope="payments.write",
            prefix="whk",
            does="Say that there is nothing to do about a webhook",
            does_many="Say that there is nothing to do about up to 1,000 webhooks",
            more="It is of another shop, was refunded at the provider, recorded by hand, or a test.",
            subject="webhook_id",
            example={"reason": "of_another_shop"},
        )
    ),
]
