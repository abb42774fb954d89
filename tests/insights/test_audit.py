"""Every check of the audit finds what it is there to find: a row that was changed behind the verbs' back."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from orderwright.flows.expect_supply import expect_supply
from orderwright.flows.request_returns import request_returns
from orderwright.insights.audit import CHECKS, audit
from orderwright.inventory import ExpectSupply
from orderwright.platform.db import Database
from orderwright.platform.ids import new_ids
from orderwright.returns import RequestedLine, RequestReturn
from tests.builders.orders import a_payment, an_order
from tests.helpers.desk import Desk

_WRONG = {
    "g1_buckets": "UPDATE stock SET withheld = withheld + 1",
    "g2_pools": "UPDATE availability SET available_to_promise = available_to_promise + 1",
    "g2_promises": "UPDATE availability SET promised = promised + 1, available_to_promise = available_to_promise - 1",
    "g2_closed": "UPDATE location SET active = false",
    "g3_supply": "UPDATE supply SET preordered = 1",
    "g4_components": "UPDATE component SET delivered = shipped WHERE shipped > 0",
    "g4_stock": "UPDATE allocation SET quantity = quantity + 1",
    "g4_orphans": "DELETE FROM order_identity",
    "g4_returns": "UPDATE component SET returned = 2 WHERE shipped = 2",
    "g4_parcels": "UPDATE parcel_unit SET quantity = quantity + 1",
    "m1_payments": "UPDATE payment SET authorized_minor = authorized_minor + 1",
    "m1_charges": "UPDATE order_line SET discount_minor = discount_minor + 1",
    "m1_documents": "INSERT INTO document_series (legal_entity_id, kind, year, last_number)"
    " VALUES (gen_random_uuid(), 'invoice', 2026, 1)",
    "m1_returns": "UPDATE customer_return SET label_fee_minor = 1",
    "m1_withdrawals": "INSERT INTO withdrawal (id, order_id, code, whole, content_hash, received_at, zone,"
    " policy_version, act_id) SELECT gen_random_uuid(), id, 'exempt', true, sha256('x'), now(), 'UTC', 0, id"
    " FROM orders",
    "m1_exchanges": "INSERT INTO exchange (id, return_id, order_id, new_order_id, payment_id, mode, state, return_by)"
    " SELECT gen_random_uuid(), id, order_id, order_id, gen_random_uuid(), 'on_return', 'settled', now()"
    " FROM customer_return",
    "m1_claims": "INSERT INTO claim (id, order_id, kind, state, party, carrier_state)"
    " SELECT gen_random_uuid(), id, 'lost', 'open', 'unknown', 'none' FROM orders",
    "m1_balances": "DELETE FROM work WHERE stage = 'settle'",
    "m1_store_credit": "INSERT INTO credit_account (id, customer_id, currency, balance_minor)"
    " VALUES (gen_random_uuid(), gen_random_uuid(), 'USD', 5)",
    "m2_totals": "UPDATE order_line SET tax_minor = tax_minor + 1",
    "t2_events": "DELETE FROM event_pending",
    "t3_states": "UPDATE orders SET status = 'delivered'",
    "t4_waiting": "DELETE FROM work",
    "t5_personal": "UPDATE work SET error = 'to ada@example.com'",
    "t5_merged": "INSERT INTO customer (id, identity_hash, merged_into)"
    " VALUES (gen_random_uuid(), gen_random_uuid()::text::bytea, gen_random_uuid())",
    "t6_acts": "INSERT INTO hold (id, order_id, type, blocks, act_id, released_at, release_act_id)"
    " SELECT gen_random_uuid(), id, 'noted', '{}', gen_random_uuid(), now(), gen_random_uuid() FROM orders",
}


async def a_day(database: Database) -> None:
    """A shop with an order that was shipped and of which a unit is to come back, one that is allocated, one that waits
    in a queue, and dated supply."""
    desk = Desk(database)
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    shipped, sourced, placed = [an_order(shop.channel.code, [(shop.skus[0].code, 2)]) for _ in range(3)]
    sourced = msgspec.structs.replace(sourced, payments=[a_payment(3998, state="authorized")])
    order_id, *_ = await desk.shipped(shipped)
    coming = RequestReturn(order_id=order_id, lines=[RequestedLine(line=1, quantity=1)])
    await desk.run(request_returns, [coming])
    await desk.sourced(sourced)
    await desk.placed(placed)
    supply = ExpectSupply(sku=shop.skus[0].code, pool=shop.pool_code, quantity=5, due_on=date(2031, 1, 1))
    await desk.run(expect_supply, [supply])


def test_every_check_has_its_fault() -> None:
    assert sorted(_WRONG) == sorted(name for _, name, _ in CHECKS)


@pytest.mark.parametrize("check", list(_WRONG))
async def test_a_fault_is_found(database: Database, check: str) -> None:
    await a_day(database)
    async with database.transaction("acme") as tx:
        await tx.execute(_WRONG[check])
    async with database.transaction("acme") as tx:
        found = await audit(tx)
    assert check in {violation.check for violation in found}
    assert {violation.law for violation in found if violation.check == check} == {check[:2].upper()}


_ORPHANED = {
    "allocation": "INSERT INTO allocation (fulfillment_id, line_n, component_n, order_id, sku_id, location_id, pool_id,"
    " quantity) SELECT fulfillment_id, 9, 9, gen_random_uuid(), sku_id, location_id, pool_id, 1 FROM allocation",
    "shipment": "UPDATE shipment SET order_id = gen_random_uuid()",
    "parcel": "UPDATE parcel SET order_id = gen_random_uuid()",
    "contact": "UPDATE contact SET order_id = gen_random_uuid()",
    "sourcing decision": "UPDATE sourcing_decision SET order_id = gen_random_uuid()",
    "sourcing exclusion": "INSERT INTO sourcing_exclusion (order_id, location_id, reason)"
    " SELECT gen_random_uuid(), id, 'other' FROM location",
}


@pytest.mark.parametrize("what", list(_ORPHANED))
async def test_rows_of_no_order_are_found(database: Database, what: str) -> None:
    found = await _found_after(database, "g4_orphans", _ORPHANED[what])
    assert any(subject.startswith(f"{what} of order ") and why == "belongs to no order" for subject, why in found)


_OF_MERGED = {
    "order": "UPDATE orders SET customer_id = $1",
    "contact": "UPDATE contact SET customer_id = $1",
    "message": "INSERT INTO message (id, customer_id, direction, medium, author, recorded_by, words, delivery, answer,"
    " said_at) VALUES (gen_random_uuid(), $1, 'in', 'phone', 'shopper', 'user:a', 'Hello', 'none', 'none', now())",
    "note": "INSERT INTO customer_note (id, customer_id, author, words) VALUES (gen_random_uuid(), $1, 'user:a', 'A')",
    "account": "INSERT INTO credit_account (id, customer_id, currency) VALUES (gen_random_uuid(), $1, 'USD')",
}


@pytest.mark.parametrize("what", list(_OF_MERGED))
async def test_what_belongs_to_a_merged_customer_is_found(database: Database, what: str) -> None:
    await a_day(database)
    kept, merged = new_ids(2)
    async with database.transaction("acme") as tx:
        for i, into in ((kept, None), (merged, kept)):
            insert = "INSERT INTO customer (id, identity_hash, merged_into) VALUES ($1, $2, $3)"
            await tx.execute(insert, i, i.bytes, into)
    async with database.transaction("acme") as tx:
        assert [v for v in await audit(tx) if v.check == "t5_merged"] == []
    async with database.transaction("acme") as tx:
        await tx.execute(_OF_MERGED[what], merged)
    async with database.transaction("acme") as tx:
        found = {(v.subject.split()[0], v.detail) for v in await audit(tx) if v.check == "t5_merged"}
    assert found == {(what, f"belongs to customer {merged}, who was merged")}


@pytest.mark.parametrize("counter", ["line_count", "unit_count"])
async def test_orders_that_count_their_lines_wrongly_are_found(database: Database, counter: str) -> None:
    assert await _found_after(database, "m2_totals", f"UPDATE orders SET {counter} = {counter} + 1")


@pytest.mark.parametrize(
    "wrong",
    [
        "UPDATE shipment SET state = 'delivered'",
        "UPDATE shipment SET state = 'labelled'",
        "UPDATE parcel SET state = 'delivered'",
        "UPDATE parcel SET state = 'label_wanted'",
        "UPDATE parcel SET tracking_number = NULL",
        "DELETE FROM parcel",
    ],
)
async def test_shipments_and_parcels_of_wrong_states_are_found(database: Database, wrong: str) -> None:
    assert await _found_after(database, "t3_states", wrong)


async def test_a_hold_of_shipping_is_no_reason_to_wait_for_sourcing(database: Database) -> None:
    """Fault: any hold excused an order that nothing keeps."""
    desk = Desk(database)
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    placed = [an_order(shop.channel.code, [(shop.skus[0].code, 1)]) for _ in range(3)]
    order_id, held = await desk.placed(placed[0]), await desk.placed(placed[1])
    sourced, [work] = await desk.sourced(placed[2])
    for name, step in ((order_id, "ship"), (held, "source"), (sourced, "ship")):
        await desk.hold(name, blocks=[step])
    found = await _found_after(database, "t4_waiting", "DELETE FROM work", prepared=True)
    assert sorted(found) == [
        (f"fulfillment {work.id}", "is open, and no queue and no hold keeps it"),
        (f"order {order_id}", "has promised units that no queue and no hold keeps"),
    ]


async def _found_after(database: Database, check: str, wrong: str, *, prepared: bool = False) -> list[tuple[str, str]]:
    """What one check finds after a statement: whose it is, and what."""
    if not prepared:
        await a_day(database)
    async with database.transaction("acme") as tx:
        await tx.execute(wrong)
    async with database.transaction("acme") as tx:
        return [(v.subject, v.detail) for v in await audit(tx) if v.check == check]
