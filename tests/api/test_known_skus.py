"""What a process keeps of SKUs between two reads of availability: fewer statements, and never an old name."""

from __future__ import annotations

import pytest

from orderwright.api import known_skus
from orderwright.api.known_skus import KnownSkus
from orderwright.catalog import UpsertSku, upsert_skus
from orderwright.platform.db import Database, Transaction
from tests.builders.catalog import Shop
from tests.helpers.contexts import a_context


async def rename(database: Database, code: str, name: str) -> None:
    """Give a SKU another name, as another process would."""
    async with database.transaction("acme") as tx:
        [outcome] = await upsert_skus(tx, a_context(), [UpsertSku(code=code, name=name)])
        assert outcome.ok


async def look(database: Database, known: KnownSkus, *codes: str) -> tuple[list[tuple[str, str]], int]:
    """Codes and names of the SKUs found, and how many statements it took."""
    async with database.transaction("acme", read_only=True) as tx:
        found = await known.availability(tx, sorted(codes))
        return [(sku.code, sku.name) for sku in found.skus], tx.statements


async def test_one_statement_once_the_skus_are_known(database: Database, shop: Shop) -> None:
    known, (one, other) = KnownSkus(), shop.skus
    assert await look(database, known, one.code) == ([(one.code, one.name)], 2)
    assert await look(database, known, one.code) == ([(one.code, one.name)], 1)
    both = sorted([(one.code, one.name), (other.code, other.name)])
    assert await look(database, known, one.code, other.code) == (both, 2)
    assert await look(database, known, one.code, other.code) == (both, 1)
    assert await look(database, known, "NONE") == ([], 1)


async def test_a_new_name_is_seen_at_once(database: Database, shop: Shop) -> None:
    known, (one, other) = KnownSkus(), shop.skus
    await look(database, known, one.code)
    await rename(database, one.code, "Renamed")
    assert await look(database, known, one.code) == ([(one.code, "Renamed")], 3)
    assert await look(database, known, one.code) == ([(one.code, "Renamed")], 1)
    await rename(database, one.code, "Once more")
    found, statements = await look(database, known, one.code, other.code)
    assert (dict(found)[one.code], statements) == ("Once more", 3)


async def test_names_that_change_all_the_time_hold_up_nobody(
    database: Database, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, code, learn = KnownSkus(), shop.skus[0].code, KnownSkus._learn
    names = iter("ABCDE")

    async def overtaken(self: KnownSkus, tx: Transaction, *rest: object) -> object:
        learnt = await learn(self, tx, *rest)  # type: ignore[arg-type]
        await rename(database, code, next(names))
        return learnt

    monkeypatch.setattr(KnownSkus, "_learn", overtaken)
    assert await look(database, known, code) == ([(code, "C")], 8)


async def test_too_many_are_forgotten(database: Database, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_skus, "KNOWN_MAX", 0)
    known, (one, other) = KnownSkus(), shop.skus
    await look(database, known, one.code)
    assert await look(database, known, other.code) == ([(other.code, other.name)], 2)
    assert await look(database, known, one.code) == ([(one.code, one.name)], 2)
