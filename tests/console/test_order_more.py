"""Exchanges of several lines, claims answered with other goods, edits above a limit, notes and links by forms."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from orderwright.access import SetLimits, set_limits
from orderwright.platform.db import Database
from orderwright.platform.limits import Limits
from tests.helpers.console import Site, a_client, a_person, a_site
from tests.helpers.contexts import a_context
from tests.helpers.orders_seen import Seen, form_of, orders_seen


@pytest_asyncio.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    async with a_site(database) as started:
        yield started


@pytest_asyncio.fixture
async def seen(database: Database) -> Seen:
    return await orders_seen(database)


class Clerk:
    """Somebody with a role who sends forms; each with a key of its own unless said otherwise."""

    def __init__(self, site: Site, token: str, client: httpx.AsyncClient) -> None:
        self.site, self.token, self.client, self.sent = site, token, client, 0

    async def send(self, address: str, files: Any = None, **fields: Any) -> httpx.Response:
        """Send a form."""
        self.sent += 1
        data = await form_of(self.site, self.token, f"key-{self.sent}", **fields)
        return await self.client.post(address, data=data, files=files)

    async def see(self, address: str) -> str:
        """What a page says."""
        answer = await self.client.get(address)
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest_asyncio.fixture
async def clerk(site: Site, database: Database) -> AsyncIterator[Clerk]:
    token = await a_person(database)
    async with a_client(site, token) as client:
        yield Clerk(site, token, client)


HOW = {"reason": "does_not_fit", "method": "label", "mode": "on_return"}


async def test_several_lines_are_exchanged_at_once_and_nobody_owes_anything(clerk: Clerk, seen: Seen) -> None:
    one, two = (sku.code for sku in seen.shop.skus)
    form = {"units.L1": "2", "sku.L1": two, "units.L2": "1", "sku.L2": one, **HOW}
    told = await clerk.send(f"{seen.gone}/exchange/preview", **form)
    assert re.search(r"The customer pays</dt><dd>\$0\.00", told.text)
    assert (await clerk.send(f"{seen.gone}/exchange", **form)).status_code == 303
    rows = await seen.desk.fetch(
        "SELECT l.quantity, s.code FROM order_line AS l JOIN sku AS s ON s.id = l.sku_id JOIN orders AS o ON"
        " o.id = l.order_id WHERE o.kind = 'exchange' ORDER BY l.n"
    )
    assert [tuple(row) for row in rows] == [(2, two), (1, one)]


async def test_what_costs_more_is_paid_as_it_is_said(clerk: Clerk, seen: Seen) -> None:
    other = seen.shop.skus[1].code
    form = {"units.L1": "1", "sku.L1": other, "count.L1": "2", **HOW}
    told = await clerk.send(f"{seen.gone}/exchange/preview", **form)
    assert re.search(r"The customer pays</dt><dd>\$19\.99", told.text)
    unpaid = await clerk.send(f"{seen.gone}/exchange", **form)
    assert unpaid.status_code == 422
    assert "Say how the difference is paid." in unpaid.text
    assert (await clerk.send(f"{seen.gone}/exchange", paid="cash", **form)).status_code == 303
    rows = await seen.desk.fetch(
        "SELECT p.method, p.captured_minor FROM payment AS p JOIN orders AS o ON o.id = p.order_id"
        " WHERE o.kind = 'exchange' AND p.method <> 'exchange' AND p.provider IS DISTINCT FROM 'exchange'"
    )
    assert [tuple(row) for row in rows] == [("cash", 1999)]


async def test_a_double_click_exchanges_once_and_says_that_it_is_done(clerk: Clerk, seen: Seen) -> None:
    other = seen.shop.skus[1].code
    form = {"units.L1": "2", "sku.L1": other, "count.L1": "3", "paid": "cash", **HOW}
    data = await form_of(clerk.site, clerk.token, "one-key", **form)
    first, second = [await clerk.client.post(f"{seen.gone}/exchange", data=data) for _ in range(2)]
    assert (first.status_code, second.status_code) == (303, 303)
    assert second.headers["location"] == seen.gone
    assert await seen.desk.value("SELECT count(*) FROM exchange") == 1
    refused = await clerk.send(f"{seen.gone}/exchange", **form)
    assert refused.status_code == 422


async def test_a_price_of_its_own_and_what_is_typed_wrongly(clerk: Clerk, seen: Seen) -> None:
    form = {"units.L1": "1", "sku.L1": seen.shop.skus[1].code, **HOW}
    told = await clerk.send(f"{seen.gone}/exchange/preview", **form, **{"price.L1": "25.00"})
    assert re.search(r"The customer pays</dt><dd>\$5\.01", told.text)
    wrong = await clerk.send(f"{seen.gone}/exchange", **form, **{"price.L1": "cheap"})
    assert wrong.status_code == 422
    assert "Write an amount such as 12.50." in wrong.text
    nothing = await clerk.send(f"{seen.gone}/exchange", **HOW)
    assert "Type how many units come back, and the SKU that goes instead." in nothing.text
    assert await seen.desk.value("SELECT count(*) FROM exchange") == 0


async def test_the_difference_stays_due_by_invoice(clerk: Clerk, seen: Seen) -> None:
    form = {"units.L1": "1", "sku.L1": seen.shop.skus[1].code, "price.L1": "25.00", "paid": "invoice", **HOW}
    assert (await clerk.send(f"{seen.gone}/exchange", **form)).status_code == 303
    states = await seen.desk.fetch("SELECT method FROM payment WHERE method = 'invoice'")
    assert len(states) == 1


async def a_claim(clerk: Clerk, seen: Seen, **fields: Any) -> str:
    """A claim of both lines: the address of its decision."""
    opened = await clerk.send(f"{seen.gone}/claim", **{"units.L1": "1", "units.L2": "1", "kind": "damaged"}, **fields)
    assert opened.status_code == 303, opened.text
    return opened.headers["location"]


async def test_a_claim_is_answered_with_other_goods_and_with_money_for_a_line(clerk: Clerk, seen: Seen) -> None:
    decide = await a_claim(clerk, seen)
    assert "Money instead, for" in await clerk.see(decide)
    unnamed = await clerk.send(decide, resolution="replace")
    assert "Name the SKUs that are sent instead." in unnamed.text
    other = seen.shop.skus[1].code
    form = {"resolution": "replace", "items.0.sku": other, "items.0.quantity": "2", "refund_lines": ["2"]}
    done = await clerk.send(decide, **form)
    assert done.status_code == 303, done.text
    rows = await seen.desk.fetch("SELECT line_n, credited, replaced FROM claim_line ORDER BY line_n")
    assert [tuple(row) for row in rows] == [(1, 0, 1), (2, 1, 0)]
    assert "goods sent instead" in await clerk.see(seen.gone)


async def test_an_unknown_sku_is_said_and_the_claim_waits(clerk: Clerk, seen: Seen) -> None:
    decide = await a_claim(clerk, seen)
    refused = await clerk.send(decide, **{"resolution": "replace", "items.0.sku": "NO-SUCH"})
    assert refused.status_code == 422
    assert "There is no SKU of this code." in refused.text
    assert await seen.desk.value("SELECT state FROM claim") == "open"


async def test_photos_come_with_the_claim_and_what_is_none_is_said(clerk: Clerk, seen: Seen) -> None:
    gif = (
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01"
    )
    gif += b"\x00\x01\x00\x00\x02\x02D\x01\x00;"
    files = [("photos", ("box.gif", gif, "image/gif")), ("photos", ("virus.exe", b"MZ\x00\x01", "image/png"))]
    await a_claim(clerk, seen, files=files)
    rows = await seen.desk.fetch("SELECT kind, claim_id IS NOT NULL, media_type FROM attachment")
    assert [tuple(row) for row in rows] == [("photo", True, "image/gif")]
    assert "1 file could not be kept" in await clerk.see(seen.gone)


async def test_an_edit_above_ones_limit_is_asked_for_from_its_form(site: Site, database: Database, seen: Seen) -> None:
    async with database.operator_transaction() as tx:
        limits = SetLimits(role="care_agent", limits=Limits(refund_max_minor={"USD": 1000}))
        [said] = await set_limits(tx, a_context(), [limits])
        assert said.ok, said
    token = await a_person(database, "care_agent")
    form = {"revision": "0", "discount": "12.50", "discount_code": "SORRY"}
    async with a_client(site, token) as client:
        clerk = Clerk(site, token, client)
        refused = await clerk.send(f"{seen.address}/edit", **form)
        assert refused.status_code == 422
        assert "Ask for approval" in refused.text
        address = {"address.line1": "2 Oak Ave", "was.address.line1": "1 Main St", "address.country": "US"}
        apart = await clerk.send(f"{seen.address}/edit", ask="true", why="promised", **form, **address)
        assert "Change the address by an edit of its own" in apart.text
        asked = await clerk.send(f"{seen.address}/edit", ask="true", why="promised on the phone", **form)
        assert asked.status_code == 303, asked.text
    assert "order.edited" not in await seen.desk.events(seen.open)
    async with a_client(site, await a_person(database, name="Ben Okafor")) as client:
        listed = (await client.get("/m/acme/approvals")).text
        approval = listed.partition("/approvals/apr_")[2].partition('"')[0]
        text = (await client.get(f"/m/acme/approvals/apr_{approval}")).text
    assert "add discount: discount" in text
    assert "12.50" in text
    assert "promised on the phone" in text


async def test_a_note_is_changed_by_who_wrote_it_and_pinned_by_anybody(
    clerk: Clerk, site: Site, database: Database, seen: Seen
) -> None:
    await clerk.send(f"{seen.address}/note", words="Rings twice")
    note = (await clerk.see(seen.address)).partition("/notes/")[2].partition('"')[0]
    address = f"{seen.address}/notes/{note}"
    assert "Rings twice" in await clerk.see(address)
    assert (await clerk.send(address, words="Rings once", pinned="true")).status_code == 303
    text = await clerk.see(seen.address)
    assert "Rings once" in text
    assert f"{address}?pinned=false" in text  # the way back
    back = await clerk.see(f"{address}?pinned=false")
    assert not re.search(r'name="pinned"[^>]*checked', back)
    assert (await clerk.send(address, words="")).status_code == 422
    token = await a_person(database, "care_agent", name="Ben Okafor")
    async with a_client(site, token) as client:
        other = Clerk(site, token, client)
        assert "are changed by who wrote them" in await other.see(address)
        assert (await other.send(address, words="Never rings")).status_code == 303
        assert (await other.client.get(f"{seen.address}/notes/nte_01j9zqtf0seqbr9w7r1c4rkz2m")).status_code == 404
    rows = await seen.desk.fetch("SELECT words, pinned FROM order_note")
    assert [tuple(row) for row in rows] == [("Rings once", False)]


@pytest.mark.parametrize(("role", "status"), [("care_agent", 200), ("operations", 200), ("warehouse", 403)])
async def test_the_shoppers_link_is_for_who_helps_shoppers(
    site: Site, database: Database, seen: Seen, role: str, status: int
) -> None:
    async with a_client(site, await a_person(database, role)) as client:
        assert (await client.get(f"{seen.address}/link")).status_code == status


async def test_the_shoppers_link_is_made_and_withdrawn(clerk: Clerk, seen: Seen) -> None:
    assert "stands in the audit trail" in await clerk.see(f"{seen.address}/link")
    wrong = await clerk.send(f"{seen.address}/link", days="999")
    assert wrong.status_code == 422
    made = await clerk.send(f"{seen.address}/link", days="10")
    assert made.status_code == 200
    assert "Good until" in made.text
    link = re.search(r'value="(http[^"]+/p/acme/link/[^"]+)"', made.text)
    assert link is not None
    assert link[1].startswith(clerk.site.url)
    assert await seen.desk.value("SELECT count(*) FROM act WHERE verb = 'make_portal_links'") == 1
    assert (await clerk.send(f"{seen.address}/link/withdraw")).status_code == 303
    assert "order.links_withdrawn" in await seen.desk.events(seen.open)
