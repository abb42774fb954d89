"""What is verified of an order: its own facts, and those of the contacts in their roles. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright.customers import ContactRow
from orderwright.orders.needs import VerificationRow
from orderwright.orders.verification import OrderFacts


def facts_of(row: VerificationRow, contacts: Sequence[ContactRow]) -> OrderFacts:
    """The facts of an order, from its row and its contacts."""
    by_role = {contact.role: contact for contact in contacts}
    ship_to = by_role.get("ship_to")
    buyer = by_role.get("buyer")
    bill_to = by_role.get("bill_to")
    return OrderFacts(
        needs_address=row.needs_address,
        country=ship_to.country if ship_to else None,
        line1=ship_to.line1 if ship_to else None,
        city=ship_to.city if ship_to else None,
        region=ship_to.region if ship_to else None,
        postal_code=ship_to.postal_code if ship_to else None,
        ship_to_phone=ship_to.phone if ship_to else None,
        ship_to_email=ship_to.email if ship_to else None,
        customer_phone=buyer.phone if buyer else None,
        customer_email=buyer.email if buyer else None,
        customer_country=bill_to.country if bill_to else None,
        total_minor=row.total_minor,
        line_quantity_max=row.line_quantity_max,
        orders_in_window=row.orders_in_window,
        duplicate_of=row.duplicate_of,
    )
