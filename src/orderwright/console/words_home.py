"""What the first page says."""

from __future__ import annotations

from typing import NamedTuple


class OrderTile(NamedTuple):
    """A list of orders that matters. `params` are its filters as the list's address has them."""

    word: str
    tone: str
    note: str
    params: dict[str, tuple[str, ...]]
    today: bool = False


ORDER_TILES = (
    OrderTile("Held", "amber", "wait for a person", {"held": ("true",)}),
    OrderTile("Late", "red", "promised for a day that is over", {"late": ("true",)}),
    OrderTile("Waiting for stock", "amber", "wait for supply", {"status": ("backordered",)}),
    OrderTile(
        "To ship", "blue", "placed, allocated, picking or packed",
        {"status": ("placed", "allocated", "picking", "packed")},
    ),
    OrderTile("Open claims", "amber", "something was wrong", {"has": ("open_claim",)}),
    OrderTile("Open returns", "blue", "goods on their way back", {"has": ("open_return",)}),
    OrderTile("Refused payments", "red", "a provider said no", {"payment": ("refused",)}),
    OrderTile("Placed today", "neutral", "since midnight", {}, today=True),
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
