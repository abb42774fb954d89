"""Moves of the money machine on money: what people do by hand, and what the provider does."""

from __future__ import annotations

import contextlib
from typing import Any

from hypothesis import strategies as st

from orderwright.flows.change_money import record_payments, refund_orders, retry_payments, write_off_balances
from orderwright.flows.receive_webhooks import receive_webhook
from orderwright.orders.contract import SignedAmount
from orderwright.payments import (
    Ask,
    AskKind,
    Notice,
    RecordPayment,
    RefundOrder,
    RetryPayment,
    WriteOffBalance,
)
from orderwright.payments.providers.builtin import Mode
from orderwright.payments.store_credit import (
    AdjustStoreCredit,
    IssueStoreCredit,
    adjust_store_credit,
    issue_store_credit,
)
from orderwright.platform.ids import encode_id
from tests.builders.orders import usd
from tests.machine.machines import move
from tests.machine.money_world import MoneyMachine
from tests.machine.order_moves import NTH, TOKEN

CENTS = st.sampled_from((1, 7, 99, 333, 1000, 2500, 10**6))
KIND = st.sampled_from(
    (AskKind.AUTHORIZE, AskKind.INCREMENT, AskKind.CAPTURE, AskKind.CAPTURE, AskKind.REFUND, None, None, "fetch")
)
MODE = st.sampled_from((*Mode, Mode.TIMEOUT_AFTER, Mode.CRASH_AFTER))
ELSEWHERE = st.sampled_from((AskKind.CAPTURE, AskKind.REFUND, AskKind.VOID))


class PaymentMoves(MoneyMachine):
    """Money that moves by hand, at the provider's own desk, or not at all."""

    # ---- by hand ----

    @move(2, nth=NTH, cents=CENTS, all_of_it=st.booleans(), to=st.sampled_from(("any", "named", "credit")))
    def refund(self, nth: int, cents: int, all_of_it: bool, to: str) -> None:
        """Somebody gives money back, to the payments, to one, or in store credit; more than there is, at times."""
        sql = (
            "SELECT id, order_id, captured_minor - refunded_minor - refunding_minor AS open FROM payment"
            " ORDER BY captured_minor = refunded_minor + refunding_minor, id"
        )
        for row in self.pick(sql, nth):
            payment = encode_id("pay", row["id"]) if to == "named" else None
            command = RefundOrder(
                order_id=row["order_id"], amount=usd(row["open"] if all_of_it else cents), payment=payment,
                to="store_credit" if to == "credit" else "payment",
            )  # fmt: skip
            self.world.run(refund_orders, [command])

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

    @move(cents=st.sampled_from((1, 99, 2500)), less=st.booleans())
    def give(self, cents: int, less: bool) -> None:
        """Somebody gives a customer store credit, or takes some away."""
        for row in self.pick("SELECT id FROM credit_account", 0) if less else ():
            command = AdjustStoreCredit(account_id=row["id"], amount=SignedAmount(-cents, "USD"))
            self.world.run(adjust_store_credit, [command])
        for row in self.pick("SELECT id FROM customer", 0) if not less else ():
            command_ = IssueStoreCredit(customer=encode_id("cus", row["id"]), amount=usd(cents))
            self.world.run(issue_store_credit, [command_])

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
