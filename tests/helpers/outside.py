"""Things outside what a key is limited to, each with a call that would touch it: one for every unsafe operation.

The world has two channels and two locations. Everything that these calls are about is of the channel `web` and at the
location COL; the keys under test are limited to the other channel, to the other location, or to both.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from orderwright.catalog import read_channels, read_locations, read_pools, read_skus
from orderwright.flows.upsert_channels import upsert_channels
from orderwright.orders import PlaceOrder
from orderwright.orders.contract import Person
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID, decode_id, encode_id, new_id
from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop, a_channel, a_location, accepted
from tests.builders.orders import a_payment, an_order
from tests.helpers.api import Api
from tests.helpers.desk import Desk
from tests.helpers.papers import Papers, a_company


class Request(NamedTuple):
    """A call: what fills the path, and the body. Of a bulk call the body is its only item."""

    path: dict[str, str]
    body: Any


class World(NamedTuple):
    """A shop whose first location (COL) has stock and whose channel (`web`) sells; MKT and LA are the others."""

    desk: Desk
    api: Api
    shop: Shop
    mkt_id: UUID
    mkt: str

    @property
    def limits(self) -> dict[str, dict[str, Any]]:
        """The limits of keys that may touch nothing of `web` or of COL."""
        channels, locations = {"channel_ids": [self.mkt_id]}, {"location_ids": [self.shop.locations[1].id]}
        return {"channels": channels, "locations": locations, "both": channels | locations}

    def order(self, channel: str | None = None, **fields: Any) -> PlaceOrder:
        """An order of one unit, of `web` unless said otherwise."""
        return an_order(channel or self.shop.channel.code, [(self.shop.skus[0].code, 1)], **fields)

    async def work(self, *steps: str) -> tuple[str, str]:
        """A web order sourced at COL and brought so far; its id and that of its fulfillment."""
        order_id, [work] = await self.desk.sourced(self.order())
        for step in steps:
            await getattr(self.desk, step)(work.id)
        return encode_id("ord", order_id), encode_id("ful", work.id)


Make = Callable[[World], Awaitable[Request]]


async def a_world(database: Database, api: Api) -> World:
    """A new one."""
    desk = Desk(database)
    desk.audit = _no_audit  # type: ignore[method-assign]  # hundreds of verbs run here: the end is audited
    shop = await desk.shop(locations=2, skus=2)
    for sku in shop.skus:
        await desk.receive(sku, shop.locations[0], 500)
    other = a_channel(shop.pool_code)
    [mkt_id] = await desk.run(_upsert_channel, other)
    return World(desk, api, shop, mkt_id, other.code)


async def _upsert_channel(tx: Any, ctx: Any, channel: Any) -> list[UUID]:
    return accepted(await upsert_channels(tx, ctx, [channel]))


async def _no_audit() -> None:
    pass


# ---- orders ----


async def _held(world: World) -> Request:
    order_id, _ = await world.work()
    assert await world.desk.hold(decode_id("ord", order_id)) == "held"
    return Request({"order_id": order_id}, {})


async def _an_order(world: World) -> Request:
    return Request({"order_id": (await world.work())[0]}, {})


async def _to_note(world: World) -> Request:
    return Request((await _an_order(world)).path, {"words": "Call first"})


async def _to_tag(world: World) -> Request:
    return Request((await _an_order(world)).path, {"add": ["vip"]})


async def _noted(world: World) -> Request:
    asked = await _to_note(world)
    answer = await world.api.post(f"/v1/orders/{asked.path['order_id']}/notes", asked.body)
    return Request({"note_id": answer.json()["id"]}, {})


async def _a_note(world: World) -> Request:
    return Request((await _noted(world)).path, {"words": "Write first"})


async def _to_say(world: World) -> Request:
    return Request((await _an_order(world)).path, {"direction": "out", "medium": "portal", "words": "It leaves today."})


async def _to_say_to_customer(world: World) -> Request:
    order_id = (await _an_order(world)).path["order_id"]
    customer_id = (await world.api.get(f"/v1/orders/{order_id}")).json()["customer"]
    return Request({"customer_id": customer_id}, {"direction": "out", "medium": "post", "words": "Our catalogue."})


async def _asked(world: World) -> Request:
    path = (await _an_order(world)).path
    said = {"direction": "in", "medium": "e_mail", "words": "Where is it?"}
    answer = await world.api.post(f"/v1/orders/{path['order_id']}/messages", said)
    return Request({"message_id": answer.json()["id"]}, {"answer": "not_needed"})


async def _a_file(world: World) -> Request:
    path = (await _an_order(world)).path
    answer = await world.api.raw(f"/v1/orders/{path['order_id']}/attachments", b"The mug came broken.")
    return Request({"attachment_id": answer.json()["id"]}, {})


async def _to_source(world: World) -> Request:
    """With a fulfillment at COL, and units that no location could bring."""
    sku = await world.desk.sku()
    await world.desk.receive(sku, world.shop.locations[0], 1)
    order_id = await world.desk.placed(an_order(world.shop.channel.code, [(sku.code, 1), (world.shop.skus[0].code, 1)]))
    await world.desk.verify(order_id)
    assert await world.desk.source(order_id) == ["sourced"]
    return Request({"order_id": encode_id("ord", order_id)}, {})


async def _to_move_units(world: World) -> Request:
    """A unit at COL that may leave from LA."""
    sku = await world.desk.sku()
    await world.desk.receive(sku, world.shop.locations[0], 1)
    order_id, [work] = await world.desk.sourced(an_order(world.shop.channel.code, [(sku.code, 1)]))
    await world.desk.receive(sku, world.shop.locations[1], 1)
    entry = {"line": 1, "quantity": 1, "fulfillment": encode_id("ful", work.id)}
    return Request({"order_id": encode_id("ord", order_id)}, {"to": world.shop.locations[1].code, "units": [entry]})


async def _to_place(world: World) -> Request:
    line = {
        "sku": world.shop.skus[0].code, "quantity": 1, "unit_price": {"amount": 1999, "currency": "USD"},
        "delivery": "pickup", "location": world.shop.locations[0].code,
    }  # fmt: skip
    body = an_order_body(world.shop.channel.code, (world.shop.skus[0].code, 1), lines=[line])
    return Request({}, body)


async def _refused(world: World) -> Request:
    body = an_order_body(world.shop.channel.code, (world.shop.skus[0].code, 1))
    refused = await world.api.post("/v1/orders", body | {"total": {"amount": 1, "currency": "USD"}})
    assert refused.status_code == 422, refused.text
    [newest] = (await world.api.get("/v1/orders/refused?limit=1")).json()["data"]
    return Request({"refused_id": newest["id"]}, {"order": body})


def _a_draft(*verbs: str) -> Make:
    """A draft order of `web`, which somebody else began; what was done to it before."""

    async def make(world: World) -> Request:
        body = an_order_body(world.shop.channel.code, (world.shop.skus[0].code, 1))
        name = body.pop("external_id")
        draft = (await world.api.post("/v1/draft_orders", {"external_id": name, "order": body})).json()["id"]
        for verb in verbs:
            assert (await world.api.post(f"/v1/draft_orders/{draft}/{verb}", {})).status_code == 200
        return Request({"draft_id": draft}, {})

    return make


async def _search_orders(world: World) -> Request:
    await world.work()
    return Request({}, {"status": ["allocated"]})


async def _to_edit(world: World) -> Request:
    change = {"change": "add_line", "line": {"sku": world.shop.skus[1].code, "quantity": 1, "unit_price": {
        "amount": 100, "currency": "USD"}}}  # fmt: skip
    return Request({"order_id": (await world.work())[0]}, {"revision": 0, "changes": [change]})


async def _a_payout(world: World) -> Request:
    """Bank statements are of all channels; it is one of a number of its own."""
    line = {"kind": "capture", "payment": "pi_1", "amount_minor": 1999}
    head = {"provider": "stripe", "reference": f"po_{new_id()}", "currency": "USD", "paid_on": "2027-01-31"}
    return Request({}, head | {"lines": [line]})


# ---- returns ----


async def _to_return(world: World) -> Request:
    order_id, _, _ = await world.desk.shipped(world.order())
    return Request({"order_id": encode_id("ord", order_id)}, {"lines": [{"line": 1, "quantity": 1}]})


async def _to_withdraw(world: World) -> Request:
    policy = {"channel": world.shop.channel.code, "terms": {"withdrawal": {"enabled": True}}}
    made = await world.api.post("/v1/return-policies", policy)
    assert made.status_code == 200, made.text
    return await _to_return(world)


def _a_return(*steps: str, **body: Any) -> Make:
    """A return to COL; `items`: what of it is counted or looked at."""

    async def make(world: World) -> Request:
        asked = await _to_return(world)
        made = await world.api.post(f"/v1/orders/{asked.path['order_id']}/returns", asked.body)
        assert made.status_code == 200, made.text
        items = {"items": [{"sku": world.shop.skus[0].code, "quantity": 1}]}
        for step in steps:
            done = await world.api.post(f"/v1/returns/{made.json()['id']}/{step}", items)
            assert done.status_code == 200, done.text
        return Request({"return_id": made.json()["id"]}, items if body.get("items") else {})

    return make


async def _to_park(world: World) -> Request:
    items = [{"sku": world.shop.skus[0].code, "quantity": 1}]
    return Request({}, {"location": world.shop.locations[0].code, "items": items})


async def _parked_parcel(world: World) -> Request:
    made = await world.api.post("/v1/returns/unexpected", (await _to_park(world)).body)
    assert made.status_code == 200, made.text
    return Request({"unexpected_id": made.json()["id"]}, {"disposition": "restock"})


async def _a_policy(world: World) -> Request:
    return Request({}, {"channel": world.shop.channel.code, "terms": {"window_days": 60}})


# ---- exchanges ----


async def _to_exchange(world: World) -> Request:
    """A unit that COL sent for one of the other SKU, which COL has."""
    asked = await _to_return(world)
    new = {"sku": world.shop.skus[1].code, "quantity": 1, "in_place_of": 1}
    return Request(asked.path, asked.body | {"new_lines": [new]})


async def _an_exchange(world: World) -> Request:
    asked = await _to_exchange(world)
    made = await world.api.post(f"/v1/orders/{asked.path['order_id']}/exchanges", asked.body)
    assert made.status_code == 200, made.text
    return Request({"exchange_id": made.json()["id"]}, {})


# ---- claims ----


async def _to_claim(world: World) -> Request:
    order = (await _to_return(world)).path
    return Request(order, {"kind": "lost", "lines": [{"line": 1, "quantity": 1}]})


def _a_claim(*steps: str, **body: Any) -> Make:
    """A claim of a parcel that COL sent."""

    async def make(world: World) -> Request:
        asked = await _to_claim(world)
        made = await world.api.post(f"/v1/orders/{asked.path['order_id']}/claims", asked.body)
        assert made.status_code == 200, made.text
        for step in steps:
            done = await world.api.post(f"/v1/claims/{made.json()['id']}/{step}", _CENTS)
            assert done.status_code == 200, done.text
        return Request({"claim_id": made.json()["id"]}, body)

    return make


# ---- money ----

_CENTS = {"amount": {"amount": 100, "currency": "USD"}}


def _paid(**body: Any) -> Make:
    """An order with 19.99 captured through the built-in provider."""

    async def make(world: World) -> Request:
        paid = a_payment(1999, provider="builtin", reference="bp_1")
        order_id, _ = await world.desk.sourced(world.order(payments=[paid]))
        return Request({"order_id": encode_id("ord", order_id)}, body)

    return make


def _owing(**body: Any) -> Make:
    async def make(world: World) -> Request:
        return Request({"order_id": (await world.work())[0]}, body)

    return make


async def _refused_payment(world: World) -> Request:
    """A capture of it was refused."""
    paid = a_payment(1999, state="authorized", provider="builtin", reference="bp_2")
    order_id, _ = await world.desk.sourced(world.order(payments=[paid]))
    async with world.desk.database.transaction("acme") as tx:
        payment_id = await tx.fetchval(
            "UPDATE payment SET refused_code = 'declined' WHERE order_id = $1 RETURNING id", order_id
        )
    return Request({"payment_id": encode_id("pay", payment_id)}, {})


def _a_webhook(**body: Any) -> Make:
    """One of a payment that nobody knows."""

    async def make(world: World) -> Request:
        async with world.desk.database.transaction("acme") as tx:
            webhook_id = await tx.fetchval(
                "INSERT INTO payment_webhook (id, provider, event_id, type, reference)"
                " VALUES ($1, 'builtin', ($1::uuid)::text, 'payment.captured', 'bp_unknown') RETURNING id",
                new_id(),
            )
        return Request({"webhook_id": encode_id("whk", webhook_id)}, body)

    return make


async def _to_credit(world: World) -> Request:
    order_id = await world.desk.placed(world.order())
    return Request({}, {"order": encode_id("ord", order_id), "amount": {"amount": 100, "currency": "USD"}})


async def _an_account(world: World) -> Request:
    made = await world.api.post("/v1/store-credits", (await _to_credit(world)).body)
    return Request({"account_id": made.json()["id"]}, {"amount": {"amount": -1, "currency": "USD"}})


# ---- people ----


async def _a_customer(world: World) -> Request:
    order_id = await world.desk.placed(world.order())
    found = await world.desk.value("SELECT customer_id FROM orders WHERE id = $1", order_id)
    return Request({"customer_id": encode_id("cus", found)}, {})


async def _a_guest(world: World) -> Request:
    return Request({"order_id": encode_id("ord", await world.desk.placed(world.order(customer=None)))}, {})


async def _search_customers(world: World) -> Request:
    order = world.order()
    await world.desk.placed(order)
    assert order.customer is not None
    return Request({}, {"email": order.customer.email})


# ---- fulfillments ----


def _step(*steps: str, **body: Any) -> Make:
    async def make(world: World) -> Request:
        return Request({"fulfillment_id": (await world.work(*steps))[1]}, body)

    return make


async def _tracking(world: World) -> Request:
    _, _, parcel = await world.desk.shipped(world.order())
    happened_at = datetime.now(UTC).isoformat()
    return Request({}, {"tracking_number": parcel.tracking_number, "code": "in_transit", "happened_at": happened_at})


async def _a_parcel(world: World) -> Request:
    _, _, parcel = await world.desk.shipped(world.order())
    return Request(
        {"parcel_id": encode_id("pcl", parcel.id)},
        {"carrier": "ups", "tracking_number": f"1Z{parcel.id.hex}", "reason": "other_carrier"},
    )


# ---- stock ----


def _stock(**fields: Any) -> Make:
    async def make(world: World) -> Request:
        at = {"sku": world.shop.skus[0].code, "location": world.shop.locations[0].code}
        return Request({}, at | fields)

    return make


def _place(*, close: bool = False, **fields: Any) -> Make:
    async def make(world: World) -> Request:
        body = {"location": await _own_place(world)}
        if close:
            assert (await world.api.post("/v1/location-closings", body)).status_code == 200
        return Request({}, body | fields)

    return make


async def _own_place(world: World) -> str:
    """A location that nobody else needs, with a unit."""
    there = a_location(world.shop.pool_code)
    made = await world.api.call("PUT", f"/v1/locations/{there.code}", json=msgspec.to_builtins(there))
    assert made.status_code in (200, 201), made.text
    goods = {"sku": world.shop.skus[0].code, "location": there.code, "quantity": 1}
    assert (await world.api.post("/v1/stock/receipts", goods)).status_code == 200
    return there.code


async def _to_move(world: World) -> Request:
    await world.api.call("PUT", "/v1/pools", json={"data": [{"code": "FAR", "name": "Far"}]})
    return Request({}, {"location": await _own_place(world), "pool": "FAR"})


async def _supply(world: World) -> Request:
    body = {"sku": world.shop.skus[0].code, "pool": world.shop.pool_code, "quantity": 5, "due_on": "2031-01-06"}
    return Request({}, body)


async def _known_supply(world: World) -> Request:
    made = await world.api.post("/v1/stock/supplies", (await _supply(world)).body)
    return Request({"supply_id": made.json()["id"]}, {"quantity": 3})


# ---- the catalogue ----


def _entry(read: Any, code_of: Callable[[World], str]) -> Make:
    """An entry under another name."""

    async def make(world: World) -> Request:
        code = code_of(world)
        async with world.desk.database.transaction("acme") as tx:
            [entry] = await read(tx, codes=[code])
        body = msgspec.to_builtins(entry.content)
        return Request({"code": code}, body | {"name": body["name"] + " again"})

    return make


_CATALOG: dict[str, tuple[str, Make]] = {
    "sku": ("skus", _entry(read_skus, lambda world: world.shop.skus[1].code)),
    "pool": ("pools", _entry(read_pools, lambda world: world.shop.pool_code)),
    "location": ("locations", _entry(read_locations, lambda world: world.shop.locations[0].code)),
    "channel": ("channels", _entry(read_channels, lambda world: world.shop.channel.code)),
}


# ---- documents ----


async def _a_company(world: World) -> Request:
    return Request({}, msgspec.to_builtins(a_company(code="outside")))


async def _to_invoice(world: World) -> Request:
    company = await Papers(world.desk).company()
    said = {"channel": world.shop.channel.code, "legal_entity": company.code, "invoice_at": "shipment"}
    return Request({}, said)


async def _a_brand(world: World) -> Request:
    return Request({}, {"channel": world.shop.channel.code, "name": "Another"})


async def _to_promise(world: World) -> Request:
    return Request({}, {"channel": world.shop.channel.code, "lines": [{"sku": world.shop.skus[0].code}]})


async def _to_look_up(world: World) -> Request:
    [order] = await world.desk.place(world.order(customer=Person(name="Ada", email="ada@look.example.com")))
    return Request({}, {"number": str(order.number), "email": "ada@look.example.com"})


async def _late(world: World) -> Request:
    """An order with a fulfillment at COL, and a unit that waits for supply."""
    sku = await world.desk.sku()
    await world.desk.receive(sku, world.shop.locations[0], 1)
    order_id = await world.desk.placed(an_order(world.shop.channel.code, [(sku.code, 2)]))
    await world.desk.verify(order_id)
    await world.desk.source(order_id)
    return Request({"order_id": encode_id("ord", order_id)}, {"answer": "cancel"})


async def _to_consent(world: World) -> Request:
    request = await _an_order(world)
    return Request(request.path, {"purpose": "profiling", "given": True})


async def _to_tax(world: World) -> Request:
    return Request({}, {"channel": world.shop.channel.code, "terms": {"engine": "jurisdictions"}})


async def _a_rate(world: World) -> Request:
    """Rates are of all channels and locations."""
    return Request({}, {"country": "US", "name": "State", "rate": "0.0625", "valid_from": "2020-01-01"})


async def _a_tax_quote(world: World) -> Request:
    item = {"key": "1", "amount_minor": 1000}
    said = {"channel": world.shop.channel.code, "currency": "USD", "ship_to": {"country": "US"}, "items": [item]}
    return Request({}, said)


# ---- the system ----


async def _set_aside(world: World) -> Request:
    order_id = await world.desk.placed(world.order())
    async with world.desk.database.transaction("acme") as tx:
        await tx.execute("UPDATE work SET set_aside_at = now(), attempts = 9 WHERE subject_id = $1", order_id)
    return Request({}, {"stage": "verify", "subjects": [encode_id("ord", order_id)]})


async def _parked(world: World) -> Request:
    order_id = encode_id("ord", await world.desk.placed(world.order()))
    return Request({}, {"subscriber": "contact_words", "subjects": [order_id]})


async def _to_skip(world: World) -> Request:
    order_id = encode_id("ord", await world.desk.placed(world.order()))
    return Request({}, {"subscriber": "contact_words", "events": [{"subject": order_id, "seq": 1}]})


async def _job(world: World) -> Request:
    return Request({}, {"ids": [1]})


_VERBS: dict[str, Make] = {  # each has a bulk form
    "send_refused_order": _refused,
    "place_draft_order": _a_draft(),
    "delete_draft_order": _a_draft(),
    "restore_draft_order": _a_draft("delete"),
    "cancel_order": _an_order,
    "preview_cancel": _an_order,
    "make_portal_link": _an_order,
    "withdraw_portal_link": _an_order,
    "answer_delay": _late,
    "say_consent": _to_consent,
    "edit_order": _to_edit,
    "preview_edit": _to_edit,
    "hold_order": _an_order,
    "record_message": _to_say,
    "record_customer_message": _to_say_to_customer,
    "settle_message": _asked,
    "add_note": _to_note,
    "change_note": _a_note,
    "remove_note": _noted,
    "tag_order": _to_tag,
    "remove_attachment": _a_file,
    "release_hold": _held,
    "source_order": _to_source,
    "move_units": _to_move_units,
    "preview_move_units": _to_move_units,
    "quote_return": _to_return,
    "request_return": _to_return,
    "withdraw_order": _to_withdraw,
    "scan_return": _a_return(),
    "receive_return": _a_return(items=True),
    "inspect_return": _a_return("receive", items=True),
    "cancel_return": _a_return(),
    "close_return": _a_return(),
    "park_return": _to_park,
    "resolve_unexpected": _parked_parcel,
    "put_return_policy": _a_policy,
    "quote_exchange": _to_exchange,
    "request_exchange": _to_exchange,
    "cancel_exchange": _an_exchange,
    "open_claim": _to_claim,
    "resolve_claim": _a_claim(resolution="refund"),
    "reject_claim": _a_claim(),
    "file_carrier_claim": _a_claim(amount={"amount": 100, "currency": "USD"}),
    "settle_carrier_claim": _a_claim("carrier/file", paid={"amount": 100, "currency": "USD"}),
    "put_channel_tax": _to_tax,
    "put_tax_rate": _a_rate,
    "quote_taxes": _a_tax_quote,
    "refund_order": _paid(**_CENTS),
    "record_payment": _owing(**_CENTS),
    "write_off_balance": _owing(**_CENTS),
    "retry_payment": _refused_payment,
    "look_for_payment": _a_webhook(),
    "dismiss_webhook": _a_webhook(reason="a_test"),
    "issue_store_credit": _to_credit,
    "adjust_store_credit": _an_account,
    "erase_customer": _a_customer,
    "erase_guest": _a_guest,
    "receive_stock": _stock(quantity=1),
    "adjust_stock": _stock(delta=-1, reason="damage"),
    "close_location": _place(),
    "preview_location_closing": _place(),
    "open_location": _place(close=True),
    "preview_location_opening": _place(close=True),
    "move_location": _to_move,
    "preview_location_move": _to_move,
    "expect_supply": _supply,
    "change_supply": _known_supply,
    "release_fulfillment": _step(),
    "start_pick_fulfillment": _step("release"),
    "pick_fulfillment": _step("release"),
    "pack_fulfillment": _step("release", "pick"),
    "ship_fulfillment": _step("release", "pick", "pack", "label"),
    "reject_fulfillment": _step("release", reason="closed"),
    "record_tracking": _tracking,
    "change_tracking": _a_parcel,
}
CALLS: dict[str, Make] = {
    "post_payouts": _a_payout,
    "place_order": _to_place,
    "place_orders_in_bulk": _to_place,
    "quote_order_promise": _to_promise,
    "search_orders": _search_orders,
    "search_customers": _search_customers,
    "put_legal_entities_in_bulk": _a_company,
    "put_channel_invoicing_in_bulk": _to_invoice,
    "put_brands_in_bulk": _a_brand,
    "look_up_order": _to_look_up,
    "retry_what_was_set_aside": _set_aside,
    "retry_parked_events": _parked,
    "skip_parked_events": _to_skip,
    "retry_jobs_that_failed": _job,
    **_VERBS,
    **{f"{name}_in_bulk": make for name, make in _VERBS.items()},
    **{f"put_{one}": make for one, (_, make) in _CATALOG.items()},
    **{f"{how}_{many}": make for many, make in _CATALOG.values() for how in ("put", "post")},
}


async def everything(database: Database, *but: str) -> dict[str, tuple[int, str]]:
    """How many rows every table of the merchant has, and a hash of them. Not of `idempotency`: a key that was used is
    its caller's own, whatever became of the call; nor of `guess`, where tries count that find nothing."""
    async with database.transaction("acme", read_only=True) as tx:
        names = await tx.fetch("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1")
        tables = [row[0] for row in names if row[0] not in ("idempotency", "guess", *but)]
        sql = " UNION ALL ".join(
            f"SELECT '{t}', count(*), coalesce(md5(string_agg(x::text, '|' ORDER BY x::text)), '') FROM {t} AS x"
            for t in tables
        )
        return {row[0]: (row[1], row[2]) for row in await tx.fetch(sql)}
