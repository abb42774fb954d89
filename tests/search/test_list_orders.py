"""Lists of orders: what each filter finds, alone and with others, and how they page."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from orderwright.catalog import KitPart, upsert_skus
from orderwright.customers import index_contact_words
from orderwright.flows.place_orders import place_orders
from orderwright.flows.receive_stock import receive_stock
from orderwright.flows.reject_fulfillments import reject_fulfillments
from orderwright.flows.source_orders import source_orders
from orderwright.flows.verify_orders import verify_orders
from orderwright.fulfillment import RejectFulfillment, fulfillments_of_orders
from orderwright.inventory import ReceiveStock
from orderwright.platform.db import Database, Transaction
from orderwright.platform.errors import InvalidRequest
from orderwright.platform.ids import UUID, encode_id
from orderwright.search import InvalidCursor, InvalidFilter, OrderFilters, list_orders
from tests.builders.catalog import a_kit, a_shop, accepted
from tests.builders.customers import placed
from tests.builders.orders import an_address, an_order
from tests.helpers.contexts import a_context
from tests.search.conftest import LONG_AGO, NOW, History

LATER = NOW + timedelta(days=1)
ALL = ["held", "cancelled", "old", "unknown", "market", "shipped", "rich"]


def filters(**values: Any) -> OrderFilters:
    """Filters as they come from outside."""
    return msgspec.convert(values, OrderFilters)


@pytest_asyncio.fixture
async def tx(shared_database: Database) -> AsyncIterator[Transaction]:
    async with shared_database.transaction("acme", read_only=True) as opened:
        yield opened


async def found(tx: Transaction, history: History, **values: Any) -> list[str]:
    """The words of the orders on the first page."""
    page = await list_orders(tx, filters(**values))
    assert page.next is None
    return history.words([order.id for order in page.data])


async def test_a_summary_says_what_a_list_shows(tx: Transaction, history: History) -> None:
    page = await list_orders(tx, filters(external_id="WEB-1"), number_format="OW-{number}")
    [order] = page.data
    assert msgspec.to_builtins(order) == {
        "id": encode_id("ord", history.ids["rich"]),
        "number": history.numbers["rich"],
        "number_text": f"OW-{history.numbers['rich']}",
        "status": "allocated",
        "held": False,
        "channel": history.shop.channel.code,
        "external_id": "WEB-1",
        "customer": "Grace Hopper",
        "city": "Springfield",
        "region": "IL",
        "country": "US",
        "lines": 2,
        "units": 3,
        "total": {"amount": 5499, "currency": "USD"},
        "placed_at": NOW.isoformat().replace("+00:00", "Z"),
        "promised_on": None if order.promised_on is None else order.promised_on.isoformat(),
    }


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, ALL),
        ({"external_id": "WEB-2"}, ["market", "shipped"]),
        ({"external_id": "web-2"}, []),
        ({"email": "GRACE@example.com "}, ["rich"]),
        ({"email": "ada@example.com"}, ["cancelled", "shipped"]),
        ({"email": "ada@example"}, []),
        ({"phone": "+1 617 555 0132"}, ["shipped", "rich"]),
        ({"phone": "6175550132"}, ["shipped", "rich"]),
        ({"phone": "001-617-555-0132"}, ["shipped", "rich"]),
        ({"phone": "(617) 555.0132"}, ["shipped", "rich"]),
        ({"phone": "7175550132"}, []),
        ({"phone": "+49 151 23456789"}, ["market"]),
        ({"phone": "0151/23456789"}, ["market"]),
        ({"phone": "+49 (0)151 23456789"}, ["market"]),
        ({"name": "lovelace"}, ["shipped", "rich"]),
        ({"name": "Lovelace, ADA"}, ["shipped", "rich"]),
        ({"name": "ada"}, ["cancelled", "shipped", "rich"]),
        ({"name": "Ada King"}, ["cancelled"]),
        ({"name": "munoz jose"}, ["market"]),
        ({"name": "Muñoz-Garcia"}, ["market"]),
        ({"name": "babbage"}, ["rich"]),
        ({"name": "hopper grace"}, ["rich"]),
        ({"name": "analytical"}, ["rich"]),
        ({"name": "ada engines"}, ["rich"]),
        ({"name": "grace lovelace"}, []),
        ({"name": "lopez maria carmen"}, ["unknown"]),
        ({"name": "lopez maria ada"}, []),
        ({"name": "smith"}, ["old", "held"][::-1]),
        ({"name": "smit"}, ["held", "old"]),
        ({"name": "smiths"}, ["old"]),
        ({"name": "lov"}, ["shipped", "rich"]),
        ({"name": "ada lov"}, ["shipped", "rich"]),
        ({"name": "lovelace ad"}, ["shipped", "rich"]),
        ({"name": "maria del lop"}, ["unknown"]),
        ({"name": "maria jose lop"}, []),
        ({"name": "lov ada"}, []),
        ({"name": "l"}, []),
        ({"name": "zzz"}, []),
        ({"name": "lovlace"}, ["shipped", "rich"]),
        ({"name": "Lovelcae"}, ["shipped", "rich"]),
        ({"name": "velac"}, ["shipped", "rich"]),
        ({"name": "smyth"}, ["held", "old"]),
        ({"name": "ada lovlace"}, ["shipped", "rich"]),
        ({"name": "grace lovlace"}, []),
        ({"name": "marja del lopes"}, ["unknown"]),
        ({"name": "marja jose lopes"}, []),
        ({"name": "hoppr", "status": ["allocated"]}, ["rich"]),
        ({"name": "hoppr", "status": ["shipped"]}, []),
        ({"tracking_number": "NO-SUCH-NUMBER"}, []),
        ({"sku": "NO-SUCH-SKU"}, ["unknown"]),
        ({"sku": "no-such-sku"}, []),
        ({"status": ["shipped"]}, ["shipped"]),
        ({"status": ["shipped", "cancelled", "shipped"]}, ["cancelled", "shipped"]),
        ({"status": ["packed"]}, []),
        ({"held": True}, ["held", "unknown"]),
        ({"held": False}, ["cancelled", "old", "market", "shipped", "rich"]),
        ({"email": "ada@example.com", "status": ["cancelled"]}, ["cancelled"]),
        ({"email": "ada@example.com", "held": True}, []),
        ({"name": "ada", "status": ["allocated", "cancelled"]}, ["cancelled", "rich"]),
        ({"name": "ada lov", "status": ["allocated"]}, ["rich"]),
        ({"name": "lov", "held": False, "email": "ada@example.com"}, ["shipped"]),
        ({"phone": "6175550132", "external_id": "WEB-2"}, ["shipped"]),
        ({"phone": "6175550132", "sku": "NO-SUCH-SKU"}, []),
        ({"held": True, "status": ["placed"], "sku": "NO-SUCH-SKU"}, ["unknown"]),
        ({"q": "ada", "status": ["cancelled"]}, ["cancelled"]),
        ({"q": "ada", "held": True}, []),
    ],
)
async def test_filters(tx: Transaction, history: History, values: dict[str, Any], words: list[str]) -> None:
    assert await found(tx, history, **values) == words


async def test_what_only_the_shop_knows(tx: Transaction, history: History) -> None:
    first, second, third = (sku.code for sku in history.shop.skus)
    here, there = (location.code for location in history.shop.locations)
    web, market = history.shop.channel.code, history.market.code
    number = history.numbers["old"]
    assert await found(tx, history, number=str(number)) == ["old"]
    assert await found(tx, history, number=f" #{number} ") == ["old"]
    assert await found(tx, history, number="1") == []
    assert await found(tx, history, tracking_number=history.tracking_number) == ["shipped"]
    spaced = f"{history.tracking_number[:4].lower()} {history.tracking_number[4:]}"
    assert await found(tx, history, tracking_number=spaced) == ["shipped"]
    assert await found(tx, history, sku=first) == ["held", "shipped", "rich"]
    assert await found(tx, history, sku=third) == ["held", "cancelled", "old"]
    assert await found(tx, history, sku=third, held=False) == ["cancelled", "old"]
    assert await found(tx, history, channel=[market]) == ["old", "market"]
    assert await found(tx, history, channel=[web, market]) == ALL
    assert await found(tx, history, location=[here]) == ["shipped", "rich"]
    assert await found(tx, history, location=[there]) == []
    assert await found(tx, history, location=[here, there], status=["shipped"]) == ["shipped"]
    assert await found(tx, history, channel=[market], sku=second, email="ada@example.com") == []
    assert await found(tx, history, channel=[market], sku=second, phone="015123456789") == ["market"]
    assert await found(tx, history, number=str(number), name="adam smithson") == ["old"]
    assert await found(tx, history, number=str(number), tracking_number=history.tracking_number) == []


async def test_when_orders_were_placed(tx: Transaction, history: History) -> None:
    hour, second = timedelta(hours=1), timedelta(seconds=1)
    assert await found(tx, history, placed_before=LONG_AGO + second) == ["old"]
    assert await found(tx, history, placed_before=LONG_AGO) == []
    assert await found(tx, history, placed_after=LONG_AGO, placed_before=NOW - hour) == ["old"]
    assert await found(tx, history, placed_after=LONG_AGO + second) == [w for w in ALL if w != "old"]
    assert await found(tx, history, placed_after=NOW) == [w for w in ALL if w not in ("old", "cancelled")]
    assert await found(tx, history, placed_after=LONG_AGO) == ALL
    assert await found(tx, history, placed_before=NOW, held=False) == ["cancelled", "old"]
    assert await found(tx, history, placed_before=NOW, name="ada") == ["cancelled"]
    assert await found(tx, history, placed_before=NOW, name="smit") == ["old"]
    assert await found(tx, history, placed_before=NOW, q="king") == ["cancelled"]
    assert await found(tx, history, placed_after=datetime(9999, 12, 31, tzinfo=UTC)) == []
    assert await found(tx, history, placed_before=datetime(1, 1, 1, tzinfo=UTC)) == []
    assert await found(tx, history, placed_after=NOW, placed_before=NOW) == []


async def test_one_field_for_whatever_is_known(tx: Transaction, history: History) -> None:
    number = history.numbers["market"]
    for q, words in {
        encode_id("ord", history.ids["old"]): ["old"],
        f"#{number}": ["market"],
        str(number): ["market"],
        "100001": ["unknown", "rich"] if history.numbers["rich"] == 100001 else ["unknown"],
        "Grace@Example.com": ["rich"],
        "(617) 555-0132": ["shipped", "rich"],
        "WEB-2": ["market", "shipped"],
        history.tracking_number: ["shipped"],
        history.shop.skus[1].code: ["market", "rich"],
        "lovelace ada": ["shipped", "rich"],
        "smiths": ["old"],
        "nobody": [],
        "lovlace": ["shipped", "rich"],
        "lovlace7": [],
        "   ": [],
        "%": [],
    }.items():
        assert (q, await found(tx, history, q=q)) == (q, words)


async def test_what_an_actor_may_not_touch_is_not_listed(tx: Transaction, history: History) -> None:
    async def seen(context: Any, **values: Any) -> list[str]:
        page = await list_orders(tx, filters(**values), ctx=context)
        return history.words([order.id for order in page.data])

    market = a_context(channels=frozenset({history.market.id}))
    here = a_context(locations=frozenset({history.shop.locations[0].id}))
    assert await seen(market) == ["old", "market"]
    assert await seen(market, external_id="WEB-2") == ["market"]
    assert await seen(market, q="WEB-2") == ["market"]
    assert await seen(market, channel=[history.shop.channel.code]) == []
    assert await seen(market, name="smit") == ["old"]
    assert await seen(here) == ["shipped", "rich"]
    assert await seen(here, status=["shipped"]) == ["shipped"]
    assert await seen(a_context(locations=frozenset())) == []


async def test_the_other_merchant_has_nothing(shared_database: Database, history: History) -> None:
    async with shared_database.transaction("bolt", read_only=True) as tx:
        assert (await list_orders(tx, filters())).data == []
        assert (await list_orders(tx, filters(q="ada"))).data == []


@pytest.mark.parametrize(
    ("values", "statements"),
    [
        ({}, 1),
        ({"status": ["shipped", "allocated"]}, 1),
        ({"email": "ada@example.com"}, 1),
        ({"email": "nobody@example.com"}, 1),
        ({"name": "ada"}, 1),
        ({"name": "ada lovelace"}, 1),
        ({"phone": "6175550132"}, 1),
        ({"external_id": "WEB-1"}, 1),
        ({"held": True}, 1),
        ({"name": "lov"}, 2),
        ({"name": "lo"}, 2),
        ({"name": "lovlace"}, 5),
        ({"name": "ada", "status": ["shipped"]}, 5),
        ({"q": "grace@example.com"}, 2),
    ],
)
async def test_statements(tx: Transaction, history: History, values: dict[str, Any], statements: int) -> None:
    before = tx.statements
    await list_orders(tx, filters(**values))
    assert tx.statements - before == statements


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"number": "twelve"}, "number"),
        ({"number": "12a"}, "number"),
        ({"number": "99999999999999999999"}, "number"),
        ({"number": "٣"}, "number"),
        ({"phone": "12-34"}, "phone"),
        ({"phone": "call me"}, "phone"),
        ({"name": "-"}, "name"),
        ({"q": "a", "name": "b"}, "q"),
    ],
)
async def test_a_filter_that_says_nothing_is_refused(tx: Transaction, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidFilter) as caught:
        await list_orders(tx, filters(**values))
    assert (caught.value.code, caught.value.http_status, caught.value.details) == (
        "invalid_filter",
        400,
        {"field": field},
    )


@pytest.mark.parametrize("limit", [0, -1, 201])
async def test_a_page_has_bounds(tx: Transaction, limit: int) -> None:
    with pytest.raises(InvalidRequest):
        await list_orders(tx, filters(), None, limit)


async def pages(tx: Transaction, history: History, limit: int, **values: Any) -> list[list[str]]:
    """The words of all pages."""
    after, read = None, []
    while True:
        page = await list_orders(tx, filters(**values), after, limit)
        read.append(history.words([order.id for order in page.data]))
        if page.next is None:
            return read
        after = page.next


async def test_lists_page_by_cursor(tx: Transaction, history: History) -> None:
    web, market = history.shop.channel.code, history.market.code
    assert await pages(tx, history, 3) == [ALL[:3], ALL[3:6], ALL[6:]]
    assert await pages(tx, history, 7) == [ALL]
    assert await pages(tx, history, 1, name="ada") == [["cancelled"], ["shipped"], ["rich"]]
    assert await pages(tx, history, 1, name="smit") == [["held"], ["old"]]
    assert await pages(tx, history, 1, name="lov") == [["shipped"], ["rich"]]
    assert await pages(tx, history, 2, held=False) == [["cancelled", "old"], ["market", "shipped"], ["rich"]]
    assert await pages(tx, history, 2, channel=[web, market], held=True) == [["held", "unknown"]]
    assert await pages(tx, history, 2, placed_before=NOW) == [["cancelled", "old"]]
    assert await pages(tx, history, 1, placed_before=NOW) == [["cancelled"], ["old"]]
    assert await pages(tx, history, 1, q="WEB-2") == [["market"], ["shipped"]]


async def test_a_call_looks_at_so_many_orders_and_goes_on(
    tx: Transaction, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = importlib.import_module("orderwright.search.find")
    monkeypatch.setattr(listing, "_PIECE", 1)
    monkeypatch.setattr(listing, "_PIECE_MAX", 1)
    monkeypatch.setattr(listing, "EXAMINED_MAX", 2)
    # From the newest: held, cancelled | old, unknown | market, shipped | rich
    assert await pages(tx, history, 2, held=False) == [["cancelled"], ["old"], ["market", "shipped"], ["rich"]]
    assert await pages(tx, history, 5, held=False, status=["shipped", "allocated"]) == [["shipped", "rich"], []]
    # Two streams, each with its end: the page stops where the first of them does.
    assert await pages(tx, history, 5, placed_before=NOW) == [["cancelled"], ["old"], [], []]


async def test_a_cursor_belongs_to_its_list(tx: Transaction, history: History) -> None:
    page = await list_orders(tx, filters(held=False), None, 1)
    assert page.next is not None
    assert len(page.next) == 28
    assert (await list_orders(tx, filters(held=False), page.next, 1)).data != page.data
    wrong = ["", "x", "é" * 28, "A" * 28, page.next[:-1], page.next + "A", "B" + page.next[1:], page.next[:20]]
    for text in wrong:
        with pytest.raises(InvalidCursor):
            await list_orders(tx, filters(held=False), text, 1)
    with pytest.raises(InvalidCursor):
        await list_orders(tx, filters(held=True), page.next, 1)


async def test_unfinished_names_page_newest_first_over_all_who_begin_so(database: Database) -> None:
    """Two names with the same beginning alternate: pages must not show one before the other."""
    context = a_context()
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, context)
        names = ["Ada Marten", "Ada Martin", "Bob Martens"]
        orders = [
            an_order(shop.channel.code, [(shop.skus[0].code, 1)], ship_to=an_address(name=names[n % 3]), customer=None)
            for n in range(12)
        ]
        ids = [outcome.order_id for outcome in await place_orders(tx, context, orders)]
        assert None not in ids
        await index_contact_words(tx, context, placed(*[i for i in ids if i is not None]))
    newest_first = [encode_id("ord", i) for i in reversed(ids) if isinstance(i, UUID)]

    async with database.transaction("acme", read_only=True) as tx:
        for limit in (1, 2, 5, 12):
            seen: list[str] = []
            after = None
            while True:
                page = await list_orders(tx, filters(name="mart"), after, limit)
                seen += [order.id for order in page.data]
                after = page.next
                if after is None:
                    break
            assert seen == newest_first
        both = await list_orders(tx, filters(name="ada mart"))
        assert [order.id for order in both.data] == [i for n, i in enumerate(newest_first) if n % 3 != 0]


async def test_misspelled_names_page_to_their_end_and_are_not_mixed_with_right_ones(database: Database) -> None:
    context = a_context()
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, context)
        names = ["Ada Johnson", "Eve Jonsson", "Bob Johnston"]
        orders = [
            an_order(shop.channel.code, [(shop.skus[0].code, 1)], ship_to=an_address(name=names[n % 3]), customer=None)
            for n in range(9)
        ]
        ids = [i for i in (outcome.order_id for outcome in await place_orders(tx, context, orders)) if i is not None]
        await index_contact_words(tx, context, placed(*ids))
    newest_first = [encode_id("ord", i) for i in reversed(ids)]

    async with database.transaction("acme", read_only=True) as tx:
        for name, expected in {
            "jonson": newest_first,
            "ada jonson": [i for n, i in enumerate(newest_first) if n % 3 == 2],
            "johnson": [i for n, i in enumerate(newest_first) if n % 3 == 2],
        }.items():
            for field in ("name", "q"):
                for limit in (1, 3, 9):
                    seen: list[str] = []
                    page = await list_orders(tx, filters(**{field: name}), None, limit)
                    seen += [order.id for order in page.data]
                    while page.next is not None:
                        page = await list_orders(tx, filters(**{field: name}), page.next, limit)
                        seen += [order.id for order in page.data]
                    assert (name, field, limit, seen) == (name, field, limit, expected)


async def test_a_location_that_would_not_do_it_has_the_order_no_more(database: Database) -> None:
    context = a_context()
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, context, locations=2)
        codes = [location.code for location in shop.locations]
        sku = shop.skus[0].code
        await receive_stock(tx, context, [ReceiveStock(sku=sku, location=codes[0], quantity=5)])
        [placed_order] = await place_orders(tx, context, [an_order(shop.channel.code, [(sku, 1)])])
        assert placed_order.order_id is not None
        order_ids = [placed_order.order_id]
        await verify_orders(tx, context, order_ids)
        await source_orders(tx, context, order_ids)

    async def at(code: str, **values: Any) -> int:
        async with database.transaction("acme", read_only=True) as tx:
            return len((await list_orders(tx, filters(location=[code], **values))).data)

    assert [await at(code) for code in codes] == [1, 0]
    async with database.transaction("acme") as tx:
        [work] = await fulfillments_of_orders(tx, order_ids)
        await reject_fulfillments(tx, context, [RejectFulfillment(fulfillment_id=work.id, reason="closed")])
    assert [await at(code) for code in codes] == [0, 0]
    assert await at(codes[0], email="ada@example.com", held=False) == 0


async def test_a_sku_is_found_within_kits(database: Database) -> None:
    """By what an order's kit was made of when it was placed, as long as the kit has not lost the SKU since."""
    context = a_context()
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, context, skus=3)
        bolt, nut, washer = (sku.code for sku in shop.skus)
        both, nuts = a_kit((bolt, 2), nut), a_kit((nut, 8))
        accepted(await upsert_skus(tx, context, [both, nuts]))
        wanted: list[list[tuple[str, int]]] = [
            [(bolt, 1)], [(both.code, 1)], [(nuts.code, 1)], [(washer, 1)], [(both.code, 1), (both.code, 2), (bolt, 1)],
        ]  # fmt: skip
        ids = []
        for lines in wanted:
            [outcome] = await place_orders(tx, context, [an_order(shop.channel.code, lines)])
            ids.append(encode_id("ord", outcome.order_id) if outcome.order_id else "")

    async def having(code: str, after: str | None = None, limit: int = 50, **values: Any) -> list[int]:
        async with database.transaction("acme", read_only=True) as tx:
            page = await list_orders(tx, filters(sku=code, **values), after, limit)
        more = [] if page.next is None else await having(code, page.next, limit, **values)
        return [ids.index(order.id) for order in page.data] + more

    assert await having(bolt) == await having(bolt, held=False) == await having(bolt, limit=1) == [4, 1, 0]
    assert await having(nut) == await having(nut, held=False) == await having(nut, limit=1) == [4, 2, 1]
    assert await having(washer) == [3]
    assert await having(both.code) == await having(both.code, placed_before=LATER) == [4, 1]
    assert await having(nut, placed_before=LATER, limit=2) == [4, 2, 1]
    async with database.transaction("acme", read_only=True) as tx:
        typed = await list_orders(tx, filters(q=nut))
        assert [ids.index(order.id) for order in typed.data] == [4, 2, 1]
        before = tx.statements
        await list_orders(tx, filters(sku=nut))
        assert tx.statements == before + 1
    async with database.transaction("acme") as tx:
        accepted(await upsert_skus(tx, context, [msgspec.structs.replace(both, components=[KitPart(washer, 1)])]))
    assert await having(washer) == await having(washer, held=False) == [3]  # those that were placed had none
    assert await having(nut) == await having(nut, held=False) == [2]
