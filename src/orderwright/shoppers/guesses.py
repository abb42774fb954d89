"""Guessing is made slow: whoever looks orders up by number and e-mail waits longer after each miss.

Tries are counted by the number, by the e-mail address, by the client, and by the number with the client, each in one of
1,048,576 boxes that a keyed hash chooses: the table is bounded, and holds nothing personal. Counted before it is known
whether the guess was right, and taken back when it was, in the transaction that looks: any number of processes count
together.

What a guess costs: a client has five misses at a number, then waits 30 seconds, after each further one twice as long,
an hour at most; at all numbers together twenty, then 10 seconds, doubling likewise; of these one is forgotten each ten
minutes, of the others all in a day without a try. So one client has 34 guesses at a number in a day, and that is too
few to make anybody else wait. Many clients together have 50 at a number, or with an e-mail address, before all wait:
79 in the first day, and 24 a day from then on.
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
    """How many misses are free, and how long the next one waits; each after it twice as long. All are forgotten after a
    day without a try, or one by one, each in `forgets`: of what many people share, since there never is such a day."""

    free: int
    first_wait: timedelta
    forgets: timedelta | None = None


BY_NUMBER_AND_CLIENT = Limit(5, timedelta(seconds=30))
BY_CLIENT = Limit(20, timedelta(seconds=10), timedelta(minutes=10))  # thousands may be behind one address
# Of all clients together. Not to be reached by one alone, who could keep the order's owner out with it.
BY_NUMBER = Limit(50, timedelta(seconds=30))
BY_EMAIL = Limit(50, timedelta(seconds=30))


class Guess(NamedTuple):
    """What a try is counted by: a box and its limit."""

    box: int
    limit: Limit


def guesses_of(number: int | None, email: str, client: str | None, hash_key: bytes) -> list[Guess]:
    """What a try at a number with an e-mail address by a client is counted by. Clients that are not known count as one;
    what is no number is looked for nowhere."""
    network = "" if client is None else _network(client)
    found = [Guess(2 * BOXES + _box(b"email " + email.encode(), hash_key), BY_EMAIL)]
    if number is not None:
        found.append(Guess(_box(b"number %d" % number, hash_key), BY_NUMBER))
        pair = b"number %d of %s" % (number, network.encode())
        found.append(Guess(3 * BOXES + _box(pair, hash_key), BY_NUMBER_AND_CLIENT))
    if client:
        found.append(Guess(BOXES + _box(b"client " + network.encode(), hash_key), BY_CLIENT))
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
    standing = {guess.box: _standing(rows[guess.box], guess.limit, ctx.now) for guess in guesses}
    await _put(tx, ctx, guesses, {box: (misses + 1, since) for box, (misses, since) in standing.items()})
    return None


async def forgive_guesses(tx: Transaction, ctx: Context, guesses: Sequence[Guess]) -> None:
    """The try that was counted last in this transaction was right: it counts for nothing, and the client's others at
    the number are forgotten. Two statements."""
    rows = {row.box: row for row in await LOCK_GUESSES.fetch(tx, sorted({guess.box for guess in guesses}))}
    limits = {guess.box: guess.limit for guess in guesses}
    left = {b: 0 if limits[b] is BY_NUMBER_AND_CLIENT else row.misses - 1 for b, row in rows.items()}
    await _put(tx, ctx, guesses, {box: (misses, rows[box].tried_at) for box, misses in left.items()})


def _standing(row: GuessRow, limit: Limit, now: datetime) -> tuple[int, datetime]:
    """How many misses of a box still count, and since when the next one to be forgotten does."""
    if now - row.tried_at > FORGOTTEN_AFTER:
        return 0, now
    if limit.forgets is None:
        return row.misses, now
    gone = max(0, (now - row.tried_at) // limit.forgets)  # clocks differ a little
    return (row.misses - gone, row.tried_at + gone * limit.forgets) if gone < row.misses else (0, now)


async def _put(
    tx: Transaction, ctx: Context, guesses: Sequence[Guess], counted: dict[int, tuple[int, datetime]]
) -> None:
    limits = {guess.box: guess.limit for guess in guesses}
    rows = [
        (box, misses, since, ctx.now + wait_after(limits[box], misses))
        for box, (misses, since) in sorted(counted.items())
    ]
    await PUT_GUESSES.run(tx, *columns(rows, 4))
