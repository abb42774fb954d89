"""The money of orders: what they are charged, how they are paid, and what people do about it."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta

from orderwright import orders, payments
from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.cursors import decode_cursor, encode_cursor, page_by_id
from orderwright.api.limits import visible_order
from orderwright.api.operations import operation
from orderwright.payments import Account, payment_state
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.money import Money
from orderwright.platform.queries import query as sql_query

_NONE = uuid.UUID(int=0)
_FIRST = (datetime(1, 1, 1, tzinfo=UTC), _NONE)
_decode_entry = msgspec.json.Decoder(tuple[uuid.UUID]).decode
_decode_balance = msgspec.json.Decoder(tuple[datetime, uuid.UUID]).decode


class EntryRow(NamedTuple):
    """An entry of the ledger, with who made it."""

    id: UUID
    kind: str
    debit: str
    credit: str
    amount_minor: int
    payment_id: UUID | None
    request_id: UUID | None
    happened_at: datetime
    recorded_at: datetime
    actor: str
    on_behalf_of: str | None
    reason: str | None
    verb: str


class AskedRow(NamedTuple):
    """Something asked of a provider."""

    id: UUID
    payment_id: UUID
    kind: str
    amount_minor: int
    final: bool
    state: str
    code: str | None
    created_at: datetime
    sent_at: datetime | None
    finished_at: datetime | None


class BalanceRow(NamedTuple):
    """An order with an open balance."""

    order_id: UUID
    number: int
    since: datetime
    due_on: date | None
    why: str
    currency: str
    balance_minor: int


MONEY_ENTRIES = sql_query(__package__, "money_entries", EntryRow)
PAYMENT_REQUESTS = sql_query(__package__, "payment_requests", AskedRow)
OPEN_BALANCES = sql_query(__package__, "open_balances", BalanceRow)


class PaymentInFull(msgspec.Struct, frozen=True, kw_only=True):
    """One way in which the order is paid. `capturable` and `refundable` are what may still be asked for, what is under
    way not counted. `refused`: why the provider refused the last thing asked; nothing more is asked by itself."""

    id: str
    n: int
    method: str
    state: str
    provider: str | None
    reference: str | None
    amount: Money
    authorized: Money
    released: Money
    captured: Money
    capturing: Money
    refunded: Money
    refunding: Money
    capturable: Money
    refundable: Money
    expires_at: datetime | None
    due_on: date | None
    refused: str | None


class AskedView(msgspec.Struct, frozen=True, kw_only=True):
    """Something asked of a provider: `wanted`, `sent` (its answer is not known yet), `done` or `refused`."""

    id: str
    payment_id: str
    kind: str
    amount: Money
    final: bool
    state: str
    code: str | None
    created_at: datetime
    sent_at: datetime | None
    finished_at: datetime | None


class OrderMoneyView(msgspec.Struct, frozen=True, kw_only=True):
    """Where an order's money is. `balance_due` is what the customer owes; negative, what is owed to the customer.
    `due_now` is the part of it for what has left. `accounts` are the ledger's, debited less credited."""

    order_id: str
    balance_due: Money
    due_now: Money
    capturable: Money
    refundable: Money
    accounts: dict[str, Money]
    payments: list[PaymentInFull]
    requests: list[AskedView]


class EntryView(msgspec.Struct, frozen=True, kw_only=True):
    """`amount` moved from the account `credit` to the account `debit`."""

    id: str
    kind: str
    debit: str
    credit: str
    amount: Money
    payment_id: str | None
    request_id: str | None
    happened_at: datetime
    recorded_at: datetime
    verb: str
    actor: str
    on_behalf_of: str | None
    reason: str | None


class Entries(msgspec.Struct, frozen=True):
    """Oldest first. `next`, unless null, is the `after` of the page that follows."""

    data: list[EntryView]
    next: str | None


class Page(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`after`: the `next` of the page before."""

    after: Annotated[str, Meta(max_length=200)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class OpenBalanceView(msgspec.Struct, frozen=True, kw_only=True):
    """An order of which all has left, or that is owed money, where nothing happens by itself any more. `why`:
    `unpaid`, `awaiting_payment` (due on `due_on`), `refused`, `capture_by_hand`, `refund_by_hand`."""

    order_id: str
    order_number: int
    since: datetime
    due_on: date | None
    why: str
    balance_due: Money


class OpenBalances(msgspec.Struct, frozen=True):
    """The longest first. `next`, unless null, is the `after` of the page that follows."""

    data: list[OpenBalanceView]
    next: str | None


@operation(
    "GET", "/v1/orders/{order_id}/money", tag="Money", scope="payments.read", answer=OrderMoneyView, refusals=(404,)
)
async def read_order_money(call: Call) -> Answer:
    """Read where the money of an order is.

    What is due, what may be captured and refunded, each payment, and what was asked of its provider.
    """
    return json_answer(await call.read(lambda tx: _read_money(tx, call)))


async def _read_money(tx: Transaction, call: Call) -> OrderMoneyView:
    order_id = await visible_order(tx, call)
    [money] = await payments.read_money(tx, [order_id])
    currency = money.currency

    def of(minor: int) -> Money:
        return Money(minor, currency)

    balances = (await payments.read_balances(tx, [order_id])).get(order_id, {})
    asked = await PAYMENT_REQUESTS.fetch(tx, order_id)
    able = [p for p in money.payments if payments.is_managed(p)]
    return OrderMoneyView(
        order_id=encode_id("ord", order_id),
        balance_due=of(balances.get(Account.RECEIVABLE, 0)),
        due_now=of(money.balance_minor - money.to_come_minor),
        capturable=of(sum(p.capturable_minor for p in able)),
        refundable=of(sum(p.refundable_minor for p in able)),
        accounts={account.value: of(minor) for account, minor in balances.items() if minor},
        payments=[_payment(p, currency) for p in money.payments],
        requests=[
            AskedView(
                id=encode_id("prq", r.id), payment_id=encode_id("pay", r.payment_id), kind=r.kind,
                amount=of(r.amount_minor), final=r.final, state=r.state, code=r.code, created_at=r.created_at,
                sent_at=r.sent_at, finished_at=r.finished_at,
            )
            for r in asked
        ],
    )  # fmt: skip


def _payment(p: payments.PaymentRow, currency: str) -> PaymentInFull:
    return PaymentInFull(
        id=encode_id("pay", p.id),
        n=p.n,
        method=p.method,
        state=payment_state(p.authorized_minor, p.released_minor, p.captured_minor, p.refunded_minor),
        provider=p.provider,
        reference=p.reference,
        amount=Money(p.amount_minor, currency),
        authorized=Money(p.authorized_minor, currency),
        released=Money(p.released_minor, currency),
        captured=Money(p.captured_minor, currency),
        capturing=Money(p.capturing_minor, currency),
        refunded=Money(p.refunded_minor, currency),
        refunding=Money(p.refunding_minor, currency),
        capturable=Money(p.capturable_minor, currency),
        refundable=Money(p.refundable_minor, currency),
        expires_at=p.expires_at,
        due_on=p.due_on,
        refused=p.refused_code,
    )


@operation(
    "GET", "/v1/orders/{order_id}/money/entries", tag="Money", scope="payments.read", answer=Entries, refusals=(404,)
)
async def read_money_entries(call: Call, query: Page) -> Answer:
    """Read the money ledger of an order.

    Every cent that moved: from which account to which, in what, when, by whom and why.
    """
    after = decode_cursor(query.after, _decode_entry)[0] if query.after else _NONE

    async def read(tx: Transaction) -> tuple[str, list[EntryRow]]:
        order_id = await visible_order(tx, call)
        found, _ = await orders.read_order_money(tx, [order_id])
        return found[order_id].currency, await MONEY_ENTRIES.fetch(tx, order_id, after, query.limit + 1)

    currency, rows = await call.read(read)
    shown, more = page_by_id(rows, query.limit)
    return json_answer(Entries([_entry(row, currency) for row in shown], more))


def _entry(row: EntryRow, currency: str) -> EntryView:
    return EntryView(
        id=encode_id("ent", row.id),
        kind=row.kind,
        debit=row.debit,
        credit=row.credit,
        amount=Money(row.amount_minor, currency),
        payment_id=encode_id("pay", row.payment_id) if row.payment_id else None,
        request_id=encode_id("prq", row.request_id) if row.request_id else None,
        happened_at=row.happened_at,
        recorded_at=row.recorded_at,
        verb=row.verb,
        actor=row.actor,
        on_behalf_of=row.on_behalf_of,
        reason=row.reason,
    )


@operation("GET", "/v1/balances", tag="Money", scope="payments.read", answer=OpenBalances)
async def list_open_balances(call: Call, query: Page) -> Answer:
    """List the orders whose balance people must look at.

    Nothing of them is still to leave and nothing is asked of a provider, or money is owed that we cannot send back.
    """
    after = decode_cursor(query.after, _decode_balance) if query.after else _FIRST
    call.ctx.require_all_locations("Balances are of whole orders.")
    channels = None if call.ctx.channels is None else list(call.ctx.channels)
    rows = await call.read(lambda tx: OPEN_BALANCES.fetch(tx, *after, channels, query.limit + 1))
    shown = rows[: query.limit]
    more = encode_cursor((shown[-1].since, shown[-1].order_id)) if len(rows) > query.limit else None
    views = [
        OpenBalanceView(
            order_id=encode_id("ord", row.order_id), order_number=row.number, since=row.since, due_on=row.due_on,
            why=row.why, balance_due=Money(row.balance_minor, row.currency),
        )
        for row in shown
    ]  # fmt: skip
    return json_answer(OpenBalances(views, more))


MONEY = [read_order_money, read_money_entries, list_open_balances]
