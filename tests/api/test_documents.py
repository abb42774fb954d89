"""Documents and statements over HTTP: as data, as PDF, and only for those who may see them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from orderwright.flows.issue_documents import issue_documents
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID, decode_id, encode_id
from tests.builders.catalog import Shop
from tests.builders.orders import a_payment, an_order
from tests.helpers.api import Api, a_key
from tests.helpers.contexts import a_context
from tests.helpers.desk import Desk

COMPANY = {
    "code": "acme-de", "name": "Acme Handels GmbH", "address": ["Lindenallee 12", "10115 Berlin"], "country": "DE",
    "tax_ids": [{"label": "VAT ID", "value": "DE123456789"}],
}  # fmt: skip
NOBODY = "01j9zqtf0seqbr9w7r1c4rkz2m"


async def invoiced(api: Api, shop: Shop) -> None:
    """A company invoices the shop's orders at placement."""
    answer = await api.call("PUT", "/v1/legal_entities", json={"data": [COMPANY]})
    assert [o["code"] for o in answer.json()["data"]] == ["created"]
    said = {"channel": shop.channel.code, "legal_entity": "acme-de", "invoice_at": "placement", "receipts": True}
    answer = await api.call("PUT", "/v1/channel_invoicing", json={"data": [said]})
    assert [o["code"] for o in answer.json()["data"]] == ["created"]


async def an_invoiced_order(database: Database, shop: Shop) -> UUID:
    """An order with an invoice and a receipt over 39.98."""
    order = an_order(shop.channel.code, [(shop.skus[0].code, 2)], payments=[a_payment(3998)])
    order_id = await Desk(database).placed(order)
    async with database.transaction("acme") as tx:
        assert len(await issue_documents(tx, a_context(), [order_id])) == 2
    return order_id


async def test_documents_are_read_as_data_and_as_pdf(api: Api, database: Database, shop: Shop) -> None:
    await invoiced(api, shop)
    order_id = await an_invoiced_order(database, shop)

    listed = (await api.get(f"/v1/orders/{ord_(order_id)}/documents")).json()["data"]

    assert [(d["kind"], d["gross"]) for d in listed] == [
        ("invoice", {"amount": 3998, "currency": "USD"}), ("receipt", {"amount": 3998, "currency": "USD"}),
    ]  # fmt: skip
    invoice = (await api.get(f"/v1/documents/{listed[0]['id']}")).json()
    assert invoice == listed[0]
    assert invoice["number"].startswith("INV-")
    assert (invoice["order_id"], invoice["issuer"]["name"]) == (ord_(order_id), "Acme Handels GmbH")
    assert invoice["bill_to"]["name"] == "Ada Lovelace"
    assert [(line["kind"], line["units"], line["code"]) for line in invoice["lines"]] == [
        ("line", 2, shop.skus[0].code)
    ]

    answer = await api.get(f"/v1/documents/{listed[0]['id']}/pdf")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'inline; filename="{invoice["number"]}.pdf"'
    assert answer.content.startswith(b"%PDF-1.")


async def test_a_statement_sums_up_what_was_charged_and_paid(api: Api, database: Database, shop: Shop) -> None:
    await invoiced(api, shop)
    order_id = await an_invoiced_order(database, shop)
    customer = (await api.get(f"/v1/orders/{ord_(order_id)}")).json()["customer"]
    today = datetime.now(UTC).date()

    found = (await api.get(f"/v1/customers/{customer}/statement")).json()
    assert (found["until"], found["since"]) == (today.isoformat(), (today - timedelta(days=90)).isoformat())
    [one] = found["currencies"]
    assert [(e["kind"], e["amount"]["amount"], e["balance"]["amount"]) for e in one["entries"]] == [
        ("placement", 3998, 3998), ("capture", -3998, 0),
    ]  # fmt: skip
    [order] = one["orders"]
    assert {name: order[name]["amount"] for name in ("opening", "charged", "paid", "closing")} == {
        "opening": 0, "charged": 3998, "paid": 3998, "closing": 0,
    }  # fmt: skip

    tomorrow = (today + timedelta(days=1)).isoformat()
    later = (await api.get(f"/v1/customers/{customer}/statement?since={tomorrow}&until={tomorrow}")).json()
    assert later["currencies"] == []

    answer = await api.get(f"/v1/customers/{customer}/statement/pdf")
    assert (answer.status_code, answer.content[:7]) == (200, b"%PDF-1.")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (f"/v1/documents/doc_{NOBODY}", 404, "not_found"),
        (f"/v1/documents/doc_{NOBODY}/pdf", 404, "not_found"),
        (f"/v1/orders/ord_{NOBODY}/documents", 404, "not_found"),
        (f"/v1/customers/cus_{NOBODY}/statement", 404, "not_found"),
        (f"/v1/customers/cus_{NOBODY}/statement/pdf", 404, "not_found"),
        (f"/v1/documents/ord_{NOBODY}", 400, "invalid_id"),
        (f"/v1/customers/cus_{NOBODY}/statement?since=2026-02-01&until=2026-01-01", 400, "invalid_request"),
        (f"/v1/customers/cus_{NOBODY}/statement?until=9999-12-31", 400, "invalid_request"),
        (f"/v1/customers/cus_{NOBODY}/statement?until=0001-01-01", 400, "invalid_request"),
    ],
)
async def test_what_is_not_there_is_said(api: Api, path: str, status: int, code: str) -> None:
    answer = await api.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_key_sees_the_documents_of_its_channels_alone(api: Api, database: Database, shop: Shop) -> None:
    await invoiced(api, shop)
    order_id = await an_invoiced_order(database, shop)
    document = (await api.get(f"/v1/orders/{ord_(order_id)}/documents")).json()["data"][0]["id"]
    customer = (await api.get(f"/v1/orders/{ord_(order_id)}")).json()["customer"]
    other = (await Desk(database).shop()).channel.id
    paths = [
        f"/v1/documents/{document}",
        f"/v1/orders/{ord_(order_id)}/documents",
        f"/v1/customers/{customer}/statement",
    ]
    for channel, status in ((shop.channel.id, 200), (other, 404)):
        key = await a_key(database, "documents.read", channel_ids=[channel])
        assert [(await api.using(key).get(path)).status_code for path in paths] == [status] * 3


async def test_an_item_that_does_not_decode_fails_alone(api: Api) -> None:
    wrong: dict[str, Any] = {**COMPANY, "country": "Germany"}
    answer = await api.call(
        "PUT", "/v1/legal_entities", json={"data": [wrong, COMPANY, {**COMPANY, "code": "x", "bank": "y"}]}
    )
    assert [o["code"] for o in answer.json()["data"]] == ["invalid_request", "created", "invalid_request"]
    [entity] = (await api.get("/v1/legal_entities")).json()["data"]
    assert entity["entity"]["code"] == "acme-de"
    assert decode_id("len", entity["id"])
    assert (await api.get("/v1/channel_invoicing")).json() == {"data": [], "next": None}


def ord_(order_id: UUID) -> str:
    """An order's id as text."""
    return encode_id("ord", order_id)
