"""What the built-in provider finds when it is asked what became of things."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from orderwright.payments.providers import Answer, Ask, AskKind, Operation, Verdict
from orderwright.payments.providers.builtin_calls import DESK, answer_of, standing_of
from orderwright.payments.providers.builtin_queries import OperationRow, StandingRow
from orderwright.payments.providers.builtin_rules import PaymentRow


class Found:
    """What a fetch read, by what is asked for."""

    def __init__(self, rows: Sequence[StandingRow], said: Sequence[OperationRow], at: datetime) -> None:
        of_payment: dict[PaymentRow, list[Operation]] = defaultdict(list)
        self._reference_of_key: dict[str, str] = {}
        self._codes: dict[str, str | None] = {row.key: row.code for row in said if row.reference is None}
        for row in rows:
            key = None if row.key.startswith(f"{DESK}_") else row.key
            operation = Operation(key, AskKind(row.kind), row.amount_minor, row.done, row.code)
            of_payment[PaymentRow._make(row[5:])].append(operation)
            self._codes[row.key] = row.code
            self._reference_of_key[row.key] = row.reference
        self._standings = {p.reference: standing_of(p, at, operations) for p, operations in of_payment.items()}
        # References rise with time, so the last authorization of a payment stays.
        self._reference_of_payment = {p.payment: p.reference for p in sorted(of_payment, key=lambda p: p.reference)}

    def answer(self, ask: Ask) -> Answer:
        """What became of one thing asked."""
        reference = (
            self._reference_of_key.get(ask.key) or ask.reference or self._reference_of_payment.get(ask.payment, "")
        )
        standing = self._standings.get(reference)
        if ask.key not in self._codes:
            return Answer(ask.key, Verdict.UNKNOWN, standing)
        return answer_of(ask.key, self._codes[ask.key], standing)
