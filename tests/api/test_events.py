"""Events by HTTP: polled and streamed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from orderwright.access import revoke_api_key
from orderwright.api import close_streams, events
from orderwright.platform.db import Database
from orderwright.platform.events import sequence_events
from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop
from tests.helpers.api import Api, a_key, problem, serving
from tests.helpers.streams import streaming


async def _place(api: Api, shop: Shop) -> str:
    answer = await api.post("/v1/orders", an_order_body(shop.channel.code, (shop.skus[0].code, 1)))
    order_id: str = answer.json()["id"]
    return order_id


async def _sequence(database: Database) -> None:
    async with database.transaction("acme") as tx:
        await sequence_events(tx)


async def test_events_are_read_behind_a_position(api: Api, shop: Shop, database: Database) -> None:
    placed = [await _place(api, shop) for _ in range(3)]
    assert (await api.get("/v1/events")).json() == {"data": [], "next": None, "position": 0}
    await _sequence(database)
    everything = (await api.get("/v1/events?limit=1000")).json()
    assert everything["next"] is None
    assert [event["position"] for event in everything["data"]] == list(range(1, everything["position"] + 1))
    orders = [event for event in everything["data"] if event["type"] == "order.placed"]
    assert [event["subject"] for event in orders] == placed
    first = orders[0]
    assert first["id"].startswith("evt_")
    assert (first["seq"], first["data"]["units"], first["actor"][:4]) == (1, 1, "key:")
    assert first["happened_at"].endswith("Z")
    received = next(event for event in everything["data"] if event["type"] == "stock.received")
    assert received["subject"].startswith("rcp_")

    page = (await api.get("/v1/events?type=order.placed&limit=2")).json()
    assert [event["subject"] for event in page["data"]] == placed[:2]
    rest = (await api.get(f"/v1/events?type=order.placed&limit=2&after={page['next']}")).json()
    assert [event["subject"] for event in rest["data"]] == placed[2:]
    assert (rest["next"], rest["position"]) == (None, everything["position"])
    nothing = (await api.get("/v1/events?type=order.shipped")).json()
    assert nothing == {"data": [], "next": None, "position": everything["position"]}


async def test_a_rare_type_is_looked_for_in_steps(
    api: Api, shop: Shop, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call looks at so many events, and says where to go on: nothing is missed, and nothing comes twice."""
    monkeypatch.setattr(events, "EXAMINED_MAX", 3)
    first = await _place(api, shop)
    for _ in range(5):
        await api.post(
            "/v1/stock/receipts", {"sku": shop.skus[0].code, "location": shop.locations[0].code, "quantity": 1}
        )
    second = await _place(api, shop)
    await _sequence(database)
    everything = (await api.get("/v1/events?limit=1000")).json()  # all types: no page is short
    assert (everything["next"], len(everything["data"])) == (None, everything["position"])

    seen: list[str] = []
    pages, after = 0, "0"
    while after:
        page = (await api.get(f"/v1/events?type=order.placed&limit=2&after={after}")).json()
        seen += [event["subject"] for event in page["data"]]
        pages, after = pages + 1, page["next"]
    assert seen == [first, second]
    assert pages == -(-everything["position"] // 3)
    assert page["position"] == everything["position"]

    async with streaming(api, "/v1/events/stream?after=0&type=order.placed") as stream:
        assert [(await stream.next())["data"]["subject"] for _ in range(2)] == [first, second]


async def test_a_stream_sends_what_happens_and_resumes(api: Api, shop: Shop, database: Database) -> None:
    await _sequence(database)
    async with streaming(api, "/v1/events/stream") as stream:
        placed = await _place(api, shop)
        await _sequence(database)
        event = await stream.next()
        assert (event["event"], event["data"]["subject"]) == ("order.placed", placed)
        assert int(event["id"]) == event["data"]["position"]
        assert (stream.status, stream.headers["content-type"]) == (200, "text/event-stream")
        assert "content-length" not in stream.headers
    second = await _place(api, shop)
    await _sequence(database)
    async with streaming(api, "/v1/events/stream", **{"Last-Event-ID": event["id"]}) as stream:
        assert (await stream.next())["data"]["subject"] == second
    async with streaming(api, "/v1/events/stream?after=0&type=order.placed") as stream:
        assert [(await stream.next())["data"]["subject"] for _ in range(2)] == [placed, second]
    assert api.app.state.live_events.streams == 0


async def test_a_silent_stream_says_that_it_lives(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "BEAT_S", 0.05)
    async with streaming(api, "/v1/events/stream") as stream:
        seen: list[Any] = [await asyncio.wait_for(stream.messages.get(), 60) for _ in range(3)]
    assert seen == [{"retry": "2000"}, {"": "beat"}, {"": "beat"}]


async def test_a_stream_ends_with_its_key_and_with_the_server(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "BEAT_S", 0.05)
    monkeypatch.setattr("orderwright.access.authenticate.GOOD_FOR_S", 0.1)
    async with serving(database) as api:
        other = api.using(await a_key(database))
        assert other.key is not None
        async with streaming(api, "/v1/events/stream") as lasting, streaming(other, "/v1/events/stream") as stream:
            await asyncio.wait_for(asyncio.gather(lasting.messages.get(), stream.messages.get()), 60)
            async with database.operator_transaction() as tx:
                await revoke_api_key(tx, "acme", other.key)
            await stream.ended()
            assert api.app.state.live_events.streams == 1
            await close_streams(api.app)
            await lasting.ended()


async def test_streams_are_counted(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orderwright.api.live.STREAMS_MAX", 1)
    async with streaming(api, "/v1/events/stream") as stream:
        await asyncio.wait_for(stream.messages.get(), 60)
        answer = await api.get("/v1/events/stream")
        assert problem(answer) == (503, "overloaded")
        assert answer.headers["retry-after"] == "1"
    assert problem(await api.get("/v1/events/stream", headers={"Last-Event-ID": "x"})) == (400, "invalid_header")
