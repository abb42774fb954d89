"""Verification: typed reasons to hold an order for a person to look at. Pure: the facts in, the findings out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from orderwright.catalog import Checks
from orderwright.orders.verification.address import check_address
from orderwright.orders.verification.email import check_email
from orderwright.orders.verification.finding import (
    ADDRESS_INVALID,
    BLOCKS,
    EMAIL_INVALID,
    OVER_LIMIT,
    PHONE_INVALID,
    POSSIBLE_DUPLICATE,
    VELOCITY,
    Finding,
    finding,
)
from orderwright.orders.verification.limits import check_duplicates, check_limits, check_velocity
from orderwright.orders.verification.phone import check_phone
from orderwright.platform.ids import UUID

__all__ = [
    "ADDRESS_INVALID",
    "BLOCKS",
    "EMAIL_INVALID",
    "OVER_LIMIT",
    "PHONE_INVALID",
    "POSSIBLE_DUPLICATE",
    "VELOCITY",
    "Finding",
    "OrderFacts",
    "check_address",
    "check_duplicates",
    "check_email",
    "check_limits",
    "check_phone",
    "check_velocity",
    "finding",
    "verify",
]


class OrderFacts(NamedTuple):
    """What is known of an order when it is verified. The address fields are those of `ship_to`.

    `needs_address`: a line is delivered by `ship`; pick-up, digital and marketplace-fulfilled lines need none.
    `line_quantity_max`: units of the largest line. `orders_in_window`: the customer's orders within the channel's
    velocity window, this one counted. `duplicate_of`: earlier orders within the duplicate window that look the same.
    """

    needs_address: bool
    country: str | None
    line1: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    ship_to_phone: str | None
    ship_to_email: str | None
    customer_phone: str | None
    customer_email: str | None
    customer_country: str | None  # of `bill_to`: where the customer's own number is read first
    total_minor: int
    line_quantity_max: int
    orders_in_window: int = 1
    duplicate_of: Sequence[UUID] = ()


def verify(facts: OrderFacts, checks: Checks) -> list[Finding]:
    """All findings of one order, at most one of a type (an order has one open hold of a type).

    In order: `address_invalid`, `phone_invalid`, `email_invalid`, `over_limit`, `velocity`, `possible_duplicate`.
    """
    return [
        found
        for found in (
            check_address(facts) if checks.address and facts.needs_address else None,
            _check_phones(facts) if checks.phone else None,
            _check_emails(facts) if checks.email else None,
            check_limits(facts.total_minor, facts.line_quantity_max, checks),
            check_velocity(facts.orders_in_window, checks),
            check_duplicates(facts.duplicate_of, checks),
        )
        if found is not None
    ]


def _check_phones(facts: OrderFacts) -> Finding | None:
    customer = check_phone(facts.customer_phone, facts.customer_country, facts.country, field="customer.phone")
    if facts.ship_to_phone is None or (facts.ship_to_phone == facts.customer_phone and customer is None):
        return customer
    return _both(customer, check_phone(facts.ship_to_phone, facts.country, field="ship_to.phone"))


def _check_emails(facts: OrderFacts) -> Finding | None:
    customer = check_email(facts.customer_email, "customer.email")
    if facts.ship_to_email is None or (facts.ship_to_email == facts.customer_email and customer is None):
        return customer
    return _both(customer, check_email(facts.ship_to_email, "ship_to.email"))


def _both(one: Finding | None, other: Finding | None) -> Finding | None:
    """Two findings of one type as one that names the fields of both."""
    if one is None or other is None:
        return one or other
    return finding(one.type, fields={**one.detail["fields"], **other.detail["fields"]})
