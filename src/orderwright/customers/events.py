"""Events of customers. `subject_id` is the customer's id and `seq` its version, given under its row's lock.

`customer.erased` (and `order.erased`, for the order of a guest) holds the numbers of `contacts` and of refused `orders`
that were erased; never what stood in them.
"""

from __future__ import annotations

EVENT_TYPES = {
    "customer.erased": "The personal data of a customer was erased, in the contacts of every order too.",
    "customer.merged": "Another customer turned out to be this one: what was theirs is this one's. Numbers only.",
    "customer.note_added": "Somebody wrote a note on a customer. Its words are not told.",
    "customer.note_changed": "A note on a customer was changed, pinned or unpinned.",
    "customer.note_removed": "A note on a customer was removed.",
    "customer.consent_given": "A customer consented to a `purpose`. `source` says through whom.",
    "customer.consent_withdrawn": "A customer took consent to a `purpose` back. `source` says through whom.",
    "customer.message_received": "A customer said something about no order. Its words are not told.",
    "customer.message_sent": "A customer was told something about no order. Its words are not told.",
    "customer.message_settled": "It was said whether a message of a customer waits for an answer (`answer`).",
}
