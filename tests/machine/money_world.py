"""The world of the money machine: one merchant with a bank, emptied of orders and of money between examples."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any, NamedTuple, TypeVar

from orderwright.catalog.contract import Checks
from orderwright.flows.receive_stock import receive_stock
from orderwright.flows.stages import stages
from orderwright.insights.audit import audit
from orderwright.inventory import ReceiveStock
from orderwright.orders.contract import Person
from orderwright.payments import Notice, read_payments, read_units
from orderwright.payments.queries import PaymentRow
from orderwright.payments.shares import charged
from orderwright.payments.store_credit import StoreCreditProvider
from orderwright.platform.context import Context
from orderwright.platform.db import Database, Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.pumps.stages import pump
from tests.helpers.bank import Bank
from tests.helpers.desk import Desk
from tests.machine.machines import Moves

T = TypeVar("T")

PLENTY = 500
DIGITAL = 4  # which of the world's SKUs needs no shipping
ADA = Person(name="Ada Lovelace", email="ada@example.com")  # buys everything
MONEY = ("settle", "pay", "watch", "webhook")  # the stages that move money
_KEPT = {"sku", "kit_component", "pool", "location", "channel", "channel_pool", "alembic_version"}
_AT_PROVIDER = """
SELECT p.id, b.authorized_minor, b.captured_minor, b.refunded_minor,
       CASE WHEN b.expires_at <= now() THEN b.authorized_minor - b.captured_minor ELSE b.released_minor END AS released,
       coalesce(sum(o.amount_minor) FILTER (WHERE o.kind = 'capture' AND o.done AND o.key ^@ 'prq'), 0) AS by_capture,
       coalesce(sum(o.amount_minor) FILTER (WHERE o.kind = 'refund' AND o.done AND o.key ^@ 'prq'), 0) AS by_refund
FROM payment AS p
JOIN builtin_payment AS b ON b.reference = p.reference
JOIN builtin_operation AS o ON o.reference = b.reference
GROUP BY p.id, b.reference
"""
_TAKEN_BACK = """
SELECT order_id, sum(CASE 'receivable' WHEN credit THEN amount_minor WHEN debit THEN -amount_minor ELSE 0 END)::bigint
FROM money_entry
WHERE kind IN ('return', 'return_fee', 'claim', 'withdrawal')
GROUP BY order_id
"""
_ASKED = """
SELECT payment_id, kind, coalesce(sum(amount_minor) FILTER (WHERE state = 'done'), 0)::bigint AS done,
       coalesce(sum(amount_minor) FILTER (WHERE state IN ('sent', 'done')), 0)::bigint AS asked
FROM payment_request
WHERE kind IN ('capture', 'refund')
GROUP BY payment_id, kind
"""


class AtProvider(NamedTuple):
    """A payment as its provider has it; `our_captures` and `our_refunds` are what it did because we asked."""

    authorized: int
    captured: int
    refunded: int
    released: int
    our_captures: int
    our_refunds: int


class Book(NamedTuple):
    """An order's money: what it is charged by its goods, what of that was taken back after they had left, its accounts
    by the ledger, and its payments."""

    open_units: bool
    charged: int
    taken_back: int
    accounts: dict[str, int]
    payments: Sequence[PaymentRow]


class MoneyWorld:
    """A desk and a bank, driven from a test without an event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, database: Database) -> None:
        self._loop = loop
        self.desk = Desk(database)
        self.bank = Bank(self.desk)
        providers: dict[str, Any] = {"builtin": self.bank.provider, "store_credit": StoreCreditProvider(database)}
        self.bank.stages = stages(providers=providers)
        self.do(self._make_catalogue())

    async def _make_catalogue(self) -> None:
        unchecked = Checks(duplicate_window_s=0)
        self.shop = await self.desk.shop(locations=2, skus=3, channel={"checks": unchecked})
        here, there, both = self.shop.skus
        kit = await self.desk.kit((here, 2), (both, 1))
        digital = await self.desk.sku(kind="digital")
        self.skus = [sku.code for sku in (here, there, both, kit, digital)]
        self._stock = [(here, 0), (there, 1), (both, 0), (both, 1)]

    def do(self, work: Awaitable[T]) -> T:
        """Wait for some work."""

        async def wait() -> T:
            return await work

        return self._loop.run_until_complete(wait())

    def run(self, verb: Any, *args: Any) -> Any:
        """A verb in a transaction of its own; the audit comes after the step."""
        return self.do(self.desk.run(verb, *args, audited=False))

    def rows(self, sql: str, *args: Any) -> list[Any]:
        """Rows of a query."""
        return self.do(self.desk.fetch(sql, *args))

    def execute(self, sql: str, *args: Any) -> None:
        """A statement of the test's own."""

        async def verb(tx: Transaction, _ctx: Context) -> None:
            await tx.execute(sql, *args)

        self.run(verb)

    def reset(self) -> None:
        """Forget every order, cent and unit of stock, and bring new stock: no order waits for goods."""
        tables = {row[0] for row in self.rows("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")}
        self.execute(f"TRUNCATE {', '.join(sorted(tables - _KEPT))} RESTART IDENTITY")
        self.execute("ALTER SEQUENCE order_number RESTART")
        goods = [
            ReceiveStock(sku=sku.code, location=self.shop.locations[n].code, quantity=PLENTY) for sku, n in self._stock
        ]
        self.run(receive_stock, goods)

    def stage(self, *names: str) -> None:
        """Let a worker take what is due in some stages, once each; what fails waits."""
        for stage in self.bank.stages:
            if stage.name in names:
                self.do(pump(self.desk.database, self.desk.merchant, stage))

    def make_due(self, *names: str) -> None:
        """Time passes for what waits in some stages."""
        self.execute("UPDATE work SET due = now() WHERE stage = ANY ($1::text[]) AND set_aside_at IS NULL", list(names))

    def at_provider(self) -> dict[UUID, AtProvider]:
        """How payments stand at the provider, looked at behind its back: no trouble is met."""
        return {
            row["id"]: AtProvider(
                row["authorized_minor"], row["captured_minor"], row["refunded_minor"], row["released"],
                int(row["by_capture"]), int(row["by_refund"]),
            )
            for row in self.rows(_AT_PROVIDER)
        }  # fmt: skip

    def asked(self) -> dict[tuple[UUID, str], tuple[int, int]]:
        """Of each payment and kind: what was asked and is done, and what may be done by now."""
        return {(row["payment_id"], row["kind"]): (row["done"], row["asked"]) for row in self.rows(_ASKED)}

    def books(self) -> tuple[list[Any], dict[UUID, Book]]:
        """What is wrong by the audit, or failed but for a provider that crashed; and the money of all orders."""

        async def read() -> tuple[list[Any], dict[UUID, Book]]:
            async with self.desk.database.transaction(self.desk.merchant) as tx:
                wrong = list(await audit(tx))
                odd = "SELECT stage, error FROM work WHERE error NOT LIKE 'ConnectionError%'"
                wrong += [tuple(row) for row in await tx.fetch(odd)]
                ids = [row[0] for row in await tx.fetch("SELECT id FROM orders ORDER BY id")]
                units, payments = await read_units(tx, ids), await read_payments(tx, ids)
                accounts: dict[UUID, dict[str, int]] = {}
                for sign, side in ((1, "debit"), (-1, "credit")):
                    sql = f"SELECT order_id, {side}, sum(amount_minor) FROM money_entry GROUP BY 1, 2"
                    for order_id, account, amount in await tx.fetch(sql):
                        of = accounts.setdefault(order_id, {})
                        of[account] = of.get(account, 0) + sign * int(amount)
                back = {row[0]: row[1] for row in await tx.fetch(_TAKEN_BACK)}
                books = {
                    i: Book(
                        counted.open_units,
                        charged(counted).total(prices_include_tax=counted.order.prices_include_tax),
                        back.get(i, 0), accounts.get(i, {}), payments.get(i, ()),
                    )
                    for i, counted in units.items()
                }  # fmt: skip
                return wrong, books

        return self.do(read())


class MoneyMachine(Moves):
    """What all moves of the money machine use."""

    def __init__(self, world: MoneyWorld) -> None:
        super().__init__()
        self.world = world
        self.notices: list[Notice] = []  # webhooks that the provider has sent, or will send
        world.reset()

    def pick(self, sql: str, nth: int) -> list[Any]:
        """One of the rows of a query, if there is any."""
        found = self.world.rows(sql)
        return [found[nth % len(found)]] if found else []

    def steady(self, troubles: Sequence[Any] = ()) -> list[Any]:
        """Let the provider work, or fail as it was to; returns what it was to fail at."""
        sql = "SELECT kind, mode, code, after, times FROM builtin_trouble WHERE times > 0 ORDER BY id"
        found = self.world.rows(sql)
        self.world.execute("DELETE FROM builtin_trouble")
        for trouble in troubles:
            sql = "INSERT INTO builtin_trouble (kind, mode, code, after, times) VALUES ($1, $2, $3, $4, $5)"
            self.world.execute(sql, *trouble)
        return found
