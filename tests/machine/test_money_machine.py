"""Money and goods in any order, with a provider that fails: after each step no cent is lost, at last all is settled.

As in `test_state_machine`, the examples are the same in each run, and ORDERWRIGHT_MACHINE_EXAMPLES=500 looks further.
The provider is looked at behind its back: what it did because we asked is compared with what the ledger says.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.change_money import record_payments, refund_orders, retry_payments, write_off_balances
from orderwright.flows.pack_fulfillments import pack_fulfillments
from orderwright.flows.pick_fulfillments import pick_fulfillments
from orderwright.flows.place_orders import place_orders
from orderwright.flows.receive_webhooks import receive_webhook
from orderwright.flows.release_orders import release_orders
from orderwright.flows.ship_fulfillments import ship_fulfillments
from orderwright.fulfillment import FulfillmentCommand, PackFulfillment, PickFulfillment
from orderwright.orders import CancelLine, CancelOrder, PlaceOrder, ReleaseHold
from orderwright.orders.contract import Amount, Charge, Discount, Line, ReportedPayment, SignedAmount, Tax
from orderwright.payments import (
    Ask,
    AskKind,
    Notice,
    RecordPayment,
    RefundOrder,
    RetryPayment,
    Verdict,
    WriteOffBalance,
)
from orderwright.payments.providers.builtin import Mode
from orderwright.platform.embedded import EmbeddedServer
from orderwright.platform.ids import encode_id
from tests.builders.orders import a_line, a_payment, an_order, usd
from tests.helpers.databases import connect
from tests.machine.money_world import DIGITAL, MONEY, MoneyWorld

EXAMPLES = 40
STEPS = 25
LOOKING_FURTHER = os.environ.get("ORDERWRIGHT_MACHINE_EXAMPLES")
SETTINGS = settings(
    max_examples=int(LOOKING_FURTHER or EXAMPLES),
    stateful_step_count=STEPS,
    derandomize=LOOKING_FURTHER is None,
    database=None,
    deadline=None,
    print_blob=False,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)

FLOW = ("verify", "source", "release", "label")
NTH = st.integers(0, 5)
CENTS = st.sampled_from((1, 7, 99, 333, 1000, 2500, 10**6))
TOKEN = st.sampled_from(
    ("tok_ok", "tok_ok", "tok_ok", "tok_declined", "tok_limit_1500", "tok_capture_declined", "tok_refund_declined",
     "tok_expires_0")
)  # fmt: skip
PAYING = st.sampled_from(
    ("authorized", "authorized", "authorized", "pending", "pending", "captured", "taken", "both", "split", "none",
     "transfer")
)  # fmt: skip
LINE = st.tuples(st.integers(0, 4), st.integers(1, 3), st.sampled_from((7, 100, 333, 1999)), st.booleans())
ORDER = st.fixed_dictionaries(
    {
        "lines": st.lists(LINE, min_size=1, max_size=3),
        "extras": st.sampled_from(((0, 0, 0, 0), (0, 0, 0, 0), (500, 0, 0, 0), (499, 99, 5, 1), (1, 1, 1, -1))),
        "inclusive": st.booleans(),
        "paying": PAYING,
        "token": TOKEN,
    }
)
KIND = st.sampled_from((AskKind.AUTHORIZE, AskKind.CAPTURE, AskKind.CAPTURE, AskKind.REFUND, None, None, "fetch"))
MODE = st.sampled_from((*Mode, Mode.TIMEOUT_AFTER, Mode.CRASH_AFTER))
ELSEWHERE = st.sampled_from((AskKind.CAPTURE, AskKind.REFUND, AskKind.VOID))
SOME_LINES = st.lists(st.tuples(st.integers(1, 3), st.none() | st.integers(1, 2)), max_size=2)

MOVES: dict[str, st.SearchStrategy[dict[str, Any]]] = {}
Move = Callable[..., None]


def move(weight: int = 1, /, **arguments: st.SearchStrategy[Any]) -> Callable[[Move], Move]:
    """Make a method one of the moves, with these arguments; `weight` times as likely as others."""

    def keep(method: Move) -> Move:
        for n in range(weight):
            MOVES[method.__name__ + " " * n] = st.fixed_dictionaries(arguments)
        return method

    return keep


ANY_MOVE = st.deferred(lambda: st.one_of(*[st.tuples(st.just(name.strip()), args) for name, args in MOVES.items()]))


class Money(RuleBasedStateMachine):
    """Orders that are paid, shipped, cancelled and refunded, in any order."""

    def __init__(self, world: MoneyWorld) -> None:
        super().__init__()
        self.world = world
        self.sent = 0
        self.notices: list[Notice] = []  # webhooks that the provider has sent, or will send
        world.reset()

    @initialize(
        orders=st.lists(ORDER, min_size=2, max_size=4), depth=st.integers(0, 6), kind=KIND, mode=st.none() | MODE
    )
    def open(self, orders: list[dict[str, Any]], depth: int, kind: Any, mode: Mode | None) -> None:
        """Orders that are on their way already, some of them paid; and a provider that is to fail."""
        for order in orders:
            self.place(order)
        if depth:
            self.world.stage(*FLOW, "pay")
            self.ship([0, 1], depth)
        if depth > 4:
            self.world.stage("settle", "pay")
        if mode is not None:
            self.fail(kind, mode, 2, 0)

    # ---- orders and goods ----

    @move(2, order=ORDER)
    def place(self, order: dict[str, Any]) -> None:
        """An order as a channel sends it."""
        [outcome] = self.world.run(place_orders, [self.order(**order)])
        assert outcome.code in ("placed", "held"), outcome

    @move(2, nth=NTH, lines=st.none() | SOME_LINES)
    def cancel(self, nth: int, lines: list[tuple[int, int | None]] | None) -> None:
        """The shopper thinks better of it, or of part of it."""
        named = [CancelLine(line=n, quantity=units) for n, units in dict(lines or ()).items()] or None
        for row in self.pick("SELECT id FROM orders ORDER BY number DESC", nth):
            self.world.run(cancel_orders, [CancelOrder(order_id=row["id"], lines=named)])

    @move(3, nth=st.lists(NTH, min_size=1, max_size=3, unique=True), steps=st.integers(1, 4))
    def ship(self, nth: list[int], steps: int) -> None:
        """Some parcels are picked, packed and handed to the carrier, or come so far on the way to it."""
        self.world.stage(*FLOW)
        found = self.world.rows("SELECT id FROM fulfillment WHERE state NOT IN ('shipped', 'cancelled') ORDER BY id")
        ids = list(dict.fromkeys(found[n % len(found)]["id"] for n in nth if found))
        self.world.run(pick_fulfillments, [PickFulfillment(fulfillment_id=i) for i in ids])
        if steps > 1:
            self.world.run(pack_fulfillments, [PackFulfillment(fulfillment_id=i, weight_g=500) for i in ids])
            self.world.stage("label")
        if steps > 2:
            self.world.run(ship_fulfillments, [FulfillmentCommand(fulfillment_id=i) for i in ids])

    @move(nth=NTH)
    def release(self, nth: int) -> None:
        """Somebody lets a held order go on."""
        for row in self.pick("SELECT order_id FROM hold WHERE released_at IS NULL ORDER BY id", nth):
            self.world.run(release_orders, [ReleaseHold(order_id=row["order_id"])])

    # ---- money, by hand ----

    @move(2, nth=NTH, cents=CENTS, all_of_it=st.booleans(), named=st.booleans())
    def refund(self, nth: int, cents: int, all_of_it: bool, named: bool) -> None:
        """Somebody gives money back; more than there is, at times."""
        sql = "SELECT id, order_id, captured_minor - refunded_minor - refunding_minor AS open FROM payment ORDER BY id"
        for row in self.pick(sql, nth):
            amount = usd(row["open"] if all_of_it else cents)
            payment = encode_id("pay", row["id"]) if named else None
            self.world.run(refund_orders, [RefundOrder(order_id=row["order_id"], amount=amount, payment=payment)])

    @move(nth=NTH, cents=CENTS, back=st.booleans(), known=st.booleans())
    def record(self, nth: int, cents: int, back: bool, known: bool) -> None:
        """Money moved without us: of a payment that is not ours to move, or of none that we know."""
        sql = (
            "SELECT o.id AS order_id, p.id FROM orders AS o LEFT JOIN payment AS p"
            " ON p.order_id = o.id AND p.provider IS DISTINCT FROM 'builtin' ORDER BY o.number DESC, p.n"
        )
        for row in self.pick(sql, nth):
            command = RecordPayment(
                order_id=row["order_id"], amount=usd(cents), direction="refunded" if back else "received",
                payment=encode_id("pay", row["id"]) if known and row["id"] else None,
            )  # fmt: skip
            self.world.run(record_payments, [command])

    @move(nth=NTH, cents=st.none() | CENTS)
    def write_off(self, nth: int, cents: int | None) -> None:
        """Somebody gives up what is due."""
        amount = usd(cents) if cents is not None else None
        for row in self.pick("SELECT id FROM orders ORDER BY number DESC", nth):
            self.world.run(write_off_balances, [WriteOffBalance(order_id=row["id"], amount=amount)])

    @move(nth=NTH, token=st.none() | TOKEN)
    def retry(self, nth: int, token: str | None) -> None:
        """Somebody tries again what was refused."""
        for row in self.pick("SELECT id FROM payment WHERE refused_code IS NOT NULL ORDER BY id", nth):
            self.world.run(retry_payments, [RetryPayment(payment_id=row["id"], token=token)])

    # ---- the provider ----

    @move(2, kind=KIND, mode=MODE, times=st.integers(1, 3), after=st.integers(0, 1))
    def fail(self, kind: Any, mode: Mode, times: int, after: int) -> None:
        """The provider will fail."""
        if mode is not Mode.DECLINE or kind != "fetch":
            self.world.do(self.world.bank.fails(kind, mode, times, after=after))

    @move(2, nth=NTH, kind=ELSEWHERE, cents=CENTS, final=st.booleans())
    def act_elsewhere(self, nth: int, kind: AskKind, cents: int, final: bool) -> None:
        """Somebody moves money at the provider's own desk, of which a webhook will tell."""
        sql = "SELECT id, reference FROM payment WHERE provider = 'builtin' AND reference IS NOT NULL ORDER BY id"
        for row in self.pick(sql, nth):
            ask = Ask("x", encode_id("pay", row["id"]), kind, cents, "USD", row["reference"], None, final)
            with contextlib.suppress(ConnectionError):  # the desk's line is cut: the webhook leads to what came of it
                self.world.do(self.world.bank.provider.act_at_desk("acme", ask))
            self.notices.append(Notice(f"evt_{len(self.notices)}", f"payment.{kind}", row["reference"]))

    @move(nth=st.lists(NTH, min_size=1, max_size=3))
    def tell(self, nth: list[int]) -> None:
        """Webhooks arrive: late, twice, in another order; some about payments that nobody knows."""
        for n in nth:
            self.tell_of(self.notices[-1 - n] if n < len(self.notices) else Notice(f"odd_{n}", "payment.odd", "bp_0"))

    def tell_of(self, notice: Notice) -> None:
        """One webhook arrives."""
        self.world.run(receive_webhook, "builtin", notice)

    # ---- stages ----

    @move(3, names=st.lists(st.sampled_from(MONEY), min_size=1, max_size=4, unique=True))
    def work(self, names: list[str]) -> None:
        """Workers take what is due in some of the stages that move money."""
        self.world.stage(*names)

    @move(3)
    def go_on(self) -> None:
        """Goods and money go a step further, and time passes for all that waits."""
        self.ship([0, 1, 2, 3], 3)
        self.world.make_due(*MONEY)
        self.world.stage(*MONEY)

    @move(2, names=st.lists(st.sampled_from(MONEY), min_size=1, max_size=4, unique=True))
    def wait(self, names: list[str]) -> None:
        """Time passes for some stages; then they work."""
        self.world.make_due(*names)
        self.world.stage(*names)

    @rule(move=ANY_MOVE)
    def go(self, move: tuple[str, dict[str, Any]]) -> None:
        """The next move."""
        name, arguments = move
        getattr(self, name)(**arguments)

    # ---- what must hold ----

    @invariant()
    def no_cent_is_lost(self) -> None:
        """Every law holds; the ledger says no more than what the provider did, and knows of all that it did for us."""
        wrong, books = self.world.books()
        assert wrong == []
        there, asked = self.world.at_provider(), self.world.asked()
        for book in books.values():
            for p in book.payments:
                stands = there.get(p.id)
                if stands is not None:
                    assert p.captured_minor <= stands.captured
                    assert p.refunded_minor <= stands.refunded
                    for kind, ours in (("capture", stands.our_captures), ("refund", stands.our_refunds)):
                        done, most = asked.get((p.id, kind), (0, 0))
                        assert done <= ours <= most
                    assert stands.our_captures <= p.captured_minor + p.capturing_minor
                    assert stands.our_refunds <= p.refunded_minor + p.refunding_minor
            accounts = book.accounts
            captured = sum(p.captured_minor for p in book.payments)
            refunded = sum(p.refunded_minor for p in book.payments)
            given_up = accounts.get("allowances", 0) + accounts.get("write_offs", 0)
            assert accounts.get("receivable", 0) == book.charged - captured + refunded - given_up
            assert accounts.get("captured", 0) == captured - refunded
            assert sum(accounts.values()) == 0

    def teardown(self) -> None:
        """With a provider that works and all goods on their way, what the ledger says is what the provider has."""
        world = self.world
        self.steady()
        for notice in self.notices:
            self.tell_of(notice)
        for _ in range(8):
            world.make_due(*MONEY)
            world.stage(*MONEY)
            for row in world.rows("SELECT DISTINCT order_id FROM hold WHERE released_at IS NULL"):
                world.run(release_orders, [ReleaseHold(order_id=row["order_id"])])
            self.ship(list(range(40)), 4)
            self.no_cent_is_lost()
        left = world.rows("SELECT kind, state, amount_minor FROM payment_request WHERE state IN ('wanted', 'sent')")
        assert [tuple(row) for row in left] == []
        there = world.at_provider()
        _, books = world.books()
        for book in books.values():
            for p in book.payments:
                if p.provider == "builtin" and p.reference is not None:
                    ours = (p.authorized_minor, p.captured_minor, p.refunded_minor, p.released_minor)
                    assert ours == there[p.id][:4], p
                    assert book.open_units or p.refused_code or not p.capturable_minor, p
        super().teardown()

    # ---- helpers ----

    def pick(self, sql: str, nth: int) -> list[Any]:
        """One of the rows of a query, if there is any."""
        found = self.world.rows(sql)
        return [found[nth % len(found)]] if found else []

    def order(self, lines: list[Any], extras: Any, inclusive: bool, paying: str, token: str) -> PlaceOrder:
        """An order whose money adds up."""
        made = [self.line(*line) for line in lines]
        shipping, fee, discount, rounding = extras
        goods = sum(int(m.unit_price.amount) * m.quantity - sum(d.amount.amount for d in m.discounts) for m in made)
        tax = sum(t.amount.amount for m in made for t in m.taxes) + (shipping // 5 if shipping else 0)
        total = goods + shipping + fee - discount + rounding + (0 if inclusive else tax)
        fields: dict[str, Any] = {
            "prices_include_tax": inclusive,
            "shipping": [Charge(amount=usd(shipping), taxes=[Tax(amount=usd(shipping // 5))])] if shipping else [],
            "fees": [Charge(amount=usd(fee))] if fee else [],
            "discounts": [Discount(amount=usd(discount))] if discount else [],
            "rounding": SignedAmount(rounding, "USD") if rounding else None,
            "total": Amount(total, "USD"),
            "payments": self.payments(paying, token, total),
        }
        return an_order(self.world.shop.channel.code, made, **fields)

    def line(self, sku: int, quantity: int, price: int, plain: bool) -> Line:
        """A line; unless it is plain, with a discount and a tax that do not divide by its units."""
        worth = price * quantity
        taxed = {"discounts": [Discount(amount=usd(worth // 7))], "taxes": [Tax(amount=usd(worth // 9))]}
        more: dict[str, Any] = {} if plain else taxed
        if sku == DIGITAL:
            more["delivery"] = "digital"
        return a_line(self.world.skus[sku], quantity, price, **more)

    def payments(self, paying: str, token: str, total: int) -> list[ReportedPayment]:
        """How the order is paid."""
        if not total:
            return []
        without = {
            "none": [],
            "captured": [a_payment(total, provider="bazaar")],
            "transfer": [a_payment(total, "bank_transfer", state="pending")],
            "pending": [a_payment(total, state="pending", provider="builtin", reference=token)],
        }
        if paying in without:
            return without[paying]
        half = max(1, total // 2)
        good = "tok_ok" if token in ("tok_declined", "tok_limit_1500") else token  # no shop would report those
        if paying in ("both", "split"):
            rest = (
                a_payment(total - half, state="pending", provider="builtin", reference=token)
                if paying == "both"
                else a_payment(total - half, "gift_card", provider="bazaar")
            )
            return [self.checkout(half, good), *([rest] if total > half else [])]
        authorized = self.checkout(total, good)
        return [authorized] if paying == "authorized" else [self.taken(authorized, total)]

    def taken(self, authorized: ReportedPayment, total: int) -> ReportedPayment:
        """A card that the shop charged at checkout; or did not, where its bank declined."""
        troubles = self.steady()
        taken = Ask("x", "checkout", AskKind.CAPTURE, total, "USD", authorized.reference, None, True)
        done = self.world.do(self.world.bank.provider.act_at_desk("acme", taken)).verdict is Verdict.DONE
        self.steady(troubles)
        state = "captured" if done else "authorized"
        return a_payment(total, state=state, provider="builtin", reference=authorized.reference)

    def checkout(self, amount: int, token: str = "tok_ok") -> ReportedPayment:
        """A card that the shop had authorized at checkout: what fails then makes no order."""
        troubles = self.steady()
        authorized = self.world.do(self.world.bank.authorized(amount, token))
        self.steady(troubles)
        return authorized

    def steady(self, troubles: Sequence[Any] = ()) -> list[Any]:
        """Let the provider work, or fail as it was to; returns what it was to fail at."""
        sql = "SELECT kind, mode, code, after, times FROM builtin_trouble WHERE times > 0 ORDER BY id"
        found = self.world.rows(sql)
        self.world.execute("DELETE FROM builtin_trouble")
        for trouble in troubles:
            sql = "INSERT INTO builtin_trouble (kind, mode, code, after, times) VALUES ($1, $2, $3, $4, $5)"
            self.world.execute(sql, *trouble)
        return found


@pytest.fixture(scope="module")
def world(server: EmbeddedServer, template: str) -> Iterator[MoneyWorld]:
    """A database of its own, on an event loop of its own: Hypothesis calls its steps from ordinary functions."""
    loop = asyncio.new_event_loop()

    async def administer(*statements: str) -> None:
        admin = await asyncpg.connect(server.dsn("postgres"))
        for statement in statements:
            await admin.execute(statement)
        await admin.close()

    loop.run_until_complete(administer(f"CREATE DATABASE money_machine TEMPLATE {template}"))
    database = loop.run_until_complete(connect(server.dsn("money_machine")))
    yield MoneyWorld(loop, database)
    loop.run_until_complete(database.close())
    loop.run_until_complete(administer("DROP DATABASE money_machine WITH (FORCE)"))
    loop.close()


def test_no_cent_is_lost_whatever_happens(world: MoneyWorld) -> None:
    run_state_machine_as_test(lambda: Money(world), settings=SETTINGS)
