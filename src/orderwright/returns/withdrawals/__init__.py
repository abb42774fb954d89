"""The right of withdrawal: what consumers in the EU say who withdraw from orders, what becomes of it, and its
acknowledgement (Directive 2011/83/EU, articles 9 to 16)."""

from orderwright.returns.withdrawals.acknowledge import KeptLine, acknowledgement, decode_lines
from orderwright.returns.withdrawals.contract import WithdrawnLine, WithdrawOrder, content_hash, refuse_withdrawal
from orderwright.returns.withdrawals.decide import (
    REASON,
    apply_plan,
    cancelling,
    decide_withdrawal,
    delivery_back,
    lawful_terms,
    line_facts,
    refusal_of,
    way_back,
)
from orderwright.returns.withdrawals.facts import Withdrawal, WithdrawFacts, WithdrawnUnits
from orderwright.returns.withdrawals.io import read_facts, read_withdrawals, write_withdrawals
from orderwright.returns.withdrawals.queries import KeptRow

__all__ = [
    "REASON",
    "KeptLine",
    "KeptRow",
    "WithdrawFacts",
    "WithdrawOrder",
    "Withdrawal",
    "WithdrawnLine",
    "WithdrawnUnits",
    "acknowledgement",
    "apply_plan",
    "cancelling",
    "content_hash",
    "decide_withdrawal",
    "decode_lines",
    "delivery_back",
    "lawful_terms",
    "line_facts",
    "read_facts",
    "read_withdrawals",
    "refusal_of",
    "refuse_withdrawal",
    "way_back",
    "write_withdrawals",
]
