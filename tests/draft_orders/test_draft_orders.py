"""Draft orders: kept while they are typed, placed once, erased and pruned."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from orderwright.draft_orders import (
    DeleteDraftOrder,
    DraftContent,
    PlaceDraftOrder,
    SaveDraftOrder,
    delete_draft_orders,
    restore_draft_orders,
    save_draft_orders,
)
from orderwright.draft_orders.contract import RestoreDraftOrder
from orderwright.draft_orders.kept import OLD_DRAFT_ORDERS
from orderwright.flows.erase_customers import EraseCustomer, erase_customers
from orderwright.flows.place_draft_orders import place_draft_orders
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID, new_id
from tests.builders.bodies import an_order_body
from tests.helpers.api import Api, a_key, problem
from tests.helpers.desk import Desk, codes
from tests.helpers.races import race


def content(channel: str, sku: str, **fields: Any) -> dict[str, Any]:
    """The body of an order, without what a draft has itself."""
    body = an_order_body(channel, (sku, 1), **fields)
    return {name: value for name, value in body.items() if name not in ("external_id", "placed_at")}


def saving(name: str, said: dict[str, Any], revision: int | None = None) -> SaveDraftOrder:
    return SaveDraftOrder(external_id=name, order=msgspec.convert(said, DraftContent), revision=revision)


async def a_draft(desk: Desk, name: str, said: dict[str, Any]) -> UUID:
    [saved] = await desk.run(save_draft_orders, [saving(name, said)])
    assert saved.code == "saved"
    assert saved.id is not None
    return saved.id  # type: ignore[no-any-return]


async def a_stocked_shop(desk: Desk) -> Any:
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 5)
    return shop


async def test_a_draft_is_saved_read_listed_deleted_and_restored(api: Api) -> None:
    half = {"customer": {"name": "Ada", "phone": "+1 555 0100"}, "lines": [{"sku": "MUG"}]}
    first = await api.post("/v1/draft_orders", {"external_id": "desk-1", "order": half, "note": "Calls back."})
    assert first.json() | {"id": None} == {"code": "saved", "ok": True, "id": None, "details": {"revision": 1}}
    draft_id = first.json()["id"]
    same = await api.post("/v1/draft_orders", {"external_id": "desk-1", "order": half, "note": "Calls back."})
    assert same.json() == {"code": "unchanged", "ok": True, "id": draft_id, "details": {"revision": 1}}
    read = (await api.get(f"/v1/draft_orders/{draft_id}")).json()
    half["customer"] |= {"email": None, "external_id": None}
    assert (read["order"], read["note"], read["revision"], read["order_id"]) == (half, "Calls back.", 1, None)
    assert [one["id"] for one in (await api.get("/v1/draft_orders?mine=true")).json()["data"]] == [draft_id]
    assert (await api.post(f"/v1/draft_orders/{draft_id}/delete", {})).json()["code"] == "deleted"
    assert (await api.get("/v1/draft_orders")).json() == {"data": [], "next": None}
    assert (await api.get(f"/v1/draft_orders/{draft_id}")).status_code == 404
    assert problem(await api.post(f"/v1/draft_orders/{draft_id}/delete", {})) == (404, "draft_not_found")
    assert (await api.post(f"/v1/draft_orders/{draft_id}/restore", {})).json()["code"] == "restored"
    assert (await api.post(f"/v1/draft_orders/{draft_id}/restore", {})).json()["code"] == "unchanged"
    assert (await api.get(f"/v1/draft_orders/{draft_id}")).json()["order"] == half


async def test_drafts_are_listed_page_by_page_saved_last_first(api: Api) -> None:
    made = [
        (await api.post("/v1/draft_orders", {"external_id": f"desk-{n}", "order": {}})).json()["id"] for n in range(3)
    ]
    first = (await api.get("/v1/draft_orders?limit=2")).json()
    assert [one["id"] for one in first["data"]] == [made[2], made[1]]
    last = (await api.get(f"/v1/draft_orders?limit=2&after={first['next']}")).json()
    assert ([one["id"] for one in last["data"]], last["next"]) == ([made[0]], None)


async def test_of_two_who_save_the_later_is_told(api: Api) -> None:
    first = {"external_id": "desk-1", "order": {"tags": ["a"]}}
    assert (await api.post("/v1/draft_orders", first)).json()["details"] == {"revision": 1}
    anew = {"external_id": "desk-1", "order": {"tags": ["b"]}, "revision": 1}
    assert (await api.post("/v1/draft_orders", anew)).json()["details"] == {"revision": 2}
    late = {"external_id": "desk-1", "order": {"tags": ["c"]}, "revision": 1}
    assert problem(await api.post("/v1/draft_orders", late)) == (409, "revision_differs")
    assert problem(await api.post("/v1/draft_orders", late | {"revision": None})) == (409, "revision_differs")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"external_id": "d", "order": {"channel": "nowhere"}}, "unknown_channel"),
        ({"external_id": "d", "order": {"metadata": {f"k{n}": "x" * 480 for n in range(50)}, "lines": [
            {"sku": "s" * 90, "name": "n" * 190} for _ in range(200)]}}, "draft_too_large"),
        ({"external_id": "d", "order": {}, "revision": 3}, "draft_not_found"),
        ({"external_id": "d", "order": {"lines": [{"quantity": 0}]}}, "invalid_request"),
        ({"external_id": "d", "order": {"whatever": 1}}, "invalid_request"),
    ],
    ids=["channel", "size", "gone", "quantity", "field"],
)  # fmt: skip
async def test_what_is_wrong_is_refused_and_nothing_is_kept(api: Api, body: dict[str, Any], code: str) -> None:
    assert problem(await api.post("/v1/draft_orders", body))[1] == code
    assert (await api.get("/v1/draft_orders")).json()["data"] == []


async def test_what_cannot_be_stored_is_refused_alone(api: Api) -> None:
    bad = {"external_id": "desk-1", "order": {"customer": {"name": "A\x00da"}}}
    assert problem(await api.post("/v1/draft_orders", bad))[0] == 422
    both = await api.post("/v1/draft_orders/bulk", {"data": [bad, {"external_id": "desk-2", "order": {}}]})
    assert [one["ok"] for one in both.json()["data"]] == [False, True]


async def test_a_key_sees_its_own_drafts_and_those_of_its_channels(api: Api, database: Database) -> None:
    mine = (await api.post("/v1/draft_orders", {"external_id": "desk-1", "order": {}})).json()["id"]
    limited = api.using(await a_key(database, "orders.draft", location_ids=[new_id()]))
    theirs = (await limited.post("/v1/draft_orders", {"external_id": "desk-2", "order": {}})).json()["id"]
    assert [one["id"] for one in (await limited.get("/v1/draft_orders")).json()["data"]] == [theirs]
    assert (await limited.get(f"/v1/draft_orders/{mine}")).status_code == 404
    assert problem(await limited.post(f"/v1/draft_orders/{mine}/delete", {})) == (404, "draft_not_found")
    taken = {"external_id": "desk-1", "order": {"tags": ["x"]}}
    assert problem(await limited.post("/v1/draft_orders", taken)) == (404, "draft_not_found")
    assert len((await api.get("/v1/draft_orders")).json()["data"]) == 2
    assert problem(await limited.post(f"/v1/draft_orders/{theirs}/place", {}))[0] == 403


async def test_a_draft_becomes_an_order_once_and_is_emptied(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    draft_id = await a_draft(desk, "desk-1", content(shop.channel.code, shop.skus[0].code))
    [placed] = await desk.run(place_draft_orders, [PlaceDraftOrder(draft_id=draft_id, revision=1)])
    assert (placed.code, placed.details["status"]) == ("placed", "placed")
    [again] = await desk.run(place_draft_orders, [PlaceDraftOrder(draft_id=draft_id, revision=1)])
    assert (again.code, again.ok, again.id) == ("replayed", True, placed.id)
    [row] = await desk.fetch("SELECT order_id, body::text AS body, note FROM draft_order")
    assert tuple(row) == (placed.id, "{}", None)
    assert await desk.value("SELECT external_id FROM orders WHERE id = $1", placed.id) == "desk-1"
    late = await desk.run(save_draft_orders, [saving("desk-1", {"tags": ["late"]}, 1)])
    gone = await desk.run(delete_draft_orders, [DeleteDraftOrder(draft_id=draft_id)])
    back = await desk.run(restore_draft_orders, [RestoreDraftOrder(draft_id=draft_id)])
    assert codes(late) == codes(gone) == codes(back) == ["draft_placed"]


async def test_placed_from_two_windows_at_once_it_is_one_order(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    draft_id = await a_draft(desk, "desk-1", content(shop.channel.code, shop.skus[0].code))
    place = [PlaceDraftOrder(draft_id=draft_id, revision=1)]
    [first], [second] = await race(
        desk,
        lambda tx: place_draft_orders(tx, desk.ctx, place),
        lambda tx: place_draft_orders(tx, desk.ctx, place),
    )
    assert (first.code, second.code, second.id) == ("placed", "replayed", first.id)
    assert await desk.counts("orders") == {"orders": 1}


async def test_saved_while_it_is_placed_the_saving_is_told(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    draft_id = await a_draft(desk, "desk-1", content(shop.channel.code, shop.skus[0].code))
    [first], [second] = await race(
        desk,
        lambda tx: place_draft_orders(tx, desk.ctx, [PlaceDraftOrder(draft_id=draft_id)]),
        lambda tx: save_draft_orders(tx, desk.ctx, [saving("desk-1", {"tags": ["late"]}, 1)]),
    )
    assert (first.code, second.code) == ("placed", "draft_placed")


async def test_what_is_missing_or_refused_stays_a_draft(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    half = await a_draft(desk, "desk-1", {"channel": shop.channel.code, "currency": "USD"})
    wrong = content(shop.channel.code, shop.skus[0].code) | {"ship_to": None}
    nowhere = await a_draft(desk, "desk-2", wrong)
    outcomes = await desk.run(place_draft_orders, [PlaceDraftOrder(draft_id=i) for i in (half, nowhere)])
    assert codes(outcomes) == ["draft_incomplete", "address_needed"]
    assert await desk.value("SELECT count(*) FROM draft_order WHERE order_id IS NULL") == 2


async def test_a_draft_goes_with_its_people(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    ada, bob = {"name": "Ada", "email": "Ada@Example.com"}, {"name": "Bob", "email": "bob@example.com"}
    placed = await a_draft(desk, "desk-1", content(shop.channel.code, shop.skus[0].code, customer=ada))
    await desk.run(place_draft_orders, [PlaceDraftOrder(draft_id=placed)])
    await a_draft(desk, "desk-2", {"customer": {"email": "ADA@example.com"}})
    await a_draft(desk, "desk-3", {"customer": bob})
    customer = await desk.value("SELECT id FROM customer")
    [erased] = await desk.run(erase_customers, [EraseCustomer(customer_id=customer)])
    assert erased.code == "erased"
    left = await desk.fetch("SELECT external_id FROM draft_order ORDER BY external_id")
    assert [row["external_id"] for row in left] == ["desk-1", "desk-3"]


async def test_drafts_are_kept_for_a_time(desk: Desk) -> None:
    old, deleted, kept = [await a_draft(desk, f"desk-{n}", {}) for n in range(3)]
    await desk.run(delete_draft_orders, [DeleteDraftOrder(draft_id=deleted)])
    async with desk.database.transaction("acme") as tx:
        assert await OLD_DRAFT_ORDERS.old.fetch(tx, 10) == []
        await tx.execute("UPDATE draft_order SET expires_at = now() - interval '1 second' WHERE id = $1", old)
        await tx.execute("UPDATE draft_order SET deleted_at = now() - interval '25 hours' WHERE id = $1", deleted)
        assert {row.id for row in await OLD_DRAFT_ORDERS.old.fetch(tx, 10)} == {old, deleted}
    assert [row["id"] for row in await desk.fetch("SELECT id FROM draft_order")] == [kept]
