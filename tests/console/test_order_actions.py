"""What is done to an order by its forms: done once, refused in words, by whom it may be, told to who comes later."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from orderwright.access import SetLimits, set_limits
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.limits import Limits
from orderwright.returns.policy import WithdrawalTerms
from tests.helpers.console import Site, a_client, a_person, a_site
from tests.helpers.contexts import a_context
from tests.helpers.orders_seen import Seen, form_of, orders_seen

NOBODY = UUID("01900000-0000-7000-8000-000000000001")


@pytest_asyncio.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    async with a_site(database) as started:
        yield started


class Clerk:
    """Somebody with a role who sends forms."""

    def __init__(self, site: Site, token: str, client: httpx.AsyncClient) -> None:
        self.site, self.token, self.client = site, token, client

    async def send(self, address: str, key: str = "once", **fields: Any) -> httpx.Response:
        """Send a form."""
        return await self.client.post(address, data=await form_of(self.site, self.token, key, **fields))

    async def see(self, address: str) -> str:
        """What a page says."""
        answer = await self.client.get(address)
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest_asyncio.fixture
async def seen(database: Database) -> Seen:
    return await orders_seen(database)


@pytest_asyncio.fixture
async def clerk(site: Site, database: Database) -> AsyncIterator[Clerk]:
    token = await a_person(database)
    async with a_client(site, token) as client:
        yield Clerk(site, token, client)


async def test_the_page_says_who_what_where_and_what_can_be_done(clerk: Clerk, seen: Seen) -> None:
    text = await clerk.see(seen.address)
    for said in ("Ada Lovelace", "2 orders", "To be picked", "1 Main St", "$59.97", "Why from here", "on track"):
        assert said in text, said
    for path in ("/edit", "/hold", "/cancel", "/note", "/tags", "/file", "/credit", "/payment", "/withdraw"):
        assert f'{seen.address}{path}"' in text, path
    for path in ("/refund", "/return", "/exchange", "/claim", "/release", "/delay", "/retry"):
        assert f'{seen.address}{path}"' not in text, path
    text = await clerk.see(seen.gone)
    for path in ("/refund", "/return", "/exchange", "/claim"):
        assert f'{seen.gone}{path}"' in text, path
    for path in ("/edit", "/hold", "/cancel"):
        assert f'{seen.gone}{path}"' not in text, path


@pytest.mark.parametrize(
    ("role", "offered", "missing"),
    [
        ("care_agent", ("/edit", "/hold", "/cancel", "/note"), ("/payment", "/source")),
        ("read_only", (), ("/edit", "/hold", "/cancel", "/note", "/credit", "/payment", "/withdraw")),
        ("finance", ("/payment", "/credit"), ("/edit", "/hold", "/cancel")),
    ],
)
async def test_a_role_is_offered_what_it_may(
    site: Site, database: Database, seen: Seen, role: str, offered: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    async with a_client(site, await a_person(database, role)) as client:
        text = (await client.get(seen.address)).text
    assert {path for path in offered if f'{seen.address}{path}"' not in text} == set()
    assert {path for path in missing if f'{seen.address}{path}"' in text} == set()


async def test_a_hold_is_made_once_however_often_it_is_sent_and_released(clerk: Clerk, seen: Seen) -> None:
    first = await clerk.send(f"{seen.address}/hold", blocks=["ship"], note="call first")
    again = await clerk.send(f"{seen.address}/hold", blocks=["ship"], note="call first")
    assert (first.status_code, again.status_code) == (303, 303)
    assert await seen.desk.holds(seen.open) == ["manual"]
    assert (await seen.desk.events(seen.open)).count("order.held") == 1
    assert "Held for" in (text := await clerk.see(seen.address))
    assert "call first" in text
    assert (await clerk.send(f"{seen.address}/release", "two")).status_code == 303
    assert await seen.desk.holds(seen.open) == []


async def test_a_hold_that_stops_nothing_is_sent_back_with_what_to_do(clerk: Clerk, seen: Seen) -> None:
    answer = await clerk.send(f"{seen.address}/hold")
    assert answer.status_code == 422
    assert "Choose at least one step to stop." in answer.text
    assert await seen.desk.holds(seen.open) == []


async def test_a_cancellation_is_previewed_and_done(clerk: Clerk, seen: Seen) -> None:
    told = await clerk.send(f"{seen.address}/cancel/preview", **{"units.L1": "1", "reason": "customer_request"})
    assert "$19.99 less" in told.text
    assert "1 unit" in told.text
    assert "order.cancelled" not in await seen.desk.events(seen.open)
    done = await clerk.send(f"{seen.address}/cancel", **{"units.L1": "1", "reason": "customer_request"})
    assert done.status_code == 303
    units = await seen.desk.units(seen.open)
    assert units[(1, 1)] == {"cancelled": 1, "allocated": 1}
    assert "Cancelled 1 unit" in await clerk.see(seen.address)


async def test_nothing_chosen_cancels_nothing(clerk: Clerk, seen: Seen) -> None:
    answer = await clerk.send(f"{seen.address}/cancel", reason="customer_request")
    assert answer.status_code == 422
    assert "Choose what is cancelled." in answer.text


def the_form(text: str) -> dict[str, str]:
    """The fields of the form of a page, with what stands in them."""
    found: dict[str, str] = {}
    for tag in text.split("<input ")[1:]:
        attributes = tag.partition(">")[0]
        name = attributes.partition('name="')[2].partition('"')[0]
        if name and not name.startswith("_") and name != "text":
            found[name] = attributes.partition('value="')[2].partition('"')[0]
    return found


async def test_an_edit_is_tried_then_made(clerk: Clerk, seen: Seen) -> None:
    form = the_form(await clerk.see(f"{seen.address}/edit"))
    nothing = await clerk.send(f"{seen.address}/edit/preview", **form)
    assert "Nothing is changed yet." in nothing.text
    changed = form | {"quantity.L1": "3", "discount": "1.00"}
    told = await clerk.send(f"{seen.address}/edit/preview", **changed)
    assert "$18.99 more to pay." in told.text
    assert "order.edited" not in await seen.desk.events(seen.open)
    assert (await clerk.send(f"{seen.address}/edit", **changed)).status_code == 303
    assert (await clerk.send(f"{seen.address}/edit", **changed)).status_code == 303
    assert (await seen.desk.events(seen.open)).count("order.edited") == 1


async def test_another_address_is_written_whole(clerk: Clerk, seen: Seen) -> None:
    form = the_form(await clerk.see(f"{seen.address}/edit")) | {"address.line1": "2 Oak Ave"}
    assert (await clerk.send(f"{seen.address}/edit", **form)).status_code == 303
    text = await clerk.see(seen.address)
    assert "2 Oak Ave" in text
    assert "Springfield IL 62701" in text


async def test_who_edits_later_is_told_what_changed_and_keeps_what_they_typed(clerk: Clerk, seen: Seen) -> None:
    form = the_form(await clerk.see(f"{seen.address}/edit"))
    first = await clerk.send(f"{seen.address}/edit", "first", **(form | {"quantity.L2": "2"}))
    assert first.status_code == 303
    later = await clerk.send(f"{seen.address}/edit", "later", **(form | {"quantity.L1": "1"}))
    assert later.status_code == 422
    assert "Somebody changed the order while this form was open." in later.text
    assert "Edited: set quantity" in later.text
    assert "Mia Torres" in later.text
    again = the_form(later.text)
    assert (again["quantity.L1"], again["was.quantity.L1"]) == ("1", "2")
    assert (await clerk.send(f"{seen.address}/edit", "again", **again)).status_code == 303
    units = await seen.desk.units(seen.open)
    assert units[(1, 1)]["cancelled"] == 1
    assert await seen.desk.value("SELECT revision FROM orders WHERE id = $1", seen.open) == 2


async def test_a_refund_is_previewed_and_asked_for_once(clerk: Clerk, seen: Seen) -> None:
    assert "At most $59.97." in await clerk.see(f"{seen.gone}/refund")
    form = {"amount": "12.50", "to": "payment", "reason": "goodwill"}
    told = await clerk.send(f"{seen.gone}/refund/preview", **form)
    assert "$47.47" in told.text
    too_much = await clerk.send(f"{seen.gone}/refund/preview", **(form | {"amount": "60"}))
    assert "No more than $59.97 can be refunded." in too_much.text
    assert [(await clerk.send(f"{seen.gone}/refund", **form)).status_code for _ in range(2)] == [303, 303]
    await seen.back.bank.work()
    assert await seen.back.refunded(seen.shipped) == 1250
    refused = await clerk.send(f"{seen.gone}/refund", "more", **(form | {"amount": "60"}))
    assert refused.status_code == 422
    assert "That is more than can be given back." in refused.text


async def test_what_is_above_a_limit_is_asked_for(site: Site, database: Database, seen: Seen) -> None:
    async with database.operator_transaction() as tx:
        limits = SetLimits(role="care_agent", limits=Limits(refund_max_minor={"USD": 1000}))
        [said] = await set_limits(tx, a_context(), [limits])
        assert said.ok, said
    token = await a_person(database, "care_agent")
    async with a_client(site, token) as client:
        clerk = Clerk(site, token, client)
        form = {"amount": "12.50", "to": "payment", "reason": "damaged"}
        refused = await clerk.send(f"{seen.gone}/refund", **form)
        assert refused.status_code == 422
        assert "Ask for approval" in refused.text
        asked = await clerk.send(f"{seen.gone}/refund", "two", ask="true", why="box was crushed", **form)
        assert asked.status_code == 303
    assert await seen.desk.value("SELECT operation FROM approval") == "refund_order"
    assert await seen.back.refunded(seen.shipped) == 0


async def test_a_return_is_quoted_announced_and_taken_back(clerk: Clerk, seen: Seen) -> None:
    form = {"units.L1": "1", "reason": "changed_mind", "method": "label", "refund_to": "payment"}
    told = await clerk.send(f"{seen.gone}/return/preview", **form)
    assert "$19.99" in told.text
    assert (await clerk.send(f"{seen.gone}/return", **form)).status_code == 303
    text = await clerk.see(seen.gone)
    assert "Announced" in text
    made = text.partition("/returns/")[2].partition("/")[0]
    assert (await clerk.send(f"{seen.gone}/returns/{made}/cancel", "off")).status_code == 303
    assert "Return cancelled" in await clerk.see(seen.gone)
    nothing = await clerk.send(f"{seen.gone}/return", "none", reason="x", method="label", refund_to="payment")
    assert "Type how many units come back." in nothing.text


async def test_goods_are_exchanged(clerk: Clerk, seen: Seen) -> None:
    other = seen.shop.skus[1].code
    form = {"units.L1": "1", "sku.L1": other, "reason": "does_not_fit", "method": "label", "mode": "on_return"}
    told = await clerk.send(f"{seen.gone}/exchange/preview", **form)
    assert "The customer pays" in told.text
    assert "$0.00" in told.text
    assert (await clerk.send(f"{seen.gone}/exchange", **form)).status_code == 303
    assert "Exchange" in await clerk.see(seen.gone)
    assert await seen.desk.value("SELECT count(*) FROM exchange") == 1


async def test_a_claim_is_opened_and_goods_are_sent_again(clerk: Clerk, seen: Seen) -> None:
    opened = await clerk.send(f"{seen.gone}/claim", **{"units.L2": "1", "kind": "damaged"})
    assert opened.status_code == 303
    decide = opened.headers["location"]
    assert "/claims/clm_" in decide
    assert (await clerk.send(decide, resolution="allowance")).status_code == 422
    assert (await clerk.send(decide, "give", resolution="reship")).status_code == 303
    text = await clerk.see(seen.gone)
    assert "goods sent instead" in text
    assert "Claim resolved: reship" in text


async def test_notes_tags_and_files_are_added_and_removed(clerk: Clerk, seen: Seen) -> None:
    assert (
        await clerk.send(f"{seen.address}/note", words="Rings twice\n<b>loudly</b>", pinned="true")
    ).status_code == 303
    assert (await clerk.send(f"{seen.address}/tags", "t", tags="gift, vip", had="")).status_code == 303
    file = await clerk.client.post(
        f"{seen.address}/file",
        data=await form_of(clerk.site, clerk.token, "f", kind="letter"),
        files={"file": ("Brief é.txt", b"Hello", "text/plain")},
    )
    assert file.status_code == 303
    text = await clerk.see(seen.address)
    for said in ("Rings twice", "&lt;b&gt;loudly", "Mia Torres", '<span class="tag">gift</span>', "Note written"):
        assert said in text, said
    note = text.partition("/notes/")[2].partition('"')[0]
    kept = text.partition("/files/")[2].partition('"')[0]
    assert (await clerk.client.get(f"{seen.address}/files/{kept}")).content == b"Hello"
    assert (await clerk.send(f"{seen.address}/notes/{note}/remove", "n")).status_code == 303
    assert (await clerk.send(f"{seen.address}/files/{kept}/remove", "g")).status_code == 303
    assert (await clerk.send(f"{seen.address}/tags", "u", tags="vip", had="gift, vip")).status_code == 303
    text = await clerk.see(seen.address)
    assert "Rings twice" not in text
    assert f"/files/{kept}" not in text
    assert '<span class="tag">gift</span>' not in text


async def test_money_that_moved_is_recorded_and_the_rest_written_off(clerk: Clerk, seen: Seen) -> None:
    assert 'value="59.97"' in await clerk.see(f"{seen.address}/payment")
    form = {"amount": "50", "direction": "received", "method": "bank_transfer"}
    assert (await clerk.send(f"{seen.address}/payment", **form)).status_code == 303
    assert "Payment written down: $50.00 received" in await clerk.see(seen.address)
    assert (
        await clerk.send(f"{seen.address}/write-off", "w", amount="9.97", reason="uncollectable")
    ).status_code == 303
    wrong = await clerk.send(f"{seen.address}/payment", "x", **(form | {"amount": "ten"}))
    assert "Write an amount such as 12.50." in wrong.text


async def test_store_credit_is_given_out_of_goodwill(clerk: Clerk, seen: Seen) -> None:
    assert (await clerk.send(f"{seen.gone}/credit", amount="5", reason="goodwill")).status_code == 303
    assert await seen.desk.value("SELECT count(*) FROM event WHERE type = 'store_credit.issued'") == 1


async def test_a_withdrawal_is_recorded(clerk: Clerk, seen: Seen) -> None:
    refused = await clerk.send(f"{seen.address}/withdraw")
    assert refused.status_code == 422
    assert "order.withdrawn" not in await seen.desk.events(seen.open)

    offered = WithdrawalTerms(enabled=True, time_zone="Europe/Berlin")
    await seen.back.terms(seen.shop.channel.code, withdrawal=offered)
    assert (await clerk.send(f"{seen.address}/withdraw", "again")).status_code == 303
    assert "order.withdrawn" in await seen.desk.events(seen.open)


async def test_the_timeline_is_filtered_and_paged(clerk: Clerk, seen: Seen) -> None:
    money = await clerk.see(f"{seen.gone}/timeline?kind=money")
    assert "Money taken" in money
    assert "Packed" not in money
    first = await clerk.see(f"{seen.gone}/timeline?before=2")
    assert "Placed: 3 units" in first
    assert "Packed" not in first
    assert (await clerk.client.get(f"{seen.gone}/timeline?before=x&kind=nothing")).status_code == 200


async def test_why_and_every_cent_can_be_read(clerk: Clerk, seen: Seen) -> None:
    why = await clerk.see(f"{seen.address}/sourcing")
    assert "One location has all of it" in why
    assert seen.shop.locations[0].code in why
    cents = await clerk.see(f"{seen.gone}/money")
    assert "$59.97" in cents
    history = await clerk.see(f"{seen.gone}/history")
    assert "in 2 orders" in history


async def test_an_order_that_is_not_there_says_so(clerk: Clerk) -> None:
    for path in ("", "/edit", "/timeline", "/history"):
        answer = await clerk.client.get(f"/m/acme/orders/{encode_id('ord', NOBODY)}{path}")
        assert answer.status_code == 404
        assert "There is no order of this id." in answer.text
