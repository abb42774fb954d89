"""Moving units on the page of an order: previewed, done once, refused in words, for whom it is."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from orderwright.catalog import upsert_locations
from orderwright.flows.reject_fulfillments import reject_fulfillments
from orderwright.fulfillment import RejectFulfillment
from orderwright.platform.db import Database
from orderwright.platform.ids import encode_id
from tests.builders.catalog import a_location
from tests.helpers.console import Site, a_client, a_person, a_site
from tests.helpers.orders_seen import Seen, form_of, orders_seen


@pytest_asyncio.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    async with a_site(database) as started:
        yield started


@pytest_asyncio.fixture
async def seen(database: Database) -> Seen:
    found = await orders_seen(database)
    await found.desk.receive(found.shop.skus[0], found.shop.locations[1], 5)
    return found


async def the_move(seen: Seen, quantity: int) -> dict[str, str]:
    """The fields of a move of the first line to the second location."""
    [work] = await seen.desk.fulfillments(seen.open)
    key = f"units.L1-1-{encode_id('ful', work.id)}"
    return {
        key: str(quantity),
        "to": seen.shop.locations[1].code,
        "reason": "keep_stock",
        "note": "the shop wants its own",
    }


async def test_a_move_is_previewed_and_done_once(site: Site, database: Database, seen: Seen) -> None:
    token = await a_person(database)
    async with a_client(site, token) as client:
        form = (await client.get(f"{seen.address}/move")).text
        assert f'value="{seen.shop.locations[1].code}"' in form
        assert f"5 {seen.shop.skus[0].code}" in form
        fields = await the_move(seen, 1)
        assert next(iter(fields)) in form
        told = await client.post(f"{seen.address}/move/preview", data=await form_of(site, token, **fields))
        assert "2 places send it, 1 did" in told.text
        assert "stays as it is" in told.text
        assert len(await seen.desk.fulfillments(seen.open)) == 1
        for _ in range(2):
            sent = await client.post(f"{seen.address}/move", data=await form_of(site, token, **fields))
            assert sent.status_code == 303
        assert await seen.desk.states(seen.open) == ["released", "open"]
        page = (await client.get(seen.address)).text
        assert f"1 unit to leave from {seen.shop.locations[1].code}" in page
        why = (await client.get(f"{seen.address}/sourcing")).text
        assert "Somebody chose it." in why
        assert "was to bring it before" in why
        assert "The other location is to keep its units." in why
        assert "the shop wants its own" not in why
        assert "the shop wants its own" in page
    assert await seen.desk.value("SELECT count(*) FROM event WHERE type = 'order.units_moved'") == 1


async def test_only_locations_that_may_bring_it_are_offered_with_what_speaks_against_them(
    site: Site, database: Database, seen: Seen
) -> None:
    other = await seen.desk.shop(skus=0)
    limited = a_location(seen.shop.pool_code, code="ATTIC", name="Attic", daily_capacity=1)
    shut = a_location(seen.shop.pool_code, code="SHUT", active=False)
    await seen.desk.run(upsert_locations, [limited, shut])
    await seen.desk.receive(seen.shop.skus[1], seen.shop.locations[1], 2)
    [work] = await seen.desk.fulfillments(seen.open)
    await seen.desk.run(reject_fulfillments, [RejectFulfillment(fulfillment_id=work.id, reason="no_capacity")])
    async with a_client(site, await a_person(database)) as client:
        form = (await client.get(f"{seen.address}/move")).text
    offered = re.search(r'<select[^>]*name="to".*?</select>', form, re.DOTALL)
    assert offered is not None
    options = dict(re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)', offered[0]))
    one, two = sorted(sku.code for sku in seen.shop.skus)
    here, there = seen.shop.locations
    has = {sku.code: n for sku, n in zip(seen.shop.skus, (5, 2), strict=True)}
    assert options["ATTIC"] == f"Attic, has 0 {one} and 0 {two}, takes 1 order a day"
    assert options[there.code].endswith(f", has {has[one]} {one} and {has[two]} {two}")
    assert options[here.code].endswith(", said no to this order before")
    assert "SHUT" not in options
    assert other.locations[0].code not in options


async def test_what_cannot_be_moved_is_said_in_words(site: Site, database: Database, seen: Seen) -> None:
    token = await a_person(database)
    async with a_client(site, token) as client:

        async def send(path: str, key: str = "once", **fields: str) -> httpx.Response:
            return await client.post(f"{seen.address}{path}", data=await form_of(site, token, key, **fields))

        nothing = await send("/move", to=seen.shop.locations[1].code)
        assert nothing.status_code == 422
        assert "Type how many units are moved." in nothing.text
        nowhere = await send("/move", **(await the_move(seen, 1) | {"to": ""}))
        assert nowhere.status_code == 422
        assert 'id="e-to"' in nowhere.text
        unsaid = await send("/move/preview", to=seen.shop.locations[1].code)
        assert "Type how many units are moved, and choose where they leave from." in unsaid.text
        here = await the_move(seen, 1) | {"to": seen.shop.locations[0].code}
        refused = await send("/move", **here)
        assert refused.status_code == 422
        assert "They are to leave from there already." in refused.text
        [work] = await seen.desk.fulfillments(seen.open)
        await seen.desk.release(work.id)
        await seen.desk.start(work.id)
        late = await send("/move", "late", **await the_move(seen, 1))
        assert "Somebody has begun to pick them." in late.text
        assert f'{seen.address}/move"' not in (await client.get(seen.address)).text


@pytest.mark.parametrize(
    ("role", "status"), [("operations", 200), ("care_agent", 200), ("finance", 403), ("read_only", 403)]
)
async def test_a_move_is_for_who_may_edit(site: Site, database: Database, seen: Seen, role: str, status: int) -> None:
    async with a_client(site, await a_person(database, role)) as client:
        assert (await client.get(f"{seen.address}/move")).status_code == status
        offered = f'{seen.address}/move"' in (await client.get(seen.address)).text
    assert offered == (status == 200)
