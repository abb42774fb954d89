"""Attachments: photos, letters and other files of an order. They may show people, and are erased with the order's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from orderwright.orders.annotations.commands import AttachFile, AttachmentLimits, RemoveAttachment
from orderwright.orders.annotations.errors import refuse
from orderwright.orders.annotations.file_types import cleaned, media_type_of, safe_name
from orderwright.orders.annotations.pictures import DamagedPicture
from orderwright.orders.annotations.queries import (
    APPEND_ATTACHMENTS,
    ATTACHMENT_OWNERS,
    ATTACHMENTS_OF_ORDER,
    DELETE_ATTACHMENTS,
    FILES_OF_ORDERS,
    READ_CONTENT,
    SUBJECTS_OF_ORDERS,
    AttachmentRow,
    ContentRow,
)
from orderwright.orders.limits import lock_own_orders
from orderwright.orders.queries import LockedOrder
from orderwright.orders.story import OrderStory
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id, new_ids
from orderwright.platform.outcomes import Outcome

ATTACHMENT_PREFIX = "att"
DEFAULT_LIMITS = AttachmentLimits()
_TOLD = {"attach_files": "order.attachment_added", "remove_attachments": "order.attachment_removed"}


class KnownFile(NamedTuple):
    """A file that may be kept: what it is, its bytes without what a picture says besides, and its name."""

    media_type: str
    content: bytes
    name: str


class _Held(NamedTuple):
    """How many files an order has, and of how many bytes."""

    files: int = 0
    byte_count: int = 0


async def attachments_of_order(tx: Transaction, order_id: UUID) -> list[AttachmentRow]:
    """An order's files, oldest first, without their bytes. One statement."""
    return await ATTACHMENTS_OF_ORDER.fetch(tx, order_id)


async def read_attachment(tx: Transaction, order_id: UUID, attachment_id: UUID) -> ContentRow | None:
    """A file of an order with its bytes. One statement."""
    return await READ_CONTENT.first(tx, order_id, attachment_id)


async def attach_files(
    tx: Transaction, ctx: Context, commands: Sequence[AttachFile], limits: AttachmentLimits = DEFAULT_LIMITS
) -> list[Outcome]:
    """Keep files with orders. What they are is decided by their content; pictures lose place, device and comments.

    Permission: `orders.note`. Locks: orders. Appends `order.attachment_added`. Outcomes, in precedence: `file_empty`,
    `file_too_large`, `file_type_refused`, `file_damaged`, `order_not_found`, `subject_not_found`,
    `too_many_attachments`, `attachments_too_large`, `attached`.
    """
    ctx.require("orders.note")
    known = [look_at(command, limits) for command in commands]
    wanted = [c.order_id for c, file in zip(commands, known, strict=True) if isinstance(file, KnownFile)]
    locked = await lock_own_orders(tx, ctx, wanted) if wanted else {}
    held: dict[UUID, _Held] = {}
    subjects: dict[tuple[str, UUID], UUID] = {}
    if locked:
        held = {row.order_id: _Held(row.files, row.byte_count) for row in await FILES_OF_ORDERS.fetch(tx, list(locked))}
        named = [i for c in commands for i in (c.return_id, c.claim_id) if i is not None]
        subjects = {(row.kind, row.id): row.order_id for row in await SUBJECTS_OF_ORDERS.fetch(tx, named)}
    outcomes, rows = [], []
    for command, file, new in zip(commands, known, new_ids(len(commands)), strict=True):
        if isinstance(file, Outcome):
            outcomes.append(file)
            continue
        has = held.get(command.order_id, _Held())
        outcome = decide_attachment(command, file, command.order_id in locked, subjects, has, limits, new)
        if outcome.ok:
            held[command.order_id] = _Held(has.files + 1, has.byte_count + len(file.content))
            rows.append(
                (new, command.order_id, command.kind, command.return_id, command.claim_id, file.name, file.media_type,
                 len(file.content), file.content, ctx.actor)
            )  # fmt: skip
        outcomes.append(outcome)
    if rows:
        await APPEND_ATTACHMENTS.run(tx, rows)
        told = [(row[1], row[0]) for row in rows]
        await _tell(tx, ctx, locked, "attach_files", told)
    return outcomes


async def remove_attachments(tx: Transaction, ctx: Context, commands: Sequence[RemoveAttachment]) -> list[Outcome]:
    """Remove files of orders.

    Permission: `orders.note`. Locks: orders. Appends `order.attachment_removed`. Outcomes, in precedence:
    `attachment_not_found`, `removed`.
    """
    ctx.require("orders.note")
    ids = [c.attachment_id for c in commands]
    found = await ATTACHMENT_OWNERS.fetch(tx, ids)
    locked = await lock_own_orders(tx, ctx, [row.order_id for row in found])
    owners = {row.id: row.order_id for row in await ATTACHMENT_OWNERS.fetch(tx, ids) if row.order_id in locked}
    outcomes, going = [], []
    for attachment_id in ids:
        order_id = owners.pop(attachment_id, None)
        if order_id is None:
            outcomes.append(refuse("attachment_not_found"))
        else:
            going.append((order_id, attachment_id))
            outcomes.append(Outcome(code="removed", id=attachment_id))
    if going:
        await DELETE_ATTACHMENTS.run(tx, [attachment_id for _, attachment_id in going])
        await _tell(tx, ctx, locked, "remove_attachments", going)
    return outcomes


def look_at(command: AttachFile, limits: AttachmentLimits) -> KnownFile | Outcome:
    """What a file is, or why it is not kept. Pure."""
    content = command.content
    if not content:
        return refuse("file_empty")
    if len(content) > limits.file_bytes_max:
        return refuse("file_too_large", bytes_max=limits.file_bytes_max)
    media_type = media_type_of(content)
    if media_type is None:
        return refuse("file_type_refused")
    try:
        plain = cleaned(content, media_type)
    except DamagedPicture:
        return refuse("file_damaged")
    return KnownFile(media_type, plain, safe_name(command.name, command.kind, media_type))


def decide_attachment(
    command: AttachFile,
    file: KnownFile,
    known: bool,
    subjects: Mapping[tuple[str, UUID], UUID],
    has: _Held,
    limits: AttachmentLimits,
    new: UUID,
) -> Outcome:
    """What becomes of a file. `subjects`: the order of each return and claim; `has`: the order's files so far. Pure."""
    if not known:
        return refuse("order_not_found")
    named = (("return", command.return_id), ("claim", command.claim_id))
    if any(i is not None and subjects.get((kind, i)) != command.order_id for kind, i in named):
        return refuse("subject_not_found")
    if has.files >= limits.files_max:
        return refuse("too_many_attachments", files_max=limits.files_max)
    if has.byte_count + len(file.content) > limits.order_bytes_max:
        return refuse("attachments_too_large", bytes_max=limits.order_bytes_max)
    details = {"media_type": file.media_type, "bytes": len(file.content)}
    return Outcome(code="attached", id=new, details=details)


async def _tell(
    tx: Transaction,
    ctx: Context,
    locked: Mapping[UUID, LockedOrder],
    verb: str,
    files: Iterable[tuple[UUID, UUID]],
) -> None:
    """Tell the event of a verb of each (order, file). Ids only."""
    story = OrderStory(locked, ctx.now)
    for order_id, attachment_id in files:
        story.tell(order_id, _TOLD[verb], {"attachment_id": encode_id(ATTACHMENT_PREFIX, attachment_id)})
    await story.write(tx, await record_act(tx, ctx, verb))
