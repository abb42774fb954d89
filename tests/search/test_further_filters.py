"""Lists of orders by what few searches ask for: tags, holds, promises, amounts, money, returns, notes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
import pytest
import pytest_asyncio

from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.open_claims import open_claims
from orderwright.orders import (
    AddNote,
    AttachFile,
    CancelOrder,
    HoldOrder,
    add_notes,
    attach_files,
    hold_orders,
)
from orderwright.platform.db import Database, Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.returns import ClaimedLine, OpenClaim
from orderwright.search import InvalidFilter, OrderFilters, list_orders
from tests.builders.orders import a_payment, an_address, an_order
from tests.helpers.desk import Desk, codes
from tests.helpers.returns import ReturnsDesk

TODAY = datetime.now(UTC).date()
DAY = timedelta(days=1)


class Past(NamedTuple):
    """What was sold: ids by a word of ours; oldest first."""

    ids: dict[str, UUID]
    customer: str

    def words(self, order_ids: list[str]) -> list[str]:
        """The words of orders whose TypeIDs these are."""
        names = {encode_id("ord", order_id): word for word, order_id in self.ids.items()}
        return [names[order_id] for order_id in order_ids]


async def _sell(desk: Desk) -> dict[str, UUID]:
    shop = await desk.shop(skus=1)
    sku, channel = shop.skus[0], shop.channel.code
    await desk.receive(sku, shop.locations[0], 50)
    made = {
        "claimed": await ReturnsDesk(desk).shipped(an_order(channel, [(sku.code, 1)])),
        "tagged": await desk.placed(an_order(channel, [(sku.code, 1)], tags=["vip", "gift"], priority=9)),
        "gift": await desk.placed(an_order(channel, [(sku.code, 3)], tags=["gift"])),
        "german": await desk.placed(an_order(channel, [(sku.code, 1)], ship_to=an_address(country="DE"))),
        "paid": await desk.placed(an_order(channel, [(sku.code, 1)], payments=[a_payment(1999)])),
        "whole": await desk.placed(an_order(channel, [(sku.code, 2)], kind="wholesale")),
        "cancelled": await desk.placed(an_order(channel, [(sku.code, 1)])),
        "held": await desk.placed(an_order(channel, [(sku.code, 1)])),
        "stuck": await desk.placed(an_order(channel, [(sku.code, 1)])),
    }
    claim = OpenClaim(order_id=made["claimed"], kind="damaged", lines=[ClaimedLine(line=1, quantity=1)])
    assert codes(await desk.run(open_claims, [claim])) == ["opened"]
    holds = [HoldOrder(order_id=made["held"], type="fraud"), HoldOrder(order_id=made["held"], type="later")]
    await desk.run(hold_orders, holds)
    await desk.run(cancel_orders, [CancelOrder(order_id=made["cancelled"])])
    await desk.run(add_notes, [AddNote(order_id=made["german"], words="Grüße")])
    await desk.run(attach_files, [AttachFile(made["gift"], b"text")])
    async with desk.database.transaction("acme") as tx:
        days = {"tagged": -1, "gift": 0, "german": 2, "cancelled": -5, "held": -3}
        await tx.execute(
            "UPDATE orders AS o SET promised_on = d.day, promise_zone = 'UTC'"
            " FROM unnest($1::uuid[], $2::date[]) AS d (id, day) WHERE o.id = d.id",
            [made[word] for word in days],
            [TODAY + n * DAY for n in days.values()],
        )
        await tx.execute("UPDATE orders SET promised_on = NULL WHERE id = $1", made["claimed"])
        await tx.execute("UPDATE payment SET refused_code = 'declined' WHERE order_id = $1", made["paid"])
        await tx.execute("DELETE FROM open_balance")
        await tx.execute("INSERT INTO open_balance (order_id, why) VALUES ($1, 'unpaid')", made["whole"])
        await tx.execute(
            "UPDATE work SET set_aside_at = now() WHERE stage = 'verify' AND subject_id = $1", made["stuck"]
        )
    return made


@pytest_asyncio.fixture(scope="module")
async def past(shared_database: Database) -> Past:
    desk = Desk(shared_database)
    ids = await _sell(desk)
    [row] = await desk.fetch("SELECT customer_id FROM orders WHERE id = $1", ids["gift"])
    return Past(ids, encode_id("cus", row["customer_id"]))


@pytest_asyncio.fixture
async def tx(shared_database: Database) -> AsyncIterator[Transaction]:
    async with shared_database.transaction("acme", read_only=True) as opened:
        yield opened


def filters(**values: Any) -> OrderFilters:
    """Filters as they come from outside."""
    return msgspec.convert(values, OrderFilters)


ALL = ["stuck", "held", "cancelled", "whole", "paid", "german", "gift", "tagged", "claimed"]
OPEN = ["placed", "backordered", "allocated", "picking", "packed", "partly_shipped", "shipped"]


def day(n: int) -> str:
    return (TODAY + n * DAY).isoformat()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, ALL),
        ({"tag": ["gift"]}, ["gift", "tagged"]),
        ({"tag": ["vip"]}, ["tagged"]),
        ({"tag": ["vip", "gift"]}, ["gift", "tagged"]),
        ({"tag": ["VIP"]}, []),
        ({"hold": ["fraud"]}, ["held"]),
        ({"hold": ["later", "none"]}, ["held"]),
        ({"hold": ["none"]}, []),
        ({"late": True}, ["held", "tagged"]),
        ({"late": True, "promised_from": day(-1)}, ["tagged"]),
        ({"late": True, "promised_to": day(-2)}, ["held"]),
        ({"late": False}, ["stuck", "cancelled", "whole", "paid", "german", "gift", "claimed"]),
        ({"promised_from": day(0)}, ["german", "gift"]),
        ({"promised_to": day(-1)}, ["held", "cancelled", "tagged"]),
        ({"promised_from": day(-1), "promised_to": day(1)}, ["gift", "tagged"]),
        ({"promised_to": day(1), "status": OPEN}, ["held", "gift", "tagged"]),
        ({"promised_from": day(2), "status": OPEN}, ["german"]),
        ({"promised_to": "1969-01-01"}, []),
        ({"promised_from": "9999-12-31"}, []),
        ({"total_from": 3998, "currency": "USD"}, ["whole", "gift"]),
        ({"total_to": 3998, "total_from": 3000, "currency": "USD"}, ["whole"]),
        ({"currency": "EUR"}, []),
        ({"country": ["DE"]}, ["german"]),
        ({"country": ["DE", "US"], "tag": ["vip"]}, ["tagged"]),
        ({"payment": ["captured"]}, ["paid"]),
        ({"payment": ["refused"]}, ["paid"]),
        ({"payment": ["refunded"]}, []),
        ({"payment": ["unpaid"], "tag": ["gift"]}, ["gift", "tagged"]),
        ({"payment": ["open_balance"]}, ["whole"]),
        ({"payment": ["open_balance", "refused"]}, ["whole", "paid"]),
        ({"has": ["claim"]}, ["claimed"]),
        ({"has": ["open_claim"]}, ["claimed"]),
        ({"has": ["return", "open_return", "exchange"]}, []),
        ({"has": ["note"]}, ["german"]),
        ({"has": ["note", "attachment", "claim"]}, ["german", "gift", "claimed"]),
        ({"kind": ["wholesale", "exchange"]}, ["whole"]),
        ({"priority_from": 1}, ["tagged"]),
        ({"attention": True}, ["stuck", "held", "whole"]),
        ({"attention": False, "tag": ["gift"]}, ["gift", "tagged"]),
        ({"attention": True, "hold": ["fraud"], "late": True}, ["held"]),
        ({"attention": True, "status": ["cancelled"]}, []),
        ({"tag": ["gift"], "promised_to": day(-1)}, ["tagged"]),
        ({"late": True, "held": False}, ["tagged"]),
        ({"q": "ada", "tag": ["vip"], "late": True}, []),
    ],
)
async def test_orders_are_found_by_it(tx: Transaction, past: Past, values: dict[str, Any], words: list[str]) -> None:
    page = await list_orders(tx, filters(**values))
    assert page.next is None
    assert past.words([order.id for order in page.data]) == words


@pytest.mark.parametrize(
    "values",
    [{}, {"attention": True}, {"late": True}, {"tag": ["gift", "vip"]}, {"has": ["note", "attachment", "claim"]},
     {"total_from": 1, "currency": "USD"}, {"hold": ["fraud", "later"]}],
)  # fmt: skip
async def test_pages_of_one_are_the_list(tx: Transaction, past: Past, values: dict[str, Any]) -> None:
    whole = [order.id for order in (await list_orders(tx, filters(**values))).data]
    found, after = [], None
    while True:
        page = await list_orders(tx, filters(**values), after, 1)
        found += [order.id for order in page.data]
        after = page.next
        if after is None:
            break
    assert found == whole != []


async def test_a_customer_has_their_orders(tx: Transaction, past: Past) -> None:
    page = await list_orders(tx, filters(customer=past.customer))
    assert past.words([order.id for order in page.data]) == ["gift"]
    both = await list_orders(tx, filters(customer=past.customer, tag=["vip"]))
    assert both.data == []


async def test_what_is_late_where_it_goes_is_late(shared_database: Database, past: Past) -> None:
    """In Kiritimati it is tomorrow first, in Pago Pago last."""
    now = datetime.now(UTC)
    async with shared_database.transaction("acme") as tx:
        for zone, offset_h in (("Pacific/Kiritimati", 14), ("Pacific/Pago_Pago", -11)):
            there = (now + timedelta(hours=offset_h)).date()
            for promised_on, late in ((there, []), (there - DAY, ["gift"])):
                await tx.execute(
                    "UPDATE orders SET promised_on = $2, promise_zone = $3 WHERE id = $1",
                    past.ids["gift"], promised_on, zone,
                )  # fmt: skip
                page = await list_orders(tx, filters(late=True, tag=["gift"], priority_from=-100))
                assert [w for w in past.words([order.id for order in page.data]) if w == "gift"] == late
        await tx.execute(
            "UPDATE orders SET promised_on = $2, promise_zone = 'UTC' WHERE id = $1", past.ids["gift"], TODAY
        )


@pytest.mark.parametrize(
    ("values", "field"),
    [({"total_from": 1}, "currency"), ({"total_to": 1}, "currency"), ({"customer": "ord_1"}, "customer")],
)
async def test_what_cannot_be_understood_is_named(tx: Transaction, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidFilter) as refused:
        await list_orders(tx, filters(**values))
    assert refused.value.details == {"field": field}


def test_a_day_is_a_day() -> None:
    assert filters(promised_from="2026-11-23").promised_from == date(2026, 11, 23)
