"""Reading the catalogue: in pages by code, searched, by id and code, and the facts that intake asks for."""

from __future__ import annotations

import msgspec
import pytest

from orderwright import catalog
from orderwright.catalog import list_channels, list_locations, list_pools, list_skus, read_skus, upsert_skus
from orderwright.platform.db import Database, Transaction
from orderwright.platform.errors import InvalidRequest
from orderwright.platform.ids import new_id
from tests.builders.catalog import a_kit, a_location, a_shop, a_sku, accepted
from tests.helpers.contexts import a_context


async def given_skus(tx: Transaction, *pairs: tuple[str, str]) -> None:
    accepted(await upsert_skus(tx, a_context(), [a_sku(code=code, name=name) for code, name in pairs]))


async def codes(tx: Transaction, **query: object) -> list[str]:
    return [entry.content.code for entry in (await list_skus(tx, **query)).data]  # type: ignore[arg-type]


async def test_pages_follow_each_other_by_code(database: Database) -> None:
    async with database.transaction("acme") as tx:
        await given_skus(tx, *((f"S{n}", "Thing") for n in (3, 1, 5, 2, 4)))
        seen, after = [], None
        while True:
            page = await list_skus(tx, after=after, limit=2)
            seen.append([entry.content.code for entry in page.data])
            after = page.next
            if after is None:
                break
        exactly = await list_skus(tx, limit=5)
    assert seen == [["S1", "S2"], ["S3", "S4"], ["S5"]]
    assert (len(exactly.data), exactly.next) == (5, None)


async def test_search_by_the_beginning_of_a_code_or_a_part_of_a_name(database: Database) -> None:
    async with database.transaction("acme") as tx:
        await given_skus(
            tx, ("MUG-B", "Blue cup"), ("MUG-R", "Red cup"), ("TEA_100", "Mug of tea, 100 %"), ("TEAX100", "Tea"),
        )  # fmt: skip
        assert await codes(tx, q="mug") == ["MUG-B", "MUG-R", "TEA_100"]
        assert await codes(tx, q="mug", after="MUG-B", limit=1) == ["MUG-R"]
        assert await codes(tx, q="up") == []  # under three characters: the beginning alone
        assert await codes(tx, q="re") == ["MUG-R"]
        assert await codes(tx, q="blue c") == ["MUG-B"]
        assert await codes(tx, q="TEA_") == ["TEA_100"]
        assert await codes(tx, q="100 %") == ["TEA_100"]
        assert await codes(tx, q="%%%") == []
        assert await codes(tx, q="a\\") == []


async def test_only_active_ones(database: Database) -> None:
    async with database.transaction("acme") as tx:
        accepted(await upsert_skus(tx, a_context(), [a_sku(code="ON"), a_sku(code="OFF", active=False)]))
        assert await codes(tx, active=True) == ["ON"]
        assert await codes(tx, active=False) == ["OFF"]
        assert await codes(tx) == ["OFF", "ON"]
        assert await codes(tx, q="o", active=False) == ["OFF"]


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 501}, {"q": "a\0b"}, {"q": "x" * 201}])
async def test_what_cannot_be_asked(database: Database, query: dict[str, object]) -> None:
    async with database.transaction("acme") as tx:
        with pytest.raises(InvalidRequest):
            await list_skus(tx, **query)  # type: ignore[arg-type]


async def test_the_search_uses_the_index(database: Database) -> None:
    async with database.transaction("acme") as tx:
        await tx.execute(
            "INSERT INTO sku (id, code, name)"
            " SELECT gen_random_uuid(), 'C' || n, 'Thing ' || md5(n::text) FROM generate_series(1, 20000) n"
        )
        await tx.execute("SELECT gin_clean_pending_list('sku_search_idx')")  # as vacuum does
        await tx.execute("ANALYZE sku")
        search = catalog.reading.SEARCH_SKUS.sql.replace("$1", "''").replace("$2", "NULL").replace("$3", "50")
        plan = await tx.fetch("EXPLAIN " + search.replace("$4", "'abcd%'").replace("$5", "'%abcd%'"))
    scans = [row[0].split("->")[1].split("(")[0].strip() for row in plan if "Scan on s" in row[0]]
    assert scans == ["Bitmap Heap Scan on sku s", *["Bitmap Index Scan on sku_search_idx"] * 2]


async def test_locations_channels_and_pools_are_listed_too(database: Database) -> None:
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, a_context(), locations=3)
        locations = await list_locations(tx, limit=2, q="loc")
        channels = await list_channels(tx, active=True)
        pools = await list_pools(tx, q=shop.pool_code.lower())
        assert [entry.id for entry in locations.data] == sorted(
            (entry.id for entry in locations.data), key=[location.id for location in shop.locations].index
        )
        assert (len(locations.data), locations.next) == (2, locations.data[-1].content.code)
        assert [entry.id for entry in channels.data] == [shop.channel.id]
        assert [entry.id for entry in pools.data] == [shop.pool_id]
        assert (await list_locations(tx, active=False)).data == []


async def test_by_id_and_by_code_in_one_call(database: Database) -> None:
    async with database.transaction("acme") as tx:
        one, two = a_sku(code="A"), a_sku(code="B")
        [one_id, _] = accepted(await upsert_skus(tx, a_context(), [one, two]))
        found = await read_skus(tx, ids=[one_id, new_id()], codes=["B", "A", "NONE"])
    assert [entry.content for entry in found] == [one, two]


async def test_facts_are_one_statement_each(database: Database) -> None:
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, a_context(), locations=2, skus=2)
        kit = a_kit((shop.skus[0].code, 2), (shop.skus[1].code, 1))
        [kit_id] = accepted(await upsert_skus(tx, a_context(), [kit]))
    sku, location = shop.skus[0], shop.locations[0]
    async with database.transaction("acme", read_only=True) as tx:
        by_code = await catalog.skus_by_code(tx, [kit.code, sku.code, "NONE"])
        by_id = await catalog.skus_by_id(tx, [kit_id, new_id()])
        places = await catalog.locations_by_id(tx, [location.id])
        named = await catalog.locations_by_code(tx, [location.code])
        pooled = await catalog.locations_by_pool(tx, [shop.pool_id, new_id()])
        channels = await catalog.channels_by_code(tx, [shop.channel.code, "NONE"])
        assert tx.statements == 6
    assert by_code == {kit.code: by_id[kit_id], sku.code: sku}
    assert by_id[kit_id].components == ((sku.id, 2), (shop.skus[1].id, 1))
    assert (sku.price_minor, sku.currency, sku.weight_g, sku.components) == (1999, "USD", 250, ())
    assert places == {location.id: location}
    assert named == {location.code: location}
    assert pooled == shop.locations
    assert channels == {shop.channel.code: shop.channel}
    assert shop.channel.pool_ids == [shop.pool_id]


def test_the_builders_give_what_the_contract_takes() -> None:
    for built in (a_sku(), a_kit("A"), a_location("P")):
        assert msgspec.json.decode(msgspec.json.encode(built), type=type(built)) == built
