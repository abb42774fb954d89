"""Something was wrong with what left: a claim, and what the customer gets: goods again, money, a part of it."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from orderwright.api import Answer, Said
from orderwright.console.frame import ConsoleScreen
from orderwright.console.order_dialog import (
    NOT_AN_AMOUNT,
    Asking,
    Dialog,
    Field,
    MoneyText,
    Units,
    ask_approval,
    chosen,
    done,
    minor,
    order_path,
    path_of,
    read_order,
    show,
    show_refused,
)
from orderwright.console.order_returns import gone
from orderwright.console.words import plural, words
from orderwright.screens import Filled, blank, page

_KINDS = (("damaged", "Damaged"), ("missing", "Missing in the parcel"), ("wrong", "Something else was in it"),
          ("late", "Came late"), ("lost", "Never arrived"))  # fmt: skip
_WHAT = (("reship", "The same goods again"), ("refund", "The money of the units"),
         ("allowance", "A part of the money"), ("reject", "Nothing: reject the claim"))  # fmt: skip


class ClaimForm(msgspec.Struct, frozen=True, kw_only=True):
    """With how many units of each line something is wrong, and what."""

    kind: Literal["damaged", "missing", "wrong", "late", "lost"]
    units: dict[str, Units] = {}


class DecideForm(Asking, frozen=True, kw_only=True):
    """What the customer gets."""

    resolution: Literal["reship", "refund", "allowance", "reject"]
    amount: MoneyText | None = None


def _claim(order: Any) -> Dialog:
    return Dialog(
        "/claim", "Open a claim", "Open the claim",
        lead="Something is wrong with goods that left, and they need not come back. You decide next what is given.",
        fields=(
            Field("units", "units", "What is concerned", options=gone(order)),
            Field("select", "kind", "What is wrong", options=_KINDS, required=True),
        ),
        effects=(
            ("Money and stock", "stay as they are until it is decided"),
            ("Who caused it", "is concluded from how it left"),
        ),
    )  # fmt: skip


@page("GET", "/orders/{order_id}/claim", needs="claims.write")
async def claim_form(screen: ConsoleScreen) -> Answer:
    """What a claim may be about."""
    order = await read_order(screen)
    return show(screen, order, _claim(order), blank(kind="damaged"))


@page("POST", "/orders/{order_id}/claim", needs="claims.write")
async def open_claim(screen: ConsoleScreen) -> Answer:
    """Open a claim, and go on to decide it."""
    form, order = await screen.form(ClaimForm), await read_order(screen)
    lines = chosen(form.value.units) if form.value is not None else []
    if form.value is None or not lines:
        errors = {} if form.errors else {"units": "Type how many units are concerned."}
        return show_refused(screen, order, _claim(order), form.with_errors(errors))
    body = {"kind": form.value.kind, "lines": lines}
    said = await screen.do("open_claim", path=path_of(screen), body=body)
    if said.problem is not None:
        return show_refused(screen, order, _claim(order), form, said)
    screen.say(f"{order.number_text}: claim opened. Decide what the customer gets.")
    return screen.go(order_path(screen, f"/claims/{said.value.id}"))


def _decision(order: Any, claim: Any) -> Dialog:
    names = {line.n: line.name or line.sku for line in order.lines}
    rows = [(names.get(line.line, ""), plural(line.quantity, "unit")) for line in claim.lines]
    return Dialog(
        f"/claims/{claim.id}", f"Decide the claim: {words(claim.kind)}", "Give this", approvable=True,
        fields=(
            Field("select", "resolution", "The customer gets", options=_WHAT, required=True),
            Field("money", "amount", f"How much in {order.totals.total.currency}", "Only for a part of the money."),
        ),
        effects=[
            *rows, ("Goods again", "are an order of their own, for nothing"), ("Money", "goes to how it was paid"),
        ],
    )  # fmt: skip


@page("GET", "/orders/{order_id}/claims/{claim_id}", needs="claims.write")
async def decide_claim_form(screen: ConsoleScreen) -> Answer:
    """What the customer may get for a claim."""
    order, claim = await _both(screen)
    start = "allowance" if claim.kind == "late" else "reship"
    return show(screen, order, _decision(order, claim), blank(resolution=start))


@page("POST", "/orders/{order_id}/claims/{claim_id}", needs="claims.write")
async def decide_claim(screen: ConsoleScreen) -> Answer:
    """Give the customer what was decided, or reject the claim."""
    form: Filled[DecideForm] = await screen.form(DecideForm)
    order, claim = await _both(screen)
    body: dict[str, Any] = {}
    if form.value is not None and form.value.resolution == "allowance":
        amount = minor(form.value.amount, order.totals.total.currency)
        if not amount:
            form = form.with_errors({"amount": NOT_AN_AMOUNT})
        else:
            body["amount"] = {"amount": amount, "currency": order.totals.total.currency}
    if form.value is None:
        return show_refused(screen, order, _decision(order, claim), form)
    said = await _decide(screen, form.value, body)
    if said.problem is not None:
        return show_refused(screen, order, _decision(order, claim), form, said)
    if form.value.ask:
        return done(screen, "Approval was asked for. It is done as soon as somebody approves.", tone="blue")
    given = "rejected" if form.value.resolution == "reject" else words(form.value.resolution)
    return done(screen, f"{order.number_text}: claim decided, {given}.")


async def _decide(screen: ConsoleScreen, form: DecideForm, body: dict[str, Any]) -> Said:
    path = {"claim_id": screen.param("claim_id")}
    if form.resolution == "reject":
        return await screen.do("reject_claim", path=path, body={})
    body = {**body, "resolution": form.resolution}
    if form.ask:
        return await ask_approval(screen, "resolve_claim", body, form.why, subject=path["claim_id"])
    return await screen.do("resolve_claim", path=path, body=body)


async def _both(screen: ConsoleScreen) -> tuple[Any, Any]:
    claim = await screen.ask("read_claim", path={"claim_id": screen.param("claim_id")})
    return await read_order(screen), claim


ORDER_CLAIMS = [claim_form, open_claim, decide_claim_form, decide_claim]
