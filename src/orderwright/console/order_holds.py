"""What makes an order stop and go on: hold, release holds, source now, release to the floor, answer a delay."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from orderwright.api import Answer
from orderwright.console.frame import ConsoleScreen
from orderwright.console.order_dialog import Dialog, Field, done, path_of, read_order, show, show_refused
from orderwright.console.words import plural, words
from orderwright.console.words_operations import hold_name
from orderwright.console.words_orders import hold_text
from orderwright.screens import blank, page

_STEPS = (("source", "Sourcing: no location is chosen"), ("release", "The floor: nobody begins to pick"),
          ("ship", "Shipping: what is packed stays"))  # fmt: skip


class HoldForm(msgspec.Struct, frozen=True, kw_only=True):
    """What to stop, and why."""

    blocks: list[Literal["source", "release", "ship"]] = []
    note: Annotated[str, Meta(max_length=200)] | None = None


class ReleaseForm(msgspec.Struct, frozen=True, kw_only=True):
    """Which holds to release; all where none is chosen."""

    type: Annotated[str, Meta(max_length=100)] | None = None


class DelayForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the shopper said, since supply is late."""

    answer: Literal["wait", "ship_now", "cancel"]
    until: date | None = None


class Nothing(msgspec.Struct, frozen=True, kw_only=True):
    """A form that needs nothing said."""


HOLD = Dialog(
    "/hold", "Hold the order", "Hold the order",
    fields=(
        Field("checks", "blocks", "Stop before", options=_STEPS),
        Field("input", "note", "Why", "For colleagues. No names, addresses or telephone numbers: those go in a note."),
    ),
    effects=(("Stock", "stays promised"), ("Money", "stays as it is"), ("The customer", "is not told")),
)  # fmt: skip


@page("GET", "/orders/{order_id}/hold", needs="orders.hold")
async def hold_form(screen: ConsoleScreen) -> Answer:
    """What holding does, before it is done."""
    return show(screen, await read_order(screen), HOLD, blank(blocks=["release", "ship"]))


@page("POST", "/orders/{order_id}/hold", needs="orders.hold")
async def hold_order(screen: ConsoleScreen) -> Answer:
    """Hold an order until somebody releases it."""
    form = await screen.form(HoldForm)
    order = await read_order(screen)
    if form.value is not None and not form.value.blocks:
        form = form.with_errors({"blocks": "Choose at least one step to stop."})
    if form.value is None:
        return show_refused(screen, order, HOLD, form)
    body = {"type": "manual", "blocks": form.value.blocks}
    body |= {"note": form.value.note} if form.value.note else {}
    said = await screen.do("hold_order", path=path_of(screen), body=body)
    if said.problem is not None:
        return show_refused(screen, order, HOLD, form, said)
    return done(screen, f"{order.number_text} is held.", undo="/release")


def _release(order: Any) -> Dialog:
    holds = [(one.type, hold_name(one.type)) for one in order.holds]
    rows = [(hold_name(one.type), f"{hold_text(one)} It stops before: {', '.join(one.blocks)}.") for one in order.holds]
    which = [("", "All of them"), *holds] if len(holds) > 1 else []
    fields = (Field("select", "type", "Which", options=which, required=True),) if which else ()
    return Dialog(
        "/release", "Release holds", "Release the hold" if len(holds) == 1 else "Release the holds", fields=fields,
        effects=[*rows, ("Then", "the order goes on where it was stopped")],
    )  # fmt: skip


@page("GET", "/orders/{order_id}/release", needs="orders.hold")
async def release_form(screen: ConsoleScreen) -> Answer:
    """What holds the order, and what releasing does."""
    order = await read_order(screen)
    return show(screen, order, _release(order), blank())


@page("POST", "/orders/{order_id}/release", needs="orders.hold")
async def release_holds(screen: ConsoleScreen) -> Answer:
    """Release the holds of an order: one type, or all."""
    form = await screen.form(ReleaseForm)
    order = await read_order(screen)
    if form.value is None:
        return show_refused(screen, order, _release(order), form)
    body = {"type": form.value.type} if form.value.type else {}
    said = await screen.do("release_hold", path=path_of(screen), body=body)
    if said.problem is not None:
        return show_refused(screen, order, _release(order), form, said)
    if said.value.code == "unchanged":
        return done(screen, "Nothing held it any more.", tone="blue")
    return done(screen, f"{order.number_text} goes on.", undo="/hold")


def _source(order: Any) -> Dialog:
    units = sum(part.promised for line in order.lines for part in line.components)
    rows = (("To be sourced", plural(units, "unit")), ("Locations", "the nearest that has all, else several"),
            ("Money", "stays as it is"))  # fmt: skip
    return Dialog("/source", "Source now", "Source the order now", effects=rows)


@page("GET", "/orders/{order_id}/source", needs="sourcing.run")
async def source_form(screen: ConsoleScreen) -> Answer:
    """What sourcing now does."""
    order = await read_order(screen)
    return show(screen, order, _source(order), blank())


@page("POST", "/orders/{order_id}/source", needs="sourcing.run")
async def source_order(screen: ConsoleScreen) -> Answer:
    """Choose now where an order ships from."""
    order = await read_order(screen)
    said = await screen.do("source_order", path=path_of(screen), body={})
    if said.problem is not None:
        return show_refused(screen, order, _source(order), await screen.form(Nothing), said)
    tone = "green" if said.value.ok and said.value.code == "sourced" else "amber"
    return done(screen, f"{order.number_text}: {words(said.value.code)}.", tone=tone)


def _floor(order: Any) -> Dialog:
    rows = [
        (work.location_name, plural(sum(one.quantity for one in work.allocations), "unit"))
        for work in order.fulfillments
        if work.state == "open"
    ]
    return Dialog(
        "/floor", "Release to the floor", "Release to the floor", effects=[*rows, ("Then", "somebody can pick it")]
    )


@page("GET", "/orders/{order_id}/floor", needs="fulfillment.work")
async def floor_form(screen: ConsoleScreen) -> Answer:
    """Which locations get it on their lists."""
    order = await read_order(screen)
    return show(screen, order, _floor(order), blank())


@page("POST", "/orders/{order_id}/floor", needs="fulfillment.work")
async def release_to_floor(screen: ConsoleScreen) -> Answer:
    """Put an order's open fulfillments on their locations' lists."""
    order = await read_order(screen)
    commands = [{"fulfillment_id": work.id} for work in order.fulfillments if work.state == "open"]
    if not commands:
        return done(screen, "Nothing waited for release any more.", tone="blue")
    said = await screen.do("release_fulfillment_in_bulk", body={"data": commands})
    if said.problem is not None:
        return show_refused(screen, order, _floor(order), await screen.form(Nothing), said)
    codes = Counter(one.code for one in said.value.data)
    text = ", ".join(f"{count} {words(code)}" for code, count in codes.items())
    return done(screen, f"{order.number_text}: {text}.", tone="green" if set(codes) == {"released"} else "amber")


def _delay(order: Any) -> Dialog:
    units = sum(one.quantity for one in order.backorders)
    answers = (("wait", "Wait for it"), ("ship_now", "Ship what is here now, the rest later"),
               ("cancel", "Cancel what waits"))  # fmt: skip
    return Dialog(
        "/delay", "Answer the delay", "Write the answer down",
        fields=(
            Field("select", "answer", "The shopper wants to", options=answers, required=True),
            Field("input", "until", "Wait until", "Only to wait: a day such as 2026-12-24."),
        ),
        effects=(("Waits for supply", plural(units, "unit")),),
    )  # fmt: skip


@page("GET", "/orders/{order_id}/delay", needs="orders.cancel")
async def delay_form(screen: ConsoleScreen) -> Answer:
    """What can be done since supply is late."""
    order = await read_order(screen)
    return show(screen, order, _delay(order), blank())


@page("POST", "/orders/{order_id}/delay", needs="orders.cancel")
async def answer_delay(screen: ConsoleScreen) -> Answer:
    """Do what the shopper wants, since supply is late."""
    form = await screen.form(DelayForm)
    order = await read_order(screen)
    if form.value is None:
        return show_refused(screen, order, _delay(order), form)
    body: dict[str, Any] = {"answer": form.value.answer}
    body |= {"until": form.value.until.isoformat()} if form.value.until else {}
    said = await screen.do("answer_delay", path=path_of(screen), body=body)
    if said.problem is not None:
        return show_refused(screen, order, _delay(order), form, said)
    return done(screen, f"{order.number_text}: {words(form.value.answer)} it is.")


ORDER_HOLDS = [
    hold_form, hold_order, release_form, release_holds, source_form, source_order, floor_form, release_to_floor,
    delay_form, answer_delay,
]  # fmt: skip
