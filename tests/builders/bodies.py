"""Builders of request bodies, as an integrator would send them."""

from __future__ import annotations

import itertools
from typing import Any

_numbers = itertools.count(1)


def an_order_body(channel: str, *lines: tuple[str, int], **fields: Any) -> dict[str, Any]:
    """An order of SKUs at 19.99 USD, whose total is the sum of its lines unless said otherwise."""
    n = next(_numbers)
    body: dict[str, Any] = {
        "channel": channel,
        "external_id": f"W-{n}",
        "currency": "USD",
        "placed_at": "2026-03-02T14:05:09Z",
        "customer": {"name": "Ada Lovelace", "email": f"ada{n}@example.com"},
        "ship_to": {
            "country": "US",
            "name": "Ada Lovelace",
            "line1": "1 Main St",
            "city": "Springfield",
            "region": "IL",
            "postal_code": "62701",
        },
        "lines": [
            {"sku": sku, "quantity": quantity, "unit_price": {"amount": 1999, "currency": "USD"}}
            for sku, quantity in lines
        ],
        "total": {"amount": sum(1999 * quantity for _, quantity in lines), "currency": "USD"},
    }
    return body | fields
