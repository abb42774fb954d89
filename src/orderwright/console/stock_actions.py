"""What can be done to stock: receive, adjust, say what is coming, change or call off what was said."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from orderwright.api import Answer
from orderwright.console import words_stock
from orderwright.console.frame import ConsoleScreen
from orderwright.console.stock_common import card_address, named, places, pools
from orderwright.inventory import AdjustmentReason
from orderwright.platform.fields import QUANTITY_MAX, Code, Quantity, ShortText
from orderwright.screens import KEY_FIELD, Filled, blank, page

Form = Filled[Any]


class ReceiveForm(msgspec.Struct, frozen=True, kw_only=True):
    """Goods that arrived."""

    sku: Code
    location: Code
    quantity: Quantity
    reference: ShortText | None = None
    supply: ShortText | None = None


class AdjustForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, lost or miscounted. `ask`: ask for approval where it is above one's limit."""

    sku: Code
    location: Code
    delta: Annotated[int, Meta(ge=-1_000_000, le=1_000_000)]
    reason: AdjustmentReason
    reference: ShortText | None = None
    ask: bool = False


class ExpectForm(msgspec.Struct, frozen=True, kw_only=True):
    """Goods that are on their way."""

    sku: Code
    pool: Code
    quantity: Quantity
    due_on: date
    reference: ShortText | None = None


class ChangeForm(msgspec.Struct, frozen=True, kw_only=True):
    """What is still to come, and when; 0: nothing."""

    quantity: Annotated[int, Meta(ge=0, le=QUANTITY_MAX)]
    due_on: date
    reference: ShortText | None = None


def body_of(form: Any, *without: str) -> dict[str, Any]:
    """What is sent: the form's fields, but for those that are empty."""
    return {name: value for name, value in named(msgspec.to_builtins(form)).items() if name not in without}


async def _balance(screen: ConsoleScreen, sku: str, location: str) -> Any:
    found = await screen.find("list_stock_balances", query={"sku": sku, "location": location, "limit": 1})
    return found.data[0] if found and found.data else None


def _done(screen: ConsoleScreen, sku: str, text: str) -> Answer:
    screen.say(text)
    return screen.go(card_address(screen, sku))


def _no(form: Form, problem: Any) -> Form:
    return form.with_errors({"": words_stock.refusal(problem.code, problem.detail)})


# ---- receive ---------------------------------------------------------------------------------------------------------


@page("GET", "/stock-receive", needs="stock.write")
async def receive_form(screen: ConsoleScreen) -> Answer:
    """Goods arrived: what and where."""
    ask = screen.incoming.asked
    return await _receive(screen, blank(sku=ask("sku"), location=ask("location"), quantity=ask("quantity"),
                                        supply=ask("supply"), reference=ask("reference")))  # fmt: skip


@page("POST", "/stock-receive", needs="stock.write")
async def receive(screen: ConsoleScreen) -> Answer:
    """Receive goods."""
    form = await screen.form(ReceiveForm)
    if form.value is None:
        return await _receive(screen, form, 422)
    said = await screen.do("receive_stock", body=body_of(form.value))
    if said.problem is not None:
        return await _receive(screen, _no(form, said.problem), 422)
    got = form.value
    return _done(screen, got.sku, f"Received: {got.quantity:,} of {got.sku} at {got.location}. Who waits is served.")


@page("POST", "/stock-receive/preview", needs="stock.write")
async def receive_preview(screen: ConsoleScreen) -> Answer:
    """What receiving would do."""
    form = await screen.form(ReceiveForm)
    if form.value is None:
        return screen.show("stock/effects.html", effects=[])
    row = await _balance(screen, form.value.sku, form.value.location)
    waiting = row.backordered if row is not None else 0
    return screen.show("stock/effects.html", effects=words_stock.effects_of_receipt(form.value, waiting))


async def _receive(screen: ConsoleScreen, form: Form, status: int = 200) -> Answer:
    sku = form.text("sku")
    locations, supplies = await asyncio.gather(
        places(screen), screen.find("list_supplies", query={"sku": sku, "limit": 50}) if sku else _nothing()
    )
    return screen.show(
        "stock/receive.html", status=status, form=form, locations=[one for one in locations if one.active],
        supplies=supplies.data if supplies else [],
    )  # fmt: skip


async def _nothing() -> None:
    return None


# ---- adjust ----------------------------------------------------------------------------------------------------------


@page("GET", "/stock-adjust", needs="stock.write")
async def adjust_form(screen: ConsoleScreen) -> Answer:
    """Correct what is there, and why."""
    ask = screen.incoming.asked
    return await _adjust(screen, blank(sku=ask("sku"), location=ask("location")))


@page("POST", "/stock-adjust", needs="stock.write")
async def adjust(screen: ConsoleScreen) -> Answer:
    """Adjust stock; what is above one's limit may be asked for."""
    form = await screen.form(AdjustForm)
    if form.value is None:
        return await _adjust(screen, form, 422)
    got = form.value
    body = body_of(got, "ask")
    said = await screen.do("adjust_stock", body=body)
    if said.problem is None:
        return _done(screen, got.sku, f"Adjusted: {got.delta:+,} of {got.sku} at {got.location}.")
    if said.problem.code == "above_limit" and got.ask and screen.may("approvals.ask"):
        key = (await screen.incoming.form()).first(KEY_FIELD)[:190]
        asked = await screen.do(
            "ask_approval",
            key=f"{key}-ask" if key else None,  # the form's own was used to adjust
            body={"operation": "adjust_stock", "body": body},
        )
        if asked.problem is None:
            return _done(screen, got.sku, "Asked for approval. Nothing moved yet.")
        said = asked
    assert said.problem is not None
    return await _adjust(screen, _no(form, said.problem), 422, above=said.problem.code == "above_limit")


@page("POST", "/stock-adjust/preview", needs="stock.write")
async def adjust_preview(screen: ConsoleScreen) -> Answer:
    """What the correction would do."""
    form = await screen.form(AdjustForm)
    if form.value is None or not form.value.delta:
        return screen.show("stock/effects.html", effects=[])
    got = form.value
    row = await _balance(screen, got.sku, got.location)
    told = words_stock.effects_of_adjustment(got.sku, got.location, got.delta, row)
    return screen.show("stock/effects.html", effects=told)


async def _adjust(screen: ConsoleScreen, form: Form, status: int = 200, *, above: bool = False) -> Answer:
    return screen.show(
        "stock/adjust.html", status=status, form=form, above=above and screen.may("approvals.ask"),
        locations=await places(screen), reasons=list(words_stock.REASONS.items()),
    )  # fmt: skip


# ---- what is coming --------------------------------------------------------------------------------------------------


@page("GET", "/stock-expect", needs="stock.write")
async def expect_form(screen: ConsoleScreen) -> Answer:
    """Goods are on their way: what, to where, when."""
    return screen.show("stock/expect.html", form=blank(sku=screen.incoming.asked("sku")), pools=await pools(screen))


@page("POST", "/stock-expect", needs="stock.write")
async def expect(screen: ConsoleScreen) -> Answer:
    """Expect supply."""
    form = await screen.form(ExpectForm)
    if form.value is not None:
        said = await screen.do("expect_supply", body=body_of(form.value))
        if said.problem is None:
            day = screen.formats.day(form.value.due_on)
            return _done(screen, form.value.sku, f"Expected: {form.value.quantity:,} of {form.value.sku} on {day}.")
        form = _no(form, said.problem)
    return screen.show("stock/expect.html", status=422, form=form, pools=await pools(screen))


@page("GET", "/stock-supplies/{supply_id}", needs="stock.write")
async def change_supply_form(screen: ConsoleScreen) -> Answer:
    """Change what is expected, or call it off."""
    supply = await screen.ask("read_supply", path={"supply_id": screen.param("supply_id")})
    form = blank(quantity=str(supply.quantity), due_on=supply.due_on.isoformat(), reference=supply.reference)
    return screen.show("stock/supply.html", form=form, supply=supply)


@page("POST", "/stock-supplies/{supply_id}", needs="stock.write")
async def change_supply(screen: ConsoleScreen) -> Answer:
    """Change dated supply; 0 units call it off."""
    path = {"supply_id": screen.param("supply_id")}
    supply = await screen.ask("read_supply", path=path)
    form = await screen.form(ChangeForm)
    if form.value is not None:
        said = await screen.do("change_supply", path=path, body=body_of(form.value))
        if said.problem is None:
            told = "Changed. Orders that wait for it were told." if form.value.quantity else "Called off."
            return _done(screen, supply.sku, told)
        form = _no(form, said.problem)
    return screen.show("stock/supply.html", status=422, form=form, supply=supply)


@page("POST", "/stock-supplies/{supply_id}/preview", needs="stock.write")
async def change_supply_preview(screen: ConsoleScreen) -> Answer:
    """What the change would do."""
    supply = await screen.ask("read_supply", path={"supply_id": screen.param("supply_id")})
    form = await screen.form(ChangeForm)
    told = []
    if form.value is not None:
        got, f = form.value, screen.formats
        if got.quantity != supply.quantity:
            told.append(("Still to come", f"{f.number(supply.quantity)} now, {f.number(got.quantity)} then"))
        if got.quantity < supply.preordered:
            lost = f.number(supply.preordered - got.quantity)
            told.append(("Preorders", f"{lost} units lose their supply and wait without a date"))
        if got.due_on != supply.due_on:
            told.append(("Due", f"{f.day(supply.due_on)} now, {f.day(got.due_on)} then"))
            if got.due_on > supply.due_on and supply.preordered:
                told.append(("Promised dates", "of orders that wait for it move along; they are told"))
    return screen.show("stock/effects.html", effects=told)


STOCK_ACTION_PAGES = [
    receive_form, receive, receive_preview, adjust_form, adjust, adjust_preview, expect_form, expect,
    change_supply_form, change_supply, change_supply_preview,
]  # fmt: skip
