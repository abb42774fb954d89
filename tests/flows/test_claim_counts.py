"""Every verb on claims takes as many statements for 100 items as for one, and for 100 lines as for one."""

from __future__ import annotations

from typing import Any

from orderwright.flows.carrier_claims import file_carrier_claims, settle_carrier_claims
from orderwright.flows.open_claims import open_claims
from orderwright.flows.resolve_claims import reject_claims, resolve_claims
from orderwright.orders.contract import Amount
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID
from orderwright.returns import (
    ClaimedLine,
    CountedItem,
    FileCarrierClaim,
    OpenClaim,
    RejectClaim,
    ResolveClaim,
    SettleCarrierClaim,
)
from tests.builders.catalog import Shop
from tests.builders.orders import a_line
from tests.flows.test_statement_counts import Counting
from tests.helpers.returns import ReturnsDesk, shipped_at_once

CLAIMS: dict[str, int] = {
    "open_claims": 16,
    "reject_claims": 15,
    "resolve_claims, refund": 18,
    "resolve_claims, allowance": 18,
    "resolve_claims, reship": 34,
    "resolve_claims, replace": 34,
    "file_carrier_claims": 15,
    "settle_carrier_claims": 15,
}


async def test_a_batch_of_100_claims_takes_as_many_statements_as_one(database: Database) -> None:
    counts = {n: await run_claims(Counting(database), orders=n, lines=1) for n in (1, 100)}
    assert counts[100] == counts[1]
    assert counts[1] == CLAIMS


async def test_a_claim_of_100_lines_takes_as_many_statements_as_one_of_one(database: Database) -> None:
    assert await run_claims(Counting(database), orders=1, lines=100) == CLAIMS


async def run_claims(desk: Counting, *, orders: int, lines: int) -> dict[str, int]:
    """Every verb on claims, of so many orders with two units of so many lines."""
    shop = await desk.shop(skus=lines)
    for sku in shop.skus:
        await desk.receive(sku, shop.locations[0], 6 * orders)
    order_ids = await _shipped(desk, shop, orders)
    desk.statements = {}
    rejected = await _open(desk, shop, order_ids, "lost")
    await desk.step("reject_claims", reject_claims, [RejectClaim(claim_id=i) for i in rejected], "rejected")
    items = [CountedItem(sku=sku.code, quantity=1) for sku in shop.skus]
    asked: list[tuple[str, dict[str, Any]]] = [
        ("allowance", {"amount": Amount(100, "USD")}), ("refund", {}), ("reship", {}),
    ]  # fmt: skip
    for how, fields in asked:
        made = await _open(desk, shop, order_ids, "late" if how == "allowance" else "lost")
        commands = [ResolveClaim(claim_id=i, resolution=how, **fields) for i in made]  # type: ignore[arg-type]
        await desk.step(f"resolve_claims, {how}", resolve_claims, commands, "resolved")
    more = await _shipped(desk, shop, orders)
    made = await _open(desk, shop, more, "wrong", party="carrier")
    replaced = [ResolveClaim(claim_id=i, resolution="replace", items=items) for i in made]
    await desk.step("resolve_claims, replace", resolve_claims, replaced, "resolved")
    filed = [FileCarrierClaim(claim_id=i, amount=Amount(100, "USD")) for i in made]
    await desk.step("file_carrier_claims", file_carrier_claims, filed, "filed")
    answers = [SettleCarrierClaim(claim_id=i, paid=Amount(100, "USD")) for i in made]
    await desk.step("settle_carrier_claims", settle_carrier_claims, answers, "paid")
    await desk.audit()
    return desk.statements


async def _shipped(desk: Counting, shop: Shop, count: int) -> list[UUID]:
    """Orders of two of each SKU, all of which has left; without counting."""
    back = ReturnsDesk(desk)
    lines = [a_line(sku.code, 2) for sku in shop.skus]
    orders = [await back.bank.paid_order(shop.channel.code, lines) for _ in range(count)]
    return await shipped_at_once(back, orders)


async def _open(desk: Counting, shop: Shop, order_ids: list[UUID], kind: Any, **fields: Any) -> list[UUID]:
    named = [ClaimedLine(line=n + 1, quantity=1) for n in range(len(shop.skus))]
    commands = [OpenClaim(order_id=i, kind=kind, lines=named, **fields) for i in order_ids]
    return [o.id for o in await desk.step("open_claims", open_claims, commands, "opened")]
