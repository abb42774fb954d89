"""The right of withdrawal by HTTP: taken, kept, acknowledged as data and as PDF; and what a key may not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from orderwright.flows.erase_customers import EraseCustomer, erase_customers
from orderwright.platform.db import Database
from orderwright.platform.ids import decode_id, encode_id, new_id
from tests.builders.orders import a_line
from tests.helpers.api import Api, a_key, problem
from tests.helpers.desk import Desk
from tests.helpers.papers import Papers
from tests.helpers.pdf_text import text_of
from tests.helpers.withdrawals import WithdrawalsDesk


@pytest.fixture
def eu(database: Database) -> WithdrawalsDesk:
    return WithdrawalsDesk(Desk(database))


async def an_order(eu: WithdrawalsDesk, *, sent: bool = True) -> tuple[str, str]:
    """Two units, sent or not: the order and the SKU."""
    shop = await eu.eu_shop(terms={"label_fee_minor": 450})
    order = await eu.bank.paid_order(shop.channel.code, [a_line(shop.skus[0].code, 2)])
    order_id = await eu.shipped(order) if sent else await eu.paid(order)
    return encode_id("ord", order_id), shop.skus[0].code


def working_day(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


async def test_a_withdrawal_is_acknowledged_at_once_as_data_and_as_pdf(api: Api, eu: WithdrawalsDesk) -> None:
    order, sku = await an_order(eu)
    before = datetime.now(UTC)

    said = (await api.post(f"/v1/orders/{order}/withdraw", {"lines": [{"line": 1, "quantity": 1}]})).json()

    assert (said["code"], said["ok"]) == ("withdrawn", True)
    kept = (await api.get(f"/v1/withdrawals/{said['id']}")).json()
    received = datetime.fromisoformat(kept["received_at"])
    assert before <= received <= datetime.now(UTC)
    assert kept["received_at"] == said["details"]["received_at"]
    local = received.astimezone(ZoneInfo("Europe/Berlin"))
    last = working_day(local.date() + timedelta(days=14)).isoformat()
    assert {name: kept[name] for name in kept if name not in ("received_at", "content_hash", "order_number")} == {
        "id": said["id"], "order_id": order, "code": "withdrawn", "zone": "Europe/Berlin", "whole": False,
        "reference": None, "closes_on": None, "send_back_by": last, "refund_by": last,
        "return_id": said["details"]["return_id"], "label_fee": {"amount": 450, "currency": "USD"},
        "lines": [{
            "line": 1, "code": sku, "name": kept["lines"][0]["name"], "quantity": 1, "cancelled": 0, "returned": 1,
            "refused": None, "exemption": None,
        }],
    }  # fmt: skip
    assert len(kept["content_hash"]) == 64
    returned = (await api.get(f"/v1/returns/{kept['return_id']}")).json()
    assert [(n["quantity"], n["reason"]) for n in returned["lines"]] == [(1, "withdrawal")]

    answer = await api.get(f"/v1/withdrawals/{said['id']}/pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"] == f'inline; filename="withdrawal-{said["id"]}.pdf"'
    text = text_of(answer.content)
    for part in (
        "Withdrawal received", "Acme", "Ada Lovelace", "SPRINGFIELD, IL 62701", said["id"], kept["content_hash"], last,
        local.date().isoformat(), f"{local:%H:%M:%S}", "Europe/Berlin", kept["lines"][0]["name"],
        "Send back what you have by", "The label costs you 4.50 USD at most.",
    ):  # fmt: skip
        assert part in text, (part, text)
    assert (await api.get(f"/v1/withdrawals/{said['id']}/pdf")).content == answer.content


async def test_a_company_that_invoices_the_channel_acknowledges(api: Api, eu: WithdrawalsDesk) -> None:
    order, _ = await an_order(eu, sent=False)
    channel = await eu.desk.value("SELECT code FROM channel")
    papers = Papers(eu.desk)
    await papers.company()
    await papers.invoiced(channel, "never")

    said = (await api.post(f"/v1/orders/{order}/withdraw", {})).json()

    text = text_of((await api.get(f"/v1/withdrawals/{said['id']}/pdf")).content)
    assert "Acme Handels GmbH" in text
    assert "You withdrew from the whole order, as far as it was left." in text
    assert "You are paid back by" in text
    assert "Send back" not in text


async def test_name_and_address_are_gone_from_it_once_they_are_erased(
    api: Api, eu: WithdrawalsDesk, database: Database
) -> None:
    order, _ = await an_order(eu)
    said = (await api.post(f"/v1/orders/{order}/withdraw", {})).json()
    customer = (await api.get(f"/v1/orders/{order}")).json()["customer"]

    await eu.desk.run(erase_customers, [EraseCustomer(customer_id=decode_id("cus", customer))])

    text = text_of((await api.get(f"/v1/withdrawals/{said['id']}/pdf")).content)
    assert "Ada" not in text
    assert "Name and address were erased." in text
    assert said["id"] in text


async def test_one_that_is_refused_is_kept_and_acknowledged_all_the_same(api: Api, eu: WithdrawalsDesk) -> None:
    order, _ = await an_order(eu)
    ring = await eu.desk.sku(attributes={"withdrawal_exempt": "custom_made"})
    at = (await eu.desk.fetch("SELECT code FROM location"))[0]["code"]
    await api.post("/v1/stock/receipts", {"sku": ring.code, "location": at, "quantity": 3})
    channel = await eu.desk.value("SELECT code FROM channel")
    rings = encode_id("ord", await eu.paid(await eu.bank.paid_order(channel, [a_line(ring.code, 1)])))

    answer = await api.post(f"/v1/orders/{rings}/withdraw", {})

    assert problem(answer) == (409, "exempt")
    [kept] = (await api.get(f"/v1/withdrawals?order={rings}")).json()["data"]
    assert (kept["code"], kept["lines"][0]["exemption"]) == ("exempt", "custom_made")
    assert kept["id"] == answer.json()["details"]["withdrawal_id"]
    text = text_of((await api.get(f"/v1/withdrawals/{kept['id']}/pdf")).content)
    assert "There is no right of withdrawal from this." in text
    assert "made to the consumer's specification" in text
    assert order != rings


async def test_withdrawals_are_listed_page_by_page_and_by_order(api: Api, eu: WithdrawalsDesk) -> None:
    order, _ = await an_order(eu)
    other, _ = await an_order(eu, sent=False)
    bodies = [(order, "a"), (other, "b"), (order, "c")]
    made = []
    for named, reference in bodies:
        body = {"lines": [{"line": 1, "quantity": 1}], "reference": reference}
        made.append((await api.post(f"/v1/orders/{named}/withdraw", body)).json()["id"])

    async def listed(query: str) -> list[str]:
        return [row["id"] for row in (await api.get(f"/v1/withdrawals?{query}")).json()["data"]]

    assert await listed("") == made
    assert await listed(f"order={order}") == [made[0], made[2]]
    page = (await api.get("/v1/withdrawals?limit=2")).json()
    assert await listed(f"limit=2&after={page['next']}") == [made[2]]


async def test_bulk_answers_one_outcome_an_item(api: Api, eu: WithdrawalsDesk) -> None:
    order, _ = await an_order(eu)
    unknown = encode_id("ord", new_id())
    data = [{"order_id": order}, {"order_id": unknown}, {"order_id": order}, {"order_id": order, "lines": []}]
    answer = (await api.post("/v1/orders/withdraw", {"data": data})).json()["data"]
    assert [row["code"] for row in answer] == [
        "withdrawn", "order_not_found", "duplicate_in_batch", "invalid_request",
    ]  # fmt: skip


async def test_a_key_sees_and_touches_what_it_is_limited_to(api: Api, eu: WithdrawalsDesk, database: Database) -> None:
    order, _ = await an_order(eu)
    said = (await api.post(f"/v1/orders/{order}/withdraw", {"lines": [{"line": 1, "quantity": 1}]})).json()
    other = await eu.desk.shop()
    elsewhere = api.using(await a_key(database, channel_ids=[other.channel.id]))
    there = api.using(await a_key(database, location_ids=[other.locations[0].id]))

    for limited in (elsewhere, there):
        assert problem(await limited.get(f"/v1/withdrawals/{said['id']}")) == (404, "not_found")
        assert problem(await limited.get(f"/v1/withdrawals/{said['id']}/pdf")) == (404, "not_found")
        assert (await limited.get("/v1/withdrawals")).json()["data"] == []
        assert problem(await limited.post(f"/v1/orders/{order}/withdraw", {})) == (404, "order_not_found")
    reader = api.using(await a_key(database, "returns.read"))
    assert problem(await reader.post(f"/v1/orders/{order}/withdraw", {})) == (403, "permission_denied")
    assert (await reader.get(f"/v1/withdrawals/{said['id']}")).status_code == 200


async def test_settings_of_the_right_are_checked(api: Api, eu: WithdrawalsDesk) -> None:
    await eu.eu_shop()
    channel = await eu.desk.value("SELECT code FROM channel")

    def policy(**withdrawal: object) -> dict[str, object]:
        return {"channel": channel, "terms": {"withdrawal": withdrawal}}

    assert problem(await api.post("/v1/return-policies", policy(time_zone="Mars/Base"))) == (422, "unknown_time_zone")
    assert problem(await api.post("/v1/return-policies", policy(days=13))) == (400, "invalid_request")
    said = {"enabled": True, "days": 30, "standard_shipping_minor": 490, "informed": False, "time_zone": "Europe/Rome"}
    assert (await api.post("/v1/return-policies", policy(**said))).json()["code"] == "set"
    [row] = (await api.get("/v1/return-policies")).json()["data"]
    assert row["terms"]["withdrawal"] == said
