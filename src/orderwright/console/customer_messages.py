"""What was said with a customer, about all orders and about none; and to write down what was said about none."""

from __future__ import annotations

from typing import Any

from orderwright.api import Answer
from orderwright.console import words_customers, words_messages
from orderwright.console.frame import ConsoleScreen
from orderwright.console.order_facts import names_of_colleagues
from orderwright.console.order_messages import SaidForm, said_body, said_fields
from orderwright.console.words_refusals import refused
from orderwright.screens import Filled, blank, page

PAGE = 50


@page("GET", "/customers/{customer_id}/messages", needs="messages.read")
async def customer_messages_page(screen: ConsoleScreen) -> Answer:
    """All that was said with a customer, the newest first."""
    path, after = {"customer_id": screen.param("customer_id")}, screen.incoming.asked("after") or None
    customer = await screen.ask("read_customer", path=path)
    found = await screen.ask("list_messages_of_customer", path=path, query={"limit": PAGE, "after": after})
    address = f"/customers/{customer.id}/messages"
    return screen.show(
        "customers/messages.html", customer=customer, name=words_customers.name_of(customer), messages=found.data,
        say_messages=words_messages, names=await names_of_colleagues(screen), now=screen.ctx.now,
        following=screen.url(address, after=found.next) if found.next else None,
        first=screen.url(address) if after else None,
    )  # fmt: skip


@page("GET", "/customers/{customer_id}/said", needs="messages.write")
async def customer_said_form(screen: ConsoleScreen) -> Answer:
    """A call or letter about no order, to be written down."""
    return await _show(screen, blank(direction="in", medium="phone"))


@page("POST", "/customers/{customer_id}/said", needs="messages.write")
async def record_customer_said(screen: ConsoleScreen) -> Answer:
    """Write down what was said about no order."""
    form: Filled[SaidForm] = await screen.form(SaidForm)
    if form.value is None:
        return await _show(screen, form, 422)
    path = {"customer_id": screen.param("customer_id")}
    said = await screen.do("record_customer_message", path=path, body=said_body(form.value))
    if said.problem is not None:
        return await _show(screen, form.with_errors({"": refused(said.problem)}), 422)
    screen.say("Recorded. Colleagues see it at the customer.")
    return screen.go(screen.url(f"/customers/{path['customer_id']}"))


async def _show(screen: ConsoleScreen, form: Filled[Any], status: int = 200) -> Answer:
    customer = await screen.ask("read_customer", path={"customer_id": screen.param("customer_id")})
    return screen.show(
        "customers/said.html", status=status, customer=customer, form=form, fields=said_fields(customer=True),
        name=words_customers.name_of(customer),
    )  # fmt: skip


CUSTOMER_MESSAGES = [customer_messages_page, customer_said_form, record_customer_said]
