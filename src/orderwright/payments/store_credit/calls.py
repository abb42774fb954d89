"""What store credit answers to one call, decided without I/O against what was read under lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from orderwright.payments.providers import (
    KEY_REUSED,
    UNKNOWN_PAYMENT,
    Answer,
    Ask,
    AskKind,
    Operation,
    Standing,
    Verdict,
)
from orderwright.payments.providers.builtin_calls import content_of
from orderwright.payments.store_credit.accounts import CreditMove
from orderwright.payments.store_credit.queries import AccountRow, AskedRow, HoldRow, OperationRow
from orderwright.payments.store_credit.rules import MESSAGES, Step, authorize, move
from orderwright.platform.errors import InvalidId
from orderwright.platform.ids import UUID, decode_id, encode_id

_KINDS = {AskKind.CAPTURE: "spent", AskKind.REFUND: "returned"}


class Known(NamedTuple):
    """What was read under the accounts' locks, each by its id."""

    asked: Mapping[UUID, AskedRow]
    accounts: Mapping[UUID, AccountRow]
    holds: Mapping[UUID, HoldRow]
    operations: Mapping[UUID, OperationRow]


class Decided(NamedTuple):
    """One call: its answers, and what is new to be kept. `held`: what the accounts that changed have set aside."""

    answers: list[Answer]
    operations: list[OperationRow]
    created: list[HoldRow]
    moved: list[HoldRow]
    held: dict[UUID, int]
    moves: list[CreditMove]


def id_of(prefix: str, text: str | None) -> UUID | None:
    """An id as the port has it; None for one that is none of ours."""
    try:
        return None if text is None else decode_id(prefix, text)
    except InvalidId:
        return None


def standing_of(hold: HoldRow | None, operations: Sequence[OperationRow] = ()) -> Standing | None:
    """A hold as the port shows it."""
    if hold is None:
        return None
    done = [Operation(encode_id("prq", o.request_id), AskKind(o.kind), o.amount_minor, o.done, o.code)
            for o in operations]  # fmt: skip
    return Standing(
        encode_id("crh", hold.id), hold.currency, hold.authorized_minor, hold.captured_minor, hold.refunded_minor,
        hold.released_minor, None, done,
    )  # fmt: skip


def answer_of(key: str, code: str | None, standing: Standing | None) -> Answer:
    """Done, or refused with a code."""
    if code is None:
        return Answer(key, Verdict.DONE, standing)
    return Answer(key, Verdict.REFUSED, standing, code, MESSAGES[code])


def decide_call(asks: Sequence[Ask], known: Known, new_holds: Sequence[UUID]) -> Decided:
    """Decide the asks of a call in order, each against what those before it have left. `new_holds`: one an ask."""
    accounts, holds, said = dict(known.accounts), dict(known.holds), dict(known.operations)
    answers: list[Answer] = []
    moves: list[CreditMove] = []
    for ask, new in zip(asks, new_holds, strict=True):
        asked = known.asked.get(id_of("prq", ask.key) or new)
        if asked is None or encode_id("pay", asked.payment_id) != ask.payment:  # not written down as an intent of ours
            answers.append(answer_of(ask.key, UNKNOWN_PAYMENT, None))
            continue
        before = said.get(asked.id)
        if before is not None:
            code = before.code if before.content == content_of(ask) else KEY_REUSED
            answers.append(answer_of(ask.key, code, standing_of(holds.get(before.hold_id or new))))
            continue
        step = _step(ask, asked, accounts, holds, new)
        if step.account is not None:
            accounts[step.account.id] = step.account
        if step.hold is not None:
            holds[step.hold.id] = step.hold
            if step.entry_minor:
                moves.append(
                    CreditMove(
                        step.hold.account_id, step.entry_minor, _KINDS[ask.kind], asked.act_id, None,
                        asked.order_id, asked.payment_id, asked.id,
                    )
                )  # fmt: skip
        said[asked.id] = OperationRow(
            asked.id, content_of(ask), step.hold.id if step.hold else None, ask.kind.value, step.amount_minor,
            step.code is None, step.code,
        )  # fmt: skip
        answers.append(answer_of(ask.key, step.code, standing_of(step.hold)))
    return Decided(
        answers,
        [operation for i, operation in said.items() if i not in known.operations],
        [hold for i, hold in holds.items() if i not in known.holds],
        [hold for i, hold in holds.items() if hold != known.holds.get(i, hold)],
        {i: a.held_minor for i, a in accounts.items() if a != known.accounts[i]},
        moves,
    )


def _step(
    ask: Ask, asked: AskedRow, accounts: Mapping[UUID, AccountRow], holds: Mapping[UUID, HoldRow], new: UUID
) -> Step:
    if ask.kind is AskKind.AUTHORIZE:
        account_id = id_of("crd", ask.token)
        account = accounts.get(account_id) if account_id is not None else None
        if account is not None and account.moved_into is not None:  # its customer was merged since
            account = accounts.get(account.moved_into)
        return authorize(ask, asked, account, new)
    hold = holds.get(id_of("crh", ask.reference) or new)
    if hold is None or hold.payment_id != asked.payment_id:
        return Step(None, None, ask.amount_minor, UNKNOWN_PAYMENT)
    return move(ask, accounts[hold.account_id], hold)


class Found:
    """What a fetch read, by what is asked for."""

    def __init__(self, holds: Sequence[HoldRow], said: Sequence[OperationRow]) -> None:
        self._said = {row.request_id: row for row in said}
        of_hold: dict[UUID, list[OperationRow]] = {}
        for row in said:
            if row.hold_id is not None:
                of_hold.setdefault(row.hold_id, []).append(row)
        self._holds = {hold.id: standing_of(hold, of_hold.get(hold.id, ())) for hold in holds}
        self._last_of_payment = {hold.payment_id: hold.id for hold in holds}  # ids rise with time

    def answer(self, ask: Ask) -> Answer:
        """What became of one thing asked."""
        request_id, payment_id = id_of("prq", ask.key), id_of("pay", ask.payment)
        operation = self._said.get(request_id) if request_id is not None else None
        hold_id = operation.hold_id if operation is not None else None
        hold_id = hold_id or id_of("crh", ask.reference)
        if hold_id is None and payment_id is not None:
            hold_id = self._last_of_payment.get(payment_id)
        standing = self._holds.get(hold_id) if hold_id is not None else None
        if operation is None:
            return Answer(ask.key, Verdict.UNKNOWN, standing)
        return answer_of(ask.key, operation.code, standing)
