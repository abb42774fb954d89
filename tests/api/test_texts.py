"""No text that a caller sends reaches PostgreSQL with a NUL in it: there it would fail the whole batch."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import inspect

from orderwright.api.table import OPERATIONS
from orderwright.draft_orders import DraftContent
from orderwright.orders import PlaceOrder
from orderwright.orders.contract import Address, Charge, ReportedPayment
from orderwright.orders.edit_contract import AddDiscount, AddLine, SetShipping, SetShipTo
from orderwright.returns import NewLine

# Read as something else: an id, a place in a list.
READ = {".after", ".subjects[]", ".events[].subject"}
LOOKED_AT = (PlaceOrder, AddLine, AddDiscount, SetShipping, SetShipTo)  # by `orders.storable`
# The same, as parts of the order that they are to become: see `orders.child_command`.
OF_CHILDREN = (Address, Charge, NewLine, ReportedPayment)
# An order that is not placed yet: refused when it is written (`test_draft_orders`).
OF_DRAFTS = (DraftContent,)
# Checked by `refuse_json`, or, in a query string, by `api.parameters`.
# `.body{}`: of an approval, by the command that it is to become.
CHECKED = {".metadata{}", ".attributes{}", ".body{}"}


def free_texts(kind: Any, path: str = "") -> set[str]:
    """The paths of texts that may hold any character."""
    found: set[str] = set()
    match kind:
        case inspect.StrType(pattern=None):
            found = {path}
        case inspect.StructType(cls=cls) if cls in (*LOOKED_AT, *OF_CHILDREN, *OF_DRAFTS):
            found = set()
        case inspect.StructType(fields=fields):
            found = {text for f in fields for text in free_texts(f.type, f"{path}.{f.name}")}
        case inspect.UnionType(types=types):
            found = {text for part in types for text in free_texts(part, path)}
        case inspect.ListType(item_type=item):
            found = free_texts(item, f"{path}[]")
        case inspect.DictType(key_type=key, value_type=value):
            found = free_texts(key, f"{path}{{}}") | free_texts(value, f"{path}{{}}")
    return found


def test_every_text_has_a_form() -> None:
    left: dict[str, set[str]] = {}
    for made in OPERATIONS:
        for kind in (made.body, made.item):
            if kind is not None and (texts := free_texts(msgspec.inspect.type_info(kind)) - READ - CHECKED):
                left[made.id] = texts
    assert left == {}
