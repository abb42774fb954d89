"""Capture the rows that `place_orders` writes, so that the floor writes the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orderwright.bench.floor import TABLES, FloorBatch
from orderwright.bench.harness import HASH_KEY
from orderwright.customers.record import INSERT_CUSTOMERS
from orderwright.flows.place_orders import place_orders
from orderwright.inventory.queries import MOVE_AVAILABILITY
from orderwright.orders import PlaceOrder
from orderwright.orders.queries import CLAIM_IDENTITIES, INSERT_HOLDS
from orderwright.platform.context import Context
from orderwright.platform.db import Database, Transaction, schema_of
from orderwright.platform.work import ENQUEUE_WORK


class _Recorder(Transaction):
    """A transaction that keeps what is written through it."""

    __slots__ = ("copied", "ran")

    def __init__(self, connection: Any, schema: str) -> None:
        super().__init__(connection, schema, HASH_KEY)
        self.copied: dict[str, list[Sequence[Any]]] = {}
        self.ran: list[tuple[str, tuple[Any, ...]]] = []

    async def fetch(self, sql: str, *args: Any) -> list[Any]:
        self.ran.append((sql, args))
        return await super().fetch(sql, *args)

    async def execute(self, sql: str, *args: Any) -> None:
        self.ran.append((sql, args))
        await super().execute(sql, *args)

    async def copy(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        self.copied.setdefault(table, []).extend(rows)
        await super().copy(table, columns, rows)

    def args_of(self, sql: str) -> list[tuple[Any, ...]]:
        """The arguments of each run of a statement."""
        return [args for ran, args in self.ran if ran == sql]


async def capture(
    database: Database, merchant: str, ctx: Context, batches: Sequence[Sequence[PlaceOrder]]
) -> list[FloorBatch]:
    """Place the batches on a merchant of its own, one after the other, and return the rows that each wrote."""
    captured = []
    seen: set[bytes] = set()
    for orders in batches:
        async with database.transaction(merchant) as tx:
            recorder = _Recorder(tx.connection, schema_of(merchant))
            outcomes = await place_orders(recorder, ctx, orders)
            captured.append(_batch(recorder, sum(o.code == "placed" for o in outcomes), seen))
    return captured


def _batch(recorder: _Recorder, placed: int, seen: set[bytes]) -> FloorBatch:
    rows: dict[str, list[Sequence[Any]]] = {table: [] for table in TABLES}
    for args in recorder.args_of(CLAIM_IDENTITIES.sql):
        rows["order_identity"].extend(zip(*args, strict=True))
    for ids, hashes in recorder.args_of(INSERT_CUSTOMERS.sql):
        new = [(i, h) for i, h in zip(ids, hashes, strict=True) if h not in seen]
        seen.update(h for _, h in new)
        rows["customer"].extend(new)
    for args in recorder.args_of(INSERT_HOLDS.sql):
        blocks = [literal.strip("{}").split(",") for literal in args[3]]
        rows["hold"].extend(zip(*args[:3], blocks, *args[4:], strict=True))
    for stage, ids, _ in recorder.args_of(ENQUEUE_WORK.sql):
        rows["work"].extend((stage, i) for i in ids)
    for table, copied in recorder.copied.items():
        rows[table].extend(copied)
    stock = [
        (sku, pool, atp, promised, backordered)
        for args in recorder.args_of(MOVE_AVAILABILITY.sql)
        for sku, pool, atp, _, promised, backordered in zip(*args, strict=True)
    ]
    return FloorBatch(placed, rows, stock)
