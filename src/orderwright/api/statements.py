"""A customer's account statement, as data and as PDF."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import msgspec

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.documents import PDF, pdf_answer
from orderwright.api.operations import Operation, operation
from orderwright.api.orders import number_format_of
from orderwright.payments import documents
from orderwright.payments.documents import BillToRow, PutLegalEntity, Statement
from orderwright.platform.db import Transaction
from orderwright.platform.errors import InvalidRequest, NotFound
from orderwright.platform.ids import encode_id
from orderwright.platform.money import Money
from orderwright.search import get_customer

DAYS = timedelta(days=90)  # what a statement covers where nothing is said
_UNKNOWN = "There is no customer of this id. Check it, and what the key is limited to."


class StatementDays(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first and the last day, in UTC; the 90 days up to today where nothing is said."""

    since: date | None = None
    until: date | None = None


class StatementEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What moved the account, and the balance after it. A positive `amount` is owed to us."""

    happened_at: datetime
    order_id: str
    order_number: int
    kind: str
    payment_id: str | None
    method: str | None
    amount: Money
    balance: Money


class StatementOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order's part: what was due before, what was charged (less what was taken back), what was paid (less what was
    refunded, became store credit or paid for an exchange), what is due after."""

    order_id: str
    order_number: int
    opening: Money
    charged: Money
    paid: Money
    closing: Money


class StatementCurrency(msgspec.Struct, frozen=True, kw_only=True):
    """The account in one currency. `orders` sum to `opening` and `closing`."""

    currency: str
    opening: Money
    closing: Money
    entries: list[StatementEntry]
    orders: list[StatementOrder]


class StatementView(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's account from the day `since` to the day `until`."""

    customer_id: str
    since: date
    until: date
    currencies: list[StatementCurrency]


@operation(
    "GET", "/v1/customers/{customer_id}/statement", tag="Documents", scope="documents.read", answer=StatementView,
    refusals=(404,),
)  # fmt: skip
async def read_customer_statement(call: Call, query: StatementDays) -> Answer:
    """Read a customer's account statement.

    Charges, payments and refunds of all their orders, by currency, with the balances before and after. A key that is
    limited to channels sees the orders of those.
    """
    statement = await call.read(lambda tx: _statement(tx, call, query))
    view = StatementView(
        customer_id=encode_id("cus", call.id("customer_id")),
        since=statement.begins.date(),
        until=(statement.ends - timedelta(days=1)).date(),
        currencies=[_currency(one) for one in statement.currencies],
    )
    return json_answer(view)


@operation(
    "GET", "/v1/customers/{customer_id}/statement/pdf", tag="Documents", scope="documents.read", answer=None,
    refusals=(404,), media_type=PDF,
)  # fmt: skip
async def read_customer_statement_as_pdf(call: Call, query: StatementDays) -> Answer:
    """Read a customer's account statement as PDF.

    It is written by the company that invoices their newest order, and addressed as that order is.
    """

    async def read(tx: Transaction) -> tuple[Statement, PutLegalEntity, BillToRow | None]:
        statement = await _statement(tx, call, query)
        found = await documents.statement_issuer(tx, call.ctx, call.id("customer_id"))
        if found is None:
            raise NotFound("No company invoices this customer's orders. Name one with PUT /v1/channel_invoicing.")
        return statement, *found

    statement, issuer, to = await call.read(read)
    made = await documents.render_statement(statement, issuer, to, await number_format_of(call))
    return pdf_answer(made, f"statement-{statement.begins.date()}-{(statement.ends - timedelta(days=1)).date()}")


async def _statement(tx: Transaction, call: Call, query: StatementDays) -> Statement:
    customer_id = call.id("customer_id")
    until = query.until or call.ctx.now.astimezone(UTC).date()
    try:
        since = query.since or until - DAYS
        ends = until + timedelta(days=1)
    except OverflowError:
        raise InvalidRequest("`since` and `until` are days of this age. Correct them.", field="until") from None
    if since > until:
        raise InvalidRequest("The first day is after the last. Correct `since` or `until`.", field="since")
    if await get_customer(tx, customer_id, call.ctx) is None:
        raise NotFound(_UNKNOWN)
    first, behind = (datetime.combine(day, time(), UTC) for day in (since, ends))
    return await documents.read_statement(tx, call.ctx, customer_id, first, behind)


def _currency(one: documents.CurrencyStatement) -> StatementCurrency:
    def of(minor: int) -> Money:
        return Money(minor, one.currency)

    entries, balance = [], one.opening_minor
    for e in one.entries:
        balance += e.amount_minor
        entries.append(
            StatementEntry(
                happened_at=e.happened_at, order_id=encode_id("ord", e.order_id), order_number=e.order_number,
                kind=e.kind, payment_id=None if e.payment_id is None else encode_id("pay", e.payment_id),
                method=e.method, amount=of(e.amount_minor), balance=of(balance),
            )
        )  # fmt: skip
    return StatementCurrency(
        currency=one.currency, opening=of(one.opening_minor), closing=of(one.closing_minor), entries=entries,
        orders=[
            StatementOrder(
                order_id=encode_id("ord", o.order_id), order_number=o.order_number, opening=of(o.opening_minor),
                charged=of(o.charged_minor), paid=of(o.paid_minor), closing=of(o.closing_minor),
            )
            for o in one.balances
        ],
    )  # fmt: skip


STATEMENTS: list[Operation] = [read_customer_statement, read_customer_statement_as_pdf]
