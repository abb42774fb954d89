"""Find an order by its number and the e-mail address of who bought it."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import NamedTuple

from orderwright.customers import normalise_email
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.shoppers.guesses import count_guesses, forgive_guesses, guesses_of
from orderwright.shoppers.queries import ORDER_BY_NUMBER

_NOBODY = "nobody@invalid"  # what is compared with where there is nothing, so that it takes as long


class Found(NamedTuple):
    """The order, where both were right; `wait`, where tries come too fast."""

    order_id: UUID | None
    wait: timedelta | None


async def find_order(tx: Transaction, ctx: Context, number: int | None, email: str, client: str | None) -> Found:
    """Find an order, or not: for an unknown number, another's address and an erased order alike, in the same
    statements. `client` is the address of who asks. Commit the transaction in any case: it has counted the try.

    Locks: boxes of tries. Four statements, six when it was found.
    """
    ctx.require("orders.link")
    ctx.require_all_locations("Whoever finds an order sees all of it.")
    typed = normalise_email(email) or email.strip().lower()
    guesses = guesses_of(number, typed, client, tx.hash_key)
    wait = await count_guesses(tx, ctx, guesses)
    if wait is not None:
        return Found(None, wait)
    row = await ORDER_BY_NUMBER.first(tx, number or 0)
    known = row.emails if row is not None and ctx.may_channel(row.channel_id) else []
    asked = _digest(typed, tx.hash_key)
    same = [hmac.compare_digest(_digest(normalise_email(e) or e, tx.hash_key), asked) for e in known or [_NOBODY]]
    if row is None or not known or not any(same):
        return Found(None, None)
    await forgive_guesses(tx, ctx, guesses)
    return Found(row.id, None)


def _digest(text: str, hash_key: bytes) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=32, key=hash_key[:64]).digest()
