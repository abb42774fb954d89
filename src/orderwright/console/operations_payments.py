"""Payments that a provider told of and nobody knows: the paid order that never came, before its buyer asks."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from orderwright.api import Answer
from orderwright.console.frame import ConsoleScreen
from orderwright.console.operations_common import facts
from orderwright.screens import Filled, blank, page

_AT = "/operations/payments"
REASONS = (
    ("of_another_shop", "It belongs to another shop that uses the same account"),
    ("refunded_there", "It was refunded at the provider"),
    ("recorded_by_hand", "It was recorded on its order by hand"),
    ("a_test", "It was a test"),
)


class DismissForm(msgspec.Struct, frozen=True, kw_only=True):
    """Why there is nothing to do about it."""

    reason: Literal["of_another_shop", "refunded_there", "recorded_by_hand", "a_test"]


@page("GET", _AT, needs="payments.read")
async def unmatched_page(screen: ConsoleScreen) -> Answer:
    """What providers told of payments that no order names, the oldest first."""
    after = screen.incoming.asked("after") or None
    found = await screen.ask("list_unmatched_webhooks", query={"after": after})
    return screen.show(
        "operations/payments.html",
        **facts(screen, "/payments"),
        found=found.data,
        following=screen.url(_AT, after=found.next) if found.next else None,
        first=screen.url(_AT) if after else None,
    )


@page("POST", "/operations/payments/{webhook_id}/look", needs="payments.write")
async def look_now(screen: ConsoleScreen) -> Answer:
    """Look for the payment now."""
    said = await screen.do("look_for_payment", path={"webhook_id": screen.param("webhook_id")}, body={})
    if said.problem is not None:
        screen.say(said.problem.detail, "amber")
    else:
        screen.say("A worker looks for the payment now. When it is found it leaves this list.")
    return screen.go(screen.url(_AT))


@page("GET", "/operations/payments/{webhook_id}/dismiss", needs="payments.write")
async def dismiss_form(screen: ConsoleScreen) -> Answer:
    """Say what dismissing means, before it is done."""
    return _show(screen, blank(reason="of_another_shop"))


@page("POST", "/operations/payments/{webhook_id}/dismiss", needs="payments.write")
async def dismiss(screen: ConsoleScreen) -> Answer:
    """Dismiss it, with why."""
    form = await screen.form(DismissForm)
    if form.value is None:
        return _show(screen, form, 422)
    path = {"webhook_id": screen.param("webhook_id")}
    said = await screen.do("dismiss_webhook", path=path, body={"reason": form.value.reason})
    if said.problem is not None:
        return _show(screen, form.with_errors({"": said.problem.detail}), 422)
    screen.say("Dismissed. Who did it and why is in the audit trail.")
    return screen.go(screen.url(_AT))


def _show(screen: ConsoleScreen, form: Filled[Any], status: int = 200) -> Answer:
    address = screen.url(f"{_AT}/{screen.param('webhook_id')}/dismiss")
    return screen.show(
        "operations/dismiss_payment.html", status=status, form=form, address=address, reasons=REASONS,
        back=screen.url(_AT),
    )  # fmt: skip


PAYMENT_PAGES = [unmatched_page, look_now, dismiss_form, dismiss]
