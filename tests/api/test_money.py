"""The money of orders over HTTP: exact figures, pages, and what a key with limits sees."""

from __future__ import annotations

from typing import Any

from orderwright.platform.db import Database
from orderwright.platform.ids import encode_id, new_id
from tests.builders.orders import a_payment, an_order
from tests.helpers.api import Api, a_key, problem
from tests.helpers.bank import Bank
from tests.helpers.desk import Desk


def usd(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "USD"}


async def test_where_the_money_is(api: Api, database: Database) -> None:
    """A part has left and was captured; the rest is set aside."""
    desk = Desk(database)
    bank = Bank(desk)
    shop = await desk.shop(skus=2, channel={"short_line_policy": "backorder"})
    await desk.receive(shop.skus[0], shop.locations[0], 5)
    lines = [(shop.skus[0].code, 1), (shop.skus[1].code, 1)]
    order_id = await desk.placed(await bank.paid_order(shop.channel.code, lines))
    await bank.work()
    [work] = await desk.fulfillments(order_id)
    await desk.pick(work.id)
    await desk.pack(work.id)
    await bank.work()
    await desk.ship(work.id)
    await bank.work()

    found = (await api.get(f"/v1/orders/{encode_id('ord', order_id)}/money")).json()

    assert {name: found[name] for name in ("balance_due", "due_now", "capturable", "refundable")} == {
        "balance_due": usd(1999), "due_now": usd(0), "capturable": usd(1999), "refundable": usd(1999),
    }  # fmt: skip
    assert found["accounts"] == {
        "authorized": usd(1999), "captured": usd(1999), "lines": usd(-3998), "payer": usd(-1999),
        "receivable": usd(1999),
    }  # fmt: skip
    [payment] = found["payments"]
    assert [payment[name]["amount"] for name in ("authorized", "captured", "capturable", "refundable", "released")] == [
        3998, 1999, 1999, 1999, 0,
    ]  # fmt: skip
    assert payment["state"] == "partly_captured"
    assert [(asked["kind"], asked["amount"], asked["state"], asked["final"]) for asked in found["requests"]] == [
        ("capture", usd(1999), "done", False)
    ]


async def test_the_ledger_is_read_in_pages(api: Api, database: Database) -> None:
    desk = Desk(database)
    shop = await desk.shop()
    order_id = await desk.placed(
        an_order(shop.channel.code, [(shop.skus[0].code, 1)], payments=[a_payment(1999, provider="bazaar")])
    )
    await desk.cancel(order_id)
    path = f"/v1/orders/{encode_id('ord', order_id)}/money/entries?limit=1"
    seen, after = [], ""
    for _ in range(3):
        page = (await api.get(path + after)).json()
        seen += [(e["kind"], e["debit"], e["credit"], e["amount"]["amount"], e["verb"]) for e in page["data"]]
        after = f"&after={page['next']}"
    assert seen == [
        ("placement", "receivable", "lines", 1999, "place_orders"),
        ("capture", "captured", "receivable", 1999, "place_orders"),
        ("cancellation", "lines", "receivable", 1999, "cancel_orders"),
    ]
    assert page["next"] is None


async def test_open_balances_are_listed_to_those_who_may_see_them(api: Api, database: Database) -> None:
    desk = Desk(database)
    bank = Bank(desk)
    shops = [await desk.shop(), await desk.shop()]
    ids = []
    for shop in shops:
        paid = a_payment(1999, provider="bazaar")
        order = an_order(shop.channel.code, [(shop.skus[0].code, 1)], payments=[paid])
        ids.append(await desk.placed(order))
        await desk.cancel(ids[-1])
    await bank.work()

    listed = (await api.get("/v1/balances")).json()

    assert {row["order_id"] for row in listed["data"]} == {encode_id("ord", i) for i in ids}
    assert {(row["why"], row["balance_due"]["amount"]) for row in listed["data"]} == {("refund_by_hand", -1999)}
    first = (await api.get("/v1/balances?limit=1")).json()
    second = (await api.get(f"/v1/balances?limit=1&after={first['next']}")).json()
    assert [*first["data"], *second["data"]] == listed["data"]
    assert second["next"] is None

    web = api.using(await a_key(database, channel_ids=[shops[0].channel.id]))
    seen = (await web.get("/v1/balances")).json()["data"]
    assert [row["order_id"] for row in seen] == [encode_id("ord", ids[0])]
    here = api.using(await a_key(database, location_ids=[shops[0].locations[0].id]))
    assert problem(await here.get("/v1/balances")) == (403, "permission_denied")


async def test_money_outside_what_a_key_may_see_does_not_exist(api: Api, database: Database) -> None:
    desk = Desk(database)
    ours, theirs = await desk.shop(), await desk.shop()
    order_id = await desk.placed(an_order(theirs.channel.code, [(theirs.skus[0].code, 1)]))
    limited = api.using(await a_key(database, channel_ids=[ours.channel.id]))
    for path in ("money", "money/entries"):
        for key, found in ((limited, order_id), (api, new_id())):
            assert problem(await key.get(f"/v1/orders/{encode_id('ord', found)}/{path}")) == (404, "not_found")
        poor = api.using(await a_key(database, "orders.read"))
        answer = await poor.get(f"/v1/orders/{encode_id('ord', order_id)}/{path}")
        assert problem(answer) == (403, "permission_denied")
