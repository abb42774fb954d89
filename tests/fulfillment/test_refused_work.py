"""What cannot go with a carrier, and where the goods of rejected work go."""

from __future__ import annotations

from typing import Any

import pytest

from orderwright.fulfillment import CARRIERS, PackFulfillment, RejectFulfillment, goods_of_rejected, refuse_carrier
from orderwright.inventory import LOSS, Place
from orderwright.platform.ids import new_id

HERE = new_id()


@pytest.mark.parametrize(
    ("reason", "goes_to"),
    [
        ("out_of_stock", LOSS),
        ("damaged", Place(HERE, "damaged")),
        ("no_capacity", Place(HERE, "available")),
        ("closed", Place(HERE, "available")),
        ("other", Place(HERE, "available")),
    ],
)
def test_goods_go_where_the_reason_says(reason: Any, goes_to: Place) -> None:
    assert goods_of_rejected(RejectFulfillment(fulfillment_id=new_id(), reason=reason), HERE) == goes_to


def test_a_carrier_and_a_service_that_there_are() -> None:
    def code(carrier: str, service: str) -> str | None:
        command = PackFulfillment(fulfillment_id=new_id(), carrier=carrier, service=service)
        refusal = refuse_carrier(command, CARRIERS)
        return None if refusal is None else refusal.code

    assert code("builtin", "standard") is None
    assert code("builtin", "by-pigeon") == "unknown_service"
    assert code("pigeon", "by-pigeon") == "unknown_carrier"
