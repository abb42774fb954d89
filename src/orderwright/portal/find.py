"""How a shopper comes to an order: by its number and e-mail address, or by a link that was sent to them."""

from __future__ import annotations

import math

from orderwright.api import Answer
from orderwright.platform.clock import utc_now
from orderwright.platform.db import Database
from orderwright.platform.errors import NotFound
from orderwright.platform.ids import decode_id
from orderwright.portal.pages import Shopper, Visitor
from orderwright.portal.visits import (
    VISIT_AFTER_LOOK_UP,
    begin_visit,
    end_visit,
    link_facts,
    order_path,
    order_text,
)
from orderwright.screens import Refused, page
from orderwright.shoppers import LINK_FACTS, unseal


@page("GET", "")
async def find_form(visitor: Visitor) -> Answer:
    """Ask which order."""
    return _form(visitor)


@page("POST", "", needs="orders.link")
async def find(visitor: Visitor) -> Answer:
    """Look an order up. An unknown number, another's address and an erased order are answered alike."""
    form = await visitor.incoming.form()
    number, email = form.first("number").strip()[:60], form.first("email").strip()[:254]
    if not number or not email:
        return _form(visitor, number, email, visitor._("Write both the order number and your e-mail address."), 422)
    body = {"number": number, "email": email}
    if visitor.incoming.client:
        body["client"] = visitor.incoming.client
    said = await visitor.do("look_up_order", body=body)
    if said.problem is not None:
        if said.problem.code == "too_many_tries":
            minutes = math.ceil(said.problem.details["retry_after_s"] / 60)
            words = visitor._("There were too many tries. Wait %(minutes)s min, then try again.", minutes=minutes)
            return _form(visitor, number, email, words, 429)
        if said.problem.code in ("no_such_order", "invalid_request"):
            words = visitor._(
                "We found no order with this number and e-mail address. Both stand in the confirmation that we sent."
            )
            return _form(visitor, number, email, words, 422)
        raise Refused(said.problem)
    order_id: str = said.value.order_id
    database: Database = visitor.incoming.state.database
    merchant = visitor.ctx.merchant
    async with database.transaction(merchant, read_only=True) as tx:
        facts = await LINK_FACTS.first(tx, [decode_id("ord", order_id)])
    if facts is None:
        raise NotFound("There is no such page.")
    until = utc_now() + VISIT_AFTER_LOOK_UP
    visitor.add_header(begin_visit(visitor.incoming, merchant, order_id, version=facts.version, until=until))
    return visitor.go(order_path(merchant, order_id))


def _form(visitor: Visitor, number: str = "", email: str = "", error: str | None = None, status: int = 200) -> Answer:
    return visitor.show("find.html", status=status, number=number, email=email, error=error, again=False)


@page("GET", "/link/{token}")
async def open_link(visitor: Visitor) -> Answer:
    """Come in by a link: it becomes a cookie, and the address that one sees says nothing any more."""
    database: Database = visitor.incoming.state.database
    merchant = visitor.ctx.merchant
    grant = unseal("link", merchant, visitor.param("token"), database.hash_key, utc_now())
    facts = None if grant is None else await link_facts(database, merchant, grant)
    if grant is None or facts is None:
        return visitor.problem_page(
            403, visitor._("This link does not work any more"),
            visitor._("Look your order up by its number and your e-mail address."),
        )  # fmt: skip
    order_id = order_text(grant)
    visitor.add_header(begin_visit(visitor.incoming, merchant, order_id, version=grant.version, until=grant.expires_at))
    return visitor.go(order_path(merchant, order_id))


@page("POST", "/o/{order_id}/leave")
async def leave(shopper: Shopper) -> Answer:
    """End the visit, on a computer that others use."""
    shopper.add_header(end_visit(shopper.incoming, shopper.ctx.merchant, shopper.order_id))
    return shopper.go(shopper.home)


PAGES = [find_form, find, open_link, leave]
