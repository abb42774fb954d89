"""Which field the database could not take."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from orderwright.platform.unstorable import find_unstorable, unstorable
from tests.builders.catalog import a_kit, a_sku
from tests.builders.orders import an_order


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (a_sku(), None),
        (a_sku(name="a\0b"), "name"),
        (a_kit(("FINE", 1), ("a\0", 2)), "components[1].sku"),
        (a_sku(metadata={"a": [{"b": "\ud800"}]}), "metadata.a[0].b"),
        (a_sku(metadata={"\0": 1}), "metadata"),
        (a_sku(code="x" * 2_701, name="y" * 2_700), "code"),
        (a_sku(code="x" * 2_701, name="\0"), "name"),
        (a_sku(weight_g=2**63), "weight_g"),
        (a_sku(weight_g=2**63 - 1), None),
        (an_order("web", [("SKU", 1)], placed_at=datetime(1, 1, 1, tzinfo=UTC)), "placed_at"),
        ({"code": "a\0"}, "code"),
        ("\0", None),
        (None, None),
    ],
)
def test_the_first_field_that_no_column_holds(command: Any, field: str | None) -> None:
    assert find_unstorable(command) == field
    assert unstorable(command).details == ({} if field is None else {"field": field})
