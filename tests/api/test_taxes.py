"""Taxes over HTTP: the engine of a channel, the table of rates in pages, quotes, and an order that moves."""

from __future__ import annotations

from typing import Any

from orderwright.platform.db import Database
from orderwright.platform.ids import encode_id
from tests.builders.catalog import Shop
from tests.builders.orders import a_line, an_order, usd
from tests.helpers.api import Api, a_key, problem
from tests.helpers.desk import Desk
from tests.helpers.taxes import a_tax

STATE = {"country": "US", "region": "IL", "name": "State", "rate": "0.0625", "valid_from": "2020-01-01"}
COUNTY = STATE | {"name": "County", "postal_prefix": "606", "rate": "0.0175"}
QUOTE: dict[str, Any] = {
    "channel": "?", "currency": "USD", "on": "2026-05-01",
    "ship_to": {"country": "US", "region": "IL", "postal_code": "60601"},
    "items": [{"key": "1", "amount_minor": 10_000}, {"key": "s", "kind": "shipping", "amount_minor": 500}],
}  # fmt: skip


async def with_rates(api: Api, shop: Shop) -> None:
    """Illinois, and the engine that goes by it."""
    answer = await api.post("/v1/taxes/rates/bulk", json={"data": [STATE, COUNTY]})
    assert [outcome["code"] for outcome in answer.json()["data"]] == ["created", "created"]
    said = {"channel": shop.channel.code, "terms": {"engine": "jurisdictions"}}
    assert (await api.post("/v1/channel-taxes", json=said)).json()["code"] == "set"


async def test_how_a_channel_is_taxed_is_said_and_listed(api: Api, shop: Shop) -> None:
    said = {
        "channel": shop.channel.code,
        "terms": {
            "engine": "eu_vat", "ship_from": {"country": "DE", "postal_code": "10115"},
            "eu_vat": {"rates": [{"area": "PT-20", "vat_class": "reduced", "rate": "0.09"}]},
        },
    }  # fmt: skip
    answer = await api.post("/v1/channel-taxes", json=said)
    assert answer.json() == {"code": "set", "ok": True, "id": encode_id("chn", shop.channel.id),
                             "details": {"version": 1}}  # fmt: skip
    [listed] = (await api.get("/v1/channel-taxes")).json()["data"]
    assert (listed["channel"], listed["version"], listed["terms"]) == (shop.channel.code, 1, said["terms"])

    said["terms"] = {"engine": "eu_vat"}
    assert problem(await api.post("/v1/channel-taxes", json=said)) == (422, "ship_from_needed")
    said["terms"] = {"engine": "guess"}
    assert problem(await api.post("/v1/channel-taxes", json=said)) == (400, "invalid_request")


async def test_rates_are_put_and_listed_by_key(api: Api) -> None:
    spoiled = STATE | {"name": "Other", "rate": "19"}
    answer = await api.post("/v1/taxes/rates/bulk", json={"data": [COUNTY, STATE, spoiled, {"name": "?"}]})
    outcomes = answer.json()["data"]
    assert [outcome["code"] for outcome in outcomes] == ["created", "created", "rate_out_of_range", "invalid_request"]
    federal = {"country": "CA", "name": "GST", "rate": "0.05", "valid_from": "2008-01-01", "valid_to": "2026-12-31",
               "applies_to_shipping": True}  # fmt: skip
    assert (await api.post("/v1/taxes/rates", json=federal)).json()["code"] == "created"

    names, after = [], ""
    for _ in range(3):
        page = (await api.get(f"/v1/taxes/rates?limit=1{after}")).json()
        names += [rate["name"] for rate in page["data"]]
        after = f"&after={page['next']}"
    assert (names, page["next"]) == (["GST", "State", "County"], None)
    [gst] = (await api.get("/v1/taxes/rates?country=CA&on=2026-12-31")).json()["data"]
    assert gst == federal | {
        "id": gst["id"], "version": 1, "region": None, "postal_prefix": None, "tax_class": None, "compound": False,
    }  # fmt: skip
    assert (await api.get("/v1/taxes/rates?on=2027-01-01&country=CA")).json() == {"data": [], "next": None}
    found = (await api.get("/v1/taxes/rates?country=US&region=IL")).json()["data"]
    assert [rate["name"] for rate in found] == ["State", "County"]
    assert (await api.get("/v1/taxes/rates?country=US&region=")).json()["data"] == []
    assert problem(await api.get("/v1/taxes/rates?after=nothing"))[0] == 400


async def test_a_quote_keeps_nothing(api: Api, database: Database, shop: Shop) -> None:
    await with_rates(api, shop)
    desk = Desk(database)
    tables = ("act", "event", "idempotency", "inbox", "contact")
    before = await desk.counts(*tables)

    answer = await api.post("/v1/taxes/quote", json=QUOTE | {"channel": shop.channel.code})

    details = answer.json()["details"]
    assert (details["net_minor"], details["tax_minor"], details["gross_minor"]) == (10_500, 800, 11_300)
    assert [(item["key"], item["tax_minor"]) for item in details["items"]] == [("1", 800), ("s", 0)]
    assert await desk.counts(*tables) == before
    other = {"channel": "nobody"}
    assert problem(await api.post("/v1/taxes/quote", json=QUOTE | other)) == (422, "unknown_channel")


async def test_an_order_that_moves_is_taxed_anew(api: Api, database: Database, shop: Shop) -> None:
    await with_rates(api, shop)
    line = a_line(shop.skus[0].code, 1, 10_000, taxes=[a_tax(625, "State", "0.0625")])
    order_id = encode_id("ord", await Desk(database).placed(an_order(shop.channel.code, [line], total=usd(10_625))))
    chicago = {"country": "US", "region": "IL", "postal_code": "60601", "city": "Chicago", "line1": "2 Lake St"}
    body = {"revision": 0, "changes": [{"change": "set_ship_to", "ship_to": chicago}]}

    preview = (await api.post(f"/v1/orders/{order_id}/edit/preview", json=body)).json()["details"]
    assert (preview["tax_before_minor"], preview["tax_minor"], preview["difference_minor"]) == (625, 800, 175)
    body["changes"] = [{"change": "set_ship_to", "ship_to": chicago | {"region": "TX", "postal_code": "73301"}}]
    assert problem(await api.post(f"/v1/orders/{order_id}/edit", json=body)) == (422, "tax_unknown")


async def test_scopes(api: Api, database: Database, shop: Shop) -> None:
    reader = api.using(await a_key(database, "taxes.read"))
    writer = api.using(await a_key(database, "taxes.write"))
    assert (await reader.get("/v1/taxes/rates")).status_code == 200
    assert problem(await writer.get("/v1/taxes/rates")) == (403, "permission_denied")
    assert problem(await reader.post("/v1/taxes/rates", json=STATE)) == (403, "permission_denied")
    assert (await writer.post("/v1/taxes/rates", json=STATE)).status_code == 200
    said = {"channel": shop.channel.code, "terms": {}}
    assert problem(await reader.post("/v1/channel-taxes", json=said)) == (403, "permission_denied")
