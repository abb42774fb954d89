"""What the answer of a provider means for the ledger. Pure (law M1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from orderwright.payments.accounts import Account, Entry
from orderwright.payments.providers import Answer, AskKind, Standing, Verdict
from orderwright.payments.queries import PaymentRow, RequestRow
from orderwright.payments.requests import PaymentMove
from orderwright.payments.states import RequestState
from orderwright.platform.ids import UUID, encode_id


class Told(NamedTuple):
    """An event about an order's payment."""

    order_id: UUID
    type: str
    data: dict[str, Any]


class Result(NamedTuple):
    """What an answer changes. `state` None: nothing is known yet. `look`: the payment is to be looked at, since the
    provider refused, or has something else than the ledger while more is asked of it."""

    request: RequestRow
    state: RequestState | None
    code: str | None
    moves: list[PaymentMove]
    entries: list[Entry]
    told: list[Told]
    look: bool = False


_DONE = {
    AskKind.AUTHORIZE: "payment.authorized",
    AskKind.INCREMENT: "payment.authorized",
    AskKind.CAPTURE: "payment.captured",
    AskKind.VOID: "payment.voided",
    AskKind.REFUND: "payment.refunded",
}


def read_answer(request: RequestRow, payment: PaymentRow, answer: Answer) -> Result:
    """What became of a request. A done one moves what was asked; what the provider has beyond that is written down
    with it (`reconcile`), unless more is asked of the payment already."""
    if answer.verdict is Verdict.UNKNOWN:
        return Result(request, None, answer.code, [], [], [])
    if answer.verdict is Verdict.REFUSED:
        return _refused(request, answer.code or "refused")
    kind, amount = AskKind(request.kind), request.amount_minor
    standing = answer.standing
    reference = standing.reference if standing is not None and payment.reference is None else None
    expires_at = standing.expires_at if standing is not None else None
    move = PaymentMove(payment.id, reference=reference, expires_at=expires_at, refused_code="")
    moves, entries = _moved(request, payment, kind, amount, move, standing)
    data = {"payment_id": encode_id("pay", payment.id), "method": payment.method, "amount_minor": amount}
    told = [Told(request.order_id, _DONE[kind], data)]
    if standing is None:
        return Result(request, RequestState.DONE, None, moves, entries, told)
    after = _after(payment, kind, moves)
    more = reconcile(after, standing)
    look = bool(after.under_way) and standing[2:6] != _sums(after)
    return Result(request, RequestState.DONE, None, moves + more.moves, entries + more.entries, told + more.told, look)


def _after(payment: PaymentRow, kind: AskKind, moves: Sequence[PaymentMove]) -> PaymentRow:
    """A payment after moves that answer a request of a kind."""
    under_way = list(payment.under_way)
    if kind in under_way:
        under_way.remove(kind)
    return payment._replace(
        authorized_minor=payment.authorized_minor + sum(m.authorized for m in moves),
        released_minor=payment.released_minor + sum(m.released for m in moves),
        captured_minor=payment.captured_minor + sum(m.captured for m in moves),
        capturing_minor=payment.capturing_minor + sum(m.capturing for m in moves),
        refunded_minor=payment.refunded_minor + sum(m.refunded for m in moves),
        refunding_minor=payment.refunding_minor + sum(m.refunding for m in moves),
        under_way=under_way,
    )


def _sums(payment: PaymentRow) -> tuple[int, int, int, int]:
    """The sums of a payment in the order of those of a `Standing`."""
    return payment.authorized_minor, payment.captured_minor, payment.refunded_minor, payment.released_minor


def _moved(
    request: RequestRow,
    payment: PaymentRow,
    kind: AskKind,
    amount: int,
    move: PaymentMove,
    standing: Standing | None,
) -> tuple[list[PaymentMove], list[Entry]]:
    """The sums and entries of something that was done."""

    def entry(debit: Account, credit: Account, minor: int, kind: str) -> Entry:
        return Entry(request.order_id, debit, credit, minor, kind, payment.id, request.id, request.subject_id)

    if kind in (AskKind.AUTHORIZE, AskKind.INCREMENT):
        set_aside = entry(Account.AUTHORIZED, Account.PAYER, amount, "authorization")
        return [move._replace(authorized=amount)], [set_aside]
    if kind is AskKind.REFUND:
        back = entry(Account.RECEIVABLE, Account.CAPTURED, amount, "refund")
        return [move._replace(refunded=amount, refunding=-amount)], [back]
    # What somebody captured elsewhere was not let go: that is less than what is set aside by what we know.
    let_go = payment.capturable_minor
    if standing is not None:
        let_go = min(let_go, max(0, standing.released_minor - payment.released_minor))
    if kind is AskKind.VOID:
        return _released(move, [], let_go, entry)
    taken = [
        entry(Account.PAYER, Account.AUTHORIZED, amount, "capture"),
        entry(Account.CAPTURED, Account.RECEIVABLE, amount, "capture"),
    ]
    move = move._replace(captured=amount, capturing=-amount)
    return _released(move, taken, let_go, entry) if request.final else ([move], taken)


def _released(move: PaymentMove, entries: list[Entry], minor: int, entry: Any) -> tuple[list[PaymentMove], list[Entry]]:
    """What is still set aside goes back to the payer."""
    if not minor:
        return [move], entries
    return [move._replace(released=minor)], [*entries, entry(Account.PAYER, Account.AUTHORIZED, minor, "release")]


def _refused(request: RequestRow, code: str) -> Result:
    """Nothing moved. Nothing more is asked of this payment by itself until somebody says so; only where no more was to
    be had, what is set aside stays good."""
    kind, amount = AskKind(request.kind), request.amount_minor
    move = PaymentMove(request.payment_id, refused_code=None if kind is AskKind.INCREMENT else code)
    if kind is AskKind.CAPTURE:
        move = move._replace(capturing=-amount)
    elif kind is AskKind.REFUND:
        move = move._replace(refunding=-amount)
    data = {
        "payment_id": encode_id("pay", request.payment_id), "kind": kind.value, "amount_minor": amount, "code": code,
    }  # fmt: skip
    told = [Told(request.order_id, "payment.refused", data)]
    return Result(request, RequestState.REFUSED, code, [move], [], told, look=request.reference is not None)


class Reconciled(NamedTuple):
    """What a provider has beyond what we know."""

    moves: list[PaymentMove]
    entries: list[Entry]
    told: list[Told]


def reconcile(payment: PaymentRow, standing: Standing) -> Reconciled:
    """What the provider has beyond what we know: captures, refunds, increments and releases that somebody made
    elsewhere, and authorizations that lapsed. Facts, so they are written down. Call it with nothing under way.

    A provider that has less than we know is not believed: it may be behind. What the ledger cannot hold (more
    captured than authorized) is brought in line by what is fact: the money that moved. What was refused was refused to
    somebody who did not know of it, so it may be asked for anew.
    """
    if payment.under_way or payment.shared:
        return Reconciled([], [], [])
    captured = max(0, standing.captured_minor - payment.captured_minor)
    refunded = max(0, standing.refunded_minor - payment.refunded_minor)
    refunded = min(refunded, payment.captured_minor + captured - payment.refunded_minor)
    needed = payment.captured_minor + captured + max(payment.released_minor, standing.released_minor)
    authorized = max(0, max(standing.authorized_minor, needed) - payment.authorized_minor)
    released = max(0, standing.released_minor - payment.released_minor)
    rest = payment.authorized_minor + authorized - payment.captured_minor - captured - payment.released_minor
    released = min(released, rest)
    if not (captured or refunded or authorized or released):
        return Reconciled([], [], [])
    move = PaymentMove(payment.id, authorized, released, captured, 0, refunded, 0, None, standing.expires_at, "")

    def entry(debit: Account, credit: Account, minor: int, kind: str) -> Entry:
        return Entry(payment.order_id, debit, credit, minor, kind, payment.id)

    entries = [
        entry(Account.AUTHORIZED, Account.PAYER, authorized, "authorization"),
        entry(Account.PAYER, Account.AUTHORIZED, captured, "capture"),
        entry(Account.CAPTURED, Account.RECEIVABLE, captured, "capture"),
        entry(Account.RECEIVABLE, Account.CAPTURED, refunded, "refund"),
        entry(Account.PAYER, Account.AUTHORIZED, released, "release"),
    ]
    data = {
        "payment_id": encode_id("pay", payment.id), "authorized_minor": authorized, "captured_minor": captured,
        "refunded_minor": refunded, "released_minor": released,
    }  # fmt: skip
    told = [Told(payment.order_id, "payment.changed_elsewhere", data)]
    return Reconciled([move], [e for e in entries if e.amount_minor], told)


def results_of(
    requests: Sequence[RequestRow], payments: Mapping[UUID, PaymentRow], answers: Mapping[UUID, Answer]
) -> list[Result]:
    """What became of each request that was answered."""
    return [read_answer(r, payments[r.payment_id], answers[r.id]) for r in requests if r.id in answers]
