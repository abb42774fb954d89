"""Pay-outs: what providers say that they paid, matched to what moved with us."""

from orderwright.payments.payouts.contract import ImportPayout, PayoutLine
from orderwright.payments.payouts.csv_payouts import PayoutFile, read_payout_file
from orderwright.payments.payouts.import_payouts import import_payouts
from orderwright.payments.payouts.queries import LineRow, MissingRow, PayoutRow
from orderwright.payments.payouts.read_payouts import (
    MISSING_AFTER_DAYS,
    WITHIN_DAYS,
    list_payouts,
    missing_movements,
    read_lines,
    read_payout,
)

__all__ = [
    "MISSING_AFTER_DAYS",
    "WITHIN_DAYS",
    "ImportPayout",
    "LineRow",
    "MissingRow",
    "PayoutFile",
    "PayoutLine",
    "PayoutRow",
    "import_payouts",
    "list_payouts",
    "missing_movements",
    "read_lines",
    "read_payout",
    "read_payout_file",
]
