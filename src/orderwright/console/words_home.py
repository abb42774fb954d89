"""What the first page says."""

from __future__ import annotations

from typing import Any, NamedTuple


class OrderTile(NamedTuple):
    """A list of orders that matters. `filters` are those of the search, `address` the same as the list takes it."""

    word: str
    tone: str
    note: str
    filters: dict[str, Any]
    address: dict[str, str]
    today: bool = False


ORDER_TILES = (
    OrderTile("Held", "amber", "wait for a person", {"held": True}, {"view": "held"}),
    OrderTile("Late", "red", "promised for a day that is over", {"late": True}, {"view": "late"}),
    OrderTile(
        "Waiting for stock", "amber", "wait for supply", {"status": ["backordered"]}, {"status": "backordered"}
    ),
    OrderTile(
        "To ship", "blue", "placed, allocated, picking or packed",
        {"status": ["placed", "allocated", "picking", "packed"]}, {"view": "open"},
    ),
    OrderTile("Open claims", "amber", "something was wrong", {"has": ["open_claim"]}, {"has": "open_claim"}),
    OrderTile("Open returns", "blue", "goods on their way back", {"has": ["open_return"]}, {"has": "open_return"}),
    OrderTile("Refused payments", "red", "a provider said no", {"payment": ["refused"]}, {"payment": "refused"}),
    OrderTile("Placed today", "neutral", "since midnight", {}, {}, today=True),
)  # fmt: skip

FLOW_SENTENCES = {
    "verify": "To be checked",
    "source": "To be sourced",
    "held": "Held",
    "backordered": "Waiting for supply",
    "released": "To be picked",
    "picking": "Being picked",
    "picked": "To be packed",
    "packed": "To be shipped",
    "shipped": "On the way",
    "pay": "Money to be moved",
}
