"""Money and goods in any order, with a provider that fails: after each step no cent is lost, at last all is settled.

As in `test_state_machine`, the examples are the same in each run, and ORDERWRIGHT_MACHINE_EXAMPLES=500 looks further.
The provider is looked at behind its back: what it did because we asked is compared with what the ledger says.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, run_state_machine_as_test

from orderwright.flows.release_orders import release_orders
from orderwright.orders import ReleaseHold
from orderwright.payments.providers.builtin import Mode
from orderwright.platform.embedded import EmbeddedServer
from tests.machine.machines import machine_settings, move, own_database
from tests.machine.money_world import MONEY, MoneyWorld
from tests.machine.order_moves import FLOW, ORDER
from tests.machine.payment_moves import KIND, MODE, PaymentMoves
from tests.machine.return_moves import OPEN, TERMS, ReturnMoves

EXAMPLES = 30
STEPS = 25
SETTINGS = machine_settings(EXAMPLES, STEPS)

SOME_STAGES = st.lists(st.sampled_from(MONEY), min_size=1, max_size=4, unique=True)
ROUNDS = 8  # at the end, after which nothing may be left to do


class Money(ReturnMoves, PaymentMoves):
    """Orders that are paid, changed, shipped, cancelled, returned, exchanged, claimed and refunded, in any order."""

    @initialize(
        orders=st.lists(ORDER, min_size=2, max_size=4),
        depth=st.integers(0, 8),
        kind=KIND,
        mode=st.none() | MODE,
        terms=TERMS,
    )
    def open(self, orders: list[dict[str, Any]], depth: int, kind: Any, mode: Mode | None, terms: Any) -> None:
        """Orders that are on their way already, or with the customer and paid; and a provider that is to fail."""
        self.set_terms(terms)
        for order in orders:
            self.place(order)
        self.give(2500, less=False)
        if depth:
            self.world.stage(*FLOW, "pay")
            self.ship([0, 1] if depth < 7 else [0, 1, 2, 3], depth)
        if depth > 4:
            self.world.stage("settle", "pay")
        if depth > 7:
            self.announce([(0, 1)], "changed_mind", label=True, credit=False)
            self.arrive(0, 0, None, seen=False)
        if mode is not None:
            self.fail(kind, mode, 2, 0)

    # ---- stages ----

    @move(3, names=SOME_STAGES)
    def work(self, names: list[str]) -> None:
        """Workers take what is due in some of the stages that move money."""
        self.world.stage(*names)

    @move(3)
    def go_on(self) -> None:
        """Goods and money go a step further, and time passes for all that waits."""
        self.ship([0, 1, 2, 3], 3)
        self.world.make_due(*MONEY)
        self.world.stage(*MONEY)

    @move(2, names=SOME_STAGES)
    def wait(self, names: list[str]) -> None:
        """Time passes for some stages; then they work."""
        self.world.make_due(*names)
        self.world.stage(*names)

    # ---- what must hold ----

    @invariant()
    def no_cent_is_lost(self) -> None:
        """Every law holds; the ledger says no more than what the provider did, and knows of all that it did for us."""
        wrong, books = self.world.books()
        assert wrong == [], wrong
        there, asked = self.world.at_provider(), self.world.asked()
        for book in books.values():
            for p in book.payments:
                stands = there.get(p.id)
                if stands is not None:
                    assert p.captured_minor <= stands.captured, (p, stands)
                    assert p.refunded_minor <= stands.refunded, (p, stands)
                    for kind, ours in (("capture", stands.our_captures), ("refund", stands.our_refunds)):
                        done, most = asked.get((p.id, kind), (0, 0))
                        assert done <= ours <= most, (p, stands, done, most)
                    assert stands.our_captures <= p.captured_minor + p.capturing_minor, (p, stands)
                    assert stands.our_refunds <= p.refunded_minor + p.refunding_minor, (p, stands)
            accounts = book.accounts
            captured = sum(p.captured_minor for p in book.payments)
            refunded = sum(p.refunded_minor for p in book.payments)
            given_up = accounts.get("allowances", 0) + accounts.get("write_offs", 0)
            elsewhere = accounts.get("store_credit", 0) + accounts.get("exchanged", 0)  # what is owed there: negative
            owed = book.charged - book.taken_back - given_up
            assert accounts.get("receivable", 0) == owed - captured + refunded - elsewhere, book
            assert accounts.get("captured", 0) == captured - refunded
            assert sum(accounts.values()) == 0
            given_back = sum(asked.get((p.id, "refund"), (0, 0))[0] for p in book.payments)
            assert captured - given_back + accounts.get("store_credit", 0) >= 0, book  # what never was paid
            # Nobody gets more from us than was paid, or is owed but for what was given up of that.
            receivable = accounts.get("receivable", 0)
            unpaid = receivable + accounts.get("allowances", 0) if receivable > 0 else 0
            assert captured - given_back + elsewhere + unpaid + accounts.get("write_offs", 0) >= 0, book

    def teardown(self) -> None:
        """With a provider that works, all goods on their way and all that was announced back, nothing is left to do:
        each request has its answer, what the ledger says is what the provider has, and each balance is zero or
        listed."""
        world = self.world
        self.steady()
        for notice in self.notices:
            self.tell_of(notice)
        for _ in range(ROUNDS):
            world.make_due(*MONEY)
            world.stage(*MONEY)
            for row in world.rows("SELECT DISTINCT order_id FROM hold WHERE released_at IS NULL"):
                world.run(release_orders, [ReleaseHold(order_id=row["order_id"])])
            for row in world.rows(f"SELECT id FROM customer_return WHERE state IN {OPEN} ORDER BY id"):
                self.receive(row["id"])
                self.look_at(row["id"], "a")
            self.ship(list(range(40)), 4)
            self.no_cent_is_lost()
        left = world.rows("SELECT kind, state, amount_minor FROM payment_request WHERE state IN ('wanted', 'sent')")
        assert [tuple(row) for row in left] == []
        there = world.at_provider()
        listed = {row["order_id"] for row in world.rows("SELECT order_id FROM open_balance")}
        awaiting = {row["new_order_id"] for row in world.rows("SELECT new_order_id FROM exchange WHERE state = 'open'")}
        _, books = world.books()
        for order_id, book in books.items():
            assert not book.open_units, book
            assert (book.accounts.get("receivable", 0) != 0) == (order_id in listed) or order_id in awaiting, book
            for p in book.payments:
                if p.provider == "builtin" and p.reference is not None:
                    ours = (p.authorized_minor, p.captured_minor, p.refunded_minor, p.released_minor)
                    assert ours == there[p.id][:4], (p, there[p.id])
                    assert p.refused_code or not p.capturable_minor or order_id in awaiting, p
        super().teardown()


@pytest.fixture(scope="module")
def world(server: EmbeddedServer, template: str) -> Iterator[MoneyWorld]:
    """A merchant with a bank, on a database of its own."""
    with own_database(server, template, "money_machine") as (loop, database):
        yield MoneyWorld(loop, database)


def test_no_cent_is_lost_whatever_happens(world: MoneyWorld) -> None:
    run_state_machine_as_test(lambda: Money(world), settings=SETTINGS)
