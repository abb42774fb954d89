"""Fixtures: the application on this test's database, and a shop to sell from."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from orderwright.flows.receive_stock import receive_stock
from orderwright.inventory import ReceiveStock
from orderwright.platform.db import Database
from tests.builders.catalog import Shop, a_shop
from tests.helpers.api import Api, serving
from tests.helpers.contexts import a_context


@pytest_asyncio.fixture
async def api(database: Database) -> AsyncIterator[Api]:
    """The application, called with a key that may do everything as `acme`."""
    async with serving(database) as client:
        yield client


@pytest_asyncio.fixture
async def shop(database: Database) -> Shop:
    """Two locations and two SKUs, ten units of each at the first location."""
    context = a_context()
    async with database.transaction("acme") as tx:
        made = await a_shop(tx, context, locations=2, skus=2)
        stock = [ReceiveStock(sku=sku.code, location=made.locations[0].code, quantity=10) for sku in made.skus]
        await receive_stock(tx, context, stock)
    return made


@pytest_asyncio.fixture(scope="module")
async def shared_api(shared_database: Database) -> AsyncIterator[Api]:
    """The application on a database that the tests of a module share: for what changes nothing."""
    async with serving(shared_database) as client:
        yield client
