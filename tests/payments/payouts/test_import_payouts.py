"""Pay-outs are kept once, and each capture and refund in them is matched to one of ours."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from orderwright.flows.change_money import refund_orders
from orderwright.payments import Ask, AskKind, RefundOrder
from orderwright.payments.payouts import (
    ImportPayout,
    PayoutLine,
    import_payouts,
    missing_movements,
    read_lines,
    read_payout,
)
from orderwright.platform.db import Database
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.ids import UUID, encode_id, new_ids
from orderwright.platform.outcomes import Outcome
from tests.builders.catalog import Shop
from tests.builders.orders import a_line, a_payment, an_order, usd
from tests.helpers.bank import Bank
from tests.helpers.contexts import a_context
from tests.helpers.desk import Desk


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.fixture
def bank(desk: Desk) -> Bank:
    return Bank(desk)


async def captured(desk: Desk, bank: Bank, *amounts: int) -> tuple[list[UUID], list[str]]:
    """Orders of a download that are paid and captured; their ids and the provider's references."""
    shop = await desk.shop(sku={"kind": "digital"})
    order_ids, references = [], []
    for amount in amounts:
        paid = await bank.authorized(amount)
        line = a_line(shop.skus[0].code, 1, amount, delivery="digital")
        order_ids.append(await desk.placed(an_order(shop.channel.code, [line], payments=[paid])))
        references.append(str(paid.reference))
    await bank.work()
    return order_ids, references


def a_payout(*lines: PayoutLine, **fields: Any) -> ImportPayout:
    defaults = {
        "provider": "builtin", "reference": "po_1", "currency": "USD", "paid_on": date(2031, 1, 6),
        "lines": list(lines),
    }  # fmt: skip
    return ImportPayout(**defaults | fields)


def capture(reference: str | None, amount: int, fee: int = 0) -> PayoutLine:
    return PayoutLine(kind="capture", payment=reference, amount_minor=amount, fee_minor=fee)


def refund(reference: str | None, amount: int) -> PayoutLine:
    return PayoutLine(kind="refund", payment=reference, amount_minor=-amount)


async def bring(desk: Desk, *payouts: ImportPayout) -> list[Outcome]:
    outcomes: list[Outcome] = await desk.run(import_payouts, list(payouts))
    return outcomes


async def codes_of(desk: Desk, payout_id: UUID | None) -> list[str | None]:
    async with desk.database.transaction("acme") as tx:
        return [r.code for r in await read_lines(tx, payout_id, after=0, only_differences=False, limit=100)]


async def missing(desk: Desk, days: int = 0) -> list[tuple[UUID, int]]:
    async with desk.database.transaction("acme") as tx:
        rows = await missing_movements(tx, a_context(), days=days)
        return [(row.order_id, row.amount_minor) for row in rows]


async def test_captures_and_refunds_are_matched_and_the_total_is_less_their_fees(desk: Desk, bank: Bank) -> None:
    [order_id], [reference] = await captured(desk, bank, 1999)
    await desk.run(refund_orders, [RefundOrder(order_id=order_id, amount=usd(500))])
    await bank.work()

    [outcome] = await bring(
        desk,
        a_payout(
            capture(reference, 1999, fee=88),
            refund(reference, 500),
            PayoutLine(kind="fee", amount_minor=-10),
            PayoutLine(kind="adjustment", amount_minor=-300, payment=reference, fee_minor=1500),
        ),
    )

    assert (outcome.code, outcome.details) == ("imported", {"lines": 4, "matched": 2})
    assert outcome.id is not None
    async with desk.database.transaction("acme") as tx:
        found = await read_payout(tx, outcome.id)
    assert found is not None
    assert (found.total_minor, found.fees_minor) == (1999 - 88 - 500 - 10 - 300 - 1500, 88 + 1500)
    assert (found.lines, found.matched, found.differences) == (4, 2, 0)
    assert await codes_of(desk, outcome.id) == ["matched", "matched", None, None]
    assert await desk.value("SELECT count(*) FROM payout_line WHERE order_id = $1", order_id) == 3
    assert await desk.events(outcome.id) == ["payout.imported"]
    assert await missing(desk) == []


async def test_what_differs_is_said(desk: Desk, bank: Bank) -> None:
    (one, two, three), (a, b, c) = await captured(desk, bank, 1000, 2000, 3000)

    [outcome] = await bring(
        desk,
        a_payout(
            capture("nobody", 500), capture(None, 1), capture(a, 1000), capture(a, 1000), capture(b, 1999),
            refund(c, 3000),
        ),
    )  # fmt: skip

    assert await codes_of(desk, outcome.id) == [
        "unknown_payment", "unknown_payment", "matched", "duplicate", "amount_differs", "amount_differs",
    ]  # fmt: skip
    rows = await desk.fetch("SELECT order_id, ours_minor FROM payout_line WHERE code = 'amount_differs' ORDER BY n")
    assert [tuple(row) for row in rows] == [(two, 2000), (three, 0)]
    assert await missing(desk) == [(three, 3000)]
    assert one


async def test_another_currency_is_not_compared(desk: Desk, bank: Bank) -> None:
    [order_id], [reference] = await captured(desk, bank, 1000)

    [outcome] = await bring(desk, a_payout(capture(reference, 1000), currency="EUR"))

    assert await codes_of(desk, outcome.id) == ["currency_differs"]
    assert await missing(desk) == [(order_id, 1000)]


async def test_an_exact_line_goes_before_one_that_differs(desk: Desk, bank: Bank) -> None:
    """Two captures of one payment: the line that differs comes first and does not take the other's."""
    shop = await desk.shop(locations=2, skus=2)
    for sku, at in zip(shop.skus, shop.locations, strict=True):
        await desk.receive(sku, at, 9)
    lines = [a_line(shop.skus[0].code, 1, 1000), a_line(shop.skus[1].code, 1, 700)]
    payment = await bank.authorized(1700)
    order_id, works = await desk.sourced(an_order(shop.channel.code, lines, payments=[payment]))
    for work in works:
        await desk.release(work.id)
        await desk.pick(work.id)
        await desk.pack(work.id)
        await bank.work()
        await desk.ship(work.id)
        await bank.work()
    reference = payment.reference

    [outcome] = await bring(desk, a_payout(capture(reference, 701), capture(reference, 1000)))

    assert await codes_of(desk, outcome.id) == ["amount_differs", "matched"]
    assert await desk.value("SELECT ours_minor FROM payout_line WHERE n = 1") == 700
    assert await missing(desk) == []
    assert order_id


async def test_a_pay_out_is_imported_once(desk: Desk, bank: Bank) -> None:
    _, [reference] = await captured(desk, bank, 1000)
    payout = a_payout(capture(reference, 1000))
    other = a_payout(capture(reference, 999))

    first = await bring(desk, payout, payout)
    before = await desk.counts("payout", "payout_line", "event", "act")
    again = await bring(desk, payout, other)

    assert [o.code for o in first] == ["imported", "duplicate_in_batch"]
    assert [o.code for o in again] == ["unchanged", "payout_differs"]
    assert again[0].id == first[0].id
    assert await desk.counts("payout", "payout_line", "event", "act") == before


async def test_what_another_pay_out_has_is_a_duplicate(desk: Desk, bank: Bank) -> None:
    _, [reference] = await captured(desk, bank, 1000)
    await bring(desk, a_payout(capture(reference, 1000)))

    [outcome] = await bring(desk, a_payout(capture(reference, 1000), reference="po_2"))

    assert await codes_of(desk, outcome.id) == ["duplicate"]


async def test_only_what_is_old_enough_of_providers_that_send_pay_outs_is_missing(desk: Desk, bank: Bank) -> None:
    [order_id, _], [_, reference] = await captured(desk, bank, 1000, 2000)
    shop = await desk.shop()
    by_bazaar = a_payment(1999, provider="bazaar", reference="bz_1")
    await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], payments=[by_bazaar]))
    assert await missing(desk) == []

    await bring(desk, a_payout(capture(reference, 2000)))

    assert await missing(desk) == [(order_id, 1000)]
    assert await missing(desk, days=1) == []


async def test_who_may_import(desk: Desk) -> None:
    async with desk.database.transaction("acme") as tx:
        with pytest.raises(PermissionDenied):
            await import_payouts(tx, a_context(permissions={"payments.read"}), [a_payout(capture("x", 1))])


async def test_a_thousand_lines_take_as_many_statements_as_one(desk: Desk, bank: Bank) -> None:
    counts = {n: await _statements(desk, bank, await desk.shop(sku={"kind": "digital"}), n) for n in (1, 1_000)}

    assert counts[1] == counts[1_000] == 9
    assert await missing(desk) == []


async def _statements(desk: Desk, bank: Bank, shop: Shop, n: int) -> int:
    """Statements of importing two pay-outs of `n` lines together, each of which is matched."""
    asks = [Ask(encode_id("prq", key), "x", AskKind.AUTHORIZE, 1999, "USD", token="tok_ok") for key in new_ids(n)]
    references = [a.standing.reference for a in await bank.provider.authorize("acme", asks) if a.standing is not None]
    line = a_line(shop.skus[0].code, delivery="digital")
    paid = [a_payment(1999, provider="builtin", reference=reference) for reference in references]
    await desk.place(*[an_order(shop.channel.code, [line], payments=[payment]) for payment in paid])
    lines = [capture(reference, 1999, fee=88) for reference in references]
    payouts = [
        a_payout(*lines[: n // 2 or 1], reference=f"po_{n}"),
        a_payout(*(lines[n // 2 :] if n > 1 else [PayoutLine(kind="fee", amount_minor=-1)]), reference=f"po_{n}b"),
    ]
    async with desk.database.transaction("acme") as tx:
        outcomes = await import_payouts(tx, desk.ctx, payouts)
        assert [o.code for o in outcomes] == ["imported", "imported"]
        assert sum(o.details["matched"] for o in outcomes if "matched" in o.details) == n
        return tx.statements
