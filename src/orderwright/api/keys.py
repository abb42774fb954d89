"""API keys over HTTP: listed, made, rotated, revoked. A secret is answered once and kept nowhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from orderwright import catalog
from orderwright.access import ApiKey, NewApiKey, create_api_key, list_api_keys, revoke_api_key, rotate_api_key
from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.cursors import encode_cursor, id_after
from orderwright.api.headers import idempotency_key
from orderwright.api.operations import operation
from orderwright.api.verbs import REPLAYED, request_hash
from orderwright.platform.clock import utc_now
from orderwright.platform.db import Transaction
from orderwright.platform.errors import InvalidRequest
from orderwright.platform.fields import NO_NUL, Code, ShortText
from orderwright.platform.idempotency import remember, store_answer
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.limits import Limits, limits_from_json

_SCOPE = "keys.write"
_EXAMPLE = {"name": "Web shop", "scopes": ["orders.place", "stock.read"], "channels": ["web"]}


class KeyView(msgspec.Struct, frozen=True, kw_only=True):
    """An API key. `prefix` names it in the audit trail. `channels` and `locations` are null where it is not limited to
    some; `limits` say how much it may give or correct without approval. Until `old_until` the secret that it had before
    it was rotated is good too. `held_by` is who made it, or rotated it last: what it does counts against limits as
    theirs, and they approve nothing that it asks for; null: who runs the installation. `state` is `works`, `expired` or
    `revoked`."""

    id: str
    prefix: str
    name: str
    scopes: list[str]
    channels: list[str] | None
    locations: list[str] | None
    limits: Limits
    state: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    rotated_at: datetime | None
    old_until: datetime | None
    held_by: str | None


class NewKeyView(msgspec.Struct, frozen=True, kw_only=True):
    """A key, and its text (`secret`), which is shown now and never again: a repetition of the call answers null."""

    key: KeyView
    secret: str | None


class KeyPage(msgspec.Struct, frozen=True):
    """Oldest first, revoked ones too. `next`, unless null, is the `after` of the page that follows."""

    data: list[KeyView]
    next: str | None


class ListKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`after`: the `next` of the page before."""

    after: Annotated[str, Meta(max_length=200)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class MakeKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a key is for, what it may do, where, how much, and until when. It may no more than who makes it."""

    name: ShortText
    scopes: Annotated[list[Annotated[str, Meta(max_length=100, pattern=NO_NUL)]], Meta(min_length=1, max_length=100)]
    channels: Annotated[list[Code], Meta(min_length=1, max_length=100)] | None = None
    locations: Annotated[list[Code], Meta(min_length=1, max_length=1_000)] | None = None
    limits: Limits = Limits()
    expires_at: Annotated[datetime, Meta(tz=True)] | None = None


class RotateKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For how many seconds the old secret is good besides the new one: 0 to 604,800 (7 days)."""

    overlap_s: int = 86_400


@operation("GET", "/v1/keys", tag="API keys", scope=_SCOPE, answer=KeyPage)
async def list_keys(call: Call, query: ListKeys) -> Answer:
    """List API keys, without their secrets."""
    after = UUID(id_after(query.after).bytes)
    async with call.database.operator_transaction() as tx:
        rows = await list_api_keys(tx, call.ctx.merchant, after=after, limit=query.limit + 1)
    shown = rows[: query.limit]
    views = await call.look(lambda tx: _views(tx, shown))
    return json_answer(KeyPage(views, encode_cursor((shown[-1].id,)) if len(rows) > query.limit else None))


@operation(
    "POST", "/v1/keys", tag="API keys", scope=_SCOPE, answer=NewKeyView, status=201, key_needed=True, example=_EXAMPLE,
    refusals=(403, 404, 409, 422),
)  # fmt: skip
async def make_key(call: Call, body: MakeKey) -> Answer:
    """Make an API key.

    Its secret is answered now and never again. Nobody makes a key that may more than they may themselves.
    """

    async def make(tx: Transaction, operator: Transaction) -> NewApiKey:
        channels = await catalog.channels_by_code(tx, body.channels or [])
        locations = await catalog.locations_by_code(tx, body.locations or [])
        return await create_api_key(
            operator, call.ctx.merchant, body.name, body.scopes, expires_at=body.expires_at, limits=body.limits,
            channel_ids=_ids("channels", body.channels, {c: facts.id for c, facts in channels.items()}),
            location_ids=_ids("locations", body.locations, {c: facts.id for c, facts in locations.items()}),
            by=call.ctx,
        )  # fmt: skip

    return await _once(call, make, 201)


@operation(
    "POST", "/v1/keys/{key_prefix}/rotate", tag="API keys", scope=_SCOPE, answer=NewKeyView, key_needed=True,
    example={"overlap_s": 86_400}, refusals=(403, 404, 409, 422), body_optional=True,
)  # fmt: skip
async def rotate_key(call: Call, body: RotateKey) -> Answer:
    """Give an API key a new secret.

    Name, prefix, scopes and limits stay. The old secret is good for a while more, so that programs change over one
    after the other; of two rotations the second ends the first one's overlap.
    """

    async def rotate(_: Transaction, operator: Transaction) -> NewApiKey:
        prefix = call.params["key_prefix"]
        return await rotate_api_key(operator, call.ctx.merchant, prefix, overlap_s=body.overlap_s, by=call.ctx)

    return await _once(call, rotate, 200)


@operation(
    "POST", "/v1/keys/{key_prefix}/revoke", tag="API keys", scope=_SCOPE, answer=KeyView, refusals=(403, 404)
)  # fmt: skip
async def revoke_key(call: Call) -> Answer:
    """Revoke an API key.

    It stops on every server within five seconds, its old secret too. Doing it again changes nothing.
    """
    async with call.database.operator_transaction() as tx:
        key = await revoke_api_key(tx, call.ctx.merchant, call.params["key_prefix"], by=call.ctx)
    [view] = await call.look(lambda tx: _views(tx, [key]))
    return json_answer(view)


async def _once(call: Call, make: Callable[[Transaction, Transaction], Awaitable[NewApiKey]], status: int) -> Answer:
    """Run it once for each Idempotency-Key. What is kept as the answer has no secret, which stands in the first one
    alone. The key is written on its own, just before: a crash in between leaves one that nobody has the text of."""
    key = idempotency_key(call.headers)

    async def work(tx: Transaction) -> Answer:
        stored = await remember(tx, call.ctx.actor, key, request_hash(call))
        if stored is not None:
            return Answer(stored.answer, stored.status, REPLAYED)
        async with call.database.operator_transaction() as operator:
            made = await make(tx, operator)
        [view] = await _views(tx, [made.key])
        kept = json_answer(NewKeyView(key=view, secret=None), status)
        await store_answer(tx, call.ctx.actor, key, status, kept.body)
        return json_answer(NewKeyView(key=view, secret=str(made.text)), status)

    async with call.database.transaction(call.ctx.merchant) as tx:  # once: a second try would make a second key
        return await work(tx)


def _ids(field: str, codes: Sequence[str] | None, known: Mapping[str, UUID]) -> list[UUID] | None:
    for code in codes or ():
        if code not in known:
            message = f"The field {field} names {code!r}, which there is not. Create it first, or correct the code."
            raise InvalidRequest(message, field=field)
    return list(known.values()) if codes is not None else None


async def _views(tx: Transaction, keys: Sequence[ApiKey]) -> list[KeyView]:
    """Keys as they are shown. Two statements, or fewer where none is limited. `tx`: the merchant's schema."""
    channel_ids = sorted({i for key in keys for i in key.channel_ids or ()})
    location_ids = sorted({i for key in keys for i in key.location_ids or ()})
    channels = await catalog.channels_by_id(tx, channel_ids) if channel_ids else {}
    locations = await catalog.locations_by_id(tx, location_ids) if location_ids else {}
    codes = {i: facts.code for i, facts in channels.items()} | {i: facts.code for i, facts in locations.items()}
    return [_view(key, codes) for key in keys]


def _view(key: ApiKey, codes: Mapping[UUID, str]) -> KeyView:
    return KeyView(
        id=encode_id("key", key.id), prefix=key.prefix, name=key.name, scopes=key.scopes,
        channels=_codes(key.channel_ids, codes), locations=_codes(key.location_ids, codes),
        limits=limits_from_json(key.limits), state=_state(key), created_at=key.created_at, expires_at=key.expires_at,
        revoked_at=key.revoked_at, last_used_at=key.last_used_at, rotated_at=key.rotated_at, old_until=key.old_until,
        held_by=key.held_by,
    )  # fmt: skip


def _codes(ids: Iterable[UUID] | None, codes: Mapping[UUID, str]) -> list[str] | None:
    return None if ids is None else sorted(codes.get(i, str(i)) for i in ids)


def _state(key: ApiKey) -> str:
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= utc_now() else "works"


KEYS = [list_keys, make_key, rotate_key, revoke_key]
