"""Goods that come back for others: several lines at once, other quantities, and what pays the difference."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from orderwright.api import Answer, Said
from orderwright.console.frame import ConsoleScreen
from orderwright.console.order_dialog import (
    NOT_AN_AMOUNT,
    MoneyText,
    Units,
    done,
    effects,
    minor,
    no_effects,
    order_path,
    path_of,
    read_order,
)
from orderwright.console.order_returns import METHODS, REASONS, Code, gone
from orderwright.console.words import plural
from orderwright.console.words_refusals import refused
from orderwright.screens import Filled, blank, page

_MODES = (("on_return", "When the goods have come back"), ("advance", "At once, before they come back"))
PAYING = (
    ("", "Nothing is to be paid"), ("invoice", "It stays due, by invoice"),
    ("bank_transfer", "It came by bank transfer"), ("cash", "It was paid in cash"),
    ("store_credit", "From their store credit"),
)  # fmt: skip
NOTHING_SAID = "Type how many units come back, and the SKU that goes instead."
NOT_PAID = "The new goods cost more than what comes back. Say how the difference is paid."
SENT_BEFORE = "This form was sent before, and what it said then was done. For something else, open it anew."
_TAKEN = frozenset({"bank_transfer", "cash"})  # the rest is still to be paid


class ExchangeForm(msgspec.Struct, frozen=True, kw_only=True):
    """By line: how many units come back, the SKU that goes instead, how many of it, and what one costs."""

    units: dict[str, Units] = {}
    sku: dict[str, Code] = {}
    count: dict[str, Units] = {}
    price: dict[str, MoneyText] = {}
    reason: Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,63}$", description="a reason")] = "does_not_fit"
    method: Literal["label", "drop_off"] = "label"
    mode: Literal["on_return", "advance"] = "on_return"
    paid: Literal["invoice", "bank_transfer", "cash", "store_credit"] | None = None


@page("GET", "/orders/{order_id}/exchange", needs="returns.write")
async def exchange_form(screen: ConsoleScreen) -> Answer:
    """What may be exchanged."""
    order = await read_order(screen)
    return _show(screen, order, blank(reason="does_not_fit", method="label", mode="on_return"))


@page("POST", "/orders/{order_id}/exchange/preview", needs="returns.write")
async def preview_exchange(screen: ConsoleScreen) -> Answer:
    """What an exchange would come to."""
    order = await read_order(screen)
    form, body = _read(await screen.form(ExchangeForm), order)
    if body is None:
        return no_effects(screen, next(iter(form.errors.values()), NOTHING_SAID))
    said = await screen.do("quote_exchange", path=path_of(screen), body=body)
    if said.problem is not None:
        return no_effects(screen, refused(said.problem))
    told, f = said.value.details, screen.formats
    rows = [
        ("The new goods cost", f.minor(told["total_minor"], told["currency"])),
        ("What comes back pays", f.minor(told["brought_minor"], told["currency"])),
        ("The customer pays", f.minor(told["needed_minor"], told["currency"])),
        ("Promised for", f.day(date.fromisoformat(told["promised_on"])) if told["promised_on"] else "no day yet"),
    ]
    if told.get("backordered"):
        rows.append(("Waits for supply", plural(told["backordered"], "unit")))
    return effects(screen, rows)


@page("POST", "/orders/{order_id}/exchange", needs="returns.write")
async def request_exchange(screen: ConsoleScreen) -> Answer:
    """Make a return, and an order of the new goods."""
    order = await read_order(screen)
    form, body = _read(await screen.form(ExchangeForm), order)
    if form.value is None or body is None:
        errors = {} if form.errors else {"units": NOTHING_SAID}
        return _show(screen, order, form.with_errors(errors), status=422)
    quoted = None
    if form.value.paid is not None:
        quoted = await screen.do("quote_exchange", path=path_of(screen), body=body)
        body |= _payment(form.value.paid, quoted.value.details) if quoted.problem is None else {}
    said = await screen.do("request_exchange", path=path_of(screen), body=body)
    if said.problem is not None and said.problem.code == "idempotency_key_reused":  # once done, it is quoted otherwise
        return done(screen, SENT_BEFORE, tone="blue")
    if said.problem is not None:
        return _refused(screen, order, form, quoted if quoted is not None and quoted.problem is not None else said)
    text = f"{order.number_text}: exchanged by order {said.value.details['number']}."
    return done(screen, text, undo=f"/exchanges/{said.value.id}/cancel")


def _payment(method: str, told: dict[str, Any]) -> dict[str, Any]:
    """The payment of the difference, where there is one."""
    if not told["needed_minor"]:
        return {}
    amount = {"amount": told["needed_minor"], "currency": told["currency"]}
    return {"payments": [{"method": method, "state": "captured" if method in _TAKEN else "pending", "amount": amount}]}


def _refused(screen: ConsoleScreen, order: Any, form: Filled[Any], said: Said) -> Answer:
    assert said.problem is not None
    unpaid = said.problem.code == "payment_needed"
    wrong = {"paid": NOT_PAID} if unpaid else {"": refused(said.problem, approvable=False)}
    return _show(screen, order, form.with_errors(wrong), status=422)


def _show(screen: ConsoleScreen, order: Any, form: Filled[Any], *, status: int = 200) -> Answer:
    return screen.show(
        "orders/exchange.html", status=status, order=order, form=form, lines=gone(order), base=order_path(screen),
        currency=order.totals.total.currency, reasons=REASONS, methods=METHODS, modes=_MODES, paying=PAYING,
    )  # fmt: skip


def _read(form: Filled[ExchangeForm], order: Any) -> tuple[Filled[ExchangeForm], dict[str, Any] | None]:
    """What is exchanged; the form with errors where something in it is wrong, None where nothing is chosen.

    As many units as come back, without a price, go at what those were sold for; other units, or at a price of their
    own, are new lines: without a price at that of the line."""
    value = form.value
    if value is None:
        return form, None
    errors: dict[str, str] = {}
    lines: list[dict[str, Any]] = []
    new: list[dict[str, Any]] = []
    prices = {line.n: line.unit_price for line in order.lines}
    for n, name, _ in gone(order):
        back, sku = value.units.get(f"L{n}", 0), value.sku.get(f"L{n}")
        if back:
            lines.append({"line": n, "quantity": back, "reason": value.reason})
        if not sku:
            continue
        count = value.count.get(f"L{n}") or back
        typed = value.price.get(f"L{n}")
        amount = minor(typed, order.totals.total.currency) if typed else None
        if not count:
            errors[f"count.L{n}"] = f"Type how many go instead of {name}, or how many come back."
        elif typed and amount is None:
            errors[f"price.L{n}"] = NOT_AN_AMOUNT
        elif amount is None and count == back:
            new.append({"sku": sku, "quantity": count, "in_place_of": n})
        else:
            price = {"amount": amount, "currency": order.totals.total.currency} if typed else _price(prices[n])
            new.append({"sku": sku, "quantity": count, "unit_price": price})
    if errors:
        return form.with_errors(errors), None
    if not lines or not new:
        return form, None
    return form, {"lines": lines, "new_lines": new, "mode": value.mode, "method": value.method}


def _price(price: Any) -> dict[str, Any]:
    """What one was sold for, which may be finer than a minor unit."""
    return {"amount": price.amount, "currency": price.currency}


ORDER_EXCHANGE = [exchange_form, preview_exchange, request_exchange]
