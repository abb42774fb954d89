"""The shopper's link: whoever has it sees the order in the portal, and may do there what the shopper may."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from orderwright.api import Answer
from orderwright.console.frame import ConsoleScreen
from orderwright.console.order_dialog import Dialog, Field, done, order_path, path_of, read_order, show, show_refused
from orderwright.screens import blank, page

LINK = Dialog(
    "/link", "Make the shopper's link", "Make the link",
    lead="By this link the shopper sees the order, and changes, cancels or returns it as the portal allows.",
    fields=(Field("input", "days", "Good for how many days", "After the promised day; 365 at most.", required=True),),
    effects=(("Whoever has it", "may do what the shopper may: send it to them alone"),
             ("That you made one", "stands in the audit trail; the link itself is kept nowhere")),
)  # fmt: skip
WITHDRAW = Dialog(
    "/link/withdraw", "Withdraw the shopper's links", "Withdraw the links", tone="danger",
    effects=(("Links that were made so far", "lead nowhere any more"), ("Who is there by one", "is sent away"),
             ("New ones", "can be made")),
)  # fmt: skip


class LinkForm(msgspec.Struct, frozen=True, kw_only=True):
    """How long the link is good for."""

    days: Annotated[int, Meta(ge=1, le=365)] = 30


@page("GET", "/orders/{order_id}/link", needs="orders.link")
async def link_form(screen: ConsoleScreen) -> Answer:
    """What a link is, before one is made."""
    return show(screen, await read_order(screen), LINK, blank(days=30))


@page("POST", "/orders/{order_id}/link", needs="orders.link")
async def make_link(screen: ConsoleScreen) -> Answer:
    """Make a link, and show it to be copied."""
    form, order = await screen.form(LinkForm), await read_order(screen)
    if form.value is None:
        return show_refused(screen, order, LINK, form)
    said = await screen.do("make_portal_link", path=path_of(screen), body={"days": form.value.days})
    if said.problem is not None:
        return show_refused(screen, order, LINK, form, said)
    told = said.value.details
    link = (
        told.get("url")
        or f"{'https' if screen.incoming.secure else 'http'}://{screen.incoming.header('host')}{told['path']}"
    )
    expires_at = datetime.fromisoformat(told["expires_at"])
    return screen.show("orders/link.html", order=order, link=link, expires_at=expires_at, base=order_path(screen))


@page("GET", "/orders/{order_id}/link/withdraw", needs="orders.link")
async def withdraw_links_form(screen: ConsoleScreen) -> Answer:
    """What withdrawing does."""
    return show(screen, await read_order(screen), WITHDRAW, blank())


@page("POST", "/orders/{order_id}/link/withdraw", needs="orders.link")
async def withdraw_links(screen: ConsoleScreen) -> Answer:
    """Let all links to the order lead nowhere."""
    said = await screen.do("withdraw_portal_link", path=path_of(screen), body={})
    order = await read_order(screen)
    if said.problem is not None:
        return show_refused(screen, order, WITHDRAW, blank(), said)
    return done(screen, f"{order.number_text}: its links lead nowhere any more.")


ORDER_LINK = [link_form, make_link, withdraw_links_form, withdraw_links]
