"""Labels, packing slips, pick lists and tracking numbers by HTTP; who may have them, and that they are erased."""

from __future__ import annotations

import re

import pytest

from orderwright.flows.erase_customers import EraseCustomer, erase_customers
from orderwright.platform.db import Database
from orderwright.platform.ids import encode_id
from tests.helpers.api import Api, a_key, problem
from tests.helpers.outside import World, a_world

PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
async def world(database: Database, api: Api) -> World:
    return await a_world(database, api)


async def packed(world: World) -> tuple[str, str, str]:
    """The ids of an order, its fulfillment and its labelled parcel."""
    order_id, work = await world.work("release", "pick", "pack", "label")
    made = (await world.api.get(f"/v1/fulfillments/{work}")).json()
    return order_id, work, made["shipment"]["parcels"][0]["id"]


async def test_the_built_in_carrier_draws_a_label_and_a_brought_one_takes_its_place(world: World) -> None:
    _, work, parcel = await packed(world)
    drawn = await world.api.get(f"/v1/parcels/{parcel}/label")
    assert (drawn.status_code, drawn.headers["content-type"]) == (200, "application/pdf")
    assert drawn.content.startswith(b"%PDF-")
    # 4 by 6 inches, in points
    assert re.search(rb"/MediaBox\s*\[\s*0 0 288(\.0+)? 432(\.0+)?\s*\]", drawn.content)
    brought = await world.api.raw(f"/v1/parcels/{parcel}/label", PDF, method="PUT")
    assert brought.json() == {"code": "label_kept", "ok": True, "id": parcel}
    shown = await world.api.get(f"/v1/parcels/{parcel}/label")
    assert shown.content == PDF
    # Browsers show no PDF in a sandbox: it could not be printed.
    assert shown.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    zpl = b"^XA^FO50,50^ADN,36,20^FDOW1^FS^XZ"
    await world.api.raw(f"/v1/parcels/{parcel}/label", zpl, method="PUT")
    shown = await world.api.get(f"/v1/parcels/{parcel}/label")
    assert (shown.content, shown.headers["content-type"]) == (zpl, "application/zpl")
    assert "sandbox" in shown.headers["content-security-policy"]
    full = (await world.api.get(f"/v1/fulfillments/{work}")).json()["shipment"]["parcels"][0]
    assert full["label_type"] == "application/zpl"


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"<svg onload=x>", 422, "label_refused"),
        (b"", 422, "label_refused"),
        (b"%PDF-" + b"x" * 2_000_000, 422, "label_too_large"),
    ],
)
async def test_what_is_no_label_is_refused(world: World, content: bytes, status: int, code: str) -> None:
    _, _, parcel = await packed(world)
    said = await world.api.raw(f"/v1/parcels/{parcel}/label", content, method="PUT")
    assert problem(said) == (status, code)


async def test_slips_and_pick_lists_are_pdfs(world: World) -> None:
    _, work = await world.work("release")
    here = world.shop.locations[0].code
    for path in (f"/v1/fulfillments/{work}/packing-slip", f"/v1/fulfillments/pick-list?location={here}"):
        answer = await world.api.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF-")


async def test_who_is_limited_to_others_has_none_of_them(world: World, database: Database) -> None:
    _, work, parcel = await packed(world)
    for limits in world.limits.values():
        limited = world.api.using(await a_key(database, **limits))
        for path in (f"/v1/parcels/{parcel}/label", f"/v1/fulfillments/{work}/packing-slip"):
            assert problem(await limited.get(path)) == (404, "not_found")
        kept = await limited.raw(f"/v1/parcels/{parcel}/label", PDF, method="PUT")
        assert problem(kept) == (404, "parcel_not_found")
    reader = world.api.using(await a_key(database, "fulfillment.read"))
    assert (await reader.get(f"/v1/parcels/{parcel}/label")).status_code == 403


async def test_labels_are_erased_with_the_people_of_the_order(world: World) -> None:
    _, _, parcel = await packed(world)
    await world.api.raw(f"/v1/parcels/{parcel}/label", PDF, method="PUT")
    [row] = await world.desk.fetch("SELECT customer_id FROM orders")
    await world.desk.run(erase_customers, [EraseCustomer(customer_id=row["customer_id"])])
    assert await world.desk.counts("parcel_label") == {"parcel_label": 0}
    assert problem(await world.api.get(f"/v1/parcels/{parcel}/label")) == (404, "not_found")
    again = await world.api.raw(f"/v1/parcels/{parcel}/label", PDF, method="PUT")
    assert problem(again) == (422, "address_erased")
    assert await world.desk.counts("parcel_label") == {"parcel_label": 0}


async def test_a_tracking_number_is_changed_with_a_reason(world: World) -> None:
    _, _, parcel = await packed(world)
    path, body = f"/v1/parcels/{parcel}/tracking", {"carrier": "ups", "tracking_number": "1Z999AA10123456784"}
    assert problem(await world.api.post(path, body)) == (400, "invalid_request")
    said = await world.api.post(path, body | {"reason": "wrong_number"})
    assert said.json()["code"] == "tracking_changed"
    [row] = await world.desk.fetch("SELECT shipment_id FROM parcel")
    shipment = (await world.api.get(f"/v1/shipments/{encode_id('shp', row['shipment_id'])}")).json()
    assert shipment["parcels"][0]["tracking_url"] == "https://www.ups.com/track?tracknum=1Z999AA10123456784"


async def test_a_number_holds_nothing_that_an_address_or_a_code_could_not(world: World) -> None:
    _, work = await world.work("release", "pick")
    for number in ("a b", "<b>", "1Z\u00e9", "x", "../..", "1" * 51, "ABCD1234\n"):
        said = await world.api.post(f"/v1/fulfillments/{work}/pack", {"parcels": [{"tracking_number": number}]})
        assert problem(said) == (400, "invalid_request"), number
