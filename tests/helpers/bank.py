"""A desk with a bank: orders that are paid through the built-in provider, and the stages that move money."""

from __future__ import annotations

from typing import Any, Literal

from orderwright.flows.stages import stages
from orderwright.orders import PlaceOrder
from orderwright.orders.contract import ReportedPayment
from orderwright.payments import Account, Ask, AskKind, Verdict, read_balances, read_payments
from orderwright.payments.providers.builtin import BuiltinProvider, Mode, plan_trouble
from orderwright.payments.queries import PaymentRow
from orderwright.platform.ids import UUID, encode_id, new_id
from orderwright.platform.pumps import drain
from tests.builders.orders import a_payment, an_order
from tests.helpers.desk import Desk

SECRET = b"the built-in provider's own"


class Bank:
    """What payments of the orders of a desk's merchant do at the built-in provider."""

    def __init__(self, desk: Desk, *, settled_after_s: float = 0.0) -> None:
        self.desk = desk
        self.provider = BuiltinProvider(desk.database, webhook_secret=SECRET, settled_after_s=settled_after_s)
        self.stages = stages(providers={"builtin": self.provider})

    async def authorized(self, amount: int, token: str = "tok_ok") -> ReportedPayment:
        """A card that the shop had authorized at checkout, as its channel reports it."""
        ask = Ask(encode_id("prq", new_id()), "checkout", AskKind.AUTHORIZE, amount, "USD", token=token)
        [answer] = await self.provider.authorize(self.desk.merchant, [ask])
        assert answer.verdict is Verdict.DONE
        assert answer.standing is not None
        reference = answer.standing.reference
        return a_payment(amount, state="authorized", provider="builtin", reference=reference)

    async def paid_order(self, channel: str, lines: Any, **fields: Any) -> PlaceOrder:
        """An order whose total is authorized."""
        order = an_order(channel, lines, **fields)
        return an_order(channel, lines, **fields, payments=[await self.authorized(order.total.amount)])

    async def work(self) -> None:
        """Let the stages do all there is to do; then the books must be right."""
        await drain(self.desk.database, self.desk.merchant, self.stages)
        await self.desk.audit()

    async def fails(self, kind: AskKind | Literal["fetch"] | None, mode: Mode, times: int = 1, **how: Any) -> None:
        """Tell the provider to fail."""
        async with self.desk.database.transaction(self.desk.merchant) as tx:
            await plan_trouble(tx, kind, mode, times, **how)

    async def payments(self, order_id: UUID) -> list[PaymentRow]:
        """The payments of an order, as the ledger has them."""
        async with self.desk.database.transaction(self.desk.merchant) as tx:
            return (await read_payments(tx, [order_id])).get(order_id, [])

    async def sums(self, order_id: UUID) -> list[tuple[int, int, int, int]]:
        """Authorized, released, captured and refunded of each payment of an order."""
        return [
            (p.authorized_minor, p.released_minor, p.captured_minor, p.refunded_minor)
            for p in await self.payments(order_id)
        ]

    async def at_provider(self, order_id: UUID) -> list[tuple[int, int, int, int]]:
        """The same, as the provider has them."""
        asks = [
            Ask("look", encode_id("pay", p.id), AskKind.AUTHORIZE, p.amount_minor, "USD", p.reference)
            for p in await self.payments(order_id)
        ]
        answers = await self.provider.fetch(self.desk.merchant, asks)
        return [
            (s.authorized_minor, s.released_minor, s.captured_minor, s.refunded_minor)
            for s in (answer.standing for answer in answers)
            if s is not None
        ]

    async def balances(self, order_id: UUID) -> dict[str, int]:
        """What the accounts of an order stand at, those at zero left out."""
        async with self.desk.database.transaction(self.desk.merchant) as tx:
            found = (await read_balances(tx, [order_id])).get(order_id, {})
        return {account.value: amount for account, amount in found.items() if amount}

    async def due(self, order_id: UUID) -> int:
        """The balance due."""
        return (await self.balances(order_id)).get(Account.RECEIVABLE, 0)

    async def listed(self) -> dict[UUID, str]:
        """The orders with an open balance, and why."""
        rows = await self.desk.fetch("SELECT order_id, why FROM open_balance")
        return {row["order_id"]: row["why"] for row in rows}
