"""Choose what to do when supply is late: wait, have what is here sent, or cancel what waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from orderwright.api import Answer
from orderwright.platform.clock import utc_now
from orderwright.portal.actions import Choice, waiting_lines
from orderwright.portal.pages import Shopper
from orderwright.portal.story import tally
from orderwright.screens import page

_WAIT_DAYS = 30


@page("GET", "/o/{order_id}/delay", needs="orders.cancel")
async def delay_form(shopper: Shopper) -> Answer:
    """What can be done about it."""
    return _form(shopper)


@page("POST", "/o/{order_id}/delay", needs="orders.cancel")
async def delay(shopper: Shopper) -> Answer:
    """Keep the answer and do it; what cancels is shown before."""
    form = await shopper.incoming.form()
    answer = form.first("answer")
    body: dict[str, Any] = {"answer": answer}
    if answer == "wait":
        until = _day(form.first("until"))
        if until is None:
            return _form(shopper, shopper._("Choose a day in the next twelve months."), 422)
        body["until"] = until.isoformat()
    elif answer not in ("ship_now", "cancel"):
        return _form(shopper, shopper._("Choose what we should do."), 422)
    if answer == "cancel" and not await shopper.confirmed():
        return await _confirm_cancel(shopper)
    said = await shopper.do("answer_delay", path={"order_id": shopper.order_id}, body=body)
    if said.problem is not None:
        return shopper.refused(said.problem, "/delay")
    if answer == "wait":
        shopper.say(shopper._("Thank you. We send it as soon as it is here."))
    elif answer == "ship_now":
        shopper.say(shopper._("What is here is sent now. The rest follows."))
    else:
        shopper.say(shopper._("What waited is cancelled. What you paid for it goes back to you."))
    return shopper.go(shopper.at())


async def _confirm_cancel(shopper: Shopper) -> Answer:
    """What cancelling what waits would come to."""
    lines = waiting_lines(shopper.order)
    if not lines:
        return shopper.refused("nothing_to_cancel", "/delay")
    body = {"lines": [{"line": line.line, "quantity": line.units} for line in lines]}
    details, problem = await shopper.try_out("preview_cancel", body)
    if problem is not None:
        return shopper.refused(problem, "/delay")
    less = shopper.money(-details["difference_minor"], details["currency"])
    return shopper.confirm(
        shopper._("Cancel what waits?"),
        [
            shopper._("The price of your order becomes %(amount)s less.", amount=less),
            shopper._("The rest of your order is sent. What you paid for this goes back to where it came from."),
        ],
        items=_words(lines), fields=[("answer", "cancel")], button=shopper._("Cancel what waits"), back="/delay",
        serious=True,
    )  # fmt: skip


def _words(lines: Sequence[Choice]) -> list[str]:
    return [f"{line.units} × {line.name}" for line in lines]


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 0 <= (day - utc_now().date()).days <= 365 else None


def _form(shopper: Shopper, error: str | None = None, status: int = 200) -> Answer:
    units = tally(shopper.order)
    today = utc_now().date()
    return shopper.show(
        "delay.html", status=status, error=error, waiting=_words(waiting_lines(shopper.order)),
        may_ship=units.here + units.working > 0, may_cancel=units.waiting > 0, today=today,
        latest=today + timedelta(days=365), usual=today + timedelta(days=_WAIT_DAYS), order=shopper.order,
    )  # fmt: skip


PAGES = [delay_form, delay]
