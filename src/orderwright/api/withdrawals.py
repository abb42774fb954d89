"""The right of withdrawal: taken, read, and acknowledged as data and as PDF."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call, parse_id
from orderwright.api.cursors import id_after, page_by_id
from orderwright.api.documents import PDF, pdf_answer
from orderwright.api.operations import operation
from orderwright.api.orders import number_format_of
from orderwright.api.shapes import OrderIdText
from orderwright.api.verbs import VerbRoute, operations_of
from orderwright.flows.withdraw_orders import withdraw_orders
from orderwright.insights import merchant
from orderwright.payments import documents
from orderwright.payments.documents import BillToRow, PutLegalEntity
from orderwright.platform.db import Transaction
from orderwright.platform.errors import NotFound
from orderwright.platform.ids import encode_id
from orderwright.platform.money import Money
from orderwright.returns import withdrawals
from orderwright.returns.withdrawals import KeptLine, KeptRow, WithdrawOrder

_UNKNOWN = "There is no withdrawal of this id. Check it, and what the key is limited to."


class WithdrawalView(msgspec.Struct, frozen=True, kw_only=True):
    """What a consumer said, as it was kept. `code` is `withdrawn`, or why it was refused. `whole`: no lines were named.
    `content_hash` (BLAKE2b-256, in hexadecimal) is of what was said. The days are local to `zone`; `closes_on` is the
    last one to withdraw, null while goods were still to be delivered. `label_fee`: what the way back may cost."""

    id: str
    order_id: str
    order_number: int
    code: str
    received_at: datetime
    zone: str
    whole: bool
    reference: str | None
    content_hash: str
    closes_on: date | None
    send_back_by: date | None
    refund_by: date | None
    return_id: str | None
    label_fee: Money
    lines: list[KeptLine]


class WithdrawalPage(msgspec.Struct, frozen=True):
    """`next`, unless null, is the `after` of the page that follows."""

    data: list[WithdrawalView]
    next: str | None


class ListWithdrawals(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`order`: an order's id. `after`: the `next` of the page before."""

    order: OrderIdText | None = None
    after: Annotated[str, Meta(max_length=200)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


@operation("GET", "/v1/withdrawals", tag="Returns", scope="returns.read", answer=WithdrawalPage)
async def list_withdrawals(call: Call, query: ListWithdrawals) -> Answer:
    """List withdrawals.

    Oldest first; of one order or all. A key that is limited sees those of the orders that it may see.
    """
    order_id = None if query.order is None else parse_id("ord", query.order, "order")
    after = id_after(query.after)
    rows = await call.read(
        lambda tx: withdrawals.read_withdrawals(tx, call.ctx, order_id=order_id, after=after, limit=query.limit + 1)
    )
    shown, more = page_by_id(rows, query.limit)
    return json_answer(WithdrawalPage([_view(row) for row in shown], more))


@operation(
    "GET", "/v1/withdrawals/{withdrawal_id}", tag="Returns", scope="returns.read", answer=WithdrawalView,
    refusals=(404,),
)  # fmt: skip
async def read_withdrawal(call: Call) -> Answer:
    """Read a withdrawal as it was kept: its acknowledgement as data."""
    return json_answer(_view(await call.read(lambda tx: _found(tx, call))))


@operation(
    "GET", "/v1/withdrawals/{withdrawal_id}/pdf", tag="Returns", scope="returns.read", answer=None, refusals=(404,),
    media_type=PDF,
)  # fmt: skip
async def read_withdrawal_as_pdf(call: Call) -> Answer:
    """Read the acknowledgement of a withdrawal as PDF.

    It says what was received and when, and what follows. It is made anew from what was kept: the same bytes, until the
    address is erased. The company that invoices the channel writes it; where none does, the merchant.
    """

    async def read(tx: Transaction) -> tuple[KeptRow, PutLegalEntity | None, BillToRow | None]:
        kept = await _found(tx, call)
        return kept, *await documents.order_issuer(tx, kept.order_id)

    kept, issuer, to = await call.read(read)
    known = await merchant(call.database, call.ctx.merchant) if issuer is None else None
    sender = known.name if known is not None else call.ctx.merchant
    letter = withdrawals.acknowledgement(kept, issuer, sender, to, await number_format_of(call))
    return pdf_answer(await documents.render_letter(letter), f"withdrawal-{letter.number}")


async def _found(tx: Transaction, call: Call) -> KeptRow:
    rows = await withdrawals.read_withdrawals(tx, call.ctx, withdrawal_id=call.id("withdrawal_id"))
    if not rows:
        raise NotFound(_UNKNOWN)
    return rows[0]


def _view(row: KeptRow) -> WithdrawalView:
    facts: dict[str, Any] = row._asdict()
    for name in ("currency", "placed_at", "label_fee_minor"):
        del facts[name]
    facts |= {
        "id": encode_id("wdr", row.id),
        "order_id": encode_id("ord", row.order_id),
        "return_id": None if row.return_id is None else encode_id("ret", row.return_id),
        "content_hash": row.content_hash.hex(),
        "lines": withdrawals.decode_lines(row.lines),
    }
    return WithdrawalView(**facts, label_fee=Money(row.label_fee_minor, row.currency))


WITHDRAWALS = [
    list_withdrawals,
    read_withdrawal,
    read_withdrawal_as_pdf,
    *operations_of(
        VerbRoute(
            id="withdraw_order",
            verb=withdraw_orders,
            command=WithdrawOrder,
            one="/v1/orders/{order_id}/withdraw",
            many="/v1/orders/withdraw",
            tag="Returns",
            scope="returns.write",
            prefix="wdr",
            does="Withdraw from an order, or from some of its lines",
            does_many="Withdraw from up to 1,000 orders, or from some of their lines",
            more="A consumer's right in the EU (Directive 2011/83/EU). What has not left is cancelled, what has left"
            " comes back. What was said is kept with its time, also when it is refused as too late or exempt;"
            " `details.withdrawal_id` then names it.",
            subject="order_id",
            example={"lines": [{"line": 1, "quantity": 1}]},
        )
    ),
]
