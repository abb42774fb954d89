"""Events of customers. `subject_id` is the customer's id and `seq` its version, given under its row's lock.

`customer.erased` (and `order.erased`, for the order of a guest) holds the numbers of `contacts` and of refused `orders`
that were erased; never what stood in them.
"""

from __future__ import annotations

EVENT_TYPES = {
    "customer.erased": "The personal data of a customer was erased, in the contacts of every order too.",
}
