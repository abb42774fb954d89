"""The SQL of store credit, by type."""

from __future__ import annotations

from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import append, query, statement


class AccountRow(NamedTuple):
    """A customer's store credit in one currency, in minor units. `held_minor` is set aside for orders. `moved_into`:
    the account that has it all since its customer was merged; this one is empty for ever."""

    id: UUID
    customer_id: UUID
    currency: str
    balance_minor: int
    held_minor: int
    event_seq: int
    moved_into: UUID | None = None

    @property
    def free_minor(self) -> int:
        """What may be spent."""
        return self.balance_minor - self.held_minor


class OwnerRow(NamedTuple):
    """Whose an order is (`id`: the order's), or that there is such a customer (`id`: the customer's)."""

    id: UUID
    customer_id: UUID | None
    currency: str | None
    erased: bool


class GivenRow(NamedTuple):
    """What was given for a return and is not taken back: of the order's money, and as a bonus; in minor units."""

    subject_id: UUID
    amount_minor: int
    bonus_minor: int


class AskedRow(NamedTuple):
    """What a request is about."""

    id: UUID
    payment_id: UUID
    order_id: UUID
    customer_id: UUID | None
    act_id: UUID


class HoldRow(NamedTuple):
    """What was set aside of an account for a payment. Sums of all that ever happened to it, in minor units."""

    id: UUID
    account_id: UUID
    payment_id: UUID
    order_id: UUID
    currency: str
    authorized_minor: int
    captured_minor: int
    refunded_minor: int
    released_minor: int
    finalized: bool

    @property
    def open_minor(self) -> int:
        """What is set aside and may be taken."""
        return self.authorized_minor - self.captured_minor - self.released_minor


class OperationRow(NamedTuple):
    """What was answered to a request. `content` is a hash of what was asked with it."""

    request_id: UUID
    content: bytes
    hold_id: UUID | None
    kind: str
    amount_minor: int
    done: bool
    code: str | None


OPEN_ACCOUNTS = statement(__package__, "open_accounts")
LOCK_ACCOUNTS = query(__package__, "lock_accounts", AccountRow)
ACCOUNTS_OF_CUSTOMERS = query(__package__, "accounts_of_customers", AccountRow)
MOVE_HELD = statement(__package__, "move_held")
CLOSE_ACCOUNTS = statement(__package__, "close_accounts")
MOVE_ACCOUNTS = statement(__package__, "move_accounts")
OWNERS_OF_ORDERS = query(__package__, "owners_of_orders", OwnerRow)
OWNERS = query(__package__, "owners", OwnerRow)
GIVEN_FOR = query(__package__, "given_for", GivenRow)
ASKED = query(__package__, "asked", AskedRow)
READ_HOLDS = query(__package__, "read_holds", HoldRow)
KNOWN_OPERATIONS = query(__package__, "known_operations", OperationRow)
MOVE_HOLDS = statement(__package__, "move_holds")
APPEND_HOLDS = append(
    "credit_hold",
    "id account_id payment_id order_id currency authorized_minor captured_minor refunded_minor released_minor"
    " finalized",
)
APPEND_OPERATIONS = append("credit_operation", "request_id content hold_id kind amount_minor done code")
APPEND_ENTRIES = append(
    "credit_entry",
    "id account_id amount_minor kind reason order_id payment_id request_id subject_id act_id happened_at",
)
