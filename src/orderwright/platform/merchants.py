"""Which merchants this installation serves."""

from __future__ import annotations

from typing import NamedTuple

from orderwright.platform.db import Database
from orderwright.platform.queries import query


class _Merchant(NamedTuple):
    code: str


LIST_MERCHANTS = query(__package__, "list_merchants", _Merchant, schema="operator")


async def merchant_codes(database: Database) -> list[str]:
    """The codes of all merchants, sorted."""
    async with database.operator_transaction() as tx:
        return [row.code for row in await LIST_MERCHANTS.fetch(tx)]
