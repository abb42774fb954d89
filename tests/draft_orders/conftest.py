"""What tests of draft orders stand on."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from orderwright.platform.db import Database
from tests.helpers.api import Api, serving
from tests.helpers.desk import Desk


@pytest_asyncio.fixture
async def api(database: Database) -> AsyncIterator[Api]:
    """The application, called with a key that may do everything as `acme`."""
    async with serving(database) as client:
        yield client


@pytest.fixture
def desk(database: Database) -> Desk:
    """A desk of `acme`."""
    return Desk(database)
