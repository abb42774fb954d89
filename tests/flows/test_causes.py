"""Why a stage did what it did stands with it (law T6), and is followed back through the order's timeline."""

from __future__ import annotations

from orderwright.flows.stages import stages
from orderwright.insights.audit import audit
from orderwright.platform.pumps import drain
from orderwright.search import timeline
from tests.builders.orders import an_order
from tests.helpers.desk import Desk

STAGES = stages()


async def test_every_stage_says_what_made_it_run(desk: Desk) -> None:
    # given an order that is packed, one that waits for goods, and one whose SKU became known
    shop = await desk.shop()
    sku, here = shop.skus[0], shop.locations[0]
    await desk.receive(sku, here, 5)
    packed = await desk.placed(an_order(shop.channel.code, [(sku.code, 2)]))
    waits = await desk.placed(an_order(shop.channel.code, [(sku.code, 4)]))
    unknown = await desk.placed(an_order(shop.channel.code, [("NEW", 1)]))
    await drain(desk.database, "acme", STAGES)
    await desk.sku(code="NEW")
    await desk.release_holds(unknown)
    await desk.receive(sku, here, 5)
    [fulfillment] = await desk.fulfillments(packed)
    await desk.pick(fulfillment.id)
    await desk.pack(fulfillment.id)

    # when the stages have done their work
    await drain(desk.database, "acme", STAGES)

    # then each says why, on acts and in the timelines
    assert dict(await desk.fetch("SELECT DISTINCT actor, reason FROM act WHERE actor LIKE 'pump:%'")) == {
        f"pump:{name}": f"due in stage {name}"
        for name in ("verify", "resolve", "source", "release", "label", "backorders")
    }  # nobody paid, and nothing has left: those that move money had nothing to do
    async with desk.database.transaction("acme") as tx:
        told = {order_id: await timeline(tx, order_id) for order_id in (packed, waits, unknown)}
    assert [(e.type, e.reason) for e in told[packed] if e.actor.startswith("pump:")] == [
        ("order.verified", "due in stage verify"),
        ("order.sourced", "due in stage source"),
        ("fulfillment.released", "due in stage release"),
        ("shipment.labelled", "due in stage label"),
    ]
    assert {e.reason for e in told[waits]} >= {"due in stage backorders"}
    assert {e.reason for e in told[unknown]} >= {"due in stage resolve"}
    await desk.audit()


async def test_work_that_failed_says_so_when_it_is_tried_again(desk: Desk) -> None:
    shop = await desk.shop()
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    async with desk.database.transaction("acme") as tx:
        await tx.execute("UPDATE work SET attempts = 2 WHERE subject_id = $1", order_id)

    await drain(desk.database, "acme", STAGES)

    assert await desk.value("SELECT reason FROM act WHERE verb = 'verify_orders'") == "due in stage verify, attempt 3"


async def test_the_audit_finds_a_stage_without_a_reason(desk: Desk) -> None:
    for actor, reason in (("pump:verify", None), ("pump:source", ""), ("pump:label", "due"), ("cli:tester", None)):
        async with desk.database.transaction("acme") as tx:
            await tx.execute(
                "INSERT INTO act (id, verb, actor, reason, request_id) VALUES (gen_random_uuid(), 'x', $1, $2, 'req')",
                actor,
                reason,
            )
    async with desk.database.transaction("acme") as tx:
        found = await audit(tx)
    assert sorted((v.law, v.check, v.detail) for v in found) == [
        ("T6", "t6_acts", "pump:source gives no reason"),
        ("T6", "t6_acts", "pump:verify gives no reason"),
    ]
