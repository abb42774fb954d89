"""Fixtures of the races."""

from __future__ import annotations

import pytest

from orderwright.platform.db import Database
from tests.helpers.desk import Desk


@pytest.fixture
def desk(database: Database) -> Desk:
    """The verbs of the merchant `acme`; its pool gives as many connections as a race needs."""
    return Desk(database)
