"""Invoices follow the goods to the cent: at shipment or at placement, with credit notes for what is too much."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from orderwright.flows.erase_customers import EraseCustomer, erase_customers
from orderwright.flows.issue_documents import issue_documents
from orderwright.orders import PlaceOrder
from orderwright.orders.contract import Charge, Discount, Tax
from orderwright.payments import Account, Entry, write_entries
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Database, Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.work import enqueue_work
from tests.builders.catalog import Shop
from tests.builders.orders import a_line, a_payment, an_address, an_order, usd
from tests.flows.test_settle_orders import ship_all
from tests.helpers.bank import Bank
from tests.helpers.desk import Desk
from tests.helpers.papers import Papers
from tests.helpers.races import race


@pytest.fixture
def bank(desk: Desk) -> Bank:
    return Bank(desk)


@pytest.fixture
def papers(desk: Desk) -> Papers:
    return Papers(desk)


def vat(rate: str, amount: int) -> Tax:
    return Tax(amount=usd(amount), name="VAT", rate=Decimal(rate))


async def a_shop(desk: Desk, papers: Papers, invoice_at: str, *, receipts: bool = False, **fields: Any) -> Shop:
    """A shop whose orders are invoiced."""
    shop = await desk.shop(**fields)
    await papers.company()
    await papers.invoiced(shop.channel.code, invoice_at, receipts=receipts)
    return shop


YEAR = datetime.now().astimezone().year


async def test_an_invoice_comes_with_the_shipment_and_says_what_is_captured(
    desk: Desk, bank: Bank, papers: Papers
) -> None:
    """Tax-inclusive, two rates, a discount of 10.00 over 100.00 and 20.01, shipping of 5.00, 2 and 3 units."""
    shop = await a_shop(desk, papers, "shipment", skus=2)
    for sku in shop.skus:
        await desk.receive(sku, shop.locations[0], 9)
    lines = [
        a_line(shop.skus[0].code, 2, 5000, taxes=[vat("0.19", 1464)], discounts=[Discount(amount=usd(833))]),
        a_line(shop.skus[1].code, 3, 667, taxes=[vat("0.07", 120)], discounts=[Discount(amount=usd(167))]),
    ]
    order = an_order(
        shop.channel.code, lines, prices_include_tax=True, total=usd(11501),
        shipping=[Charge(amount=usd(500), taxes=[vat("0.19", 67), vat("0.07", 5)])],
        payments=[await bank.authorized(11501)],
    )  # fmt: skip
    order_id = await desk.placed(order)
    await bank.work()
    assert await papers.of(order_id) == []

    await ship_all(desk, bank, order_id)
    await bank.work()

    assert await bank.sums(order_id) == [(11501, 0, 11501, 0)]
    assert await papers.totals(order_id) == [("invoice", 9845, 1656, 11501)]
    assert await papers.lines(order_id) == [
        [("line", 2, 7703, 1464, 9167), ("line", 3, 1714, 120, 1834), ("charges", 0, 428, 72, 500)]
    ]
    [document] = await papers.of(order_id)
    assert sum(tax.base_minor for tax in document.taxes) == 9845
    assert await papers.taxes(order_id) == [[("VAT", "0.19", 8059, 1531), ("VAT", "0.07", 1786, 125)]]
    assert (document.row.number, document.row.n) == (f"INV-{YEAR}-000001", 1)
    assert set((await desk.events(order_id))[-2:]) == {"payment.captured", "document.issued"}
    assert await papers.issue(order_id) == []


async def two_shipments(desk: Desk, bank: Bank, shop: Shop, order: PlaceOrder) -> tuple[UUID, list[UUID]]:
    """An order whose first line lies at one location, its second at another."""
    await desk.receive(shop.skus[0], shop.locations[0], 3)
    await desk.receive(shop.skus[1], shop.locations[1], 1)
    order_id = await desk.placed(order)
    await bank.work()
    works = {work.location_id: work.id for work in await desk.fulfillments(order_id)}
    return order_id, [works[location.id] for location in shop.locations]


async def ship(desk: Desk, bank: Bank, work_id: UUID) -> None:
    await desk.pick(work_id)
    await desk.pack(work_id)
    await bank.work()
    await desk.ship(work_id)
    await bank.work()


async def test_each_shipment_has_an_invoice_and_together_they_are_the_order(
    desk: Desk, bank: Bank, papers: Papers
) -> None:
    """Prices without tax; two discounts; 7.00 of shipping and 0.99 of fees; the odd cents and the rounding once."""
    shop = await a_shop(desk, papers, "shipment", locations=2, skus=2)
    lines = [
        a_line(shop.skus[0].code, 3, 333, taxes=[Tax(amount=usd(80), name="Sales tax", rate=Decimal("0.08"))],
               discounts=[Discount(amount=usd(1), code="A"), Discount(amount=usd(1), code="B")]),
        a_line(shop.skus[1].code, 1, 1001, taxes=[Tax(amount=usd(80), name="Sales tax", rate=Decimal("0.08"))]),
    ]  # fmt: skip
    order = an_order(
        shop.channel.code, lines, shipping=[Charge(amount=usd(700), taxes=[Tax(amount=usd(56), name="Sales tax",
                                                                              rate=Decimal("0.08"))])],
        fees=[Charge(amount=usd(99))], rounding=usd(-1), total=usd(3012), payments=[await bank.authorized(3012)],
    )  # fmt: skip
    order_id, works = await two_shipments(desk, bank, shop, order)

    await ship(desk, bank, works[0])
    [(_, _, captured, _)] = await bank.sums(order_id)
    [first] = await papers.of(order_id)
    assert first.row.gross_minor == captured
    assert await papers.lines(order_id) == [[("line", 3, 997, 80, 1077), ("charges", 0, 399, 28, 427)]]

    await ship(desk, bank, works[1])

    assert await bank.sums(order_id) == [(3012, 0, 3012, 0)]
    assert await papers.totals(order_id) == [("invoice", 1396, 108, 1504), ("invoice", 1400, 108, 1508)]
    assert (await papers.lines(order_id))[1] == [
        ("line", 1, 1001, 80, 1081), ("charges", 0, 400, 28, 428), ("rounding", 0, -1, 0, -1),
    ]  # fmt: skip
    assert [d.row.number for d in await papers.of(order_id)] == [f"INV-{YEAR}-000001", f"INV-{YEAR}-000002"]


async def test_what_is_cancelled_after_an_invoice_at_placement_is_credited(
    desk: Desk, bank: Bank, papers: Papers
) -> None:
    """7.00 over 3 units is 2.34 + 2.33 + 2.33: the last two go, their taxes with them, then the rest with shipping."""
    shop = await a_shop(desk, papers, "placement")
    lines = [a_line(shop.skus[0].code, 3, 234, taxes=[vat("0.19", 133)], discounts=[Discount(amount=usd(2))])]
    order = an_order(shop.channel.code, lines, shipping=[Charge(amount=usd(500), taxes=[vat("0.19", 95)])],
                     total=usd(1428), payments=[await bank.authorized(1428)])  # fmt: skip
    order_id = await desk.placed(order)
    await bank.work()
    assert await papers.totals(order_id) == [("invoice", 1200, 228, 1428)]

    assert (await desk.cancel(order_id, (1, 2))).code == "cancelled"
    await bank.work()

    assert (await papers.totals(order_id))[1:] == [("credit_note", 467, 88, 555)]
    assert (await papers.taxes(order_id))[1:] == [[("VAT", "0.19", 467, 88)]]
    invoice, credit = await papers.of(order_id)
    assert (credit.row.refers_to, credit.row.refers_to_number) == (invoice.row.id, invoice.row.number)
    assert credit.row.number == f"CRN-{YEAR}-000001"

    assert (await desk.cancel(order_id)).code == "cancelled"
    await bank.work()

    totals = await papers.totals(order_id)
    assert totals[2:] == [("credit_note", 733, 140, 873)]
    assert await papers.lines(order_id) == [
        [("line", 3, 700, 133, 833), ("charges", 0, 500, 95, 595)],
        [("line", 2, 467, 88, 555)],
        [("line", 1, 233, 45, 278), ("charges", 0, 500, 95, 595)],
    ]
    assert await bank.due(order_id) == 0
    assert await papers.issue(order_id) == []


async def test_nothing_is_invoiced_at_shipment_of_what_is_cancelled_before(
    desk: Desk, bank: Bank, papers: Papers
) -> None:
    shop = await a_shop(desk, papers, "shipment")
    order_id = await desk.placed(await bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    await desk.cancel(order_id)
    await bank.work()
    assert await papers.of(order_id) == []
    assert await desk.queue("document") == set()


async def test_an_allowance_is_credited_as_a_lump(desk: Desk, bank: Bank, papers: Papers) -> None:
    """What the ledger takes back beyond units: here goodwill of 3.00 on an order of 39.98."""
    shop = await a_shop(desk, papers, "shipment")
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    order_id = await desk.placed(await bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    await _take_back(desk, order_id, 300)
    await papers.issue(order_id)
    assert await papers.of(order_id) == []  # not invoiced yet: nothing to credit
    await ship_all(desk, bank, order_id)
    await bank.work()

    assert await papers.lines(order_id) == [[("line", 2, 3998, 0, 3998), ("allowance", 0, -300, 0, -300)]]
    await _take_back(desk, order_id, 200)
    await papers.issue(order_id)
    assert (await papers.lines(order_id))[1:] == [[("allowance", 0, 200, 0, 200)]]
    assert [d.row.kind for d in await papers.of(order_id)] == ["invoice", "credit_note"]


async def _take_back(desk: Desk, order_id: UUID, amount: int) -> None:
    async def verb(tx: Transaction, ctx: Context) -> None:
        act_id = await record_act(tx, ctx, "allow")
        entry = Entry(order_id, Account.ALLOWANCES, Account.RECEIVABLE, amount, "allowance")
        await write_entries(tx, act_id, [entry], ctx.now)
        await enqueue_work(tx, "settle", [order_id])

    await desk.run(verb)


async def test_money_that_came_has_a_receipt(desk: Desk, bank: Bank, papers: Papers) -> None:
    shop = await a_shop(desk, papers, "never", receipts=True)
    order = an_order(
        shop.channel.code, [(shop.skus[0].code, 2)], payments=[a_payment(1000), a_payment(2998, "gift_card")]
    )
    order_id = await desk.placed(order)
    await bank.work()
    assert await papers.totals(order_id) == [("receipt", 3998, 0, 3998)]
    assert await papers.lines(order_id) == [[("payment", 0, 1000, 0, 1000), ("payment", 0, 2998, 0, 2998)]]
    assert [d.row.number for d in await papers.of(order_id)] == [f"RCP-{YEAR}-000001"]
    assert await papers.issue(order_id) == []


async def test_a_channel_that_nobody_invoices_for_has_no_documents(desk: Desk, bank: Bank, papers: Papers) -> None:
    shop = await desk.shop()
    order_id = await desk.placed(await bank.paid_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    await bank.work()
    assert await papers.issue(order_id) == []


async def test_a_document_shows_the_company_as_it_was_and_the_address_as_it_is(
    desk: Desk, bank: Bank, papers: Papers
) -> None:
    shop = await a_shop(desk, papers, "placement")
    order = an_order(shop.channel.code, [(shop.skus[0].code, 1)])
    order_id = await desk.placed(order)
    await bank.work()
    await papers.company(name="Acme Europe SE")
    [document] = await papers.of(order_id)
    assert document.issuer.name == "Acme Handels GmbH"
    assert document.bill_to is not None
    assert document.bill_to.name == "Ada Lovelace"

    customer = await desk.value("SELECT customer_id FROM orders WHERE id = $1", order_id)
    await desk.run(erase_customers, [EraseCustomer(customer_id=customer)])

    [document] = await papers.of(order_id)
    assert document.bill_to is not None
    assert (document.bill_to.erased, document.bill_to.name) == (True, None)
    stored = await desk.fetch("SELECT to_jsonb(d)::text FROM document AS d UNION ALL"
                              " SELECT to_jsonb(l)::text FROM document_line AS l")  # fmt: skip
    assert len(stored) == 2
    assert "Lovelace" not in str(stored)


async def test_an_order_stays_with_the_company_that_invoiced_it_first(desk: Desk, bank: Bank, papers: Papers) -> None:
    shop = await a_shop(desk, papers, "placement")
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    await bank.work()
    await papers.company(code="other", name="Other Ltd", invoice_numbers="O-{n}", credit_note_numbers="OC-{n}")
    await papers.invoiced(shop.channel.code, "placement", "other")
    await desk.cancel(order_id, (1, 1))
    await bank.work()
    assert [d.issuer.name for d in await papers.of(order_id)] == ["Acme Handels GmbH"] * 2
    new = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    await bank.work()
    assert [d.row.number for d in await papers.of(new)] == ["O-1"]


async def test_a_rollback_leaves_no_gap(desk: Desk, papers: Papers) -> None:
    shop = await a_shop(desk, papers, "placement")
    first, second = [await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)])) for _ in range(2)]

    async def crash() -> None:
        async with desk.database.transaction("acme") as tx:
            assert len(await issue_documents(tx, desk.ctx, [first])) == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await crash()
    assert await papers.issue(second) == [("invoice", f"INV-{YEAR}-000001")]
    assert await papers.issue(first) == [("invoice", f"INV-{YEAR}-000002")]


@pytest.mark.parametrize(("keep", "expected"), [(True, 3), (False, 1)])
async def test_two_that_issue_at_once_wait_for_each_other_and_leave_no_gap(
    desk: Desk, papers: Papers, keep: bool, expected: int
) -> None:
    """The second gets its number only when the first is over; when that fails, its numbers are given again."""
    shop = await a_shop(desk, papers, "placement")
    orders = [await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)])) for _ in range(3)]

    first, [second] = await race(
        desk,
        lambda tx: issue_documents(tx, desk.ctx, orders[:2]),
        lambda tx: issue_documents(tx, desk.ctx, orders[2:]),
        keep=keep,
    )

    assert [made.number for made in first] == [f"INV-{YEAR}-000001", f"INV-{YEAR}-000002"]
    assert second.number == f"INV-{YEAR}-{expected:06}"
    assert await desk.value("SELECT last_number FROM document_series") == expected


async def test_a_batch_takes_as_many_statements_as_one(desk: Desk, papers: Papers) -> None:
    shop = await a_shop(desk, papers, "placement", receipts=True)

    async def statements(count: int) -> tuple[int, int]:
        orders = [
            an_order(shop.channel.code, [(shop.skus[0].code, 1)], payments=[a_payment(1999)]) for _ in range(count)
        ]
        ids = [o.order_id for o in await desk.place(*orders) if o.order_id is not None]
        async with desk.database.transaction("acme") as tx:
            made = await issue_documents(tx, desk.ctx, ids)
            assert len(made) == 2 * count
            issuing = tx.statements
        async with desk.database.transaction("acme") as tx:
            assert await issue_documents(tx, desk.ctx, ids) == []
            return issuing, tx.statements

    assert await statements(1) == await statements(100) == (18, 11)
    await desk.audit()


@pytest.mark.parametrize("table", ["document", "document_line", "legal_entity_version"])
async def test_what_was_issued_cannot_be_changed(desk: Desk, papers: Papers, table: str) -> None:
    shop = await a_shop(desk, papers, "placement")
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    await papers.issue(order_id)
    for change in (f"DELETE FROM {table}", f"UPDATE {table} SET {'name' if table != 'document' else 'number'} = 'x'"):
        with pytest.raises(asyncpg.PostgresError, match="append-only"):
            async with desk.database.transaction("acme") as tx:
                await tx.execute(change)


async def test_companies_in_one_country_sell_to_companies_in_another_without_tax(
    desk: Desk, bank: Bank, papers: Papers
) -> None:
    shop = await a_shop(desk, papers, "placement", channel={"kind": "b2b"})
    ids = [
        await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], ship_to=an_address(country=country)))
        for country in ("FR", "DE", "US")
    ]
    await bank.work()
    assert [(await papers.of(i))[0].data.notes for i in ids] == [["reverse_charge"], [], []]


async def test_the_year_is_that_of_the_companys_clock(database: Database) -> None:
    """At 23:30 UTC on New Year's Eve it is the next year in Berlin."""
    desk = Desk(database, now=datetime.fromisoformat("2026-12-31T23:30:00+00:00"))
    papers = Papers(desk)
    shop = await a_shop(desk, papers, "placement")
    order_id = await desk.placed(
        an_order(shop.channel.code, [(shop.skus[0].code, 1)], placed_at=desk.ctx.now - timedelta(hours=1))
    )
    assert await papers.issue(order_id) == [("invoice", "INV-2027-000001")]
    [document] = await papers.of(order_id)
    assert document.row.issued_on == date(2027, 1, 1)
