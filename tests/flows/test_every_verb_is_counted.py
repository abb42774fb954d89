"""No verb is left out of the counts of statements; those that `test_statement_counts` does not run are run here.

And a caller with limits takes no more of them for a hundred than for one.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import msgspec

from orderwright.catalog import KitPart, upsert_locations, upsert_pools, upsert_skus
from orderwright.draft_orders import (
    DeleteDraftOrder,
    DraftContent,
    PlaceDraftOrder,
    RestoreDraftOrder,
    SaveDraftOrder,
    delete_draft_orders,
    restore_draft_orders,
    save_draft_orders,
)
from orderwright.flows.adjust_stock import adjust_stock
from orderwright.flows.answer_delays import answer_delays
from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.change_money import record_payments, refund_orders, retry_payments, write_off_balances
from orderwright.flows.change_supplies import change_supplies
from orderwright.flows.edit_orders import edit_orders, preview_edits
from orderwright.flows.erase_customers import EraseCustomer, EraseGuest, erase_customers, erase_guests
from orderwright.flows.expect_supply import expect_supply
from orderwright.flows.move_units import move_units, preview_moves
from orderwright.flows.pack_fulfillments import pack_fulfillments
from orderwright.flows.pick_fulfillments import pick_fulfillments
from orderwright.flows.place_draft_orders import place_draft_orders
from orderwright.flows.place_orders import place_orders
from orderwright.flows.preview_cancels import preview_cancels
from orderwright.flows.receive_stock import receive_stock
from orderwright.flows.release_fulfillments import release_fulfillments
from orderwright.flows.release_orders import release_orders
from orderwright.flows.send_refused import send_refused
from orderwright.flows.source_orders import source_orders
from orderwright.flows.start_picks import start_picks
from orderwright.flows.unmatched_webhooks import dismiss_webhooks, look_for_payments
from orderwright.flows.upsert_channels import upsert_channels
from orderwright.flows.verify_orders import verify_orders
from orderwright.fulfillment import (
    FulfillmentCommand,
    MoveUnits,
    PackFulfillment,
    PickFulfillment,
    UnitsToMove,
    fulfillments_of_orders,
)
from orderwright.inventory import AdjustStock, ChangeSupply, ExpectSupply, ReceiveStock
from orderwright.orders import CancelOrder, EditOrder, HoldOrder, PlaceOrder, ReleaseHold, SendRefused, hold_orders
from orderwright.orders.contract import Charge, Discount
from orderwright.orders.edit_contract import AddDiscount, AddLine, SetQuantity, SetShipping, SetShipTo, SwapSku
from orderwright.payments import (
    DismissWebhook,
    LookForPayment,
    Notice,
    RecordPayment,
    RefundOrder,
    RetryPayment,
    WriteOffBalance,
    keep_webhook,
)
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID, encode_id, new_id
from orderwright.shoppers import AnswerDelay
from tests.builders.catalog import Shop, a_channel, a_kit, a_location, a_pool, a_sku
from tests.builders.orders import a_line, a_payment, an_address, an_order, usd
from tests.flows.test_annotations import ANNOTATIONS
from tests.flows.test_approvals import APPROVALS
from tests.flows.test_claim_counts import CLAIMS
from tests.flows.test_close_locations import PLACES
from tests.flows.test_exchange_counts import EXCHANGES
from tests.flows.test_merge_customers import CUSTOMERS
from tests.flows.test_messages import MESSAGES
from tests.flows.test_parcel_counts import PARCELS
from tests.flows.test_return_counts import RETURNS
from tests.flows.test_statement_counts import STATEMENTS, Counting
from tests.flows.test_withdrawal_counts import WITHDRAWALS

MORE: dict[str, int] = {
    "upsert_pools": 7,
    "upsert_locations": 9,
    "upsert_channels": 10,
    "upsert_skus": 8,
    "upsert_skus, kits": 11,
    "place_orders, picked up": 38,
    "place_orders, at a till": 32,
    "place_orders, refused": 11,
    "send_refused": 28,
    "save_draft_orders": 4,
    "save_draft_orders, anew": 4,
    "delete_draft_orders": 2,
    "restore_draft_orders": 2,
    "place_draft_orders": 28,
    "change_supplies": 16,
    # Three of each are for notes and files: they are counted once, and each kind removed; two each for messages and
    # labels; one keeps the audit trail.
    # Three more for notes on customers, and those who were merged into them. One for drafts.
    "erase_customers": 15 + 3 + 2 + 2 + 1 + 3 + 1,
    "erase_guests": 12 + 3 + 2 + 2 + 1,
    "edit_orders": 64,
    "preview_edits": 72,
    "record_payments": 19,
    "refund_orders": 20,
    "write_off_balances": 17,
    "retry_payments": 25,
    "look_for_payments": 2,
    "dismiss_webhooks": 5,
    "preview_cancels": 39,
    "move_units": 40,
    "move_units, to another pool": 45,
    "preview_moves": 42,
    "answer_delays, wait": 12,
    "answer_delays, ship_now": 13,
    "answer_delays, cancel": 25,
}
LIMITED = (
    "hold_orders", "release_orders", "source_orders", "release_fulfillments", "start_picks", "pick_fulfillments",
    "pack_fulfillments", "cancel_orders", "adjust_stock", "receive_stock", "place_orders",
)  # fmt: skip


def verbs() -> set[str]:
    """The names of all functions whose docstrings say what permission they need and what they answer."""
    found = set()
    for name_of_slice in ("catalog", "orders", "messages", "returns", "flows"):
        slice_ = f"orderwright.{name_of_slice}"
        package = importlib.import_module(slice_)
        for module in pkgutil.walk_packages(package.__path__, f"{slice_}."):
            for name, value in vars(importlib.import_module(module.name)).items():
                text = inspect.getdoc(value) or "" if inspect.isfunction(value) else ""
                if "Permission: `" in text and "Outcomes" in text:
                    found.add(name)
    return found


def test_every_verb_is_counted() -> None:
    known = (
        *STATEMENTS, *MORE, *APPROVALS, *ANNOTATIONS, *MESSAGES, *RETURNS, *CLAIMS, *WITHDRAWALS, *EXCHANGES, *PLACES,
        *PARCELS, *CUSTOMERS,
    )  # fmt: skip
    counted = {name.partition(",")[0] for name in known}
    assert verbs() - counted == set()


async def test_a_batch_of_100_takes_as_many_statements_as_one_item(database: Database) -> None:
    one = await run_more(Counting(database), 1)
    hundred = await run_more(Counting(database), 100)
    assert hundred == one
    assert one == MORE


async def run_more(desk: Counting, n: int) -> dict[str, int]:
    """Every verb that is counted here, on `n` items."""
    pools = [a_pool() for _ in range(n)]
    await desk.step("upsert_pools", upsert_pools, pools, "created")
    places = [a_location(pools[0].code) for _ in range(n)]
    await desk.step("upsert_locations", upsert_locations, places, "created")
    await desk.step("upsert_channels", upsert_channels, [a_channel(pool.code) for pool in pools], "created")
    things = [a_sku() for _ in range(n)]
    await desk.step("upsert_skus", upsert_skus, things, "created")
    kits = [a_kit(components=[KitPart(thing.code, 2)]) for thing in things]
    await desk.step("upsert_skus, kits", upsert_skus, kits, "created")
    shop = await desk.shop(locations=2, skus=n, channel={"short_line_policy": "preorder"})
    await _at_locations(desk, shop)
    await _refused(desk, shop)
    await _people(desk, shop)
    await _money(desk, shop)
    await _edits(desk, shop)
    await _drafts(desk, shop)
    await _moves(desk, n)
    await _delays(desk, n)
    await desk.audit()
    return desk.statements


async def _at_locations(desk: Counting, shop: Shop) -> None:
    till = a_channel(shop.pool_code, kind="pos")
    await desk.run(upsert_channels, [till])
    at = shop.locations[0].code
    await desk.run(receive_stock, [ReceiveStock(sku=sku.code, location=at, quantity=9) for sku in shop.skus])
    for name, channel in (("picked up", shop.channel.code), ("at a till", till.code)):
        orders = [an_order(channel, [a_line(s.code, delivery="pickup", location=at)], ship_to=None) for s in shop.skus]
        await desk.place_step(f"place_orders, {name}", orders)


async def _refused(desk: Counting, shop: Shop) -> None:
    """Orders that come too early, and again when there is dated supply, which is then late."""
    orders = [an_order(shop.channel.code, [(sku.code, 50)]) for sku in shop.skus]
    await desk.step("place_orders, refused", place_orders, orders, "out_of_stock")
    supplies = [ExpectSupply(sku=s.code, pool=shop.pool_code, quantity=99, due_on=date(2031, 1, 6)) for s in shop.skus]
    known = [outcome.id for outcome in await desk.run(expect_supply, supplies)]
    inbox = [row["id"] for row in await desk.fetch("SELECT id FROM inbox ORDER BY id DESC LIMIT $1", len(orders))]
    await desk.step("send_refused", send_refused, [SendRefused(refused_id=i) for i in inbox], "placed")
    late = [ChangeSupply(supply_id=i, due_on=date(2031, 2, 6)) for i in known]
    await desk.step("change_supplies", change_supplies, late, "changed")


async def _drafts(desk: Counting, shop: Shop) -> None:
    """Orders that are kept as drafts, written anew, deleted, had back and placed."""
    for sku in shop.skus:
        await desk.run(receive_stock, [ReceiveStock(sku=sku.code, location=shop.locations[0].code, quantity=9)])
    bodies = [msgspec.to_builtins(an_order(shop.channel.code, [(sku.code, 1)])) for sku in shop.skus]
    names = [body.pop("external_id") for body in bodies]
    contents = [msgspec.convert(body, DraftContent) for body in bodies]
    drafts = [SaveDraftOrder(external_id=n, order=content) for n, content in zip(names, contents, strict=True)]
    saved = await desk.step("save_draft_orders", save_draft_orders, drafts, "saved")
    anew = [msgspec.structs.replace(draft, revision=1, note="Calls back.") for draft in drafts]
    await desk.step("save_draft_orders, anew", save_draft_orders, anew, "saved")
    ids = [outcome.id for outcome in saved]
    await desk.step("delete_draft_orders", delete_draft_orders, [DeleteDraftOrder(draft_id=i) for i in ids], "deleted")
    back = [RestoreDraftOrder(draft_id=i) for i in ids]
    await desk.step("restore_draft_orders", restore_draft_orders, back, "restored")
    await desk.step("place_draft_orders", place_draft_orders, [PlaceDraftOrder(draft_id=i) for i in ids], "placed")


async def _edits(desk: Counting, shop: Shop) -> None:
    """Every kind of change at once, of orders that are allocated and paid."""
    for sku in shop.skus:
        await desk.run(receive_stock, [ReceiveStock(sku=sku.code, location=shop.locations[0].code, quantity=9)])
    orders = [
        an_order(
            shop.channel.code,
            [(sku.code, 3), (sku.code, 1)],
            payments=[a_payment(7996, state="authorized", provider="builtin", reference=f"bp_e_{sku.code}")],
        )
        for sku in shop.skus
    ]
    order_ids = [outcome.order_id for outcome in await desk.run(place_orders, orders, audited=False)]
    await desk.run(verify_orders, order_ids, audited=False)
    await desk.run(source_orders, order_ids, audited=False)
    changes = [
        [
            SetQuantity(line=1, quantity=2),
            SwapSku(line=2, sku=sku.code),
            AddLine(line=a_line(sku.code, 1, 5000)),
            SetShipping(shipping=[Charge(amount=usd(500))]),
            AddDiscount(discount=Discount(amount=usd(100))),
            SetShipTo(ship_to=an_address(line1="2 Side St")),
        ]
        for sku in shop.skus
    ]
    edits = [EditOrder(order_id=i, revision=0, changes=made) for i, made in zip(order_ids, changes, strict=True)]
    await desk.step("preview_edits", preview_edits, edits, "previewed")
    await desk.step("edit_orders", edit_orders, edits, "edited")


async def _moves(desk: Counting, n: int) -> None:
    """Orders that are to leave from the shop's other location, and from one in another pool."""
    far, shop = await desk.shop(skus=0), await desk.shop(locations=2, skus=n)
    await desk.run(upsert_channels, [a_channel(shop.pool_code, far.pool_code, code=shop.channel.code)])
    here, there = shop.locations
    for sku in shop.skus:
        for at, units in ((here, 9), (there, 1), (far.locations[0], 1)):
            await desk.run(receive_stock, [ReceiveStock(sku=sku.code, location=at.code, quantity=units)], audited=False)
    orders = [an_order(shop.channel.code, [(sku.code, 2)]) for sku in shop.skus]
    order_ids, works = await desk.sourced_work(orders)
    names = {work.order_id: encode_id("ful", work.id) for work in works}
    for name, verb, to, code in (
        ("preview_moves", preview_moves, there, "previewed"),
        ("move_units", move_units, there, "moved"),
        ("move_units, to another pool", move_units, far.locations[0], "moved"),
    ):
        one = {i: [UnitsToMove(line=1, quantity=1, fulfillment=names[i])] for i in order_ids}
        moves = [MoveUnits(order_id=i, to=to.code, units=one[i]) for i in order_ids]
        await desk.step(name, verb, moves, code)


async def _money(desk: Counting, shop: Shop) -> None:
    """Orders that are paid in part, overpaid by hand, refunded, refused and written off."""
    paid = [a_payment(1000, provider="builtin", reference=f"bp_{sku.code}") for sku in shop.skus]
    orders = [
        an_order(shop.channel.code, [(sku.code, 1)], payments=[payment])
        for sku, payment in zip(shop.skus, paid, strict=True)
    ]
    order_ids = [outcome.order_id for outcome in await desk.run(place_orders, orders, audited=False)]
    cash = [RecordPayment(order_id=i, amount=usd(100), method="cash") for i in order_ids]
    await desk.step("record_payments", record_payments, cash, "recorded")
    refunds = [RefundOrder(order_id=i, amount=usd(10)) for i in order_ids]
    await desk.step("refund_orders", refund_orders, refunds, "refunding")
    rests = [WriteOffBalance(order_id=i) for i in order_ids]
    await desk.step("write_off_balances", write_off_balances, rests, "written_off")
    async with desk.database.transaction("acme") as tx:
        rows = await tx.fetch(
            "UPDATE payment SET refused_code = 'declined' WHERE order_id = ANY($1) AND n = 1 RETURNING id", order_ids
        )
    again = [RetryPayment(payment_id=row["id"], token="tok_ok") for row in rows]
    await desk.step("retry_payments", retry_payments, again, "retried")
    await _webhooks(desk, len(order_ids))


async def _webhooks(desk: Counting, n: int) -> None:
    """Webhooks of payments that nobody knows."""
    async with desk.database.transaction("acme") as tx:
        ids = [await keep_webhook(tx, "builtin", Notice(f"evt_{new_id()}", "payment.captured", "bp")) for _ in range(n)]
    found = [webhook_id for webhook_id in ids if webhook_id is not None]
    looks = [LookForPayment(webhook_id=i) for i in found]
    await desk.step("look_for_payments", look_for_payments, looks, "looked_for")
    gone = [DismissWebhook(webhook_id=i, reason="a_test") for i in found]
    await desk.step("dismiss_webhooks", dismiss_webhooks, gone, "dismissed")


async def _delays(desk: Counting, n: int) -> None:
    """Orders of which some is here and the rest late, and what their shoppers say to it."""
    shop = await desk.shop(skus=n)
    at = shop.locations[0].code
    await desk.run(receive_stock, [ReceiveStock(sku=sku.code, location=at, quantity=1) for sku in shop.skus])
    orders = [an_order(shop.channel.code, [(sku.code, 3)]) for sku in shop.skus]
    order_ids = [outcome.order_id for outcome in await desk.run(place_orders, orders, audited=False)]
    cancels = [CancelOrder(order_id=i) for i in order_ids]
    await desk.step("preview_cancels", preview_cancels, cancels, "previewed")
    until = desk.ctx.now.date() + timedelta(days=20)
    waits = [AnswerDelay(order_id=i, answer="wait", until=until) for i in order_ids]
    await desk.step("answer_delays, wait", answer_delays, waits, "answered")
    for answer in ("ship_now", "cancel"):
        said = [AnswerDelay(order_id=i, answer=answer) for i in order_ids]
        await desk.step(f"answer_delays, {answer}", answer_delays, said, "answered")


async def _people(desk: Counting, shop: Shop) -> None:
    orders = [an_order(shop.channel.code, [(sku.code, 1)]) for sku in shop.skus]
    order_ids = [outcome.order_id for outcome in await desk.run(place_orders, orders, audited=False)]
    rows = await desk.fetch("SELECT customer_id FROM orders WHERE id = ANY($1)", order_ids)
    customers = [EraseCustomer(customer_id=row["customer_id"]) for row in rows]
    await desk.step("erase_customers", erase_customers, customers, "erased")
    guests = [an_order(shop.channel.code, [(sku.code, 1)], customer=None) for sku in shop.skus]
    guest_ids = [outcome.order_id for outcome in await desk.run(place_orders, guests, audited=False)]
    await desk.step("erase_guests", erase_guests, [EraseGuest(order_id=i) for i in guest_ids], "erased")


# ---- callers with limits ----


async def test_a_caller_with_limits_takes_as_many_statements_for_100_as_for_one(database: Database) -> None:
    desk = Counting(database)
    shop = await desk.shop(skus=100)
    every = desk.ctx
    at = shop.locations[0]
    await desk.run(receive_stock, [ReceiveStock(sku=s.code, location=at.code, quantity=99) for s in shop.skus])
    counts = {}
    limited: dict[str, dict[str, Any]] = {
        "none": {},
        "channels": {"channels": frozenset({shop.channel.id})},
        "locations": {"locations": frozenset({at.id})},
    }
    for name, limits in limited.items():
        for n in (1, 100):
            desk.statements = {}
            counts[name, n] = await _run_limited(desk, replace(every, **limits), every, shop, n)
            assert set(counts[name, n]) == set(LIMITED)
    for name in limited:
        assert counts[name, 100] == counts[name, 1]
    # Limits to channels cost nothing; of limits to locations, where an order's fulfillments are is asked for.
    assert counts["channels", 1] == counts["none", 1]
    asking = {"hold_orders", "release_orders", "source_orders", "cancel_orders"}
    assert counts["locations", 1] == {name: count + (name in asking) for name, count in counts["none", 1].items()}


async def _run_limited(desk: Counting, limited: Any, every: Any, shop: Shop, n: int) -> dict[str, int]:
    """The verbs that ask what the caller is limited to, on `n` items that it may touch."""
    at, skus = shop.locations[0], shop.skus[:n]
    desk.ctx = limited
    orders = [an_order(shop.channel.code, [a_line(s.code, delivery="pickup", location=at.code)]) for s in skus]
    order_ids = [*await desk.place_step("place_orders", orders)]
    desk.ctx = every
    await desk.run(verify_orders, order_ids, audited=False)
    desk.ctx = limited
    await desk.step("hold_orders", hold_orders, [HoldOrder(order_id=i) for i in order_ids], "held")
    await desk.step("release_orders", release_orders, [ReleaseHold(order_id=i) for i in order_ids], "released")
    await desk.step("source_orders", source_orders, order_ids, "nothing_to_source")
    works = await _works(desk, order_ids)
    plain = [FulfillmentCommand(fulfillment_id=i) for i in works]
    await desk.step("release_fulfillments", release_fulfillments, plain, "released")
    await desk.step("start_picks", start_picks, plain, "picking")
    picks = [PickFulfillment(fulfillment_id=i) for i in works]
    await desk.step("pick_fulfillments", pick_fulfillments, picks, "picked")
    await desk.step(
        "pack_fulfillments", pack_fulfillments, [PackFulfillment(fulfillment_id=i) for i in works], "packed"
    )
    others = await _place_quietly(desk, orders)
    await desk.step("cancel_orders", cancel_orders, [CancelOrder(order_id=i) for i in others], "cancelled")
    desk.ctx = replace(limited, channels=None)  # stock is of no channel
    found = [AdjustStock(sku=s.code, location=at.code, delta=1, reason="found") for s in skus]
    await desk.step("adjust_stock", adjust_stock, found, "adjusted")
    received = [ReceiveStock(sku=s.code, location=at.code, quantity=1) for s in skus]
    await desk.step("receive_stock", receive_stock, received, "received")
    desk.ctx = every
    return desk.statements


async def _works(desk: Counting, order_ids: Sequence[UUID]) -> list[UUID]:
    async with desk.database.transaction("acme", read_only=True) as tx:
        return [work.id for work in await fulfillments_of_orders(tx, order_ids)]


async def _place_quietly(desk: Counting, orders: Sequence[PlaceOrder]) -> list[UUID]:
    again = [msgspec.structs.replace(order, external_id=f"{order.external_id}-2") for order in orders]
    return [outcome.order_id for outcome in await desk.run(place_orders, again, audited=False)]
