"""Pay-outs of payment providers over HTTP: send them, and read what differs."""

from __future__ import annotations

import asyncio
import io
from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.operations import Items, operation
from orderwright.api.verbs import run_verb
from orderwright.payments import payouts
from orderwright.payments.payouts import ImportPayout, LineRow, PayoutRow
from orderwright.platform.errors import InvalidRequest, NotFound
from orderwright.platform.ids import UUID, decode_id, encode_id
from orderwright.platform.money import Money
from orderwright.platform.outcomes import Outcome

PAYOUTS_MAX = 1_000
_CSV = (
    "provider,payout,paid_on,kind,payment,currency,amount,fee\n"
    "stripe,po_1,2027-01-31,capture,pi_1,USD,19.99,0.88\nstripe,po_1,2027-01-31,refund,pi_2,USD,-5.00,\n"
)
_EXAMPLE = {
    "data": [
        {
            "provider": "stripe",
            "reference": "po_1",
            "currency": "USD",
            "paid_on": "2027-01-31",
            "lines": [{"kind": "capture", "payment": "pi_1", "amount_minor": 1999, "fee_minor": 88}],
        }
    ]
}


class ImportView(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one pay-out: `imported`, `unchanged`, or why it was refused. `line` is where it begins in a CSV
    file; `details` counts its lines by code."""

    code: str
    ok: bool
    id: str | None = None
    reference: str | None = None
    line: int | UnsetType = UNSET
    message: str | UnsetType = UNSET
    details: dict[str, Any] | UnsetType = UNSET


class LineError(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a line of a CSV file. The pay-out that it belongs to was not imported."""

    line: int
    column: str | None
    code: str
    message: str


class Imports(msgspec.Struct, frozen=True, kw_only=True):
    """One outcome for each pay-out, in the order of the call or the file; and what is wrong with lines of the file."""

    data: list[ImportView]
    errors: list[LineError] = []


class PayoutView(msgspec.Struct, frozen=True, kw_only=True):
    """A pay-out. `total` is what arrived; `fees` of it were kept by the provider; `differences` lines do not fit."""

    id: str
    provider: str
    reference: str
    paid_on: date
    total: Money
    fees: Money
    lines: int
    matched: int
    differences: int
    imported_at: datetime


class PayoutLineView(msgspec.Struct, frozen=True, kw_only=True):
    """A line. `code`: `matched`, `unknown_payment`, `amount_differs` (with us `ours` moved), `currency_differs`,
    `duplicate` (what moved is in another line already); null for fees and adjustments."""

    n: int
    kind: str
    code: str | None
    payment: str | None
    payment_id: str | None
    order_id: str | None
    amount: Money
    fee: Money
    ours: Money | None


class PayoutInFull(msgspec.Struct, frozen=True, kw_only=True):
    """A pay-out with its lines: those that differ, unless all were asked for. `next`, unless null, is the `after` of
    the page that follows."""

    payout: PayoutView
    data: list[PayoutLineView]
    next: int | None


class Payouts(msgspec.Struct, frozen=True):
    """The latest imported first. `next`, unless null, is the `after` of the page that follows."""

    data: list[PayoutView]
    next: str | None


class MissingView(msgspec.Struct, frozen=True, kw_only=True):
    """A capture, or a refund (below 0), of ours that is in no pay-out."""

    order_id: str
    payment_id: str
    provider: str
    payment: str
    amount: Money
    happened_at: datetime


class Missing(msgspec.Struct, frozen=True):
    """Oldest first. `next`, unless null, is the `after` of the page that follows."""

    data: list[MissingView]
    next: str | None


class ListPayouts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`after`: the `next` of the page before."""

    provider: Annotated[str, Meta(max_length=100)] | None = None
    after: Annotated[str, Meta(max_length=40)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class ReadPayout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`all_lines`: those that match too. `after`: the `next` of the page before."""

    all_lines: bool = False
    after: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 200


class ListMissing(ListPayouts, frozen=True, forbid_unknown_fields=True):
    """`days`: what moved so long ago is missed; `within_days`: what moved earlier is not looked for."""

    days: Annotated[int, Meta(ge=0, le=365)] = payouts.MISSING_AFTER_DAYS
    within_days: Annotated[int, Meta(ge=1, le=3_650)] = payouts.WITHIN_DAYS


@operation(
    "POST",
    "/v1/payouts",
    tag="Money",
    scope="payments.write",
    answer=Imports,
    item=ImportPayout,
    csv=_CSV,
    example=_EXAMPLE,
)
async def post_payouts(call: Call, items: Items[ImportPayout] | None = None) -> Answer:
    """Import pay-outs of payment providers.

    Up to 1,000, each once, whose captures and refunds are matched to those of orders. Takes CSV too (Content-Type
    text/csv): one row a line, in our columns or as Stripe's itemized payout reconciliation report has them.
    """
    if items is None:
        return json_answer(await _import_csv(call))
    good = [item for item in items if not isinstance(item, InvalidRequest)]
    done = iter(await run_verb(call, payouts.import_payouts, good))
    views = [
        ImportView(code="invalid_request", ok=False, message=str(item), details=item.details)
        if isinstance(item, InvalidRequest)
        else _view_import(item, next(done))
        for item in items
    ]
    return json_answer(Imports(data=views))


async def _import_csv(call: Call) -> Imports:
    """Import the pay-outs of a file, a thousand a transaction."""
    stream = io.BytesIO(await call.any_body())
    read = await asyncio.to_thread(payouts.read_payout_file, stream)
    views: list[ImportView] = []
    for start in range(0, len(read.payouts), PAYOUTS_MAX):
        chunk = read.payouts[start : start + PAYOUTS_MAX]
        done = await run_verb(call, payouts.import_payouts, [command for _, command in chunk])
        views += [_view_import(c, outcome, line) for (line, c), outcome in zip(chunk, done, strict=True)]
    errors = [LineError(line=e.line, column=e.column, code=e.code, message=e.message) for e in read.errors]
    return Imports(data=views, errors=errors)


def _view_import(command: ImportPayout, outcome: Outcome, line: int | UnsetType = UNSET) -> ImportView:
    return ImportView(
        code=outcome.code, ok=outcome.ok, id=None if outcome.id is None else encode_id("pyt", outcome.id),
        reference=command.reference, line=line, message=outcome.message or UNSET, details=outcome.details or UNSET,
    )  # fmt: skip


@operation("GET", "/v1/payouts", tag="Money", scope="payments.read", answer=Payouts)
async def list_payouts(call: Call, query: ListPayouts) -> Answer:
    """List pay-outs."""
    call.ctx.require_unlimited("Pay-outs are of all channels and locations.")
    after = _after("pyt", query.after)
    rows = await call.read(
        lambda tx: payouts.list_payouts(tx, after=after, provider=query.provider, limit=query.limit + 1)
    )
    shown = rows[: query.limit]
    more = encode_id("pyt", shown[-1].id) if len(rows) > query.limit else None
    return json_answer(Payouts([_view(row) for row in shown], more))


@operation("GET", "/v1/payouts/missing", tag="Money", scope="payments.read", answer=Missing)
async def list_missing_from_payouts(call: Call, query: ListMissing) -> Answer:
    """List what was captured or refunded and is in no pay-out.

    Of providers of which there are pay-outs; what moved in the last `days` may still come.
    """
    call.ctx.require_unlimited("Pay-outs are of all channels and locations.")
    after = _after("mny", query.after)
    rows = await call.read(
        lambda tx: payouts.missing_movements(
            tx, call.ctx, days=query.days, within_days=query.within_days, provider=query.provider, after=after,
            limit=query.limit + 1,
        )
    )  # fmt: skip
    shown = rows[: query.limit]
    more = encode_id("mny", shown[-1].id) if len(rows) > query.limit else None
    views = [
        MissingView(
            order_id=encode_id("ord", row.order_id), payment_id=encode_id("pay", row.payment_id),
            provider=row.provider, payment=row.reference, amount=Money(row.amount_minor, row.currency),
            happened_at=row.happened_at,
        )
        for row in shown
    ]  # fmt: skip
    return json_answer(Missing(views, more))


@operation("GET", "/v1/payouts/{payout_id}", tag="Money", scope="payments.read", answer=PayoutInFull, refusals=(404,))
async def read_payout(call: Call, query: ReadPayout) -> Answer:
    """Read a pay-out and what differs in it."""
    call.ctx.require_unlimited("Pay-outs are of all channels and locations.")
    payout_id = call.id("payout_id")
    found = await call.read(lambda tx: payouts.read_payout(tx, payout_id))
    if found is None:
        raise NotFound("There is no pay-out of this id. Check it, and the merchant of the key.")
    lines = await call.read(
        lambda tx: payouts.read_lines(
            tx, payout_id, after=query.after, only_differences=not query.all_lines, limit=query.limit + 1
        )
    )
    shown = lines[: query.limit]
    more = shown[-1].n if len(lines) > query.limit else None
    views = [_view_line(line, found.currency) for line in shown]
    return json_answer(PayoutInFull(payout=_view(found), data=views, next=more))


def _after(prefix: str, text: str | None) -> UUID | None:
    """Where the page before ended. Raises InvalidId."""
    return None if text is None else decode_id(prefix, text)


def _view(row: PayoutRow) -> PayoutView:
    return PayoutView(
        id=encode_id("pyt", row.id), provider=row.provider, reference=row.reference, paid_on=row.paid_on,
        total=Money(row.total_minor, row.currency), fees=Money(row.fees_minor, row.currency), lines=row.lines,
        matched=row.matched, differences=row.differences, imported_at=row.created_at,
    )  # fmt: skip


def _view_line(line: LineRow, currency: str) -> PayoutLineView:
    return PayoutLineView(
        n=line.n, kind=line.kind, code=line.code, payment=line.reference,
        payment_id=None if line.payment_id is None else encode_id("pay", line.payment_id),
        order_id=None if line.order_id is None else encode_id("ord", line.order_id),
        amount=Money(line.amount_minor, currency), fee=Money(line.fee_minor, currency),
        ours=None if line.ours_minor is None else Money(line.ours_minor, currency),
    )  # fmt: skip


PAYOUTS = [post_payouts, list_payouts, list_missing_from_payouts, read_payout]
