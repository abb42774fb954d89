"""Erase what people added to orders: notes and files may hold personal data (law T5)."""

from __future__ import annotations

from collections.abc import Collection

from orderwright.orders.annotations.queries import COUNT_ANNOTATIONS, ERASE_ATTACHMENTS, ERASE_NOTES, AnnotatedRow
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID


async def annotated_orders(tx: Transaction, order_ids: Collection[UUID]) -> dict[UUID, AnnotatedRow]:
    """How many notes and files orders have; those with neither are left out. One statement."""
    return {row.order_id: row for row in await COUNT_ANNOTATIONS.fetch(tx, list(order_ids))}


async def erase_annotations(tx: Transaction, order_ids: Collection[UUID]) -> None:
    """Remove all notes and files of orders. Two statements."""
    await ERASE_NOTES.run(tx, list(order_ids))
    await ERASE_ATTACHMENTS.run(tx, list(order_ids))
