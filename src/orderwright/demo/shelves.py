"""Put the catalogue and its opening stock into the database: what the first orders need first, the rest meanwhile."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from orderwright import catalog
from orderwright.catalog import UpsertSku
from orderwright.demo.products import Catalogue
from orderwright.demo.stock import stock, supplies
from orderwright.flows.expect_supply import expect_supply
from orderwright.flows.receive_stock import receive_stock
from orderwright.inventory import ExpectSupply, ReceiveStock
from orderwright.platform.clock import utc_now
from orderwright.platform.context import Context
from orderwright.platform.db import Database

_PERMISSIONS = frozenset({"catalog.write", "stock.write"})


class Shelves:
    """SKUs that are not there yet, each with its opening stock and supply: a SKU exists only with both.

    So a start that was interrupted goes on where it was, and nothing is received twice.
    """

    def __init__(self, database: Database, merchant: str, missing: dict[str, UpsertSku], goods: Goods) -> None:
        self._database, self._merchant = database, merchant
        self._missing, self._goods = missing, goods
        self._filling = asyncio.Lock()

    @classmethod
    async def open(cls, database: Database, merchant: str, catalogue: Catalogue, seed: int) -> Shelves:
        """Look what is there. One statement."""
        skus = {sku.code: sku for sku in catalogue.skus()}
        async with database.transaction(merchant, read_only=True) as tx:
            known = await catalog.skus_by_code(tx, list(skus))
        missing = {code: sku for code, sku in skus.items() if code not in known}
        goods = await asyncio.to_thread(Goods, catalogue, seed, utc_now().date()) if missing else Goods()
        return cls(database, merchant, missing, goods)

    @property
    def empty(self) -> int:
        """How many SKUs are still missing."""
        return len(self._missing)

    async def fill(self, codes: Iterable[str]) -> int:
        """See to it that these SKUs are there, with their components; returns how many were put in.

        Codes that the catalogue does not have are left alone. One transaction, or none.
        """
        async with self._filling:
            wanted: dict[str, UpsertSku] = {}
            for code in codes:
                sku = self._missing.get(code)
                if sku is not None:
                    parts = [part.sku for part in sku.components if part.sku in self._missing]
                    wanted |= {part: self._missing[part] for part in parts} | {code: sku}
            if wanted:
                await self._put(list(wanted.values()))
            for code in wanted:
                del self._missing[code]
                self._goods.forget(code)
            return len(wanted)

    async def fill_next(self, count: int) -> int:
        """Put the next SKUs in, best sellers first; returns how many there were."""
        return await self.fill([code for code, _ in zip(self._missing, range(count), strict=False)])

    async def _put(self, skus: list[UpsertSku]) -> None:
        codes = [sku.code for sku in skus]
        ctx = Context(merchant=self._merchant, actor="user:storekeeper", permissions=_PERMISSIONS, reason="opening")
        async with self._database.transaction(self._merchant) as tx:
            await catalog.upsert_skus(tx, ctx, skus)
            await receive_stock(tx, ctx, [item for code in codes for item in self._goods.stock[code]])
            await expect_supply(tx, ctx, [item for code in codes for item in self._goods.supplies[code]])


class Goods:
    """Opening stock and supply by SKU code."""

    def __init__(self, catalogue: Catalogue | None = None, seed: int = 0, today: date | None = None) -> None:
        self.stock: defaultdict[str, list[ReceiveStock]] = defaultdict(list)
        self.supplies: defaultdict[str, list[ExpectSupply]] = defaultdict(list)
        if catalogue is None or today is None:
            return
        for item in stock(catalogue, seed=seed):
            if item.quantity:
                self.stock[item.sku].append(ReceiveStock(sku=item.sku, location=item.location, quantity=item.quantity))
        for due in supplies(catalogue, today, seed=seed):
            expected = ExpectSupply(sku=due.sku, pool=due.pool, quantity=due.quantity, due_on=due.due_on)
            self.supplies[due.sku].append(expected)

    def forget(self, code: str) -> None:
        """Drop what was put in."""
        self.stock.pop(code, None)
        self.supplies.pop(code, None)
