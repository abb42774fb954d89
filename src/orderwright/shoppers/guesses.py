"""Guessing is made slow: whoever looks orders up by number and e-mail waits longer after each miss.

Tries are counted by the client's address and by the number, each in one of 1,048,576 boxes that a keyed hash chooses:
the table is bounded, and holds nothing personal. Counted before it is known whether the guess was right, and taken back
when it was, in the transaction that looks: any number of processes count together.

What a guess costs: five misses at a number are free, then one waits 30 seconds, each further one twice as long, an hour
at most; a client has twenty, then 10 seconds, doubling likewise. A day without a try forgets. So a number takes 34
guesses in its first day, from all clients together, and 24 a day from then on.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.shoppers.queries import LOCK_GUESSES, OPEN_GUESSES, PUT_GUESSES, GuessRow

BOXES = 1 << 20
FORGOTTEN_AFTER = timedelta(days=1)
_WAIT_MAX = timedelta(hours=1)


class Limit(NamedTuple):
    """How many misses are free, and how long the next one waits; each after it twice as long."""

    free: int
    first_wait: timedelta


BY_NUMBER = Limit(5, timedelta(seconds=30))
BY_CLIENT = Limit(20, timedelta(seconds=10))


class Guess(NamedTuple):
    """What a try is counted by: a box and its limit."""

    box: int
    limit: Limit


def guesses_of(number: int | None, client: str | None, hash_key: bytes) -> list[Guess]:
    """What a try at a number by a client is counted by. No number: by its client alone."""
    found = [] if number is None else [Guess(_box(b"number %d" % number, hash_key), BY_NUMBER)]
    if client:
        found.append(Guess(BOXES + _box(b"client " + _network(client).encode(), hash_key), BY_CLIENT))
    return found


def _box(said: bytes, hash_key: bytes) -> int:
    digest = hashlib.blake2b(said, digest_size=8, key=hash_key[:64], person=b"guess").digest()
    return int.from_bytes(digest) % BOXES


def _network(client: str) -> str:
    """Who shares an address: of IPv6 the /64 that one household has."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client[:100]
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def wait_after(limit: Limit, misses: int) -> timedelta:
    """How long the next try waits after so many misses. Pure."""
    over = misses - limit.free
    if over < 0:
        return timedelta(0)
    return min(limit.first_wait * (1 << min(over, 20)), _WAIT_MAX)


async def count_guesses(tx: Transaction, ctx: Context, guesses: Sequence[Guess]) -> timedelta | None:
    """Count a try. Returns how long to wait where it came too early: then nothing was counted. Locks: the boxes, in
    order. Three statements."""
    boxes = sorted({guess.box for guess in guesses})
    if not boxes:
        return None
    await OPEN_GUESSES.run(tx, boxes)
    rows = {row.box: row for row in await LOCK_GUESSES.fetch(tx, boxes)}
    free_at = max(row.free_at for row in rows.values())
    if free_at > ctx.now:
        return free_at - ctx.now
    await _put(tx, ctx, guesses, {box: _misses(row, ctx.now) + 1 for box, row in rows.items()})
    return None


async def forgive_guesses(tx: Transaction, ctx: Context, guesses: Sequence[Guess]) -> None:
    """The try that was counted last in this transaction was right: it counts for nothing, and the number's others are
    forgotten. Two statements."""
    rows = {row.box: row for row in await LOCK_GUESSES.fetch(tx, sorted({guess.box for guess in guesses}))}
    limits = {guess.box: guess.limit for guess in guesses}
    await _put(tx, ctx, guesses, {b: 0 if limits[b] is BY_NUMBER else row.misses - 1 for b, row in rows.items()})


def _misses(row: GuessRow, now: datetime) -> int:
    return 0 if now - row.tried_at > FORGOTTEN_AFTER else row.misses


async def _put(tx: Transaction, ctx: Context, guesses: Sequence[Guess], misses: dict[int, int]) -> None:
    limits = {guess.box: guess.limit for guess in guesses}
    rows = [(box, count, ctx.now, ctx.now + wait_after(limits[box], count)) for box, count in sorted(misses.items())]
    await PUT_GUESSES.run(tx, *columns(rows, 4))
