"""Who is given store credit, and who is not; and how many statements it takes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from orderwright.flows.change_money import refund_orders
from orderwright.flows.inspect_returns import inspect_returns
from orderwright.flows.receive_returns import receive_returns
from orderwright.flows.request_returns import quote_returns, request_returns
from orderwright.orders.contract import Amount, SignedAmount
from orderwright.payments import RefundOrder
from orderwright.payments.store_credit import (
    AdjustStoreCredit,
    IssueStoreCredit,
    adjust_store_credit,
    issue_store_credit,
)
from orderwright.platform.db import Database
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.ids import encode_id, new_id
from orderwright.returns import (
    CountedItem,
    InspectedItem,
    InspectReturn,
    QuoteReturn,
    ReceiveReturn,
    RequestedLine,
    RequestReturn,
)
from tests.builders.orders import a_line, an_order, usd
from tests.flows.test_money_statements import Counting
from tests.helpers.credits import CreditDesk
from tests.helpers.desk import Desk, codes


@pytest.fixture
def credit(database: Database) -> CreditDesk:
    return CreditDesk(Desk(database))


async def test_each_item_is_answered_for_itself(credit: CreditDesk) -> None:
    shop = await credit.stocked()
    owner = encode_id("cus", await credit.customer(shop))
    order_id = await credit.desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    order = encode_id("ord", order_id)
    commands = [
        IssueStoreCredit(amount=usd(1)),
        IssueStoreCredit(amount=usd(1), customer=owner, order=order),
        IssueStoreCredit(amount=usd(1), customer=encode_id("cus", new_id())),
        IssueStoreCredit(amount=usd(1), customer="nobody"),
        IssueStoreCredit(amount=usd(1), order=encode_id("ord", new_id())),
        IssueStoreCredit(amount=Amount(1, "XXX"), customer=owner),
        IssueStoreCredit(amount=Amount(1, "EUR"), order=order),
        IssueStoreCredit(amount=usd(0), customer=owner),
        IssueStoreCredit(amount=usd(300), customer=owner),
        IssueStoreCredit(amount=usd(200), customer=owner, reason="late"),
        IssueStoreCredit(amount=Amount(700, "EUR"), customer=owner),
        IssueStoreCredit(amount=usd(100), order=order),
    ]
    outcomes = await credit.desk.run(issue_store_credit, commands)
    assert codes(outcomes) == [
        "owner_needed", "owner_needed", "customer_not_found", "customer_not_found", "order_not_found",
        "unknown_currency", "currency_differs", "amount_needed", "issued", "issued", "issued", "issued",
    ]  # fmt: skip
    assert [o.details for o in outcomes[-4:]] == [{"balance_minor": n} for n in (300, 500, 700, 100)]
    assert len({o.id for o in outcomes[-4:]}) == 3
    assert await credit.desk.fetch("SELECT reason, order_id FROM credit_entry ORDER BY id") == [
        ("goodwill", None), ("late", None), ("goodwill", None), ("goodwill", order_id)
    ]  # fmt: skip
    assert await credit.bank.balances(order_id) == {"receivable": 1999, "lines": -1999}


async def test_it_needs_a_scope_and_no_limits(credit: CreditDesk) -> None:
    every = credit.desk.ctx
    told: list[tuple[Any, Any]] = [
        (issue_store_credit, IssueStoreCredit(amount=usd(1))),
        (adjust_store_credit, AdjustStoreCredit(account_id=new_id(), amount=SignedAmount(1, "USD"))),
    ]
    for ctx in (replace(every, permissions=frozenset({"payments.refund"})), replace(every, channels=frozenset())):
        credit.desk.ctx = ctx
        for verb, command in told:
            with pytest.raises(PermissionDenied):
                await credit.desk.run(verb, [command])


STATEMENTS = {
    "issue_store_credit": 8,
    "issue_store_credit, to orders": 9,
    "adjust_store_credit": 6,
    "refund_orders": 25,
}
# What returns take more of where they bring store credit.
MORE = {"quote_returns": 1, "request_returns": 1, "receive_returns": 0, "inspect_returns": 14}


async def count(credit: CreditDesk, n: int, to: Any) -> dict[str, int]:
    """The statements of each verb that gives store credit, on `n` items."""
    desk = credit.desk
    counting = Counting(desk.database)
    made: dict[str, int] = {}

    async def step(name: str, run: Any, commands: Any, code: str) -> Any:
        async with counting.transaction("acme") as tx:
            answers = await run(tx, desk.ctx, commands)
        made[name] = counting.statements.pop()
        assert set(codes(answers)) == {code}
        return answers

    shop = await desk.shop(locations=1)
    await desk.receive(shop.skus[0], shop.locations[0], 2 * n)
    lines = [a_line(shop.skus[0].code, 2)]
    orders = [an_order(shop.channel.code, lines, payments=[await credit.bank.authorized(3998)]) for _ in range(n)]
    desk.audit = _no_audit  # type: ignore[method-assign]
    order_ids = [o.order_id for o in await desk.place(*orders) if o.order_id is not None]
    await credit.bank.work()
    works = [row["id"] for row in await desk.fetch("SELECT id FROM fulfillment WHERE state = 'released'")]
    for work_id in works:
        await desk.pick(work_id)
    await desk.pack(*works)
    await credit.bank.work()
    await desk.ship(*works)
    await credit.bank.work()
    owners = [encode_id("cus", await credit.owner(i)) for i in order_ids]
    gifts = [IssueStoreCredit(customer=owner, amount=usd(100)) for owner in owners]
    accounts = await step("issue_store_credit", issue_store_credit, gifts, "issued")
    gifts = [IssueStoreCredit(order=encode_id("ord", i), amount=usd(100)) for i in order_ids]
    await step("issue_store_credit, to orders", issue_store_credit, gifts, "issued")
    less = [AdjustStoreCredit(account_id=a.id, amount=SignedAmount(-50, "USD")) for a in accounts]
    await step("adjust_store_credit", adjust_store_credit, less, "adjusted")
    refunds = [RefundOrder(order_id=i, amount=usd(500), to="store_credit") for i in order_ids]
    await step("refund_orders", refund_orders, refunds, "credited")
    asked = [RequestedLine(line=1, quantity=1)]
    quotes = [QuoteReturn(order_id=i, lines=asked, refund_to=to) for i in order_ids]
    await step("quote_returns", quote_returns, quotes, "quoted")
    requests = [RequestReturn(order_id=i, lines=asked, refund_to=to) for i in order_ids]
    returns = await step("request_returns", request_returns, requests, "requested")
    counted = [CountedItem(sku=shop.skus[0].code, quantity=1)]
    received = [ReceiveReturn(return_id=r.id, items=counted) for r in returns]
    await step("receive_returns", receive_returns, received, "received")
    seen = [InspectedItem(sku=shop.skus[0].code, quantity=1)]
    await step(
        "inspect_returns", inspect_returns, [InspectReturn(return_id=r.id, items=seen) for r in returns], "inspected"
    )
    sql = "SELECT count(*) FROM credit_entry WHERE kind = 'refunded' AND order_id = ANY ($1::uuid[])"
    given = await desk.value(sql, order_ids)
    assert given == (2 * n if to == "store_credit" else n)
    del desk.audit
    await credit.bank.work()
    return made


async def _no_audit() -> None:
    pass


async def test_100_take_as_many_statements_as_one(database: Database, credit: CreditDesk) -> None:
    one, hundred = await count(credit, 1, "store_credit"), await count(CreditDesk(Desk(database)), 100, "store_credit")
    assert hundred == one
    assert {name: n for name, n in one.items() if name in STATEMENTS} == STATEMENTS
    plain = await count(CreditDesk(Desk(database)), 1, "payment")
    assert {name: one[name] - plain[name] for name in MORE} == MORE
