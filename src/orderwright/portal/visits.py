"""Who a shopper is: a visit to one order, kept in a cookie of that order's own addresses."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import NamedTuple

from orderwright.platform.clock import utc_now
from orderwright.platform.context import Context
from orderwright.platform.db import Database
from orderwright.platform.errors import InvalidId
from orderwright.platform.ids import decode_id, encode_id
from orderwright.screens import Header, Incoming, cookie
from orderwright.shoppers import LINK_FACTS, Grant, LinkFacts, seal, unseal

VISIT_COOKIE = "ow_order"
VISIT_AFTER_LOOK_UP = timedelta(days=1)
VISIT_MAX = timedelta(days=30)
# What every page of an order reads. What else a page does, it says itself (`needs`).
READS = frozenset({"orders.read", "fulfillment.read", "returns.read", "claims.read", "documents.read", "catalog.read"})


class Visit(NamedTuple):
    """A shopper with a good cookie: the context to ask and act as, the key of the forms, and until when."""

    ctx: Context
    csrf_key: bytes
    expires_at: datetime


async def open_visit(
    incoming: Incoming, merchant: str, order_id: str, also: frozenset[str], request_id: str
) -> Visit | None:
    """The visit to an order that a request is part of, or None: no cookie, or one that was changed, has expired, is of
    another order or merchant, or whose links were withdrawn. One statement."""
    database: Database = incoming.state.database
    token = incoming.cookies.get(VISIT_COOKIE, "")
    grant = unseal("visit", merchant, token, database.hash_key, utc_now())
    try:
        if grant is None or decode_id("ord", order_id) != grant.order_id:
            return None
    except InvalidId:
        return None
    facts = await link_facts(database, merchant, grant)
    if facts is None:
        return None
    ctx = Context(
        merchant, f"shopper:{order_id}", READS | also, request_id=request_id, channels=frozenset({facts.channel_id})
    )
    return Visit(ctx, form_key(token, database.hash_key), grant.expires_at)


async def link_facts(database: Database, merchant: str, grant: Grant) -> LinkFacts | None:
    """What a grant's order is, unless its links were withdrawn since. One statement."""
    async with database.transaction(merchant, read_only=True) as tx:
        facts = await LINK_FACTS.first(tx, [grant.order_id])
    return facts if facts is not None and facts.version == grant.version else None


def begin_visit(incoming: Incoming, merchant: str, order_id: str, *, version: int, until: datetime) -> Header:
    """The cookie of a visit. It is sent back to the addresses of its order alone."""
    database: Database = incoming.state.database
    now = utc_now()
    until = min(until, now + VISIT_MAX)
    token = seal("visit", merchant, Grant(decode_id("ord", order_id), until, version), database.hash_key)
    seconds = max(0, int((until - now).total_seconds()))
    return cookie(VISIT_COOKIE, token, secure=incoming.secure, max_age_s=seconds, path=order_path(merchant, order_id))


def end_visit(incoming: Incoming, merchant: str, order_id: str) -> Header:
    """The header that takes a visit's cookie away."""
    return cookie(VISIT_COOKIE, "", secure=incoming.secure, max_age_s=0, path=order_path(merchant, order_id))


def order_path(merchant: str, order_id: str) -> str:
    """The address of an order's page."""
    return f"/p/{merchant}/o/{order_id}"


def order_text(grant: Grant) -> str:
    """The order of a grant, as it stands in addresses."""
    return encode_id("ord", grant.order_id)


def form_key(secret: str, hash_key: bytes) -> bytes:
    """The key of the forms of whoever has a secret in a cookie."""
    return hashlib.blake2b(secret.encode(), digest_size=32, key=hash_key[:64], person=b"portal forms").digest()
