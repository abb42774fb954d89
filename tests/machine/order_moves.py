"""Moves of the money machine on orders and goods: place, edit, cancel, withdraw, ship."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.edit_orders import edit_orders, preview_edits
from orderwright.flows.pack_fulfillments import pack_fulfillments
from orderwright.flows.pick_fulfillments import pick_fulfillments
from orderwright.flows.place_orders import place_orders
from orderwright.flows.release_orders import release_orders
from orderwright.flows.ship_fulfillments import ship_fulfillments
from orderwright.flows.withdraw_orders import withdraw_orders
from orderwright.fulfillment import PackFulfillment, PickFulfillment, ShipFulfillment
from orderwright.orders import CancelLine, CancelOrder, EditOrder, PlaceOrder, ReleaseHold
from orderwright.orders.contract import Amount, Charge, Discount, Line, ReportedPayment, SignedAmount, Tax, UnitPrice
from orderwright.orders.edit_contract import (
    AddDiscount,
    AddLine,
    RemoveLine,
    SetQuantity,
    SetShipping,
    SetShipTo,
    SwapSku,
)
from orderwright.payments import Ask, AskKind, Verdict
from orderwright.platform.ids import encode_id
from orderwright.returns.withdrawals import WithdrawnLine, WithdrawOrder
from tests.builders.orders import a_line, a_payment, an_address, an_order, usd
from tests.machine.machines import move
from tests.machine.money_world import ADA, DIGITAL, MoneyMachine

FLOW = ("verify", "source", "release", "label")
ORDERS = "SELECT id, revision FROM orders ORDER BY status IN ('shipped', 'delivered', 'cancelled'), number DESC"
NTH = st.integers(0, 5)
LINE_N = st.integers(1, 3)
TOKEN = st.sampled_from(
    ("tok_ok", "tok_ok", "tok_ok", "tok_declined", "tok_limit_1500", "tok_capture_declined", "tok_refund_declined",
     "tok_expires_0")
)  # fmt: skip
PAYING = st.sampled_from(
    ("authorized", "authorized", "authorized", "pending", "pending", "captured", "taken", "both", "split", "none",
     "transfer", "credit", "credit")
)  # fmt: skip
PRICE = st.sampled_from((7, 100, 333, 1999))
LINE = st.tuples(st.integers(0, 4), st.integers(1, 3), PRICE, st.booleans())
ORDER = st.fixed_dictionaries(
    {
        "lines": st.lists(LINE, min_size=1, max_size=3),
        "extras": st.sampled_from(((0, 0, 0, 0), (0, 0, 0, 0), (500, 0, 0, 0), (499, 99, 5, 1), (1, 1, 1, -1))),
        "inclusive": st.booleans(),
        "paying": PAYING,
        "token": TOKEN,
    }
)
CHANGE = st.one_of(
    st.tuples(st.just("add"), LINE),
    st.tuples(st.just("quantity"), LINE_N, st.integers(1, 4)),
    st.tuples(st.just("remove"), LINE_N),
    st.tuples(st.just("swap"), LINE_N, st.integers(0, 4), st.none() | PRICE),
    st.tuples(st.just("discount"), st.sampled_from((1, 5, 99)), st.none() | LINE_N),
    st.tuples(st.just("shipping"), st.sampled_from((0, 1, 499, 700))),
    st.tuples(st.just("address")),
)
SOME_LINES = st.lists(st.tuples(LINE_N, st.none() | st.integers(1, 2)), max_size=2)


def a_charge(cents: int) -> Charge:
    """A charge for shipping, with a tax."""
    return Charge(amount=usd(cents), taxes=[Tax(amount=usd(cents // 5))])


class OrderMoves(MoneyMachine):
    """Orders that are placed, changed, cancelled and shipped."""

    @move(2, order=ORDER)
    def place(self, order: dict[str, Any]) -> None:
        """An order as a channel sends it."""
        [outcome] = self.world.run(place_orders, [self.order(**order)])
        assert outcome.code in ("placed", "held"), outcome

    @move(2, nth=NTH, lines=st.none() | SOME_LINES, recall=st.booleans())
    def cancel(self, nth: int, lines: list[tuple[int, int | None]] | None, recall: bool) -> None:
        """The shopper thinks better of it, or of part of it."""
        named = [CancelLine(line=n, quantity=units) for n, units in dict(lines or ()).items()] or None
        for row in self.pick(ORDERS, nth):
            self.world.run(cancel_orders, [CancelOrder(order_id=row["id"], lines=named, recall=recall)])

    @move(3, nth=NTH, changes=st.lists(CHANGE, min_size=1, max_size=3), stale=st.sampled_from((0, 0, 0, 0, 1)))
    def edit(self, nth: int, changes: list[Any], stale: int) -> None:
        """An order is changed, as its preview said; at times by somebody who read it too long ago."""
        for row in self.pick(ORDERS, nth):
            revision = max(0, row["revision"] - stale)
            command = EditOrder(order_id=row["id"], revision=revision, changes=[self.change(*c) for c in changes])
            [seen] = self.world.run(preview_edits, [command])
            [done] = self.world.run(edit_orders, [command])
            told = {"edited": "previewed"}.get(done.code, done.code)
            assert (seen.code, seen.details | done.details) == (told, seen.details), (seen, done)

    @move(nth=NTH, lines=st.none() | SOME_LINES)
    def withdraw(self, nth: int, lines: list[tuple[int, int | None]] | None) -> None:
        """A consumer withdraws."""
        named = [WithdrawnLine(line=n, quantity=units or 1) for n, units in dict(lines or ()).items()] or None
        for row in self.pick(ORDERS, nth):
            self.world.run(withdraw_orders, [WithdrawOrder(order_id=row["id"], lines=named)])

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
            self.world.run(ship_fulfillments, [ShipFulfillment(fulfillment_id=i) for i in ids])

    @move(nth=NTH)
    def release(self, nth: int) -> None:
        """Somebody lets a held order go on."""
        for row in self.pick("SELECT order_id FROM hold WHERE released_at IS NULL ORDER BY id", nth):
            self.world.run(release_orders, [ReleaseHold(order_id=row["order_id"])])

    # ---- helpers ----

    def order(self, lines: list[Any], extras: Any, inclusive: bool, paying: str, token: str) -> PlaceOrder:
        """An order whose money adds up."""
        made = [self.line(*line) for line in lines]
        shipping, fee, discount, rounding = extras
        goods = sum(int(m.unit_price.amount) * m.quantity - sum(d.amount.amount for d in m.discounts) for m in made)
        tax = sum(t.amount.amount for m in made for t in m.taxes) + (shipping // 5 if shipping else 0)
        total = goods + shipping + fee - discount + rounding + (0 if inclusive else tax)
        fields: dict[str, Any] = {
            "prices_include_tax": inclusive,
            "shipping": [a_charge(shipping)] if shipping else [],
            "fees": [Charge(amount=usd(fee))] if fee else [],
            "discounts": [Discount(amount=usd(discount))] if discount else [],
            "rounding": SignedAmount(rounding, "USD") if rounding else None,
            "total": Amount(total, "USD"),
            "payments": self.payments(paying, token, total),
        }
        return an_order(self.world.shop.channel.code, made, customer=ADA, **fields)

    def line(self, sku: int, quantity: int, price: int, plain: bool) -> Line:
        """A line; unless it is plain, with a discount and a tax that do not divide by its units."""
        worth = price * quantity
        taxed = {"discounts": [Discount(amount=usd(worth // 7))], "taxes": [Tax(amount=usd(worth // 9))]}
        more: dict[str, Any] = {} if plain else taxed
        if sku == DIGITAL:
            more["delivery"] = "digital"
        return a_line(self.world.skus[sku], quantity, price, **more)

    def change(self, what: str, *how: Any) -> Any:
        """A change of an order."""
        made: dict[str, Callable[..., Any]] = {
            "add": lambda line: AddLine(line=self.line(*line)),
            "quantity": lambda n, units: SetQuantity(line=n, quantity=units),
            "remove": lambda n: RemoveLine(line=n),
            "swap": lambda n, sku, price: SwapSku(
                line=n, sku=self.world.skus[sku], unit_price=None if price is None else UnitPrice(price, "USD")
            ),
            "discount": lambda cents, n: AddDiscount(discount=Discount(amount=usd(cents)), line=n),
            "shipping": lambda cents: SetShipping(shipping=[a_charge(cents)]),
            "address": lambda: SetShipTo(ship_to=an_address(line1="2 Elm St")),
        }
        return made[what](*how)

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
        if paying == "credit":
            rest = [self.checkout(total - half, good)] if total > half else []
            return [*self.credit(half), *rest]
        if paying in ("both", "split"):
            other = (
                a_payment(total - half, state="pending", provider="builtin", reference=token)
                if paying == "both"
                else a_payment(total - half, "gift_card", provider="bazaar")
            )
            return [self.checkout(half, good), *([other] if total > half else [])]
        authorized = self.checkout(total, good)
        return [authorized] if paying == "authorized" else [self.taken(authorized, total)]

    def credit(self, amount: int) -> list[ReportedPayment]:
        """Store credit, more than there is at times; by somebody who has none yet, nothing."""
        return [
            a_payment(
                amount, "store_credit", state="pending", provider="store_credit", reference=encode_id("crd", row["id"])
            )
            for row in self.pick("SELECT id FROM credit_account", 0)
        ]

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
