"""Store credit: what customers have, where it came from and went, and what people do about it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call, parse_id
from orderwright.api.cursors import FIRST_ID, id_after, page_by_id
from orderwright.api.operations import Operation, operation
from orderwright.api.shapes import CustomerIdText
from orderwright.api.verbs import VerbRoute, operations_of
from orderwright.payments.store_credit import (
    AdjustStoreCredit,
    IssueStoreCredit,
    adjust_store_credit,
    issue_store_credit,
)
from orderwright.platform.errors import NotFound
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.money import Money
from orderwright.platform.queries import query as sql_query

Kind = Literal["issued", "refunded", "spent", "returned", "adjusted", "moved"]
_UNKNOWN = "There is no account of this id. List the customer's accounts."


class AccountFacts(NamedTuple):
    """An account."""

    id: UUID
    customer_id: UUID
    currency: str
    balance_minor: int
    held_minor: int
    created_at: datetime


class EntryFacts(NamedTuple):
    """An entry of an account, with who made it."""

    id: UUID
    amount_minor: int
    kind: str
    reason: str | None
    order_id: UUID | None
    payment_id: UUID | None
    request_id: UUID | None
    subject_id: UUID | None
    happened_at: datetime
    recorded_at: datetime
    verb: str
    actor: str
    on_behalf_of: str | None


CREDIT_ACCOUNTS = sql_query(__package__, "credit_accounts", AccountFacts)
CREDIT_ENTRIES = sql_query(__package__, "credit_entries", EntryFacts)


class CreditAccountView(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer has in one currency. `held` is set aside for orders; `free` may be spent."""

    id: str
    customer_id: str
    balance: Money
    held: Money
    free: Money
    created_at: datetime


class CreditAccounts(msgspec.Struct, frozen=True):
    """Oldest first. `next`, unless null, is the `after` of the page that follows."""

    data: list[CreditAccountView]
    next: str | None


class CreditEntryView(msgspec.Struct, frozen=True, kw_only=True):
    """`amount` came into the account, or (negative) went out of it. `issued`: goodwill, a bonus; `refunded`: money of
    an order, or (negative) taken back with it; `spent` on an order; `returned`: spent, and given back; `adjusted`:
    corrected, or a bonus that is taken back; `moved`: to or from the account of a customer who was merged."""

    id: str
    amount: Money
    kind: Kind
    reason: str | None
    order_id: str | None
    payment_id: str | None
    request_id: str | None
    return_id: str | None
    happened_at: datetime
    recorded_at: datetime
    verb: str
    actor: str
    on_behalf_of: str | None


class CreditEntries(msgspec.Struct, frozen=True):
    """Oldest first. `next`, unless null, is the `after` of the page that follows."""

    data: list[CreditEntryView]
    next: str | None


class ListCreditAccounts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`customer`: a customer's id. `after`: the `next` of the page before."""

    customer: CustomerIdText | None = None
    after: Annotated[str, Meta(max_length=200)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class ListCreditEntries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`after`: the `next` of the page before."""

    after: Annotated[str, Meta(max_length=200)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


@operation("GET", "/v1/store-credits", tag="Store credit", scope="store_credit.read", answer=CreditAccounts)
async def list_store_credits(call: Call, query: ListCreditAccounts) -> Answer:
    """List accounts of store credit, oldest first.

    Of one customer or all: one account a currency. A checkout names the account of its shopper as the `reference` of a
    pending payment of the provider `store_credit`.
    """
    customer_id = None if query.customer is None else parse_id("cus", query.customer, "customer")
    after = id_after(query.after)
    rows = await call.read(lambda tx: CREDIT_ACCOUNTS.fetch(tx, None, customer_id, after, query.limit + 1))
    shown, more = page_by_id(rows, query.limit)
    return json_answer(CreditAccounts([_account(row) for row in shown], more))


def _account(row: AccountFacts) -> CreditAccountView:
    return CreditAccountView(
        id=encode_id("crd", row.id),
        customer_id=encode_id("cus", row.customer_id),
        balance=Money(row.balance_minor, row.currency),
        held=Money(row.held_minor, row.currency),
        free=Money(row.balance_minor - row.held_minor, row.currency),
        created_at=row.created_at,
    )


@operation(
    "GET",
    "/v1/store-credits/{account_id}/entries",
    tag="Store credit",
    scope="store_credit.read",
    answer=CreditEntries,
    refusals=(404,),
)
async def list_store_credit_entries(call: Call, query: ListCreditEntries) -> Answer:
    """List what came into an account of store credit and went out of it, oldest first."""
    account_id = call.id("account_id")
    after = id_after(query.after)
    async with call.database.transaction(call.ctx.merchant, read_only=True) as tx:
        account = await CREDIT_ACCOUNTS.first(tx, account_id, None, FIRST_ID, 1)
        if account is None:
            raise NotFound(_UNKNOWN)
        rows = await CREDIT_ENTRIES.fetch(tx, account_id, after, query.limit + 1)
    shown, more = page_by_id(rows, query.limit)
    return json_answer(CreditEntries([_entry(row, account.currency) for row in shown], more))


def _entry(row: EntryFacts, currency: str) -> CreditEntryView:
    facts = row._asdict()
    del facts["amount_minor"], facts["subject_id"]
    named = {"id": ("ent", row.id), "order_id": ("ord", row.order_id), "payment_id": ("pay", row.payment_id),
             "request_id": ("prq", row.request_id), "return_id": ("ret", row.subject_id)}  # fmt: skip
    facts |= {name: None if value is None else encode_id(prefix, value) for name, (prefix, value) in named.items()}
    return CreditEntryView(**facts, amount=Money(row.amount_minor, currency))


_ROUTES = [
    VerbRoute(
        id="issue_store_credit",
        verb=issue_store_credit,
        command=IssueStoreCredit,
        one="/v1/store-credits",
        many="/v1/store-credits/bulk",
        tag="Store credit",
        scope="store_credit.issue",
        prefix="crd",
        does="Give a customer store credit",
        does_many="Give store credit to up to 1,000 customers",
        more="Out of goodwill, to a `customer` or to that of an `order`. Money of an order becomes store credit by a"
        " refund or a return `to` it instead.",
        example={
            "customer": "cus_01j9zqtf0seqbr9w7r1c4rkz2m", "amount": {"amount": 500, "currency": "USD"},
            "reason": "goodwill",
        },
    ),
    VerbRoute(
        id="adjust_store_credit",
        verb=adjust_store_credit,
        command=AdjustStoreCredit,
        one="/v1/store-credits/{account_id}/adjust",
        many="/v1/store-credits/adjust",
        tag="Store credit",
        scope="store_credit.issue",
        prefix="crd",
        does="Correct what an account of store credit has",
        does_many="Correct what up to 1,000 accounts of store credit have",
        more="By more or (negative) less, as far as it is free: a mistake, or credit that was paid out.",
        subject="account_id",
        example={"amount": {"amount": -100, "currency": "USD"}, "reason": "correction"},
    ),
]  # fmt: skip

STORE_CREDITS: list[Operation] = [
    list_store_credits,
    list_store_credit_entries,
    *(made for route in _ROUTES for made in operations_of(route)),
]
