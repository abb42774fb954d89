"""Store credit: what customers have here, how it is given, and how it pays for their orders."""

from orderwright.orders.contract import STORE_CREDIT
from orderwright.payments.store_credit.accounts import (
    CreditMove,
    given_for,
    lock_accounts,
    open_accounts,
    owners_of_orders,
    write_credit,
)
from orderwright.payments.store_credit.contract import AdjustStoreCredit, IssueStoreCredit
from orderwright.payments.store_credit.issue import adjust_store_credit, issue_store_credit, refuse_owner
from orderwright.payments.store_credit.merge import MovedCredit, merge_credit
from orderwright.payments.store_credit.provider import StoreCreditProvider
from orderwright.payments.store_credit.queries import AccountRow, GivenRow, OwnerRow

__all__ = [
    "STORE_CREDIT",
    "AccountRow",
    "AdjustStoreCredit",
    "CreditMove",
    "GivenRow",
    "IssueStoreCredit",
    "MovedCredit",
    "OwnerRow",
    "StoreCreditProvider",
    "adjust_store_credit",
    "given_for",
    "issue_store_credit",
    "lock_accounts",
    "merge_credit",
    "open_accounts",
    "owners_of_orders",
    "refuse_owner",
    "write_credit",
]
