"""What the pages of customers say."""

from __future__ import annotations

from orderwright.search import BoughtView, CustomerSummary, CustomerView, KnownContact

ROLES = {"buyer": "Bought", "ship_to": "Shipped to", "bill_to": "Billed to", "profile": "Their own entry"}


def name_of(customer: CustomerView) -> str:
    """Who it is: by their own entry, else as buyer, else as the last whom something was shipped to."""
    if customer.erased_at is not None:
        return "Erased customer"
    for role in ("profile", "buyer", "ship_to"):
        for contact in customer.contacts:
            if contact.role == role and (contact.name or contact.company or contact.email):
                return contact.name or contact.company or contact.email or ""
    return "Customer without a name"


def listed_name(row: CustomerSummary) -> str:
    """A customer's name in a list."""
    return row.name or row.company or row.email or "Without a name"


def place_of(row: CustomerSummary | KnownContact) -> str:
    """Where somebody is: "Springfield, IL, US"."""
    return ", ".join(part for part in (row.city, row.region, row.country) if part)


def address_lines(contact: KnownContact) -> list[str]:
    """An address, line by line."""
    town = " ".join(part for part in (contact.city, contact.region, contact.postal_code) if part)
    return [line for line in (contact.company, contact.line1, contact.line2, town, contact.country) if line]


def returned_share(bought: BoughtView) -> float | None:
    """The share of shipped units that came back; None where nothing was shipped."""
    return bought.units_returned / bought.units_shipped if bought.units_shipped else None
