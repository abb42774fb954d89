"""Lock the orders of claims, and read under those locks the claims that the caller may touch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol, TypeVar

from orderwright import orders, returns
from orderwright.orders import LockedOrder
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome
from orderwright.returns import Claim, OrderBook


class _OfClaim(Protocol):
    @property
    def claim_id(self) -> UUID: ...


Command = TypeVar("Command", bound=_OfClaim)


class LockedClaims(NamedTuple):
    """Claims with the books of their locked orders."""

    orders: dict[UUID, LockedOrder]
    books: dict[UUID, OrderBook]
    claims: dict[UUID, Claim]

    def book(self, claim: Claim) -> OrderBook:
        """The book of a claim's order."""
        return self.books[claim.order_id]

    def decide(
        self, commands: Sequence[Command], refuse: Callable[[Claim, Command], Outcome | None]
    ) -> tuple[dict[UUID, Command], list[Outcome | Claim]]:
        """The commands that go on, by claim; and for each command its claim, or why it does not. Codes, in precedence:
        `claim_not_found`, `duplicate_in_batch`, those of `refuse`."""
        going: dict[UUID, Command] = {}
        answers: list[Outcome | Claim] = []
        for command in commands:
            claim = self.claims.get(command.claim_id)
            if claim is None:
                answers.append(returns.refuse_claim("claim_not_found"))
            elif claim.id in going:
                answers.append(returns.refuse_claim("duplicate_in_batch"))
            else:
                refused = refuse(claim, command)
                if refused is None:
                    going[claim.id] = command
                answers.append(claim if refused is None else refused)
        return going, answers


async def lock_claims(tx: Transaction, ctx: Context, claim_ids: Iterable[UUID]) -> LockedClaims:
    """Lock the orders of claims in id order, then read all that came back of them or was claimed. Ten statements.

    Unknown ids are left out, and so are claims of orders that the caller may not touch (`Context.may_order`).
    """
    owners = await returns.orders_of_claims(tx, claim_ids)
    locked = await orders.lock_own_orders(tx, ctx, owners.values())
    books = await returns.read_books(tx, locked)
    mine = {i: books[order_id].claims[i] for i, order_id in owners.items() if order_id in locked}
    return LockedClaims(locked, books, mine)
