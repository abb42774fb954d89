"""What the built-in provider answers to one call, decided without I/O against what was read under lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

from orderwright.payments.providers import KEY_REUSED, Answer, Ask, AskKind, Operation, Standing, Verdict
from orderwright.payments.providers.builtin_queries import OperationRow
from orderwright.payments.providers.builtin_rules import MESSAGES, PaymentRow, Step, as_of, authorize, move
from orderwright.payments.providers.builtin_trouble import Mode, Troubles

DESK = "desk"  # the prefix of keys of what was done at the provider's own desk: nobody asked through the port


class Decided(NamedTuple):
    """One call: its answers, what is new to be kept, and the mode of the crash that befell it."""

    answers: list[Answer]
    operations: list[OperationRow]
    created: list[PaymentRow]
    moved: list[PaymentRow]
    crash: Mode | None = None


def content_of(ask: Ask) -> bytes:
    """A hash of what is asked: the same for the same, `sent_at` aside."""
    content = (ask.kind.value, ask.payment, ask.amount_minor, ask.currency, ask.reference, ask.token, ask.final)
    return blake2b(repr(content).encode(), digest_size=16).digest()


def standing_of(payment: PaymentRow | None, at: datetime, operations: Sequence[Operation] = ()) -> Standing | None:
    """A payment as it is shown at a moment."""
    if payment is None:
        return None
    now = as_of(payment, at)
    return Standing(
        now.reference, now.currency, now.authorized_minor, now.captured_minor, now.refunded_minor, now.released_minor,
        now.expires_at, operations,
    )  # fmt: skip


def answer_of(key: str, code: str | None, standing: Standing | None) -> Answer:
    """Done, or refused with a code."""
    if code is None:
        return Answer(key, Verdict.DONE, standing)
    return Answer(key, Verdict.REFUSED, standing, code, MESSAGES.get(code, "The provider refused."))


def decide_call(
    asks: Sequence[Ask],
    payments: Mapping[str, PaymentRow],
    known: Mapping[str, OperationRow],
    troubles: Troubles,
    references: Sequence[str],
    at: datetime,
) -> Decided:
    """Decide the asks of a call in order, each against what those before it have left.

    `payments` by reference and `known` operations by key are what the database has; `references` are for payments
    that are authorized here, one an ask.
    """
    kept, said = dict(payments), dict(known)
    answers: list[Answer] = []
    crash: Mode | None = None
    for ask, reference in zip(asks, references, strict=True):
        trouble = troubles.meet() if crash is None else None
        mode = Mode(trouble.mode) if trouble else None
        if mode in (Mode.CRASH, Mode.CRASH_AFTER):
            crash = mode
        if mode is Mode.TIMEOUT_BEFORE:
            answers.append(Answer(ask.key, Verdict.UNKNOWN))
            continue
        answer = _repeated(ask, said, kept, at)
        if answer is None:
            payment = kept.get(ask.reference) if ask.reference else None
            if mode is Mode.DECLINE and trouble is not None:
                step = Step(payment, ask.amount_minor, trouble.code)
            elif ask.kind is AskKind.AUTHORIZE:
                step = authorize(ask, reference, at)
            else:
                step = move(ask, payment, at)
            if step.payment is not None:
                kept[step.payment.reference] = step.payment
            said[ask.key] = _operation(ask, step)
            answer = answer_of(ask.key, step.code, standing_of(step.payment, at))
        answers.append(Answer(ask.key, Verdict.UNKNOWN) if mode is Mode.TIMEOUT_AFTER else answer)
    return Decided(
        answers,
        [operation for key, operation in said.items() if key not in known],
        [payment for reference, payment in kept.items() if reference not in payments],
        [payment for reference, payment in kept.items() if payment != payments.get(reference, payment)],
        crash,
    )


def _repeated(
    ask: Ask, said: Mapping[str, OperationRow], kept: Mapping[str, PaymentRow], at: datetime
) -> Answer | None:
    """The answer to a key that is known: as first answered, beside the payment as it is now."""
    before = said.get(ask.key)
    if before is None:
        return None
    standing = standing_of(kept.get(before.reference or ask.reference or ""), at)
    return answer_of(ask.key, before.code if before.content == content_of(ask) else KEY_REUSED, standing)


def _operation(ask: Ask, step: Step) -> OperationRow:
    reference = step.payment.reference if step.payment else None
    return OperationRow(ask.key, content_of(ask), reference, ask.kind, step.amount_minor, step.code is None, step.code)
