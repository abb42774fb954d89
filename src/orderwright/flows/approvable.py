"""The verbs that may be asked for above one's limit, and their commands made of what was asked.

None takes personal data: what is asked is kept (law T5)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from orderwright.approvals import BODY_BYTES_MAX, refuse
from orderwright.flows.adjust_stock import adjust_stock
from orderwright.flows.change_money import refund_orders, write_off_balances
from orderwright.flows.edit_orders import edit_orders
from orderwright.flows.resolve_claims import resolve_claims
from orderwright.inventory import AdjustStock
from orderwright.orders import EditOrder
from orderwright.orders.edit_contract import SetShipTo
from orderwright.payments import RefundOrder, WriteOffBalance, store_credit
from orderwright.payments.store_credit import AdjustStoreCredit, IssueStoreCredit
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.errors import InvalidId, PermissionDenied
from orderwright.platform.ids import UUID, decode_id
from orderwright.platform.outcomes import Outcome
from orderwright.returns import ResolveClaim

Verb = Callable[[Transaction, Context, Sequence[Any]], Awaitable[Sequence[Outcome]]]


class Approvable(NamedTuple):
    """A verb. `subject` is the field of its command that the path names, `prefix` that of its ids. `personal`: fields
    that are refused, since they say who somebody is. `grows`: what it gives is not said by the body alone, and may be
    more by the time that it is approved."""

    verb: Verb
    command: type[msgspec.Struct]
    permission: str
    subject: str | None = None
    prefix: str = ""
    personal: frozenset[str] = frozenset()
    grows: bool = False


APPROVABLE: Mapping[str, Approvable] = {
    "refund_order": Approvable(refund_orders, RefundOrder, "payments.refund", "order_id", "ord"),
    "edit_order": Approvable(
        edit_orders, EditOrder, "orders.edit", "order_id", "ord", frozenset({"vat_id"}), grows=True
    ),
    "write_off_balance": Approvable(
        write_off_balances, WriteOffBalance, "payments.write", "order_id", "ord", grows=True
    ),
    "resolve_claim": Approvable(
        resolve_claims, ResolveClaim, "claims.write", "claim_id", "clm", frozenset({"ship_to"}), grows=True
    ),
    "issue_store_credit": Approvable(store_credit.issue_store_credit, IssueStoreCredit, "store_credit.issue"),
    "adjust_store_credit": Approvable(
        store_credit.adjust_store_credit, AdjustStoreCredit, "store_credit.issue", "account_id", "crd"
    ),
    "adjust_stock": Approvable(adjust_stock, AdjustStock, "stock.write"),
}


def command_of(operation: str, subject: str | None, body: Mapping[str, Any]) -> msgspec.Struct | Outcome:
    """The command that was asked for, or `not_approvable` with the field that is wrong. Pure."""
    spec = APPROVABLE[operation]
    known = {field.name for field in msgspec.structs.fields(spec.command)} - {spec.subject} - spec.personal
    if unknown := sorted(body.keys() - known):
        return refuse("not_approvable", field=f"body.{unknown[0][:100]}")
    if len(msgspec.json.encode(body)) > BODY_BYTES_MAX:
        return refuse("not_approvable", field="body")
    if (subject is None) != (spec.subject is None):
        return refuse("not_approvable", field="subject")

    def decode(_: type, text: Any) -> UUID:
        return decode_id(spec.prefix, str(text))

    whole = dict(body) if spec.subject is None else {**body, spec.subject: subject}
    try:
        command = msgspec.convert(whole, spec.command, dec_hook=decode)
    except (msgspec.ValidationError, InvalidId) as error:
        return refuse("not_approvable", field="body", wrong=str(error)[:200])
    if isinstance(command, EditOrder) and any(isinstance(change, SetShipTo) for change in command.changes):
        return refuse("not_approvable", field="body.changes", wrong="set_ship_to is an edit of its own")
    return command


async def run_operation(
    tx: Transaction, ctx: Context, operation: str, commands: Sequence[msgspec.Struct]
) -> Sequence[Outcome]:
    """Run a verb; one that the caller may not run says so for each command."""
    try:
        return await APPROVABLE[operation].verb(tx, ctx, commands)
    except PermissionDenied:
        return [refuse("permission_denied")] * len(commands)
