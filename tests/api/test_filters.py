"""A filter that names what does not exist is answered 400: an empty list would be taken for an answer."""

from __future__ import annotations

import pytest

from tests.builders.catalog import Shop
from tests.helpers.api import Api, problem


@pytest.mark.parametrize(
    ("path", "name", "code"),
    [
        ("/v1/orders?channel=NOPE", "channel", "invalid_filter"),
        ("/v1/orders?channel={channel}&channel=NOPE", "channel", "invalid_filter"),
        ("/v1/orders?location=NOPE", "location", "invalid_filter"),
        ("/v1/stock?sku=NOPE", "sku", "invalid_parameter"),
        ("/v1/stock?sku={sku}&sku=NOPE", "sku", "invalid_parameter"),
        ("/v1/stock?location=NOPE", "location", "invalid_parameter"),
        ("/v1/stock/supplies?sku=NOPE", "sku", "invalid_parameter"),
        ("/v1/stock/supplies?pool=NOPE", "pool", "invalid_parameter"),
        ("/v1/fulfillments?location=NOPE", "location", "invalid_parameter"),
    ],
)
async def test_an_unknown_code_is_named(api: Api, shop: Shop, path: str, name: str, code: str) -> None:
    answer = await api.get(path.format(channel=shop.channel.code, sku=shop.skus[0].code))
    assert problem(answer) == (400, code)
    assert answer.json()["details"]["code"] == "NOPE"
    assert f"of the code NOPE. Correct `{name}`." in answer.json()["detail"]


async def test_known_codes_and_what_only_orders_name_are_fine(api: Api, shop: Shop) -> None:
    sku, channel, location = shop.skus[0].code, shop.channel.code, shop.locations[0].code
    for path in (
        f"/v1/orders?channel={channel}&location={location}",
        "/v1/orders?sku=NOPE",  # of a line that was not understood
        "/v1/orders/refused?channel=NOPE",  # which may be why it was refused
        f"/v1/stock?sku={sku}&location={location}",
        f"/v1/stock/supplies?sku={sku}&pool={shop.pool_code}",
    ):
        answer = await api.get(path)
        assert (answer.status_code, answer.json()["data"] == []) == (200, not path.startswith("/v1/stock?")), path
    assert (await api.get("/v1/availability?sku=NOPE")).json() == {"data": [], "unknown": ["NOPE"]}
