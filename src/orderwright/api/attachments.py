"""Files of orders: photos of claims and returns, letters. Sent and answered as they are, byte by byte."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import msgspec

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call, parse_id
from orderwright.api.errors import InvalidHeader
from orderwright.api.headers import FILE_NAME, idempotency_key
from orderwright.api.limits import visible_order
from orderwright.api.operations import Operation, operation
from orderwright.api.outcomes import REFUSAL_STATUSES, OutcomeView, answer_one, is_refusal
from orderwright.api.verbs import REPLAYED, VerbRoute, operations_of, request_hash
from orderwright.orders import (
    ATTACHMENT_PREFIX,
    AttachFile,
    AttachmentKind,
    AttachmentLimits,
    RemoveAttachment,
    attach_files,
    attachments_of_order,
    read_attachment,
    remove_attachments,
)
from orderwright.platform.db import Transaction
from orderwright.platform.errors import NotFound
from orderwright.platform.idempotency import remember, store_answer
from orderwright.platform.ids import encode_id
from orderwright.platform.settings import Settings

ANY_BYTES = "application/octet-stream"
# A browser that shows it in spite of all runs nothing of it and sends nothing anywhere.
SAFE = (b"content-security-policy", b"sandbox; default-src 'none'")
_NAME_BYTES_MAX = 400


class AttachmentView(msgspec.Struct, frozen=True, kw_only=True):
    """A file of an order. `media_type` is what it is by its content; `name` is tidied and ends accordingly."""

    id: str
    kind: AttachmentKind
    return_id: str | None
    claim_id: str | None
    name: str
    media_type: str
    bytes: int
    author: str
    created_at: datetime


class Attachments(msgspec.Struct, frozen=True):
    """In the order in which they came; `next` is null."""

    data: list[AttachmentView]
    next: None = None


class AttachQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the file is, and the return or claim of the order that it belongs to."""

    kind: AttachmentKind = "other"
    return_id: str | None = None
    claim_id: str | None = None


def limits_of(settings: Settings) -> AttachmentLimits:
    """How large files may be, as it is set."""
    return AttachmentLimits(
        settings.attachment_max_bytes, settings.attachments_of_order_max, settings.attachments_of_order_max_bytes
    )


@operation(
    "POST",
    "/v1/orders/{order_id}/attachments",
    tag="Orders",
    scope="orders.note",
    answer=OutcomeView,
    key_needed=True,
    refusals=(*REFUSAL_STATUSES, 413),
    takes=ANY_BYTES,
)
async def attach_file(call: Call, query: AttachQuery) -> Answer:
    """Keep a file with an order.

    The body is the file: JPEG, PNG, WebP, GIF, PDF or plain UTF-8 text, whatever it is called and whatever Content-Type
    says. The header `Orderwright-File-Name` says its name, in UTF-8 with percent signs. Pictures are kept without what
    they say of place, device and people. It is erased with the order's people.
    """
    settings: Settings = call.state.settings
    limits = limits_of(settings)
    key, name = idempotency_key(call.headers), _name(call)
    content = await call.any_body(max(limits.file_bytes_max, settings.request_body_max_bytes))
    command = AttachFile(
        call.id("order_id"),
        content,
        name,
        query.kind,
        None if query.return_id is None else parse_id("ret", query.return_id, "return_id"),
        None if query.claim_id is None else parse_id("clm", query.claim_id, "claim_id"),
    )
    said = repr((name, query.kind, query.return_id, query.claim_id)).encode()

    async def attempt(tx: Transaction) -> Answer:
        stored = await remember(tx, call.ctx.actor, key, request_hash(call, said))
        if stored is not None:
            return Answer(stored.answer, stored.status, REPLAYED)
        [outcome] = await attach_files(tx, call.ctx, [command], limits)
        answer = answer_one(outcome, ATTACHMENT_PREFIX, call.ctx.request_id)
        if not is_refusal(outcome):
            await store_answer(tx, call.ctx.actor, key, answer.status, answer.body)
        return answer

    return await call.write(attempt)


@operation(
    "GET", "/v1/orders/{order_id}/attachments", tag="Orders", scope="orders.read", answer=Attachments, refusals=(404,)
)
async def list_attachments(call: Call) -> Answer:
    """List the files of an order."""

    async def read(tx: Transaction) -> list[AttachmentView]:
        return [_view(row) for row in await attachments_of_order(tx, await visible_order(tx, call))]

    return json_answer(Attachments(await call.look(read)))


@operation(
    "GET",
    "/v1/orders/{order_id}/attachments/{attachment_id}",
    tag="Orders",
    scope="orders.read",
    answer=None,
    refusals=(404,),
    media_type=ANY_BYTES,
)
async def read_file(call: Call) -> Answer:
    """Read a file of an order, as it is kept.

    `Content-Type` is what it is by its content. It is to be saved, not shown: `Content-Disposition` says so.
    """
    attachment_id = call.id("attachment_id")
    found = await call.look(lambda tx: _content(tx, call, attachment_id))
    name = found.name.encode("ascii", "replace").decode().replace("?", "_")
    disposition = f"attachment; filename=\"{name}\"; filename*=UTF-8''{quote(found.name, safe='')}"
    headers = ((b"content-disposition", disposition.encode()), SAFE)
    return Answer(found.content, 200, headers, found.media_type.encode())


async def _content(tx: Transaction, call: Call, attachment_id: Any) -> Any:
    found = await read_attachment(tx, await visible_order(tx, call), attachment_id)
    if found is None:
        raise NotFound("The order has no such file. It may have been removed; list its attachments again.")
    return found


def _name(call: Call) -> str | None:
    """What the file is called, as its sender says. Raises InvalidHeader."""
    given = call.headers.get(FILE_NAME)
    if given is None:
        return None
    try:
        if len(given) > _NAME_BYTES_MAX or not given.isascii():
            raise ValueError
        return unquote_to_bytes(given).decode()
    except ValueError:
        raise InvalidHeader(
            f"Orderwright-File-Name is a name in UTF-8 with percent signs, of at most {_NAME_BYTES_MAX} characters"
            " then. Correct it.",
            header="Orderwright-File-Name",
        ) from None


def _view(row: Any) -> AttachmentView:
    return AttachmentView(
        id=encode_id(ATTACHMENT_PREFIX, row.id),
        kind=row.kind,
        return_id=None if row.return_id is None else encode_id("ret", row.return_id),
        claim_id=None if row.claim_id is None else encode_id("clm", row.claim_id),
        name=row.name,
        media_type=row.media_type,
        bytes=row.byte_count,
        author=row.author,
        created_at=row.created_at,
    )


ATTACHMENTS: list[Operation] = [
    attach_file,
    list_attachments,
    read_file,
    *operations_of(
        VerbRoute(
            id="remove_attachment",
            verb=remove_attachments,
            command=RemoveAttachment,
            one="/v1/attachments/{attachment_id}/remove",
            many="/v1/attachments/remove",
            tag="Orders",
            scope="orders.note",
            prefix=ATTACHMENT_PREFIX,
            does="Remove a file of an order",
            does_many="Remove up to 1,000 files of orders",
            more="Its bytes are gone; the order's timeline keeps who removed it.",
            subject="attachment_id",
            example={},
        )
    ),
]
