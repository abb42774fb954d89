"""Pay-outs over HTTP: sent as CSV and JSON, and what differs in them read."""

from __future__ import annotations

from typing import Any

from orderwright.platform.db import Database
from orderwright.platform.ids import encode_id
from tests.builders.orders import a_payment, an_order
from tests.helpers.api import Api, a_key, problem
from tests.helpers.desk import Desk

CSV = (
    "provider,payout,paid_on,kind,payment,currency,amount,fee\n"
    "stripe,po_1,2027-01-31,capture,pi_1,USD,19.99,0.88\n"
    "stripe,po_1,2027-01-31,capture,pi_9,USD,5,\n"
    "stripe,po_2,2027-01-31,capture,pi_2,USD,1.001,\n"
)


async def paid_order(desk: Desk) -> str:
    shop = await desk.shop()
    paid = a_payment(1999, provider="stripe", reference="pi_1")
    return encode_id("ord", await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], payments=[paid])))


async def test_a_file_is_imported_and_what_differs_is_read(api: Api, database: Database) -> None:
    order_id = await paid_order(Desk(database))

    answer = (await api.raw("/v1/payouts", CSV.encode(), "text/csv")).json()

    [imported] = answer["data"]
    assert imported == {
        "code": "imported", "ok": True, "id": imported["id"], "reference": "po_1", "line": 2,
        "details": {"lines": 2, "matched": 1, "unknown_payment": 1},
    }  # fmt: skip
    assert answer["errors"] == [
        {
            "line": 4, "column": "amount", "code": "invalid_value",
            "message": "'1.001' is not allowed; allowed: at most 2 digits after the point in USD.",
        }
    ]  # fmt: skip
    read = (await api.get(f"/v1/payouts/{imported['id']}")).json()
    assert read["payout"]["total"] == {"amount": 1999 - 88 + 500, "currency": "USD"}
    assert [(line["n"], line["code"], line["payment"]) for line in read["data"]] == [(2, "unknown_payment", "pi_9")]
    whole = (await api.get(f"/v1/payouts/{imported['id']}?all_lines=true&limit=1")).json()
    assert [(line["code"], line["order_id"]) for line in whole["data"]] == [("matched", order_id)]
    assert whole["next"] == 1
    again = (await api.raw("/v1/payouts", CSV.encode(), "text/csv")).json()
    assert [(one["code"], one["id"]) for one in again["data"]] == [("unchanged", imported["id"])]
    listed = (await api.get("/v1/payouts?provider=stripe")).json()
    assert [(one["reference"], one["differences"]) for one in listed["data"]] == [("po_1", 1)]
    assert (await api.get("/v1/payouts?provider=other")).json() == {"data": [], "next": None}


async def test_json_and_what_is_missing(api: Api, database: Database) -> None:
    order_id = await paid_order(Desk(database))
    payout: dict[str, Any] = {
        "provider": "stripe", "reference": "po_7", "currency": "USD", "paid_on": "2027-01-31",
        "lines": [{"kind": "fee", "amount_minor": -35}],
    }  # fmt: skip

    answer = (await api.post("/v1/payouts", {"data": [payout, {**payout, "lines": []}]})).json()

    assert [one["code"] for one in answer["data"]] == ["imported", "invalid_request"]
    missing = (await api.get("/v1/payouts/missing?days=0")).json()
    assert [(one["order_id"], one["payment"], one["amount"]["amount"]) for one in missing["data"]] == [
        (order_id, "pi_1", 1999)
    ]
    assert (await api.get("/v1/payouts/missing")).json()["data"] == []


async def test_who_may_and_what_there_is_not(api: Api, database: Database) -> None:
    reader = api.using(await a_key(database, "payments.read"))

    assert problem(await reader.raw("/v1/payouts", CSV.encode(), "text/csv"))[0] == 403
    assert problem(await api.get("/v1/payouts/pyt_00000000000000000000000000")) == (404, "not_found")
    assert problem(await api.raw("/v1/payouts", b"payout,amount\n", "text/csv")) == (400, "invalid_request")
