"""Idempotency-Keys: a command that is repeated with the same key is answered again, not done again (law T1).

For commands that have no natural key. The key is written first and the answer last, in the command's own transaction:
a repetition that comes meanwhile waits for it, and one that comes after a failure finds nothing and does it.

A key is its caller's own: what one was answered another is not told, who may be limited to other channels or locations.
"""

from __future__ import annotations

from typing import NamedTuple

from orderwright.platform.db import Transaction
from orderwright.platform.errors import IdempotencyConflict
from orderwright.platform.queries import query, statement


class Stored(NamedTuple):
    """What a command with this key was answered. Holds no personal data (law T5)."""

    status: int
    answer: bytes


class _Key(NamedTuple):
    key: str


class _Found(NamedTuple):
    request_hash: bytes
    status_code: int | None
    answer: bytes | None


CLAIM_KEY = query(__package__, "claim_key", _Key)
LOCK_KEY = query(__package__, "lock_key", _Found)
STORE_ANSWER = statement(__package__, "store_answer")


async def remember(tx: Transaction, caller: str, key: str, request_hash: bytes) -> Stored | None:
    """Claim a key before anything else: None means go on, and end with `store_answer`; else what was answered.

    `caller` is the actor of the context; `request_hash` is a hash of all that the command says. Locks: the key, before
    every other lock; waits for a concurrent transaction with the same key. Raises `IdempotencyConflict` when the key
    came with another request.
    """
    own = _own(caller, key)
    while await CLAIM_KEY.first(tx, own, request_hash) is None:
        found = await LOCK_KEY.first(tx, own)
        if found is None:  # pruned between the two statements
            continue
        if found.request_hash != request_hash:
            raise IdempotencyConflict
        if found.status_code is None or found.answer is None:
            return None  # claimed and committed without an answer: it was not finished
        return Stored(found.status_code, found.answer)
    return None


async def store_answer(tx: Transaction, caller: str, key: str, status: int, answer: bytes) -> None:
    """Keep the answer of the command whose key `remember` claimed in this transaction."""
    await STORE_ANSWER.run(tx, _own(caller, key), status, answer)


def _own(caller: str, key: str) -> str:
    """The key as it is stored. A key has no blank in it, so that no two pairs are stored alike."""
    return f"{caller} {key}"
