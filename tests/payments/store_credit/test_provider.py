"""Store credit keeps the contract of payment providers, of which it is one, and its answers may be lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from orderwright.payments import Answer, Ask, AskKind, Verdict, WebhookRefused
from orderwright.payments.store_credit import StoreCreditProvider
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID, decode_id, encode_id, new_id
from tests.flows.test_money_statements import Counting
from tests.helpers.credits import CreditDesk
from tests.helpers.desk import Desk
from tests.payments.provider_contract import (
    ALL_RULES,
    DONE,
    Bench,
    Paid,
    Rule,
    a_key,
    an_ask,
    name_of,
    result,
    sums,
)

AUTHORIZE, INCREMENT, CAPTURE, VOID, REFUND = AskKind


class Asking:
    """The provider, for rules that ask of themselves: each ask is written down as an intent of ours first."""

    def __init__(self, database: Database) -> None:
        self.provider = StoreCreditProvider(database)
        self._database = database

    def __getattr__(self, name: str) -> Any:
        if name not in set(AskKind):
            return getattr(self.provider, name)

        async def call(merchant: str, asks: Sequence[Ask]) -> list[Answer]:
            await written(self._database, asks)
            answers: list[Answer] = await getattr(self.provider, name)(merchant, asks)
            return answers

        return call


async def written(database: Database, asks: Sequence[Ask]) -> None:
    """Asks become requests, each once."""
    async with database.transaction("acme") as tx:
        for ask in asks:
            await tx.execute(
                "INSERT INTO payment_request (id, payment_id, order_id, kind, amount_minor, state, sent_at, act_id)"
                " SELECT $1, $2, coalesce((SELECT order_id FROM payment WHERE id = $2), $2), $3, $4, 'sent', now(),"
                " (SELECT id FROM act LIMIT 1) ON CONFLICT (id) DO NOTHING",
                decode_id("prq", ask.key), decode_id("pay", ask.payment), ask.kind.value, ask.amount_minor,
            )  # fmt: skip


class Shelf:
    """Orders and accounts with enough credit for whatever a rule asks."""

    def __init__(self, credit: CreditDesk) -> None:
        self.credit = credit

    async def payment(self) -> UUID:
        """A payment of an order of the account's customer, by another way: the rules move it, not the pump."""
        shop = await self.credit.stocked()
        order = await self.credit.order(shop, new_id(), 1999)
        order_id = await self.credit.desk.placed(order)
        [payment] = await self.credit.bank.payments(order_id)
        owner = await self.credit.owner(order_id)
        self.account = await self.credit.issued(owner, 100_000)
        return payment.id

    async def authorized(self, amount_minor: int) -> Paid:
        payment = encode_id("pay", await self.payment())
        ask = Ask(a_key(), payment, AUTHORIZE, amount_minor, "USD", token=encode_id("crd", self.account))
        provider: Any = Asking(self.credit.desk.database)
        [answer] = await provider.authorize("acme", [ask])
        assert (answer.verdict, answer.code) == (Verdict.DONE, None)
        return Paid(payment, answer.standing.reference, "USD")


@pytest.fixture
def shelf(database: Database) -> Shelf:
    desk = Desk(database)
    desk.audit = _no_audit  # type: ignore[method-assign]  # nobody writes the answers into the orders' ledgers here
    return Shelf(CreditDesk(desk))


async def _no_audit() -> None:
    pass


@pytest.fixture
def bench(shelf: Shelf) -> Bench:
    provider: Any = Asking(shelf.credit.desk.database)
    return Bench(provider, "acme", shelf.authorized)


@pytest.mark.parametrize("rule", ALL_RULES, ids=name_of)
async def test_it_keeps_the_contract(rule: Rule, bench: Bench) -> None:
    await rule(bench)


async def test_what_nobody_wrote_down_is_not_done(shelf: Shelf, bench: Bench) -> None:
    paid = await bench.authorized(1000)
    bare = StoreCreditProvider(shelf.credit.desk.database)
    [answer] = await bare.capture("acme", [an_ask(CAPTURE, paid, 1000)])
    assert result(answer) == ("refused", "unknown_payment")
    assert await shelf.credit.account(shelf.account) == (100_000, 1000)


async def test_a_request_is_about_its_own_payment(bench: Bench) -> None:
    mine, other = await bench.authorized(1000), await bench.authorized(500)
    answer = await bench.one(an_ask(CAPTURE, mine._replace(reference=other.reference), 100))
    assert result(answer) == ("refused", "unknown_payment")


@pytest.mark.parametrize(
    ("kind", "amount", "code"),
    [(INCREMENT, 99_001, "insufficient_funds"), (CAPTURE, 1001, "exceeds_authorized"), (REFUND, 1, "exceeds_captured")],
)
async def test_what_is_too_much_moves_nothing(
    shelf: Shelf, bench: Bench, kind: AskKind, amount: int, code: str
) -> None:
    paid = await bench.authorized(1000)
    assert result(await bench.one(an_ask(kind, paid, amount))) == ("refused", code)
    assert await shelf.credit.account(shelf.account) == (100_000, 1000)


async def test_a_whole_life_to_the_cent(shelf: Shelf, bench: Bench) -> None:
    paid = await bench.authorized(1000)
    said = []
    for kind, amount, final in (
        (INCREMENT, 250, False), (CAPTURE, 333, False), (CAPTURE, 500, True), (REFUND, 400, False),
        (REFUND, 433, False),
    ):  # fmt: skip
        answer = await bench.one(an_ask(kind, paid, amount, final=final))
        assert result(answer) == DONE
        said.append((sums(answer.standing), await shelf.credit.account(shelf.account)))
    assert said == [
        ((1250, 0, 0, 0), (100_000, 1250)),
        ((1250, 333, 0, 0), (99_667, 917)),
        ((1250, 833, 0, 417), (99_167, 0)),
        ((1250, 833, 400, 417), (99_567, 0)),
        ((1250, 833, 833, 417), (100_000, 0)),
    ]
    assert await shelf.credit.entries(shelf.account) == [
        ("issued", 100_000), ("spent", -333), ("spent", -500), ("returned", 400), ("returned", 433)
    ]  # fmt: skip


async def test_nobody_outside_knows_of_it(shelf: Shelf) -> None:
    provider = StoreCreditProvider(shelf.credit.desk.database)
    with pytest.raises(WebhookRefused):
        provider.parse_webhook("acme", {}, b"{}")


async def test_a_call_takes_as_many_statements_for_100_as_for_one(shelf: Shelf) -> None:
    credit = shelf.credit
    counts: dict[int, list[int]] = {}
    for n in (1, 100):
        payment_id = await shelf.payment()
        counting: Any = Counting(credit.desk.database)
        provider = StoreCreditProvider(counting)
        payment, token = encode_id("pay", payment_id), encode_id("crd", shelf.account)
        asks = [Ask(a_key(), payment, AUTHORIZE, 100, "USD", token=token) for _ in range(n)]
        await written(credit.desk.database, asks)
        made = [a.standing.reference for a in await provider.authorize("acme", asks) if a.standing is not None]
        assert len(made) == n
        for kind, amount in ((INCREMENT, 10), (CAPTURE, 60), (VOID, 50), (REFUND, 60)):
            asks = [Ask(a_key(), payment, kind, amount, "USD", reference) for reference in made]
            await written(credit.desk.database, asks)
            answers = await getattr(provider, kind)("acme", asks)
            assert [a.verdict for a in answers] == [Verdict.DONE] * n
        await provider.fetch("acme", asks)
        counts[n] = counting.statements
    assert counts[100] == counts[1]
    assert counts[1] == STATEMENTS


STATEMENTS = [8, 8, 11, 8, 11, 2]  # authorize, increment, capture, void, refund, fetch
