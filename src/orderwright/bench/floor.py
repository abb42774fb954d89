"""The floor: the least that writing an order can cost. Frozen, so that figures of different versions compare.

Hand-written batched SQL on asyncpg: the same rows that `place_orders` writes for the same baskets (orders, lines,
components, promises, charges, payments, contacts, customers, identities, events, queue entries) and the same
availability, 200 orders a transaction, on the migrated schema with all its indexes and constraints. Nothing is checked,
decided, looked up or computed: the values are ready before the clock starts. `copy` writes the same rows by COPY.

The statements are this file's own. When the schema changes so that they no longer run, they are adapted, and
`docs/explanation/performance.md` says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from orderwright.platform.db import Transaction, columns

Rows = Sequence[Sequence[Any]]

# Table: its columns with their array types, in the order in which captured rows hold them.
TABLES: dict[str, str] = {
    "order_identity": "channel_id uuid, external_id text, order_id uuid, fingerprint bytea",
    "customer": "id uuid, identity_hash bytea",
    "act": "id uuid, verb text, actor text, on_behalf_of text, reason text, cause text, request_id text, origin text",
    "contact": (
        "id uuid, customer_id uuid, order_id uuid, role text, name text, company text, email text, phone text, "
        "line1 text, line2 text, city text, region text, postal_code text, country text, latitude double precision, "
        "longitude double precision"
    ),
    "orders": (
        "id uuid, number bigint, channel_id uuid, external_id text, kind text, parent_id uuid, status text, "
        "hold_count integer, priority integer, currency text, prices_include_tax boolean, lines_minor bigint, "
        "shipping_minor bigint, fees_minor bigint, discount_minor bigint, tax_minor bigint, rounding_minor bigint, "
        "total_minor bigint, customer_id uuid, buyer_contact_id uuid, ship_to_contact_id uuid, "
        "bill_to_contact_id uuid, placed_at timestamptz, requested_ship_on date, requested_delivery_on date, "
        "promised_on date, basket_hash bytea, metadata jsonb, event_seq integer, line_count integer, "
        "unit_count bigint"
    ),
    "order_line": (
        "order_id uuid, n integer, reference text, sku_id uuid, sku_code text, name text, quantity integer, "
        "unit_price_minor numeric, subtotal_minor bigint, discount_minor bigint, tax_minor bigint, "
        "shipping_minor bigint, fees_minor bigint, delivery text, location_id uuid, charge_tax_minor bigint"
    ),
    "order_tag": "order_id uuid, tag text",
    "component": (
        "order_id uuid, line_n integer, n integer, sku_id uuid, ordered integer, pending integer, external integer, "
        "cancelled integer, backordered integer, promised integer"
    ),
    "promise": "order_id uuid, line_n integer, component_n integer, pool_id uuid, sku_id uuid, quantity integer",
    "order_charge": (
        "order_id uuid, n integer, kind text, code text, name text, rate numeric, amount_minor bigint, "
        "shares_minor bigint"
    ),
    "payment": (
        "id uuid, order_id uuid, n integer, method text, provider text, reference text, token text, "
        "amount_minor bigint, authorized_minor bigint, captured_minor bigint, due_on date"
    ),
    "money_entry": (
        "id uuid, order_id uuid, debit text, credit text, amount_minor bigint, kind text, payment_id uuid, "
        "request_id uuid, subject_id uuid, act_id uuid, happened_at timestamptz"
    ),
    "payment_request": (
        "id uuid, payment_id uuid, order_id uuid, kind text, amount_minor bigint, final boolean, state text, "
        "subject_id uuid, act_id uuid"
    ),
    "hold": "id uuid, order_id uuid, type text, blocks text, detail jsonb, act_id uuid",
    "event": ("subject_id uuid, seq integer, id uuid, type text, data jsonb, act_id uuid, happened_at timestamptz"),
    "event_pending": "subject_id uuid, seq integer",
    "work": "stage text, subject_id uuid",
}
ARRAYS = {
    "shares_minor": "bigint[]",
    "blocks": "text[]",
}  # columns that hold arrays: passed as array literals

TAKE_STOCK = """
UPDATE availability AS a
SET available_to_promise = a.available_to_promise + k.atp, promised = a.promised + k.promised,
    backordered = a.backordered + k.backordered
FROM (
    SELECT l.sku_id, l.pool_id, d.atp, d.promised, d.backordered
    FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::integer[], $5::integer[])
         AS d (sku_id, pool_id, atp, promised, backordered)
    JOIN availability AS l ON l.sku_id = d.sku_id AND l.pool_id = d.pool_id
    ORDER BY l.sku_id, l.pool_id
    FOR UPDATE OF l
) AS k
WHERE a.sku_id = k.sku_id AND a.pool_id = k.pool_id
"""


class FloorBatch(NamedTuple):
    """The rows of one batch by table, and what it takes of availability: (sku, pool, atp, promised, backordered)."""

    orders: int
    rows: Mapping[str, Rows]
    stock: Rows


class FloorStep(NamedTuple):
    """A statement with its arguments, ready before the clock starts."""

    sql: str
    args: Sequence[Any]


def insert_sql(table: str) -> str:
    """INSERT ... SELECT FROM unnest for one of the tables."""
    names, types = zip(*(column.split(" ", 1) for column in TABLES[table].split(", ")), strict=True)
    selected = ", ".join(f"{name}::{ARRAYS[name]}" if name in ARRAYS else name for name in names)
    arrays = ", ".join(
        f"${i}::{'text' if name in ARRAYS else type_}[]"
        for i, (name, type_) in enumerate(zip(names, types, strict=True), 1)
    )
    return f"INSERT INTO {table} ({', '.join(names)}) SELECT {selected} FROM unnest({arrays}) AS v ({', '.join(names)})"


def prepare(batch: FloorBatch) -> list[FloorStep]:
    """The batch as statements with columns of values."""
    steps = []
    for table, rows in batch.rows.items():
        if rows:
            arrays = columns(rows, len(rows[0]))
            for i, column in enumerate(TABLES[table].split(", ")):
                if column.split(" ", 1)[0] in ARRAYS:
                    arrays[i] = ["{" + ",".join(map(str, value)) + "}" for value in arrays[i]]
            steps.append(FloorStep(insert_sql(table), arrays))
    if batch.stock:
        steps.append(FloorStep(TAKE_STOCK, columns(batch.stock, 5)))
    return steps


async def write(tx: Transaction, steps: Sequence[FloorStep]) -> None:
    """Write one batch by INSERT ... SELECT FROM unnest."""
    for step in steps:
        await tx.execute(step.sql, *step.args)


async def copy(tx: Transaction, batch: FloorBatch) -> None:
    """Write one batch by COPY."""
    for table, rows in batch.rows.items():
        if rows:
            await tx.copy(table, [column.split(" ", 1)[0] for column in TABLES[table].split(", ")], rows)
    if batch.stock:
        await tx.execute(TAKE_STOCK, *columns(batch.stock, 5))
