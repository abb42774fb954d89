"""Goods that come back: a return, a withdrawal, the end of an exchange; what they bring is quoted before."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from orderwright.api import Answer
from orderwright.console.frame import ConsoleScreen
from orderwright.console.order_dialog import (
    Dialog,
    Field,
    Units,
    chosen,
    done,
    effects,
    no_effects,
    path_of,
    read_order,
    show,
    show_refused,
)
from orderwright.console.words import words
from orderwright.console.words_orders import count
from orderwright.console.words_refusals import refused
from orderwright.screens import Filled, blank, page

REASONS = (("changed_mind", "Changed their mind"), ("defective", "Defective"), ("wrong_item", "Not what was ordered"),
            ("too_late", "Came too late"), ("does_not_fit", "Does not fit"))  # fmt: skip
METHODS = (("label", "With a label that we send"), ("drop_off", "They bring it themselves"))
_TO = (("payment", "To how it was paid"), ("store_credit", "To store credit"))
Code = Annotated[str, Meta(max_length=200)]


class ReturnForm(msgspec.Struct, frozen=True, kw_only=True):
    """How many units of each line come back, why, how, and what the money becomes."""

    units: dict[str, Units] = {}
    reason: Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,63}$", description="a reason")] = "changed_mind"
    method: Literal["label", "drop_off"] = "label"
    refund_to: Literal["payment", "store_credit"] = "payment"
    override: bool = False


class WithdrawForm(msgspec.Struct, frozen=True, kw_only=True):
    """From how many units of each line the consumer withdraws; from all where none is named."""

    units: dict[str, Units] = {}


def gone(order: Any) -> list[tuple[int, str, int]]:
    """Lines that have left, with how many units are out there."""
    return [
        (line.n, line.name or line.sku, out)
        for line in order.lines
        if (out := min((p.shipped + p.delivered) * line.quantity // p.ordered for p in line.components if p.ordered))
    ]


def _return(screen: ConsoleScreen, order: Any) -> Dialog:
    override = Field("check", "override", "Take it against the terms of the channel")
    return Dialog(
        "/return", "Announce a return", "Announce the return", preview=True,
        fields=(
            Field("units", "units", "What comes back", options=gone(order)),
            Field("select", "reason", "Why", options=REASONS, required=True),
            Field("select", "method", "How", options=METHODS, required=True),
            Field("select", "refund_to", "The money goes", options=_TO, required=True),
            *((override,) if screen.may("returns.override") else ()),
        ),
    )  # fmt: skip


@page("GET", "/orders/{order_id}/return", needs="returns.write")
async def return_form(screen: ConsoleScreen) -> Answer:
    """What may come back."""
    order = await read_order(screen)
    start = blank(reason="changed_mind", method="label", refund_to="payment")
    return show(screen, order, _return(screen, order), start)


@page("POST", "/orders/{order_id}/return/preview", needs="returns.write")
async def preview_return(screen: ConsoleScreen) -> Answer:
    """What a return would bring."""
    form, order = await screen.form(ReturnForm), await read_order(screen)
    lines = _requested(form)
    if form.value is None or not lines:
        return no_effects(screen, "Type how many units come back.")
    body = {"lines": lines, "method": form.value.method, "refund_to": form.value.refund_to}
    said = await screen.do("quote_return", path=path_of(screen), body=body)
    if said.problem is not None:
        return no_effects(screen, refused(said.problem))
    return effects(screen, _quote(screen, order, said.value.details))


@page("POST", "/orders/{order_id}/return", needs="returns.write")
async def request_return(screen: ConsoleScreen) -> Answer:
    """Announce that goods come back."""
    form, order = await screen.form(ReturnForm), await read_order(screen)
    lines = _requested(form)
    if form.value is None or not lines:
        return _nothing_chosen(screen, order, _return(screen, order), form)
    body: dict[str, Any] = {"lines": lines, "method": form.value.method, "refund_to": form.value.refund_to}
    body |= {"override": True} if form.value.override else {}
    said = await screen.do("request_return", path=path_of(screen), body=body)
    if said.problem is not None:
        return show_refused(screen, order, _return(screen, order), form, said)
    return done(screen, f"{order.number_text}: return announced.", undo=f"/returns/{said.value.id}/cancel")


def _ending(screen: ConsoleScreen, noun: str, name: str) -> Dialog:
    return Dialog(
        f"/{noun}s/{screen.param(name)}/cancel", f"Cancel the {noun}", f"Cancel the {noun}", tone="danger",
        effects=(("Goods", "stay with the customer"), ("Money", "stays as it is")),
    )  # fmt: skip


@page("GET", "/orders/{order_id}/returns/{return_id}/cancel", needs="returns.write")
async def cancel_return_form(screen: ConsoleScreen) -> Answer:
    """What cancelling a return does."""
    return show(screen, await read_order(screen), _ending(screen, "return", "return_id"), blank())


@page("POST", "/orders/{order_id}/returns/{return_id}/cancel", needs="returns.write")
async def cancel_return(screen: ConsoleScreen) -> Answer:
    """Cancel a return that nobody has sent."""
    return await _end(screen, "cancel_return", "return", "return_id")


@page("GET", "/orders/{order_id}/exchanges/{exchange_id}/cancel", needs="returns.write")
async def cancel_exchange_form(screen: ConsoleScreen) -> Answer:
    """What cancelling an exchange does."""
    return show(screen, await read_order(screen), _ending(screen, "exchange", "exchange_id"), blank())


@page("POST", "/orders/{order_id}/exchanges/{exchange_id}/cancel", needs="returns.write")
async def cancel_exchange(screen: ConsoleScreen) -> Answer:
    """Cancel an exchange."""
    return await _end(screen, "cancel_exchange", "exchange", "exchange_id")


def _withdrawal(order: Any) -> Dialog:
    lines = [(line.n, line.name or line.sku, c.ordered) for line in order.lines if (c := count(line)).ordered]
    return Dialog(
        "/withdraw", "Record a withdrawal", "Record the withdrawal", tone="danger",
        lead="A consumer in the EU withdraws within the time that the law gives. No reason is asked for.",
        fields=(Field("units", "units", "From what", "Leave all empty for the whole order.", options=lines),),
        effects=(
            ("What has not left", "is cancelled"), ("What has left", "comes back, and is refunded then"),
            ("What was said", "is kept with its time, even if it is too late"),
        ),
    )  # fmt: skip


@page("GET", "/orders/{order_id}/withdraw", needs="returns.write")
async def withdraw_form(screen: ConsoleScreen) -> Answer:
    """What a withdrawal does."""
    order = await read_order(screen)
    return show(screen, order, _withdrawal(order), blank())


@page("POST", "/orders/{order_id}/withdraw", needs="returns.write")
async def withdraw_order(screen: ConsoleScreen) -> Answer:
    """Record that a consumer withdraws."""
    form, order = await screen.form(WithdrawForm), await read_order(screen)
    if form.value is None:
        return show_refused(screen, order, _withdrawal(order), form)
    lines = chosen(form.value.units)
    said = await screen.do("withdraw_order", path=path_of(screen), body={"lines": lines} if lines else {})
    if said.problem is not None:
        return show_refused(screen, order, _withdrawal(order), form, said)
    return done(screen, f"{order.number_text}: withdrawal recorded.")


async def _end(screen: ConsoleScreen, operation: str, noun: str, name: str) -> Answer:
    said = await screen.do(operation, path={name: screen.param(name)}, body={})
    if said.problem is not None:
        form: Filled[Any] = blank()
        return show_refused(screen, await read_order(screen), _ending(screen, noun, name), form, said)
    return done(screen, f"The {noun} is cancelled.")


def _nothing_chosen(screen: ConsoleScreen, order: Any, dialog: Dialog, form: Filled[Any]) -> Answer:
    errors = {} if form.errors else {"units": "Type how many units come back."}
    return show_refused(screen, order, dialog, form.with_errors(errors))


def _requested(form: Filled[Any]) -> list[dict[str, Any]]:
    if form.value is None:
        return []
    return [{**line, "reason": form.value.reason} for line in chosen(form.value.units)]


def _quote(screen: ConsoleScreen, order: Any, told: dict[str, Any]) -> list[tuple[str, str]]:
    """What a return brings, and the lines that may not come back."""
    f, currency = screen.formats, told["currency"]
    names = {line.n: line.name or line.sku for line in order.lines}
    rows = [("Refund of the goods", f.minor(told["refund_minor"], currency))]
    rows += (
        [("Restocking fee", f.minor(-told["restocking_fees_minor"], currency))] if told["restocking_fees_minor"] else []
    )
    rows += [("Label", f.minor(-told["label_fee_minor"], currency))] if told["label_fee_minor"] else []
    rows.append(("The customer gets", f.minor(told["total_minor"], currency)))
    if told.get("store_credit_minor") is not None:
        credit = f.minor(told["store_credit_minor"] + told["store_credit_bonus_minor"], currency)
        rows.append(("As store credit", credit if told["store_credit_offered"] else "is not offered"))
    rows.append(("When", "when it has come back" if told["refund_on"] != "request" else "at once"))
    for line in told["lines"]:
        if not line["eligible"]:
            rows.append((names.get(line["line"], str(line["line"])), f"may not come back: {words(line['code'])}"))
    if not told["method_offered"]:
        rows.append(("How", "this way is not offered by the channel"))
    return rows


ORDER_RETURNS = [
    return_form, preview_return, request_return, cancel_return_form, cancel_return, cancel_exchange_form,
    cancel_exchange, withdraw_form, withdraw_order,
]  # fmt: skip
