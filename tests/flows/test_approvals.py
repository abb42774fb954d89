"""Approvals: asked for above a limit, approved once by somebody else, rejected, expired; the world may move on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from orderwright.approvals import AskApproval, DecideApproval
from orderwright.flows.approvable import APPROVABLE
from orderwright.flows.ask_approvals import ask_approvals
from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.change_money import record_payments, refund_orders
from orderwright.flows.decide_approvals import approve, expire_approvals, reject
from orderwright.orders import CancelOrder
from orderwright.payments import RecordPayment, RefundOrder
from orderwright.platform.context import Context
from orderwright.platform.ids import UUID, encode_id, new_id
from orderwright.platform.limits import Limits
from orderwright.platform.outcomes import Outcome
from tests.builders.orders import an_order, usd
from tests.helpers.credits import CreditDesk
from tests.helpers.desk import Desk, codes
from tests.helpers.races import race

# Statements of each verb, for any number of items of one operation that one person asked for.
APPROVALS = {"ask_approvals": 13, "approve": 17, "reject": 6}
ADDRESS = {"name": "Ada", "line1": "1 Main St", "city": "Springfield", "postal_code": "62701", "country": "US"}
SMALL = Limits(refund_max_minor={"USD": 500}, credit_max_minor={"USD": 500}, adjust_max_units=5)


@pytest.fixture
def credit(desk: Desk) -> CreditDesk:
    return CreditDesk(desk)


def agent(desk: Desk, **fields: Any) -> Context:
    """Somebody with limits, who may ask."""
    return replace(desk.ctx, actor="user:mia", limits=SMALL, **fields)


def boss(desk: Desk, **fields: Any) -> Context:
    """Somebody without, who may decide."""
    return replace(desk.ctx, actor="user:ann", **fields)


async def a_sale(credit: CreditDesk) -> UUID:
    """39.98, captured."""
    shop = await credit.stocked()
    return await credit.shipped(await credit.bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2)]))


def asking(order_id: UUID, minor: int = 1200, **fields: Any) -> AskApproval:
    body = {"amount": {"amount": minor, "currency": "USD"}, "reason": "damaged"}
    return AskApproval(operation="refund_order", subject=encode_id("ord", order_id), body=body, **fields)


async def run(desk: Desk, verb: Any, ctx: Context, *commands: Any) -> list[Outcome]:
    """Run a verb as somebody; then the books must be right."""
    async with desk.database.transaction("acme") as tx:
        outcomes = await verb(tx, ctx, list(commands))
    await desk.audit()
    return list(outcomes)


async def asked(desk: Desk, command: AskApproval) -> UUID:
    [outcome] = await run(desk, ask_approvals, agent(desk), command)
    assert outcome.code == "asked", outcome
    assert outcome.id is not None
    return outcome.id


async def row(desk: Desk, approval_id: UUID) -> tuple[Any, ...]:
    async with desk.database.transaction("acme", read_only=True) as tx:
        [found] = await tx.fetch(
            "SELECT state, asked_by, decided_by, decided_reason, outcome->>'code' FROM approval WHERE id = $1",
            approval_id,
        )
    return tuple(found)


async def test_what_is_above_the_limit_is_asked_for_and_nothing_is_done(credit: CreditDesk) -> None:
    order_id, desk = await a_sale(credit), credit.desk
    [outcome] = await run(desk, ask_approvals, agent(desk), asking(order_id, reason="crushed"))
    assert outcome.code == "asked"
    assert outcome.details == {"limit": "refund", "max": 500, "used": 0, "asked": 1200, "currency": "USD"}
    assert outcome.id is not None
    assert await row(desk, outcome.id) == ("waiting", "user:mia", None, None, None)
    assert await credit.bank.balances(order_id) == {"lines": -3998, "captured": 3998}
    assert await desk.events(outcome.id) == ["approval.asked"]
    assert await desk.value("SELECT count(*) FROM limit_use") == 0


async def test_approving_does_it_as_the_approver_for_who_asked(credit: CreditDesk) -> None:
    order_id, desk = await a_sale(credit), credit.desk
    approval_id = await asked(desk, asking(order_id))
    [outcome] = await run(desk, approve, boss(desk), DecideApproval(approval_id=approval_id, reason="seen it"))
    assert (outcome.code, outcome.details) == ("approved", {"outcome": "refunding"})
    await credit.bank.work()
    assert await credit.bank.sums(order_id) == [(3998, 0, 3998, 1200)]
    assert await row(desk, approval_id) == ("approved", "user:mia", "user:ann", "seen it", "refunding")
    assert await desk.events(approval_id) == ["approval.asked", "approval.approved"]
    async with desk.database.transaction("acme", read_only=True) as tx:
        [act] = await tx.fetch("SELECT actor, on_behalf_of, cause FROM act WHERE verb = 'refund_orders'")
    assert tuple(act) == ("user:ann", "user:mia", encode_id("apr", approval_id))


async def test_it_is_done_once_whoever_else_approves_at_the_same_moment(credit: CreditDesk) -> None:
    order_id, desk = await a_sale(credit), credit.desk
    command = DecideApproval(approval_id=await asked(desk, asking(order_id)))
    first, second = await race(
        desk,
        lambda tx: approve(tx, boss(desk), [command]),
        lambda tx: approve(tx, replace(boss(desk), actor="user:joe"), [command]),
    )
    assert codes(first) + codes(second) == ["approved", "wrong_state"]
    await credit.bank.work()
    assert await credit.bank.sums(order_id) == [(3998, 0, 3998, 1200)]


async def test_approve_and_reject_at_once_is_one_of_both(credit: CreditDesk) -> None:
    order_id, desk = await a_sale(credit), credit.desk
    command = DecideApproval(approval_id=await asked(desk, asking(order_id)))
    first, second = await race(
        desk, lambda tx: reject(tx, boss(desk), [command]), lambda tx: approve(tx, boss(desk), [command])
    )
    assert codes(first) + codes(second) == ["rejected", "wrong_state"]
    assert await credit.bank.balances(order_id) == {"lines": -3998, "captured": 3998}


async def test_the_world_may_move_on(credit: CreditDesk) -> None:
    order_id, desk = await a_sale(credit), credit.desk
    approval_id = await asked(desk, asking(order_id, 3998))
    [gone] = await run(desk, refund_orders, desk.ctx, RefundOrder(order_id=order_id, amount=usd(3000)))
    assert gone.code == "refunding"
    [outcome] = await run(desk, approve, boss(desk), DecideApproval(approval_id=approval_id))
    assert (outcome.code, outcome.details["outcome"]) == ("approval_failed", "exceeds_refundable")
    assert await row(desk, approval_id) == ("failed", "user:mia", "user:ann", None, "exceeds_refundable")
    assert await desk.events(approval_id) == ["approval.asked", "approval.failed"]
    [again] = await run(desk, approve, boss(desk), DecideApproval(approval_id=approval_id))
    assert (again.code, again.details) == ("wrong_state", {"state": "failed"})


async def test_nobody_decides_their_own_and_an_approver_has_limits_too(credit: CreditDesk) -> None:
    order_id, desk = await a_sale(credit), credit.desk
    command = DecideApproval(approval_id=await asked(desk, asking(order_id)))
    own = replace(boss(desk), actor="user:mia")
    for verb in (approve, reject):
        assert codes(await run(desk, verb, own, command)) == ["own_approval"]
    small = replace(boss(desk), limits=Limits(refund_max_minor={"USD": 1199}))
    assert codes(await run(desk, approve, small, command)) == ["above_limit"]
    unable = replace(boss(desk), permissions=frozenset({"approvals.decide"}))
    assert codes(await run(desk, approve, unable, command)) == ["permission_denied"]
    assert (await row(desk, command.approval_id))[0] == "waiting"
    enough = replace(boss(desk), limits=Limits(refund_max_minor={"USD": 1200}))
    assert codes(await run(desk, approve, enough, command)) == ["approved"]


async def test_a_key_is_no_second_person(credit: CreditDesk) -> None:
    order_id, desk = await a_sale(credit), credit.desk
    [outcome] = await run(desk, ask_approvals, agent(desk, held_by="user:ann"), asking(order_id))
    assert outcome.id is not None
    command = DecideApproval(approval_id=outcome.id)
    others_key = {"actor": "key:abc", "held_by": "user:ann"}
    for ctx in (boss(desk), replace(boss(desk), **others_key)):
        for verb in (approve, reject):
            assert codes(await run(desk, verb, ctx, command)) == ["own_approval"]
    joe = replace(boss(desk), actor="key:abc", held_by="user:joe")
    assert codes(await run(desk, approve, joe, command)) == ["approved"]


async def test_no_more_is_given_than_was_asked_for(credit: CreditDesk) -> None:
    """What is due is written off whole, unless an amount is named: it may have grown since it was asked."""
    desk, shop = credit.desk, await credit.stocked()
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    command = AskApproval(operation="write_off_balance", subject=encode_id("ord", order_id), body={})
    first, second = await asked(desk, command), await asked(desk, command)
    cash = RecordPayment(order_id=order_id, amount=usd(1000), method="cash")
    assert codes(await run(desk, record_payments, desk.ctx, cash)) == ["recorded"]
    [gone] = await run(desk, approve, boss(desk), DecideApproval(approval_id=first))
    assert (gone.code, await credit.bank.balances(order_id)) == (
        "approved", {"lines": -3998, "captured": 1000, "write_offs": 2998},
    )  # fmt: skip
    other = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    third = await asked(desk, AskApproval(operation="write_off_balance", subject=encode_id("ord", other), body={}))
    async with desk.database.transaction("acme") as tx:
        # as if a cent less had been due when it was asked
        await tx.execute("UPDATE approval SET figures = figures || '{\"asked\": 3997}' WHERE id = $1", third)
    outcomes = await run(desk, approve, boss(desk), *(DecideApproval(approval_id=i) for i in (second, third)))
    assert [(o.code, o.details["outcome"]) for o in outcomes] == [
        ("approval_failed", "nothing_due"), ("approval_failed", "exceeds_asked"),
    ]  # fmt: skip
    assert await credit.bank.balances(other) == {"lines": -3998, "receivable": 3998}


async def test_a_discount_above_the_limit_is_approved(credit: CreditDesk) -> None:
    desk, shop = credit.desk, await credit.stocked()
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    change = {"change": "add_discount", "discount": {"amount": {"amount": 900, "currency": "USD"}}}
    body = {"revision": 0, "changes": [change]}
    command = AskApproval(operation="edit_order", subject=encode_id("ord", order_id), body=body)
    approval_id = await asked(desk, command)
    assert await desk.value("SELECT total_minor FROM orders") == 3998
    assert codes(await run(desk, approve, boss(desk), DecideApproval(approval_id=approval_id))) == ["approved"]
    assert await desk.value("SELECT total_minor FROM orders") == 3098


async def test_only_what_the_limit_alone_forbids_is_asked_for(credit: CreditDesk) -> None:
    order_id, desk = await a_sale(credit), credit.desk
    outcomes = await run(
        desk, ask_approvals, agent(desk), asking(order_id, 500), asking(new_id()), asking(order_id, 9999)
    )
    assert codes(outcomes) == ["approval_not_needed", "order_not_found", "duplicate_in_batch"]
    assert codes(await run(desk, ask_approvals, agent(desk), asking(order_id, 9999))) == ["exceeds_refundable"]
    unable = agent(desk, permissions=frozenset({"approvals.ask"}))
    assert codes(await run(desk, ask_approvals, unable, asking(order_id))) == ["permission_denied"]
    assert await desk.value("SELECT count(*) FROM approval") == 0
    assert await credit.bank.balances(order_id) == {"lines": -3998, "captured": 3998}


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (AskApproval(operation="refund_order", subject="ord_1", body={}), "body"),
        (AskApproval(operation="refund_order", body={"amount": {"amount": 1, "currency": "USD"}}), "subject"),
        (AskApproval(operation="adjust_stock", subject="ord_1", body={}), "subject"),
        (AskApproval(operation="adjust_stock", body={"sku": "A"}), "body"),
        (AskApproval(operation="adjust_stock", body={"sku": "A", "email": "ada@example.com"}), "body.email"),
        (AskApproval(operation="adjust_stock", body={"sku": "A" * 5_000}), "body"),
        (
            AskApproval(operation="resolve_claim", subject=encode_id("clm", new_id()), body={"ship_to": {}}),
            "body.ship_to",
        ),
        (
            AskApproval(
                operation="edit_order",
                subject=encode_id("ord", new_id()),
                body={"revision": 0, "changes": [{"change": "set_ship_to", "ship_to": ADDRESS}]},
            ),
            "body.changes",
        ),
        (AskApproval(operation="edit_order", subject=encode_id("ord", new_id()), body={"vat_id": "X"}), "body.vat_id"),
    ],
)
async def test_what_the_operation_does_not_take_is_refused(desk: Desk, command: AskApproval, field: str) -> None:
    [outcome] = await run(desk, ask_approvals, agent(desk), command)
    assert (outcome.code, outcome.details["field"]) == ("not_approvable", field)


def test_no_operation_that_can_be_asked_for_takes_an_address_or_a_person() -> None:
    for operation, spec in APPROVABLE.items():
        names = {field.name for field in msgspec.structs.fields(spec.command)} - spec.personal
        assert not names & {"ship_to", "bill_to", "buyer", "email", "phone", "name", "address", "note"}, operation


async def test_what_nobody_decides_expires(credit: CreditDesk) -> None:
    order_id, desk = await a_sale(credit), credit.desk
    approval_id = await asked(desk, asking(order_id))
    pump = replace(desk.ctx, actor="pump:approval", reason="stage approval")
    async with desk.database.transaction("acme") as tx:
        await expire_approvals(tx, pump, [approval_id])  # early: it goes on waiting
    assert (await row(desk, approval_id))[0] == "waiting"
    assert await desk.value("SELECT count(*) FROM work WHERE stage = 'approval'") == 1
    later = replace(pump, now=desk.ctx.now + timedelta(days=7, seconds=1))
    [late] = await run(desk, approve, boss(desk, now=later.now), DecideApproval(approval_id=approval_id))
    assert late.code == "wrong_state"
    async with desk.database.transaction("acme") as tx:
        await expire_approvals(tx, later, [approval_id])
    await desk.audit()
    assert (await row(desk, approval_id))[:3] == ("expired", "user:mia", "pump:approval")
    assert await desk.events(approval_id) == ["approval.asked", "approval.expired"]
    assert await desk.value("SELECT count(*) FROM work WHERE stage = 'approval'") == 0


async def test_each_item_has_its_own_answer(credit: CreditDesk) -> None:
    desk = credit.desk
    first, second = [await asked(desk, asking(await a_sale(credit))) for _ in range(2)]
    outcomes = await run(
        desk, approve, boss(desk), *(DecideApproval(approval_id=i) for i in (first, new_id(), first, second))
    )
    assert codes(outcomes) == ["approved", "approval_not_found", "duplicate_in_batch", "approved"]


async def test_a_hundred_take_as_many_statements_as_one(desk: Desk) -> None:
    shop = await desk.shop(skus=1)
    many = [await desk.shop(skus=10) for _ in range(2)]
    skus = [(s, one.locations[0]) for one in many for s in one.skus] + [(shop.skus[0], shop.locations[0])]
    for sku, at in skus:
        await desk.receive(sku, at, 50)
    commands = [
        AskApproval(
            operation="adjust_stock",
            body={"sku": sku.code, "location": at.code, "delta": -9, "reason": "count"},
        )
        for sku, at in skus
    ]
    counts: dict[str, list[int]] = {name: [] for name in APPROVALS}
    for some in (commands[:1], commands):
        ids = {}
        for name in ("approve", "reject"):
            async with desk.database.transaction("acme") as tx:
                outcomes = await ask_approvals(tx, agent(desk), some)
                counts["ask_approvals"].append(tx.statements)
            assert {o.code for o in outcomes} == {"asked"}
            ids[name] = [o.id for o in outcomes if o.id is not None]
        for name, verb in (("approve", approve), ("reject", reject)):
            async with desk.database.transaction("acme") as tx:
                await verb(tx, boss(desk), [DecideApproval(approval_id=i) for i in ids[name]])
                counts[name].append(tx.statements)
    assert {name: set(seen) for name, seen in counts.items()} == {name: {n} for name, n in APPROVALS.items()}
    await desk.audit()


async def test_a_cancelled_order_is_not_in_the_way_of_asking(credit: CreditDesk) -> None:
    """Asking tries it and undoes that: nothing of it stays, not even what it would have woken."""
    order_id, desk = await a_sale(credit), credit.desk
    async with desk.database.transaction("acme") as tx:
        await ask_approvals(tx, agent(desk), [asking(order_id, 400), asking(new_id())])
        assert tx.woken == set()
    [outcome] = await run(desk, cancel_orders, desk.ctx, CancelOrder(order_id=order_id))
    assert not outcome.ok
