"""Store credit as a payment provider: what customers have here pays for their orders, moved by the same pump as cards.

It is asked like any other provider, outside the transactions of orders, and keeps its state in tables of its own; each
call is one transaction. A pending payment names the account (`crd_...`) as others name a token. Only what is written
down as a request of ours is done: the request says which order it is for, and so whose account it may be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from orderwright.orders.contract import STORE_CREDIT
from orderwright.payments.providers import Answer, Ask, AskKind, Notice, WebhookRefused
from orderwright.payments.store_credit.accounts import lock_accounts, write_credit
from orderwright.payments.store_credit.calls import Decided, Found, Known, decide_call, id_of
from orderwright.payments.store_credit.queries import (
    APPEND_HOLDS,
    APPEND_OPERATIONS,
    ASKED,
    KNOWN_OPERATIONS,
    MOVE_HOLDS,
    READ_HOLDS,
)
from orderwright.platform.clock import utc_now
from orderwright.platform.db import Database, Transaction, columns
from orderwright.platform.ids import UUID, new_ids


class StoreCreditProvider:
    """A `PaymentProvider`. Each call takes the same number of statements whatever the number of asks. Raises whatever
    a database may raise: then what became of the asks is looked up."""

    code: Final = STORE_CREDIT
    settled_after_s: Final = 0.0  # sent again it waits for the account's lock, and then finds what the first did

    def __init__(self, database: Database) -> None:
        self._database = database

    async def authorize(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        """Set credit aside."""
        return await self._call(merchant, AskKind.AUTHORIZE, asks)

    async def increment(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        """Set more aside."""
        return await self._call(merchant, AskKind.INCREMENT, asks)

    async def capture(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        """Spend what was set aside, or a part of it."""
        return await self._call(merchant, AskKind.CAPTURE, asks)

    async def void(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        """Let go of what is set aside."""
        return await self._call(merchant, AskKind.VOID, asks)

    async def refund(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        """Give back what was spent, or a part of it."""
        return await self._call(merchant, AskKind.REFUND, asks)

    async def fetch(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        """What became of requests, and how their payments stand, with all that was asked of them. Waits for no lock."""
        if not asks:
            return []
        requests, holds = _ids("prq", [ask.key for ask in asks]), _ids("crh", [ask.reference for ask in asks])
        payments = _ids("pay", [ask.payment for ask in asks])
        async with self._database.transaction(merchant, read_only=True) as tx:
            # The sums after the answers: what is answered as done must be in them.
            said = await KNOWN_OPERATIONS.fetch(tx, requests, holds, payments)
            found = Found(await READ_HOLDS.fetch(tx, holds, payments, requests), said)
        return [found.answer(ask) for ask in asks]

    def parse_webhook(self, merchant: str, headers: Mapping[str, str], body: bytes) -> Notice:
        """Refuses: nobody outside knows of store credit."""
        raise WebhookRefused("Store credit sends no webhooks. Send it to the provider that it is of.")

    async def _call(self, merchant: str, kind: AskKind, asks: Sequence[Ask]) -> list[Answer]:
        """Answer asks of one kind. Locks: accounts (id order), which guard their holds. Eleven statements at most."""
        if any(ask.kind is not kind for ask in asks):
            raise ValueError(f"only {kind} is asked for here")
        if not asks:
            return []
        async with self._database.transaction(merchant) as tx:
            decided = decide_call(asks, known := await _read(tx, asks), new_ids(len(asks)))
            await _keep(tx, known, decided)
        return decided.answers


def _ids(prefix: str, texts: Sequence[str | None]) -> list[UUID]:
    return sorted({i for text in texts if (i := id_of(prefix, text)) is not None})


async def _read(tx: Transaction, asks: Sequence[Ask]) -> Known:
    """Lock the accounts that the asks are about, and read what is known of these."""
    requests, holds = _ids("prq", [ask.key for ask in asks]), _ids("crh", [ask.reference for ask in asks])
    named = await READ_HOLDS.fetch(tx, holds, [], requests)  # of these accounts, or of those that have what they had
    account_ids = {hold.account_id for hold in named} | set(_ids("crd", [ask.token for ask in asks]))
    accounts = await lock_accounts(tx, account_ids)
    asked = {row.id: row for row in await ASKED.fetch(tx, requests)}
    said = {row.request_id: row for row in await KNOWN_OPERATIONS.fetch(tx, requests, [], [])}
    found = {row.id: row for row in await READ_HOLDS.fetch(tx, holds, [], requests) if row.account_id in accounts}
    return Known(asked, accounts, found, said)


async def _keep(tx: Transaction, known: Known, decided: Decided) -> None:
    """Store what is new. An answer that another call has just given to the same request fails this one whole: it is
    looked up."""
    await APPEND_OPERATIONS.run(tx, decided.operations)
    await APPEND_HOLDS.run(tx, decided.created)
    if decided.moved:
        rows = [
            (h.id, h.authorized_minor, h.captured_minor, h.refunded_minor, h.released_minor, h.finalized)
            for h in decided.moved
        ]
        await MOVE_HOLDS.run(tx, *columns(rows, 6))
    await write_credit(tx, known.accounts, decided.moves, utc_now(), decided.held)
