"""Cancel all of an order, or some of its units, until somebody begins to pick them."""

from __future__ import annotations

from typing import Any

from orderwright.api import Answer
from orderwright.portal.actions import unsent_lines
from orderwright.portal.chosen import chosen_of, fields_of, words_of
from orderwright.portal.pages import Shopper
from orderwright.screens import page


@page("GET", "/o/{order_id}/cancel", needs="orders.cancel")
async def cancel_form(shopper: Shopper) -> Answer:
    """Choose what to cancel: all of it unless fewer are chosen."""
    return _form(shopper)


@page("POST", "/o/{order_id}/cancel", needs="orders.cancel")
async def cancel(shopper: Shopper) -> Answer:
    """Show what cancelling would come to, then do it."""
    lines = unsent_lines(shopper.order)
    chosen = chosen_of(await shopper.incoming.form(), lines)
    if not chosen:
        return _form(shopper, shopper._("Choose how many of something to cancel."), 422)
    whole = [(c.line, c.quantity) for c in chosen] == [(c.line, c.units) for c in lines]
    named = None if whole else [{"line": c.line, "quantity": c.quantity} for c in chosen]
    body: dict[str, Any] = {} if named is None else {"lines": named}
    if await shopper.confirmed():
        said = await shopper.do("cancel_order", path={"order_id": shopper.order_id}, body=body)
        if said.problem is not None:
            return shopper.refused(said.problem, "/cancel")
        kept = said.value.details.get("kept", 0)
        shopper.say(
            shopper._("Part of it is cancelled; the rest was being packed already.") if kept
            else shopper._("It is cancelled. What you paid for it goes back to you.")
        )  # fmt: skip
        return shopper.go(shopper.at())
    details, problem = await shopper.try_out("preview_cancel", body)
    if problem is not None:
        return shopper.refused(problem, "/cancel")
    less = shopper.money(-details["difference_minor"], details["currency"])
    sentences = [
        shopper._("The price of your order becomes %(amount)s less.", amount=less),
        shopper._("What you paid for it goes back to where it came from."),
    ]
    if details["kept"]:
        sentences.append(shopper._("%(count)s of it are being packed already and will be sent.", count=details["kept"]))
    return shopper.confirm(
        shopper._("Cancel this?"), sentences, items=words_of(chosen), fields=fields_of(chosen),
        button=shopper._("Cancel the order") if whole else shopper._("Cancel these"), back="/cancel", serious=True,
    )  # fmt: skip


def _form(shopper: Shopper, error: str | None = None, status: int = 200) -> Answer:
    return shopper.show("cancel.html", status=status, lines=unsent_lines(shopper.order), error=error)


PAGES = [cancel_form, cancel]
