"""What people do with the money of an order: refund, give store credit, record, write off, try again."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from orderwright.api import Answer, Said
from orderwright.console.frame import ConsoleScreen
from orderwright.console.order_dialog import (
    NOT_AN_AMOUNT,
    Asking,
    Dialog,
    Field,
    MoneyText,
    ask_approval,
    done,
    effects,
    major,
    minor,
    no_effects,
    order_path,
    path_of,
    read_order,
    show,
    show_refused,
)
from orderwright.console.words import words
from orderwright.screens import Filled, blank, page

_REASONS = (("goodwill", "Goodwill"), ("damaged", "Damaged"), ("late", "Late"), ("price_promise", "Price promise"),
            ("other", "Something else"))  # fmt: skip
_METHODS = (("bank_transfer", "Bank transfer"), ("cash_on_delivery", "Cash on delivery"), ("cash", "Cash"),
            ("card", "Card"), ("marketplace", "Marketplace"), ("invoice", "Invoice"))  # fmt: skip
_TO = (("payment", "To how it was paid"), ("store_credit", "To the customer's store credit"))
_WAYS = (("received", "It came in"), ("refunded", "It was given back"))
Reason = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,63}$", description="a reason")]


class RefundForm(Asking, frozen=True, kw_only=True):
    """How much to give back, where to and why."""

    amount: MoneyText
    to: Literal["payment", "store_credit"] = "payment"
    reason: Reason = "goodwill"


class CreditForm(Asking, frozen=True, kw_only=True):
    """How much store credit to give, and why."""

    amount: MoneyText
    reason: Reason = "goodwill"


class WriteOffForm(Asking, frozen=True, kw_only=True):
    """How much to give up, and why."""

    amount: MoneyText
    reason: Reason = "uncollectable"


class PaymentForm(msgspec.Struct, frozen=True, kw_only=True):
    """Money that moved without us."""

    amount: MoneyText
    direction: Literal["received", "refunded"] = "received"
    method: Literal["bank_transfer", "cash_on_delivery", "cash", "card", "marketplace", "invoice"] = "bank_transfer"
    reference: Annotated[str, Meta(max_length=200)] | None = None


class RetryForm(msgspec.Struct, frozen=True, kw_only=True):
    """Which payment to try again."""

    payment: Annotated[str, Meta(max_length=40)]


def _amount(order: Any, hint: str = "") -> Field:
    return Field("money", "amount", f"Amount in {order.totals.total.currency}", hint, required=True)


def _refund(order: Any, most: str = "") -> Dialog:
    return Dialog(
        "/refund", "Refund an amount", "Refund this amount", preview=True, approvable=True,
        lead="For goodwill, a price promise, a fault. What is cancelled or sent back is refunded by itself.",
        fields=(
            _amount(order, most), Field("select", "to", "Where to", options=_TO, required=True),
            Field("select", "reason", "Why", options=_REASONS, required=True),
        ),
    )  # fmt: skip


@page("GET", "/orders/{order_id}/refund", needs="payments.refund")
async def refund_form(screen: ConsoleScreen) -> Answer:
    """How much may be given back."""
    order = await read_order(screen)
    return show(screen, order, _refund(order, await _most(screen)), blank(to="payment", reason="goodwill"))


@page("POST", "/orders/{order_id}/refund/preview", needs="payments.refund")
async def preview_refund(screen: ConsoleScreen) -> Answer:
    """What a refund would do to the money."""
    form, order = await screen.form(RefundForm), await read_order(screen)
    currency = order.totals.total.currency
    given = minor(form.value.amount, currency) if form.value else None
    if form.value is None or given is None:
        return no_effects(screen, "Type an amount to see what it does.")
    money = await screen.find("read_order_money", path=path_of(screen)) if screen.may("payments.read") else None
    to_credit = form.value.to == "store_credit"
    rows = [("Store credit" if to_credit else "Given back", f"+{screen.formats.minor(given, currency)}")]
    if money is not None:
        if given > money.refundable.amount:
            return no_effects(screen, f"No more than {screen.formats.money(money.refundable)} can be refunded.")
        rows.append(("Can still be refunded", screen.formats.minor(money.refundable.amount - given, currency)))
    rows += [
        ("Stock and shipping", "stay as they are"),
        ("The provider", "is asked right after" if not to_credit else "is not asked"),
    ]
    return effects(screen, rows)


@page("POST", "/orders/{order_id}/refund", needs="payments.refund")
async def refund_order(screen: ConsoleScreen) -> Answer:
    """Give money back."""
    form, order = await screen.form(RefundForm), await read_order(screen)
    form, body = _with_amount(form, order)
    if form.value is None:
        return show_refused(screen, order, _refund(order), form)
    body |= {"to": form.value.to, "reason": form.value.reason}
    said = await _do(screen, "refund_order", body, form.value)
    if said.problem is not None:
        return show_refused(screen, order, _refund(order), form, said)
    return _said(screen, order, form.value, "is being refunded", body)


def _credit(order: Any) -> Dialog:
    return Dialog(
        "/credit", "Give store credit", "Give store credit", approvable=True,
        fields=(_amount(order), Field("select", "reason", "Why", options=_REASONS, required=True)),
        effects=(("The order's money", "stays as it is"), ("The customer", "can spend it on the next order")),
    )  # fmt: skip


@page("GET", "/orders/{order_id}/credit", needs="store_credit.issue")
async def credit_form(screen: ConsoleScreen) -> Answer:
    """How much store credit to give."""
    order = await read_order(screen)
    return show(screen, order, _credit(order), blank(reason="goodwill"))


@page("POST", "/orders/{order_id}/credit", needs="store_credit.issue")
async def give_credit(screen: ConsoleScreen) -> Answer:
    """Give store credit out of goodwill."""
    form, order = await screen.form(CreditForm), await read_order(screen)
    form, body = _with_amount(form, order)
    if form.value is None:
        return show_refused(screen, order, _credit(order), form)
    body |= {"order": order.id, "reason": form.value.reason}
    said = await _do(screen, "issue_store_credit", body, form.value, of_order=False)
    if said.problem is not None:
        return show_refused(screen, order, _credit(order), form, said)
    return _said(screen, order, form.value, "of store credit was given", body)


def _write_off(order: Any) -> Dialog:
    return Dialog(
        "/write-off", "Write off the balance", "Write this amount off", tone="danger", approvable=True,
        fields=(_amount(order), Field("hidden", "reason")),
        effects=(("The customer", "owes this no more"), ("Goods", "stay with the customer")),
    )  # fmt: skip


@page("GET", "/orders/{order_id}/write-off", needs="payments.write")
async def write_off_form(screen: ConsoleScreen) -> Answer:
    """What is due, to be given up."""
    order = await read_order(screen)
    due = major(max(order.balance_due.amount, 0), order.balance_due.currency)
    return show(screen, order, _write_off(order), blank(amount=due, reason="uncollectable"))


@page("POST", "/orders/{order_id}/write-off", needs="payments.write")
async def write_off(screen: ConsoleScreen) -> Answer:
    """Give up a balance that nobody will pay."""
    form, order = await screen.form(WriteOffForm), await read_order(screen)
    form, body = _with_amount(form, order)
    if form.value is None:
        return show_refused(screen, order, _write_off(order), form)
    body |= {"reason": form.value.reason}
    said = await _do(screen, "write_off_balance", body, form.value)
    if said.problem is not None:
        return show_refused(screen, order, _write_off(order), form, said)
    return _said(screen, order, form.value, "was written off", body)


def _payment(order: Any) -> Dialog:
    return Dialog(
        "/payment", "Record a payment", "Record the payment",
        lead="Money that moved without us: a bank transfer that came, cash that the driver brought.",
        fields=(
            _amount(order), Field("select", "direction", "Which way", options=_WAYS, required=True),
            Field("select", "method", "How", options=_METHODS, required=True),
            Field("input", "reference", "Reference", "As the bank or the provider names it. No names of people."),
        ),
        effects=(("What is due", "becomes less, or more where it was given back"), ("Providers", "are not asked")),
    )  # fmt: skip


@page("GET", "/orders/{order_id}/payment", needs="payments.write")
async def payment_form(screen: ConsoleScreen) -> Answer:
    """A payment to be written down."""
    order = await read_order(screen)
    due = order.balance_due.amount
    typed = {"amount": major(due, order.balance_due.currency)} if due > 0 else {}
    return show(screen, order, _payment(order), blank(direction="received", method="bank_transfer", **typed))


@page("POST", "/orders/{order_id}/payment", needs="payments.write")
async def record_payment(screen: ConsoleScreen) -> Answer:
    """Write down money that moved without us."""
    form, order = await screen.form(PaymentForm), await read_order(screen)
    form, body = _with_amount(form, order)
    if form.value is None:
        return show_refused(screen, order, _payment(order), form)
    body |= {"direction": form.value.direction, "method": form.value.method}
    body |= {"reference": form.value.reference} if form.value.reference else {}
    said = await screen.do("record_payment", path=path_of(screen), body=body)
    if said.problem is not None:
        return show_refused(screen, order, _payment(order), form, said)
    return _said(screen, order, form.value, "was recorded", body)


def _retry(screen: ConsoleScreen, order: Any) -> Dialog:
    refused = [
        (one.id, f"{words(one.method).capitalize()}, {screen.formats.money(one.amount)}: {words(one.refused)}")
        for one in order.payments
        if one.refused
    ]
    return Dialog(
        "/retry", "Try a payment again", "Try it again",
        fields=(Field("select", "payment", "Which", options=refused, required=True),),
        effects=(
            ("The provider", "is asked for the same once more"), ("The order", "goes on by itself if it is given"),
        ),
    )  # fmt: skip


@page("GET", "/orders/{order_id}/retry", needs="payments.write")
async def retry_form(screen: ConsoleScreen) -> Answer:
    """Which payments were refused."""
    order = await read_order(screen)
    return show(screen, order, _retry(screen, order), blank())


@page("POST", "/orders/{order_id}/retry", needs="payments.write")
async def retry_payment(screen: ConsoleScreen) -> Answer:
    """Ask the provider again."""
    form, order = await screen.form(RetryForm), await read_order(screen)
    if form.value is None:
        return show_refused(screen, order, _retry(screen, order), form)
    said = await screen.do("retry_payment", path={"payment_id": form.value.payment}, body={})
    if said.problem is not None:
        return show_refused(screen, order, _retry(screen, order), form, said)
    return done(screen, f"{order.number_text}: the payment is tried again.")


async def _most(screen: ConsoleScreen) -> str:
    money = await screen.find("read_order_money", path=path_of(screen)) if screen.may("payments.read") else None
    return f"At most {screen.formats.money(money.refundable)}." if money is not None else ""


def _with_amount(form: Filled[Any], order: Any) -> tuple[Filled[Any], dict[str, Any]]:
    """The form, refused where its amount is none, and the body that it begins."""
    if form.value is None:
        return form, {}
    currency = order.totals.total.currency
    amount = minor(form.value.amount, currency)
    if not amount:
        return form.with_errors({"amount": NOT_AN_AMOUNT}), {}
    return form, {"amount": {"amount": amount, "currency": currency}}


async def _do(
    screen: ConsoleScreen, operation: str, body: dict[str, Any], form: Asking, *, of_order: bool = True
) -> Said:
    """Do it, or ask for approval of it."""
    if form.ask:
        subject = screen.param("order_id") if of_order else None
        return await ask_approval(screen, operation, body, form.why, subject=subject)
    return await screen.do(operation, path=path_of(screen) if of_order else None, body=body)


def _said(screen: ConsoleScreen, order: Any, form: Any, text: str, body: dict[str, Any]) -> Answer:
    if getattr(form, "ask", False):
        screen.say("Approval was asked for. It is done as soon as somebody approves.", "blue")
        return screen.go(order_path(screen))
    amount = screen.formats.minor(body["amount"]["amount"], body["amount"]["currency"])
    return done(screen, f"{order.number_text}: {amount} {text}.")


ORDER_MONEY = [
    refund_form, preview_refund, refund_order, credit_form, give_credit, write_off_form, write_off, payment_form,
    record_payment, retry_form, retry_payment,
]  # fmt: skip
