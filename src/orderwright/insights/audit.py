"""`orderwright audit`: check every law of a merchant's books, on a live system, from one snapshot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from orderwright.insights.waiting import FULFILLMENT_STATES, QUEUES
from orderwright.platform.db import Transaction
from orderwright.platform.queries import Query, query


class ViolationRow(NamedTuple):
    """What breaks a law, and how. At most 100 a check are listed."""

    subject: str
    detail: str


class Violation(NamedTuple):
    """A broken law."""

    law: str
    check: str
    subject: str
    detail: str


def _check(law: str, name: str) -> tuple[str, str, Query[ViolationRow]]:
    return law, name, query(__package__, f"audit_{name}", ViolationRow)


CHECKS = (
    _check("G1", "g1_buckets"),
    _check("G2", "g2_pools"),
    _check("G2", "g2_promises"),
    _check("G2", "g2_closed"),
    _check("G3", "g3_supply"),
    _check("G4", "g4_components"),
    _check("G4", "g4_stock"),
    _check("G4", "g4_orphans"),
    _check("G4", "g4_returns"),
    _check("G4", "g4_parcels"),
    _check("M1", "m1_payments"),
    _check("M1", "m1_charges"),
    _check("M1", "m1_balances"),
    _check("M1", "m1_documents"),
    _check("M1", "m1_returns"),
    _check("M1", "m1_claims"),
    _check("M1", "m1_store_credit"),
    _check("M1", "m1_withdrawals"),
    _check("M1", "m1_exchanges"),
    _check("M2", "m2_totals"),
    _check("T2", "t2_events"),
    _check("T3", "t3_states"),
    _check("T4", "t4_waiting"),
    _check("T5", "t5_personal"),
    _check("T5", "t5_merged"),
    _check("T6", "t6_acts"),
)

# What a check is told besides: the states that the table of waiting states knows.
_TOLD: dict[str, tuple[Any, ...]] = {"t4_waiting": (list(QUEUES), list(FULFILLMENT_STATES))}


async def audit(tx: Transaction, progress: Callable[[str], None] | None = None) -> list[Violation]:
    """All violations, none when the books are right.

    Reads one snapshot: the transaction becomes REPEATABLE READ, so it must not have read anything yet.
    """
    await tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    await tx.unlimited()
    found: list[Violation] = []
    for law, name, check in CHECKS:
        if progress is not None:
            progress(name)
        found.extend(Violation(law, name, *row) for row in await check.fetch(tx, *_TOLD.get(name, ())))
    return found
