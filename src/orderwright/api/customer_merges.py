"""Customers who are one person: who may be, what merging would move, and merging."""

from __future__ import annotations

import msgspec

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.operations import Operation, operation
from orderwright.api.verbs import VerbRoute, operations_of
from orderwright.customers import MergeCustomer
from orderwright.flows.merge_customers import merge_customers, preview_merge_customers
from orderwright.platform.errors import NotFound
from orderwright.search import SamePerson, same_people


class SamePeople(msgspec.Struct, frozen=True):
    """The likeliest first; `next` is null."""

    data: list[SamePerson]
    next: None = None


@operation(
    "GET", "/v1/customers/{customer_id}/same_people", tag="Customers", scope="customers.read", answer=SamePeople,
    refusals=(404,),
)  # fmt: skip
async def list_same_people(call: Call) -> Answer:
    """List customers who may be the same person.

    By the e-mail address, the telephone number, or the name and postal code in the newest twenty orders. At most
    twenty. For keys without limits.
    """
    call.ctx.require_unlimited("A customer is of all channels and locations.")
    customer_id = call.id("customer_id")
    found = await call.read(lambda tx: same_people(tx, customer_id, call.ctx))
    if found is None:
        raise NotFound("There is no customer of this id. Check it.")
    return json_answer(SamePeople(found))


CUSTOMER_MERGES: list[Operation] = [
    list_same_people,
    *operations_of(
        VerbRoute(
            id="merge_customer",
            verb=merge_customers,
            command=MergeCustomer,
            one="/v1/customers/{customer_id}/merge",
            many="/v1/customers/merge",
            tag="Customers",
            scope="customers.merge",
            prefix="cus",
            does="Merge another customer into this one",
            does_many="Merge up to 1,000 customers into others",
            more="Orders, store credit, messages, notes and consent come to the customer of the path. The other"
            " id leads there from then on, and so do later orders. It cannot be undone: preview it first.",
            subject="customer_id",
            natural_key=True,
            example={"merge": "cus_01j9zqtf0seqbr9w7r1c4rkz2m"},
        )
    ),
    *operations_of(
        VerbRoute(
            id="preview_merge_customer",
            verb=preview_merge_customers,
            command=MergeCustomer,
            one="/v1/customers/{customer_id}/merge/preview",
            many="/v1/customers/merge/preview",
            tag="Customers",
            scope="customers.merge",
            prefix="cus",
            does="Preview what merging another customer into this one would move",
            does_many="Preview what up to 1,000 merges would move",
            more="`details` counts orders, returns, addresses, messages and notes, and says what store credit moves."
            " Nothing is kept.",
            subject="customer_id",
            natural_key=True,
            example={"merge": "cus_01j9zqtf0seqbr9w7r1c4rkz2m"},
        )
    ),
]
