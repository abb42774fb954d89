"""What the shop may send: agree to it, or take it back. It is the customer's word, kept with the order as evidence."""

from __future__ import annotations

from orderwright.api import Answer
from orderwright.portal.pages import Shopper, also
from orderwright.portal.tongues import N_
from orderwright.screens import page

PURPOSES = {
    "marketing_email": N_("News and offers by e-mail"),
    "marketing_sms": N_("News and offers by text message"),
    "marketing_post": N_("News and offers by post"),
    "profiling": N_("Choosing what you are shown by what you bought"),
}


@also("customers.read")
@page("GET", "/o/{order_id}/consent", needs="messages.write")
async def consent_form(shopper: Shopper) -> Answer:
    """What counts of each purpose, and the way to change it."""
    return await _form(shopper)


@also("customers.read")
@page("POST", "/o/{order_id}/consent", needs="messages.write")
async def say_consent(shopper: Shopper) -> Answer:
    """Keep what the shopper says of one purpose."""
    form = await shopper.incoming.form()
    purpose, answer = form.first("purpose"), form.first("answer")
    if purpose not in PURPOSES or answer not in ("give", "withdraw"):
        return await _form(shopper, shopper._("Choose one of these."), 422)
    body = {"purpose": purpose, "given": answer == "give"}
    said = await shopper.do("say_consent", path={"order_id": shopper.order_id}, body=body)
    if said.problem is not None:
        return shopper.refused(said.problem, "/consent")
    shopper.say(
        shopper._("Thank you. You can take it back here at any time.") if body["given"]
        else shopper._("That is kept, and holds from now on.")
    )  # fmt: skip
    return shopper.go(shopper.at("/consent"))


async def _form(shopper: Shopper, error: str | None = None, status: int = 200) -> Answer:
    found = await shopper.ask("read_consents_of_order", path={"order_id": shopper.order_id})
    return shopper.show(
        "consent.html", status=status, error=error, consents=found.data, purposes=PURPOSES,
        offered=shopper.order.customer is not None,
    )  # fmt: skip


PAGES = [consent_form, say_consent]
