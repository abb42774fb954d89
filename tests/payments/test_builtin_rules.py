"""The rules of the built-in provider, without a database: whatever is asked, in whatever order, the sums hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwright.payments.providers import Answer, Ask, AskKind, Verdict
from orderwright.payments.providers.builtin_calls import decide_call
from orderwright.payments.providers.builtin_queries import OperationRow, TroubleRow
from orderwright.payments.providers.builtin_rules import PaymentRow, as_of, authorize, read_token
from orderwright.payments.providers.builtin_trouble import Mode, Troubles

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOKENS = ["tok_ok", "tok_limit_900", "tok_expires_3", "tok_no_increment", "tok_capture_declined", "tok_declined"]

FIRST = [  # every run begins with these, so that the rest has something to be about
    Ask(f"prq_{token}", "pay_1", AskKind.AUTHORIZE, 800, "EUR", token=token) for token in ("tok_ok", "tok_expires_3")
]

asks = st.builds(
    Ask,
    key=st.sampled_from([f"prq_{n}" for n in range(200)]),
    payment=st.sampled_from([*["pay_1"] * 9, "pay_2"]),
    kind=st.sampled_from([AskKind.CAPTURE, AskKind.CAPTURE, AskKind.REFUND, AskKind.REFUND, *AskKind]),
    amount_minor=st.one_of(st.integers(1, 500), st.integers(-1, 2_000)),
    currency=st.sampled_from([*["EUR"] * 9, "CHF"]),
    reference=st.sampled_from([*["bp_first_0"] * 6, "bp_first_1", "bp_0_0", None]),
    token=st.sampled_from(TOKENS),
    final=st.sampled_from([False, False, False, True]),
)
modes = st.sampled_from([*[None] * 6, Mode.TIMEOUT_BEFORE, Mode.TIMEOUT_AFTER, Mode.DECLINE])
calls = st.lists(st.tuples(st.lists(asks, min_size=1, max_size=6), modes), min_size=2, max_size=10)


class _Memory:
    """The provider's tables, as a call leaves them."""

    def __init__(self) -> None:
        self.payments: dict[str, PaymentRow] = {}
        self.operations: dict[str, OperationRow] = {}
        self.call(FIRST, NOON, "first")

    def call(self, sent: list[Ask], at: datetime, call: int | str, mode: Mode | None = None) -> list[Answer]:
        planned = [TroubleRow(1, mode, "declined" if mode is Mode.DECLINE else None, 0, 1)] if mode else []
        references = [f"bp_{call}_{n}" for n in range(len(sent))]
        decided = decide_call(sent, self.payments, self.operations, Troubles(planned), references, at)
        self.operations |= {operation.key: operation for operation in decided.operations}
        self.payments |= {payment.reference: payment for payment in decided.created + decided.moved}
        return decided.answers


def total(memory: _Memory, payment: PaymentRow, *kinds: AskKind) -> int:
    """What all operations of some kinds moved."""
    return sum(
        operation.amount_minor
        for operation in memory.operations.values()
        if operation.done and operation.reference == payment.reference and operation.kind in kinds
    )


@given(calls)
def test_the_sums_hold_whatever_is_asked(sent: list[tuple[list[Ask], Mode | None]]) -> None:
    memory = _Memory()
    for n, (batch, mode) in enumerate(sent):
        at = NOON + timedelta(seconds=n)
        before = {reference: as_of(row, at) for reference, row in memory.payments.items()}
        answers = memory.call(batch, at, n, mode)
        assert [answer.key for answer in answers] == [ask.key for ask in batch]
        for reference, row in memory.payments.items():
            assert row.captured_minor + row.released_minor <= row.authorized_minor
            assert 0 <= row.refunded_minor <= row.captured_minor
            assert not row.finalized or row.open_minor == 0
            assert row.authorized_minor == total(memory, row, AskKind.AUTHORIZE, AskKind.INCREMENT)
            assert row.captured_minor == total(memory, row, AskKind.CAPTURE)
            assert row.refunded_minor == total(memory, row, AskKind.REFUND)
            now, then = as_of(row, at), before.get(reference, row)
            assert now.open_minor >= 0
            assert all(new >= old for new, old in zip(now[4:8], then[4:8], strict=True))  # sums only rise


@given(calls)
def test_everything_sent_again_moves_nothing_and_answers_the_same(sent: list[tuple[list[Ask], Mode | None]]) -> None:
    memory = _Memory()
    first: dict[tuple[str, bool, Ask], tuple[Verdict, str | None]] = {}
    for n, (batch, _) in enumerate(sent):
        for ask, answer in zip(batch, memory.call(batch, NOON, n), strict=True):
            first.setdefault((ask.key, answer.code == "key_reused", ask), (answer.verdict, answer.code))
    kept, said = dict(memory.payments), dict(memory.operations)
    for n, (batch, _) in enumerate(sent):
        for ask, answer in zip(batch, memory.call(batch, NOON, 100 + n), strict=True):
            assert first[ask.key, answer.code == "key_reused", ask] == (answer.verdict, answer.code)
    assert (memory.payments, memory.operations) == (kept, said)


@given(calls)
def test_a_call_of_many_is_as_many_calls_of_one(sent: list[tuple[list[Ask], Mode | None]]) -> None:
    together, alone = _Memory(), _Memory()
    for n, (batch, _) in enumerate(sent):
        answers = together.call(batch, NOON, n)
        single = []
        for i, ask in enumerate(batch):
            references = [f"bp_{n}_{i}"]
            decided = decide_call([ask], alone.payments, alone.operations, Troubles([]), references, NOON)
            alone.operations |= {operation.key: operation for operation in decided.operations}
            alone.payments |= {payment.reference: payment for payment in decided.created + decided.moved}
            single += decided.answers
        assert answers == single
    assert (together.payments, together.operations) == (alone.payments, alone.operations)


def test_a_moment_before_it_lapses_it_can_be_captured() -> None:
    ask = Ask("prq_0", "pay_1", AskKind.AUTHORIZE, 1000, "EUR", token="tok_expires_60")
    payment = authorize(ask, "bp_0_0", NOON).payment
    assert payment is not None
    assert payment.expires_at == NOON + timedelta(seconds=60)
    early, late = NOON + timedelta(seconds=59, microseconds=999_999), NOON + timedelta(seconds=60)
    assert [as_of(payment, at).open_minor for at in (early, late)] == [1000, 0]
    capture = Ask("prq_1", "pay_1", AskKind.CAPTURE, 1000, "EUR", reference="bp_0_0", final=True)
    results = [
        decide_call([capture], {"bp_0_0": payment}, {}, Troubles([]), [""], at).answers[0] for at in (early, late)
    ]
    assert [(answer.verdict, answer.code) for answer in results] == [
        (Verdict.DONE, None), (Verdict.REFUSED, "authorization_expired")
    ]  # fmt: skip


@pytest.mark.parametrize("text", [None, "", "ok", "TOK_OK", "tok_limit_", "tok_limit_-1", "tok_expires_1x", "tok_ok\n"])
def test_no_other_text_is_a_token(text: str | None) -> None:
    assert read_token(text) is None
