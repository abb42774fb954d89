"""Something was wrong with what left: a claim, and what the customer gets: goods again, money, a part of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import quote

import msgspec
from msgspec import Meta

from orderwright.api import Answer, Said
from orderwright.console.frame import ConsoleScreen
from orderwright.console.order_dialog import (
    NOT_AN_AMOUNT,
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
from orderwright.platform.fields import Code, Quantity
from orderwright.screens import KEY_FIELD, Filled, blank, page

PHOTOS_MAX, GOODS_ROWS = 10, 3

_KINDS = (("damaged", "Damaged"), ("missing", "Missing in the parcel"), ("wrong", "Something else was in it"),
          ("late", "Came late"), ("lost", "Never arrived"))  # fmt: skip
_WHAT = (("reship", "The same goods again"), ("replace", "Other goods instead"), ("refund", "The money of the units"),
         ("allowance", "A part of the money"), ("reject", "Nothing: reject the claim"))  # fmt: skip


class ClaimForm(msgspec.Struct, frozen=True, kw_only=True):
    """With how many units of each line something is wrong, and what."""

    kind: Literal["damaged", "missing", "wrong", "late", "lost"]
    units: dict[str, Units] = {}


class Goods(msgspec.Struct, frozen=True, kw_only=True):
    """Units of a SKU that are sent."""

    sku: Code
    quantity: Quantity = 1


class DecideForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the customer gets: `items` instead of what is replaced, and money for `refund_lines`. `ask`: approval is
    asked for, and `why`."""

    resolution: Literal["reship", "replace", "refund", "allowance", "reject"]
    amount: MoneyText | None = None
    items: list[Goods] = []
    refund_lines: list[Annotated[int, Meta(ge=1, le=1_000_000)]] = []
    ask: bool = False
    why: Annotated[str, Meta(max_length=200)] | None = None


def _claim(screen: ConsoleScreen, order: Any) -> Dialog:
    photos = Field("files", "photos", "Photos of it", "Pictures that the customer sent. They are kept with the claim.")
    return Dialog(
        "/claim", "Open a claim", "Open the claim",
        lead="Something is wrong with goods that left, and they need not come back. You decide next what is given.",
        fields=(
            Field("units", "units", "What is concerned", options=gone(order)),
            Field("select", "kind", "What is wrong", options=_KINDS, required=True),
            *((photos,) if screen.may("orders.note") else ()),
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
    return show(screen, order, _claim(screen, order), blank(kind="damaged"))


@page("POST", "/orders/{order_id}/claim", needs="claims.write")
async def open_claim(screen: ConsoleScreen) -> Answer:
    """Open a claim, and go on to decide it."""
    form, order = await screen.form(ClaimForm), await read_order(screen)
    lines = chosen(form.value.units) if form.value is not None else []
    if form.value is None or not lines:
        errors = {} if form.errors else {"units": "Type how many units are concerned."}
        return show_refused(screen, order, _claim(screen, order), form.with_errors(errors))
    body = {"kind": form.value.kind, "lines": lines}
    said = await screen.do("open_claim", path=path_of(screen), body=body)
    if said.problem is not None:
        return show_refused(screen, order, _claim(screen, order), form, said)
    screen.say(f"{order.number_text}: claim opened. Decide what the customer gets.")
    await _keep_photos(screen, form, said.value.id)
    return screen.go(order_path(screen, f"/claims/{said.value.id}"))


async def _keep_photos(screen: ConsoleScreen, form: Filled[Any], claim_id: str) -> None:
    """Keep the pictures that came along with the claim; what is no picture is said, and the claim stands."""
    key = (await screen.incoming.form()).first(KEY_FIELD)[:150]
    given = [one for one in form.files.get("photos", ()) if one.content][:PHOTOS_MAX]
    wrong = 0
    for n, photo in enumerate(given):
        kept = await screen.do(
            "attach_file", key=f"{key}-photo-{n}", path=path_of(screen), body=photo.content,
            query={"kind": "photo", "claim_id": claim_id}, media_type="application/octet-stream",
            headers={"Orderwright-File-Name": quote(photo.name)[:400]},
        )  # fmt: skip
        wrong += kept.problem is not None
    if wrong:
        screen.say(f"{plural(wrong, 'file')} could not be kept: send pictures that are not too large.", "amber")


def _decision(order: Any, claim: Any) -> Dialog:
    names = {line.n: line.name or line.sku for line in order.lines}
    rows = [(names.get(line.line, ""), plural(line.quantity, "unit")) for line in claim.lines]
    return Dialog(
        f"/claims/{claim.id}", f"Decide the claim: {words(claim.kind)}", "Give this", approvable=True,
        fields=(
            Field("select", "resolution", "The customer gets", options=_WHAT, required=True),
            *_parts(claim, names),
            Field("money", "amount", f"How much in {order.totals.total.currency}", "Only for a part of the money."),
        ),
        effects=[
            *rows, ("Goods again", "are an order of their own, for nothing"), ("Money", "goes to how it was paid"),
        ],
    )  # fmt: skip


def _parts(claim: Any, names: Mapping[int, str]) -> list[Field]:
    """What else is said of goods that are sent: which ones, and for which lines money is given instead."""
    lines = [(line.line, names.get(line.line, "")) for line in claim.lines]
    refunds = Field(
        "checks", "refund_lines", "Money instead, for", "The other lines are sent again, or replaced.", lines
    )
    goods = Field("goods", "items", "Which other goods", "Only for other goods instead.", range(GOODS_ROWS))
    return [goods, refunds] if len(lines) > 1 else [goods]


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
    elif form.value is not None and form.value.resolution == "replace" and not form.value.items:
        form = form.with_errors({"items": "Name the SKUs that are sent instead."})
    elif form.value is not None and form.value.resolution == "replace":
        body["items"] = [{"sku": one.sku, "quantity": one.quantity} for one in form.value.items]
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
    if form.refund_lines and form.resolution in ("reship", "replace"):
        body["refund_lines"] = form.refund_lines
    if form.ask:
        return await ask_approval(screen, "resolve_claim", body, form.why, subject=path["claim_id"])
    return await screen.do("resolve_claim", path=path, body=body)


async def _both(screen: ConsoleScreen) -> tuple[Any, Any]:
    claim = await screen.ask("read_claim", path={"claim_id": screen.param("claim_id")})
    return await read_order(screen), claim


ORDER_CLAIMS = [claim_form, open_claim, decide_claim_form, decide_claim]
