"""Cancel an order, or some units of its lines, with what it comes to before it is done."""

from __future__ import annotations

from typing import Annotated, Any

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
from orderwright.console.words import plural
from orderwright.console.words_orders import count
from orderwright.console.words_refusals import refused
from orderwright.screens import Filled, blank, page

_REASONS = (("customer_request", "The customer asked"), ("out_of_stock", "Out of stock"), ("fraud", "Fraud"),
            ("address", "The address is no good"), ("other", "Something else"))  # fmt: skip


class CancelForm(msgspec.Struct, frozen=True, kw_only=True):
    """How many units of each line go, why, and whether what is being picked is called back."""

    units: dict[str, Units] = {}
    reason: Annotated[str, Meta(pattern="^[a-z_]{1,64}$", description="a reason")] = "customer_request"
    recall: bool = False


def _dialog(order: Any) -> Dialog:
    left = [(line.n, line.name or line.sku, c.left) for line in order.lines if (c := count(line)).left]
    begun = any(work.state in ("released", "picking", "picked", "packed") for work in order.fulfillments)
    recall = Field("check", "recall", "Call back what is being picked or packed",
                   "Its location puts it back on the shelf.")  # fmt: skip
    return Dialog(
        "/cancel", "Cancel the order", "Cancel these units", tone="danger", preview=True,
        fields=(
            Field("units", "units", "What is cancelled", "Clear a number to keep a line.", options=left),
            Field("select", "reason", "Why", options=_REASONS, required=True),
            *((recall,) if begun else ()),
        ),
    )  # fmt: skip


@page("GET", "/orders/{order_id}/cancel", needs="orders.cancel")
async def cancel_form(screen: ConsoleScreen) -> Answer:
    """All that is left, to be cancelled."""
    order = await read_order(screen)
    all_of_it = {f"units.L{line.n}": c.left for line in order.lines if (c := count(line)).left}
    return show(screen, order, _dialog(order), blank(reason="customer_request", **all_of_it))


@page("POST", "/orders/{order_id}/cancel/preview", needs="orders.cancel")
async def preview_cancel_form(screen: ConsoleScreen) -> Answer:
    """What a cancellation would come to."""
    form = await screen.form(CancelForm)
    body = _body(form) if form.value is not None else None
    if body is None:
        return no_effects(screen, "Type how many units are cancelled.")
    said = await screen.do("preview_cancel", path=path_of(screen), body=body)
    if said.problem is not None:
        return no_effects(screen, refused(said.problem))
    details = said.value.details
    units = sum(line["quantity"] for line in body["lines"])
    kept, difference = details.get("kept", 0), details.get("difference_minor", 0)
    charge = screen.formats.minor(abs(difference), details["currency"])
    rows = [
        ("Cancelled", plural(units - kept, "unit")),
        ("The order is charged", f"{charge} {'less' if difference <= 0 else 'more'}"),
        ("Stock", "goes back to be sold"),
        ("What was paid for it", "is refunded or let go by itself"),
    ]
    if kept:
        rows.append(("Picked already, stays", plural(kept, "unit")))
    return effects(screen, rows)


@page("POST", "/orders/{order_id}/cancel", needs="orders.cancel")
async def cancel_order(screen: ConsoleScreen) -> Answer:
    """Cancel units of an order."""
    form, order = await screen.form(CancelForm), await read_order(screen)
    body = _body(form) if form.value is not None else None
    if body is None:
        return show_refused(screen, order, _dialog(order), form.with_errors({"units": "Choose what is cancelled."}))
    said = await screen.do("cancel_order", path=path_of(screen), body=body)
    if said.problem is not None:
        return show_refused(screen, order, _dialog(order), form, said)
    kept = said.value.details.get("kept", 0)
    if kept:
        stay = plural(kept, "unit")
        return done(screen, f"{order.number_text}: cancelled, but {stay} picked already stay.", tone="amber")
    units = sum(line["quantity"] for line in body["lines"])
    return done(screen, f"{order.number_text}: cancelled {plural(units, 'unit')}.")


def _body(form: Filled[CancelForm]) -> dict[str, Any] | None:
    assert form.value is not None
    lines = chosen(form.value.units)
    return {"lines": lines, "reason": form.value.reason, "recall": form.value.recall} if lines else None


ORDER_CANCEL = [cancel_form, preview_cancel_form, cancel_order]
