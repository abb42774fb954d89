"""Requests to payment providers: the intent before the call, the result after it. Callers hold the orders' locks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from orderwright.payments.providers import Ask, AskKind
from orderwright.payments.queries import (
    APPEND_REQUESTS,
    FINISH_REQUESTS,
    KNOWN_PAYMENTS,
    MOVE_PAYMENTS,
    OPEN_REQUESTS,
    ORDERS_OF_PAYMENTS,
    SEND_REQUESTS,
    SET_TOKENS,
    PaymentRow,
    RequestRow,
)
from orderwright.payments.settlement import NewRequest
from orderwright.payments.states import RequestState, sources
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID, encode_id, new_ids
from orderwright.platform.work import enqueue_work


def authorization(payment: PaymentRow) -> NewRequest:
    """Ask for all that a payment was to bring. Pure."""
    return NewRequest(payment.id, payment.order_id, AskKind.AUTHORIZE, payment.amount_minor)


async def set_tokens(tx: Transaction, tokens: Sequence[tuple[UUID, str]]) -> None:
    """How payers pay from now on. One statement, or none."""
    if tokens:
        await SET_TOKENS.run(tx, *columns(tokens, 2))


class PaymentMove(NamedTuple):
    """Differences of a payment's sums in minor units, and what else became of it (None: as it was; an empty
    `refused_code`: none). Column order of `move_payments.sql`."""

    payment_id: UUID
    authorized: int = 0
    released: int = 0
    captured: int = 0
    capturing: int = 0
    refunded: int = 0
    refunding: int = 0
    reference: str | None = None
    expires_at: datetime | None = None
    refused_code: str | None = None


async def move_payments(tx: Transaction, moves: Sequence[PaymentMove]) -> None:
    """Move the sums of payments (law M1). One statement, or none."""
    if moves:
        await MOVE_PAYMENTS.run(tx, *columns(moves, 10))


async def write_requests(
    tx: Transaction, acts: UUID | Mapping[UUID, UUID], requests: Sequence[NewRequest]
) -> list[UUID]:
    """Write what is to be asked, count what it will move as pending, and wake the pump that asks. Returns their ids.

    `acts` is the act of all, or that of each order. Three statements, or none.
    """
    ids = new_ids(len(requests))
    rows = [
        (
            new, r.payment_id, r.order_id, r.kind.value, r.amount_minor, r.final, RequestState.WANTED.value,
            r.subject_id, acts[r.order_id] if isinstance(acts, Mapping) else acts,
        )
        for new, r in zip(ids, requests, strict=True)
    ]  # fmt: skip
    await APPEND_REQUESTS.run(tx, rows)
    await move_payments(tx, [pending for r in requests for pending in _pending(r.payment_id, r.kind, r.amount_minor)])
    await enqueue_work(tx, "pay", [r.payment_id for r in requests])
    return ids


def _pending(payment_id: UUID, kind: str, amount_minor: int) -> list[PaymentMove]:
    """What counts as pending while a request has no answer (law M1)."""
    if kind == AskKind.CAPTURE:
        return [PaymentMove(payment_id, capturing=amount_minor)]
    return [PaymentMove(payment_id, refunding=amount_minor)] if kind == AskKind.REFUND else []


async def orders_of_payments(tx: Transaction, payment_ids: Iterable[UUID]) -> list[UUID]:
    """The orders of payments, in id order. One statement."""
    return [row.id for row in await ORDERS_OF_PAYMENTS.fetch(tx, list(payment_ids))]


async def open_requests(tx: Transaction, payment_ids: Iterable[UUID]) -> list[RequestRow]:
    """The oldest request of each payment that has no answer yet. One statement."""
    return await OPEN_REQUESTS.fetch(tx, list(payment_ids))


async def send_requests(tx: Transaction, requests: Sequence[RequestRow]) -> None:
    """Mark requests as sent, before anybody is asked. One statement, or none."""
    if requests:
        await SEND_REQUESTS.run(tx, [r.id for r in requests], sources(RequestState.SENT))


async def finish_requests(tx: Transaction, results: Sequence[tuple[UUID, RequestState, str | None]]) -> set[UUID]:
    """Write what became of requests; returns those that nobody had finished before. One statement, or none."""
    if not results:
        return set()
    rows = [(request_id, state.value, code) for request_id, state, code in results]
    return {row.id for row in await FINISH_REQUESTS.fetch(tx, *columns(rows, 3), sources(RequestState.DONE))}


async def asks_about(tx: Transaction, payment_ids: Iterable[UUID]) -> dict[str, dict[UUID, Ask]]:
    """What to look up of payments that their providers know: by provider, then by payment. One statement."""
    asks: dict[str, dict[UUID, Ask]] = {}
    for row in await KNOWN_PAYMENTS.fetch(tx, list(payment_ids)):
        payment = encode_id("pay", row.id)
        ask = Ask(payment, payment, AskKind.AUTHORIZE, row.amount_minor, row.currency, row.reference)
        asks.setdefault(row.provider, {})[row.id] = ask
    return asks


def ask_of(request: RequestRow) -> Ask:
    """What a provider is told: the same each time that it is sent. Pure."""
    return Ask(
        key=encode_id("prq", request.id),
        payment=encode_id("pay", request.payment_id),
        kind=AskKind(request.kind),
        amount_minor=request.amount_minor,
        currency=request.currency,
        reference=request.reference,
        token=request.token,
        final=request.final,
        sent_at=request.sent_at,
    )
