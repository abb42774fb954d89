"""The built-in payment provider: for trying things out and for tests. It moves no real money.

It plays an outside party. What it knows is kept in tables of its own, to which nothing of the money ledger refers, so
it remembers across processes as a real one does; and it keeps every rule of the port strictly (`builtin_rules` has
them, and the tokens that make a payer behave in some way). It fails when told to (`plan_trouble`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from orderwright.payments.providers import Answer, Ask, AskKind, Notice, Verdict
from orderwright.payments.providers.builtin_calls import DESK, Decided, decide_call
from orderwright.payments.providers.builtin_found import Found
from orderwright.payments.providers.builtin_queries import (
    INSERT_OPERATIONS,
    INSERT_PAYMENTS,
    KNOWN_OPERATIONS,
    LOCK_PAYMENTS,
    LOCK_TROUBLES,
    MOVE_PAYMENTS,
    NOW,
    STANDINGS,
    USE_TROUBLES,
)
from orderwright.payments.providers.builtin_trouble import Mode, Troubles, plan_trouble
from orderwright.payments.providers.builtin_webhooks import SignedNotice, read_notice, sign_notice
from orderwright.platform.clock import utc_now
from orderwright.platform.db import Database, Transaction, columns
from orderwright.platform.ids import encode_id, new_id, new_ids

__all__ = ["BuiltinProvider", "Mode", "SignedNotice", "plan_trouble", "sign_notice"]

_REFERENCE = re.compile(r"bp_[0-9a-z]+\Z")
_TRIES = 10  # of a call whose keys another one has just taken; the second attempt knows them


class BuiltinProvider:
    """A `PaymentProvider`. Each call is one transaction in the merchant's schema, with the same number of statements
    whatever the number of asks. Raises `ConnectionError` when told to crash, and whatever a database may raise."""

    code: Final = "builtin"

    def __init__(
        self,
        database: Database,
        *,
        webhook_secret: bytes,
        settled_after_s: float = 30.0,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        if not webhook_secret:
            raise ValueError("a secret that is empty is known to everybody")
        self.settled_after_s = settled_after_s
        self._database = database
        self._webhook_secret = webhook_secret
        self._clock = clock  # of webhooks; what lapses goes by the database's

    async def authorize(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        """Set money aside; each makes a payment of its own."""
        return await self._call(merchant, AskKind.AUTHORIZE, asks)

    async def increment(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        """Set more aside."""
        return await self._call(merchant, AskKind.INCREMENT, asks)

    async def capture(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        """Take what was set aside, or a part of it."""
        return await self._call(merchant, AskKind.CAPTURE, asks)

    async def void(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        """Let go of what is open."""
        return await self._call(merchant, AskKind.VOID, asks)

    async def refund(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        """Give back what was taken, or a part of it."""
        return await self._call(merchant, AskKind.REFUND, asks)

    async def fetch(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        """What became of keys, and the standing of their payments with all operations. An ask without a reference is
        looked up by key and by our id of the payment: of several authorizations the last. Waits for no lock but that
        of planned troubles."""
        if not asks:
            return []
        async with self._database.transaction(merchant) as tx:
            troubles = Troubles(await LOCK_TROUBLES.fetch(tx, "fetch"))
            met = [troubles.meet() for _ in asks]
            await _keep_troubles(tx, troubles)
            [(at,)] = await NOW.fetch(tx)
            rows = await STANDINGS.fetch(
                tx, [ask.key for ask in asks], sorted(_references(asks)), [ask.payment for ask in asks]
            )
            # After the standings: what is answered as done must be in the sums. Of these only such count as have none.
            said = await KNOWN_OPERATIONS.fetch(tx, [ask.key for ask in asks])
        if any(trouble and trouble.mode in (Mode.CRASH, Mode.CRASH_AFTER) for trouble in met):
            raise ConnectionError("the built-in provider was told to crash")
        found = Found(rows, said, at)
        return [
            found.answer(ask) if trouble is None else Answer(ask.key, Verdict.UNKNOWN)
            for ask, trouble in zip(asks, met, strict=True)
        ]

    def parse_webhook(self, merchant: str, headers: Mapping[str, str], body: bytes) -> Notice:
        """Verify and read a webhook, as `sign_notice` makes them. All merchants share the secret."""
        return read_notice(self._webhook_secret, headers, body, self._clock())

    async def act_at_desk(self, merchant: str, ask: Ask) -> Answer:
        """Somebody does at the provider's own desk what `ask` says: `fetch` shows it as an operation without a key."""
        key = encode_id(DESK, new_id())
        [answer] = await self._call(merchant, ask.kind, [ask._replace(key=key)])
        return answer

    async def _call(self, merchant: str, kind: AskKind, asks: Sequence[Ask]) -> list[Answer]:
        """Answer asks of one kind. Locks: builtin_trouble, builtin_payment, builtin_operation, each by key."""
        if any(ask.kind is not kind for ask in asks):
            raise ValueError(f"only {kind} is asked for here")
        if not asks:
            return []
        for _ in range(_TRIES):
            try:
                async with self._database.transaction(merchant) as tx:
                    decided = await _answer(tx, kind, asks)
            except _KeyTaken:
                continue
            if decided.crash is not None:
                raise ConnectionError("the built-in provider was told to crash")
            return decided.answers
        raise ConnectionError("too many calls brought the same keys at once")


class _KeyTaken(Exception):
    """Another call has just answered one of the keys: all is rolled back, and decided anew with what it answered."""


async def _answer(tx: Transaction, kind: AskKind, asks: Sequence[Ask]) -> Decided:
    """Decide a call under locks and keep what came of it."""
    [(at,)] = await NOW.fetch(tx)
    troubles = Troubles(await LOCK_TROUBLES.fetch(tx, kind))
    known = {row.key: row for row in await KNOWN_OPERATIONS.fetch(tx, [ask.key for ask in asks])}
    references = _references(asks) | {row.reference for row in known.values() if row.reference}
    payments = {row.reference: row for row in await LOCK_PAYMENTS.fetch(tx, sorted(references))}
    made = [encode_id("bp", value) for value in new_ids(len(asks))]
    decided = decide_call(asks, payments, known, troubles, made, at)
    await _keep_troubles(tx, troubles)
    if decided.crash is not Mode.CRASH:
        await _keep(tx, decided)
    return decided


async def _keep(tx: Transaction, decided: Decided) -> None:
    """Store what is new. Raises `_KeyTaken`."""
    numbered = sorted((*row, n) for n, row in enumerate(decided.operations))  # by key, whatever the order of asks
    taken = await INSERT_OPERATIONS.fetch(tx, *columns(numbered, 8))
    if len(taken) < len(numbered):
        raise _KeyTaken
    created = [(p.reference, p.payment, p.currency, p.token, p.authorized_minor, p.expires_at) for p in decided.created]
    if created:
        await INSERT_PAYMENTS.run(tx, *columns(created, 6))
    moved = [
        (p.reference, p.authorized_minor, p.captured_minor, p.refunded_minor, p.released_minor, p.finalized)
        for p in decided.moved
    ]
    if moved:
        await MOVE_PAYMENTS.run(tx, *columns(moved, 6))


async def _keep_troubles(tx: Transaction, troubles: Troubles) -> None:
    if troubles.changed:
        await USE_TROUBLES.run(tx, *columns([(row.id, row.after, row.times) for row in troubles.changed], 3))


def _references(asks: Sequence[Ask]) -> set[str]:
    """What may be references of ours. Others are not looked up: they may hold what PostgreSQL cannot store."""
    return {ask.reference for ask in asks if ask.reference and _REFERENCE.match(ask.reference)}
