"""The provider of the payments that goods make in exchange: refunds go to the order that the goods came from, whose own
payments give them back. All else of it is our own bookkeeping, and never asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orderwright import orders, payments, returns
from orderwright.payments import EXCHANGE, Answer, Ask, Notice, Standing, Verdict, WebhookRefused
from orderwright.payments.providers import (
    EXCEEDS_CAPTURED,
    NOT_SUPPORTED,
    UNKNOWN_PAYMENT,
    AskKind,
    Operation,
)
from orderwright.platform.acts import record_act
from orderwright.platform.context import system_context
from orderwright.platform.db import Database, Transaction
from orderwright.platform.ids import UUID, decode_id
from orderwright.platform.work import enqueue_work
from orderwright.returns import ExchangeRow


class ExchangeProvider:
    """Gives back, to the order that goods came from, what the new order of their exchange does not need. Its books are
    that order's ledger: an entry a request, found again by the request's id."""

    code = EXCHANGE
    settled_after_s = 0.0

    def __init__(self, database: Database) -> None:
        self._database = database

    async def refund(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        """Owe the amounts to the customer where they came from, and queue those orders to be settled, which pays them
        back. Asked again, it changes nothing. Locks: orders."""
        ctx = system_context(merchant, "provider:exchange")
        async with self._database.transaction(merchant) as tx:
            known = await _exchanges(tx, asks)
            locked = await orders.lock_orders(tx, [row.order_id for row in known.values()])
            books = await payments.read_exchanged(tx, {row.id: row.order_id for row in known.values()})
            answers, entries = [], []
            for ask in asks:
                row = known.get(ask.payment)
                if row is None:
                    answers.append(Answer(ask.key, Verdict.REFUSED, None, UNKNOWN_PAYMENT))
                    continue
                book = books[row.id]
                request_id = decode_id("prq", ask.key)
                if request_id in book.back:
                    answers.append(Answer(ask.key, Verdict.DONE, _standing(ask, book)))
                elif ask.amount_minor > book.brought_minor - sum(book.back.values()):
                    answers.append(Answer(ask.key, Verdict.REFUSED, _standing(ask, book), EXCEEDS_CAPTURED))
                else:
                    book.back[request_id] = ask.amount_minor
                    entries.append(payments.exchange_back_entry(row.order_id, ask.amount_minor, row.id, request_id))
                    answers.append(Answer(ask.key, Verdict.DONE, _standing(ask, book)))
            if entries:
                await payments.write_entries(tx, await record_act(tx, ctx, "refund_exchanges"), entries, ctx.now)
            await enqueue_work(tx, "settle", [i for i in locked if i in {entry.order_id for entry in entries}])
            return answers

    async def fetch(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        """What became of refunds, by the ledger."""
        async with self._database.transaction(merchant, read_only=True) as tx:
            known = await _exchanges(tx, asks)
            books = await payments.read_exchanged(tx, {row.id: row.order_id for row in known.values()})
        answers = []
        for ask in asks:
            row = known.get(ask.payment)
            if row is None:
                answers.append(Answer(ask.key, Verdict.UNKNOWN))
                continue
            standing = _standing(ask, books[row.id])
            done = any(operation.key == ask.key for operation in standing.operations)
            answers.append(Answer(ask.key, Verdict.DONE if done else Verdict.UNKNOWN, standing))
        return answers

    async def authorize(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        """Nobody asks it: what comes back pays by itself."""
        return [Answer(ask.key, Verdict.REFUSED, None, NOT_SUPPORTED) for ask in asks]

    increment = capture = void = authorize

    def parse_webhook(self, merchant: str, headers: Mapping[str, str], body: bytes) -> Notice:
        """It sends none."""
        raise WebhookRefused("There are no webhooks of exchanges.")


async def _exchanges(tx: Transaction, asks: Sequence[Ask]) -> dict[str, ExchangeRow]:
    """The exchanges of payments, by the payments' ids as they are asked about. One statement."""
    ids: dict[UUID, str] = {decode_id("pay", ask.payment): ask.payment for ask in asks}
    return {ids[row.payment_id]: row for row in await returns.read_exchanges(tx, payment_ids=ids)}


def _standing(ask: Ask, book: payments.ExchangeBook) -> Standing:
    back = [
        Operation(key, AskKind.REFUND, amount, done=True) for key, amount in book.operations()
    ]  # fmt: skip
    return Standing(
        ask.reference or ask.payment, ask.currency, book.brought_minor, book.brought_minor, sum(book.back.values()), 0,
        None, back,
    )  # fmt: skip
