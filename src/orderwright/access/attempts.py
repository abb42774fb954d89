"""Guessing is slowed down: wrong attempts in a row are counted, by account and by the address that they come from.

| what | free | then |
| --- | --- | --- |
| an account (an e-mail address, known or not) | 5 wrong passwords | 30 s, doubling with each further one to 15 min |
| an account, in a browser in which that person has signed in before | the same, counted apart | the same |
| a person's second factor, or their password asked for again | 5 wrong ones | the same |
| an address of the network | 30 wrong attempts | the same |

A right attempt lets the account begin anew and takes one from its address. After a day without any, all is forgotten.
An attempt is counted before it is checked, under a lock: a hundred at once get no more than five answers. Accounts
and addresses are kept as keyed hashes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from orderwright.access.errors import TooManyAttempts
from orderwright.access.queries import COUNT_ATTEMPTS, FORGIVE_ATTEMPTS, LOCK_ATTEMPTS, NOTE_ATTEMPT_SUBJECTS
from orderwright.platform.db import Database, Transaction, columns

ACCOUNT_FREE, ADDRESS_FREE = 5, 30
FIRST_WAIT_S, WAIT_MAX_S = 30, 900
FORGOTTEN_S = 86_400


class Attempt(NamedTuple):
    """An attempt that was counted: `account` is what begins anew when it was right, `address` what has one less."""

    account: bytes
    address: bytes | None


def wait_after(failures: int, free: int) -> int:
    """Seconds to wait after so many wrong attempts in a row. Pure."""
    over = failures - free
    return 0 if over < 0 else int(min(FIRST_WAIT_S * 2 ** min(over, 10), WAIT_MAX_S))


async def count_attempt(database: Database, kind: str, account: str, address: str | None) -> Attempt:
    """Count an attempt on an account from an address, before it is checked: as wrong, until it is forgiven.

    Raises TooManyAttempts, saying how long to wait; then nothing was counted. Three statements, in a transaction."""
    key = database.hash_key
    attempt = Attempt(_subject(key, kind, account), _subject(key, "address", address) if address else None)
    free = {attempt.account: ACCOUNT_FREE, attempt.address: ADDRESS_FREE}
    subjects: Sequence[bytes] = sorted(subject for subject in free if subject is not None)
    async with database.operator_transaction() as tx:
        await NOTE_ATTEMPT_SUBJECTS.run(tx, subjects)
        rows = await LOCK_ATTEMPTS.fetch(tx, subjects, FORGOTTEN_S)
        blocked_s = max((row.blocked_s for row in rows), default=0)
        if not blocked_s:
            counted = [(r.subject, r.failures + 1, wait_after(r.failures + 1, free[r.subject])) for r in rows]
            await COUNT_ATTEMPTS.run(tx, *columns(counted, 3))
    if blocked_s:
        raise TooManyAttempts(f"There were too many wrong attempts. Try again in {_span(blocked_s)}.", wait_s=blocked_s)
    return attempt


async def forgive_attempt(tx: Transaction, attempt: Attempt) -> None:
    """The attempt was right. `tx`: operator schema. One statement."""
    await FORGIVE_ATTEMPTS.run(tx, [attempt.account], [] if attempt.address is None else [attempt.address])


async def take_back_attempt(database: Database, attempt: Attempt) -> None:
    """The attempt was never checked: it counts for nothing, neither as wrong nor as right. One statement."""
    subjects = [attempt.account] if attempt.address is None else [attempt.account, attempt.address]
    async with database.operator_transaction() as tx:
        await FORGIVE_ATTEMPTS.run(tx, [], subjects)


def _subject(key: bytes, kind: str, what: str) -> bytes:
    return hashlib.blake2b(f"{kind}\n{what}".encode(), digest_size=16, key=key[:64], person=b"sign-in").digest()


def _span(seconds: int) -> str:
    minutes = -(-seconds // 60)
    return f"{seconds} seconds" if seconds < 60 else f"{minutes} minute{'' if minutes == 1 else 's'}"
