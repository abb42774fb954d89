"""Labels of parcels as files: what carriers gave and what staff uploaded. They show an address, and are erased with it
(law T5)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from orderwright.fulfillment.queries import (
    DELETE_LABELS,
    ERASE_LABELS,
    ORDERS_WITH_LABELS,
    PUT_LABELS,
    READ_LABEL,
    LabelRow,
)
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID

PDF, PNG, ZPL = "application/pdf", "image/png", "application/zpl"
LABEL_BYTES_MAX = 1_048_576  # a label is one small page
_PNG_START = b"\x89PNG\r\n\x1a\n"
_END_WITHIN = 2_048


class NewLabelFile(NamedTuple):
    """A label's file. Order of the arguments of `put_labels.sql`."""

    parcel_id: UUID
    order_id: UUID
    media_type: str
    content: bytes
    actor: str


def label_type_of(content: bytes) -> str | None:
    """What a label is by its content, whatever its sender calls it: PDF, PNG, ZPL, or None. Pure."""
    if content.startswith(_PNG_START):
        return PNG
    if content.startswith(b"%PDF-"):
        return PDF if b"%%EOF" in content[-_END_WITHIN:] else None
    start = content.lstrip()
    if start[:3].upper() == b"^XA" and b"^XZ" in content[-_END_WITHIN:].upper() and b"\x00" not in content:
        return ZPL
    return None


async def put_labels(tx: Transaction, files: Sequence[NewLabelFile]) -> None:
    """Keep files of labels, each instead of what was kept before. One statement, or none."""
    if files:
        await PUT_LABELS.run(tx, *columns(files, 5))


async def read_label(tx: Transaction, parcel_id: UUID) -> LabelRow | None:
    """The file of a parcel's label. One statement."""
    return await READ_LABEL.first(tx, parcel_id)


async def delete_labels(tx: Transaction, parcel_ids: Collection[UUID]) -> None:
    """Forget the files of labels that hold no more. One statement, or none."""
    if parcel_ids:
        await DELETE_LABELS.run(tx, list(parcel_ids))


async def orders_with_labels(tx: Transaction, order_ids: Collection[UUID]) -> set[UUID]:
    """Which orders have files of labels. One statement."""
    return {row.id for row in await ORDERS_WITH_LABELS.fetch(tx, list(order_ids))}


async def erase_labels(tx: Transaction, order_ids: Collection[UUID]) -> None:
    """Remove the files of all labels of orders. One statement."""
    await ERASE_LABELS.run(tx, list(order_ids))
