"""Every statement of the read side finds its rows by the indexes that its head names, whatever the values are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import pytest_asyncio

from orderwright.bench.history import load_history
from orderwright.insights.audit import audit
from orderwright.platform.db import Database
from orderwright.platform.queries import REGISTRY
from orderwright.search import list_orders as _register  # noqa: F401  (its import registers the statements)

STATEMENTS = sorted(name for name in REGISTRY if name.startswith("orderwright.search."))
# So few rows that reading them all is as good as any index.
SMALL = {"channel", "location", "pool", "supply"}
# In so small a history another index of the table does as well.
EITHER = {
    "hold_order_idx", "contact_order_idx", "order_tag_pkey",
    "customer_return_pkey", "customer_return_order_idx", "customer_return_tracking_idx", "claim_order_idx",
    "parcel_tracking_idx", "backorder_pkey", "channel_pkey", "pool_pkey",
    "kit_component_kit_sku_id_component_sku_id_key",
}  # fmt: skip


@pytest_asyncio.fixture(scope="module")
async def past(shared_database: Database) -> str:
    """A merchant with some thousand orders, so that the planner has something to reckon with."""
    await load_history(shared_database, "past", 3_000, skus=300)
    return "past"


async def test_a_made_up_history_is_in_order(shared_database: Database, past: str) -> None:
    async with shared_database.transaction(past) as tx:
        assert await audit(tx) == []
        assert await tx.fetchval("SELECT count(*) FROM orders") == 3_000
        mean = await tx.fetchval("SELECT count(*) / 3000.0 FROM order_line")
    assert 2.1 < mean < 2.3


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan's nodes."""
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


async def plan_of(database: Database, merchant: str, sql: str) -> list[dict[str, Any]]:
    """The nodes of the general plan, as for a table that is too large to read whole."""
    arguments = max(map(int, re.findall(r"\$(\d+)", sql)), default=0)
    nulls = f"({', '.join(['NULL'] * arguments)})" if arguments else ""
    async with database.transaction(merchant) as tx:
        for setting in ("plan_cache_mode = force_generic_plan", "enable_seqscan = off", "enable_bitmapscan = off"):
            await tx.connection.execute(f"SET LOCAL {setting}")
        await tx.connection.execute(f"PREPARE looked_at AS {sql}")
        [[text]] = await tx.connection.fetch(f"EXPLAIN (FORMAT JSON) EXECUTE looked_at{nulls}")
        await tx.connection.execute("DEALLOCATE looked_at")
    return list(nodes(json.loads(text)[0]["Plan"]))


@pytest.mark.parametrize("name", STATEMENTS)
async def test_plan(shared_database: Database, past: str, name: str) -> None:
    statement = REGISTRY[name]
    named = set(re.findall(r"[a-z_]+_(?:idx|pkey|key)\b", statement.file.head.partition("-- uses:")[2]))

    plan = await plan_of(shared_database, past, statement.sql)

    used = {node["Index Name"] for node in plan if "Index Name" in node}
    scanned = {node["Relation Name"] for node in plan if node["Node Type"] == "Seq Scan"}
    assert named - used - EITHER == set()
    assert scanned - SMALL == set()


@pytest.mark.parametrize(
    "name",
    ["newest", "held", "by_email", "by_phone", "by_name"],
)
async def test_newest_first_comes_from_the_index(shared_database: Database, past: str, name: str) -> None:
    """No sort: a list of a million orders is as fast as one of five."""
    plan = await plan_of(shared_database, past, REGISTRY[f"orderwright.search.find_{name}"].sql)

    assert [node["Node Type"] for node in plan if "Sort" in node["Node Type"]] == []
    assert {
        node["Scan Direction"] for node in plan if node.get("Index Name", "").startswith(("orders", "contact"))
    } >= {"Backward"}
