"""Customers and contacts: the only home of personal data (law T5)."""

from orderwright.customers.contacts import ContactRow, contacts_of_orders
from orderwright.customers.points import PointRow, ship_to_points
from orderwright.customers.record import NewContact, identity_hash, insert_contacts, record_customers

__all__ = [
    "ContactRow",
    "NewContact",
    "PointRow",
    "contacts_of_orders",
    "identity_hash",
    "insert_contacts",
    "record_customers",
    "ship_to_points",
]
