"""Customers and contacts: the only home of personal data (law T5)."""

from orderwright.customers.contacts import ContactRow, contacts_of_orders
from orderwright.customers.emails import normalise_email
from orderwright.customers.erasure import (
    CustomerState,
    ErasableContact,
    decide_erasures,
    empty_contacts,
    erased_event,
    forget_identities,
    lock_customers,
    lock_erasable_contacts,
    lock_words,
    reachable_at,
    wait_for_intake,
)
from orderwright.customers.errors import NO_ERASURE
from orderwright.customers.events import EVENT_TYPES
from orderwright.customers.index_contact_words import CONTACT_WORDS, index_contact_words
from orderwright.customers.phones import PHONE_DIGITS_MAX, PHONE_DIGITS_MIN, normalise_phone
from orderwright.customers.points import PointRow, ship_to_points
from orderwright.customers.record import (
    Buyers,
    NewContact,
    find_customers,
    identity_hash,
    insert_contacts,
    make_customers,
    move_contacts,
)
from orderwright.customers.spelling import LETTERS_MIN, may_be_misspelled, words_like
from orderwright.customers.tax_places import PlaceRow, read_places
from orderwright.customers.words import index_keys, pair_key, words_of

__all__ = [
    "CONTACT_WORDS",
    "EVENT_TYPES",
    "LETTERS_MIN",
    "NO_ERASURE",
    "PHONE_DIGITS_MAX",
    "PHONE_DIGITS_MIN",
    "Buyers",
    "ContactRow",
    "CustomerState",
    "ErasableContact",
    "NewContact",
    "PlaceRow",
    "PointRow",
    "contacts_of_orders",
    "decide_erasures",
    "empty_contacts",
    "erased_event",
    "find_customers",
    "forget_identities",
    "identity_hash",
    "index_contact_words",
    "index_keys",
    "insert_contacts",
    "lock_customers",
    "lock_erasable_contacts",
    "lock_words",
    "make_customers",
    "may_be_misspelled",
    "move_contacts",
    "normalise_email",
    "normalise_phone",
    "pair_key",
    "reachable_at",
    "read_places",
    "ship_to_points",
    "wait_for_intake",
    "words_like",
    "words_of",
]
