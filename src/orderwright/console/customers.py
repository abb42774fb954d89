"""Customers: the list of who bought lately, looking for somebody, and all that is known of one."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from orderwright.api import Answer
from orderwright.console import words_consent, words_customers, words_messages
from orderwright.console.frame import ConsoleScreen
from orderwright.console.order_facts import names_of_colleagues
from orderwright.console.words_orders import author
from orderwright.screens import Filled, blank, page

PAGE = 50
ORDERS_SHOWN = 20
MESSAGES_SHOWN = 10
_DIGITS_MIN = 5
_OF_ALL = frozenset({"list_store_credits", "list_customer_notes", "read_consents", "list_same_people"})


class LookFor(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to look for: an e-mail address, a telephone number or a name, as it was typed."""

    text: Annotated[str, Meta(min_length=2, max_length=320)]
    after: str | None = None


class EraseForm(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody means it."""

    sure: bool


@page("GET", "/customers", needs="customers.read")
async def customers_page(screen: ConsoleScreen) -> Answer:
    """Who bought lately."""
    found = await screen.ask("list_buyers", query={"limit": PAGE, "after": screen.incoming.asked("after") or None})
    first = screen.url("/customers") if screen.incoming.asked("after") else None
    following = screen.url("/customers", after=found.next) if found.next else None
    return screen.show(
        "customers/list.html",
        found=found,
        form=blank(),
        following=following,
        first=first,
        say_customers=words_customers,
    )


@page("POST", "/customers", needs="customers.read")
async def look_for_customers(screen: ConsoleScreen) -> Answer:
    """Somebody by what was typed; it stands in no address."""
    form = await screen.form(LookFor)
    found = None
    if form.value is not None:
        body = {**understood(form.value.text), "limit": PAGE, "after": form.value.after}
        said = await screen.do("search_customers", body={n: v for n, v in body.items() if v is not None})
        if said.problem is not None:
            form = form.with_errors({"text": said.problem.detail})
        else:
            found = said.value
    status = 200 if found is not None else 422
    return screen.show(
        "customers/list.html",
        status=status,
        found=found,
        form=form,
        following=None,
        first=None,
        say_customers=words_customers,
    )


@page("GET", "/customers/{customer_id}", needs="customers.read")
async def customer_page(screen: ConsoleScreen) -> Answer:
    """A customer with contacts, orders, what they bought and sent back, and store credit."""
    customer_id = screen.param("customer_id")
    path = {"customer_id": customer_id}
    customer, orders, totals, accounts, said, notes, consents, same, names = await asyncio.gather(
        screen.ask("read_customer", path=path),
        _if(screen, "orders.read", "list_orders_of_customer", path=path, query={"limit": ORDERS_SHOWN}),
        _if(screen, "orders.read", "read_customer_totals", path=path),
        _if(screen, "store_credit.read", "list_store_credits", query={"customer": customer_id}),
        _if(screen, "messages.read", "list_messages_of_customer", path=path, query={"limit": MESSAGES_SHOWN}),
        _if(screen, "customers.read", "list_customer_notes", path=path),
        _if(screen, "customers.read", "read_consents", path=path),
        _if(screen, "customers.read", "list_same_people", path=path),
        names_of_colleagues(screen),
    )
    if customer.id != customer_id:  # this one was merged: its address leads to the one that was kept
        return screen.go(screen.url(f"/customers/{customer.id}"))
    return screen.show(
        "customers/customer.html", customer=customer, orders=orders, totals=totals, credits=accounts,
        name=words_customers.name_of(customer), say=words_customers, messages=said, names=names,
        say_messages=words_messages, now=screen.ctx.now, notes=notes, consents=consents, same=same, author=author,
        say_consent=words_consent, me=screen.ctx.actor,
    )  # fmt: skip


@page("GET", "/customers/{customer_id}/orders", needs="orders.read")
async def customer_orders_page(screen: ConsoleScreen) -> Answer:
    """All orders of a customer."""
    customer_id, after = screen.param("customer_id"), screen.incoming.asked("after") or None
    path = {"customer_id": customer_id}
    customer, orders = await asyncio.gather(
        screen.ask("read_customer", path=path),
        screen.ask("list_orders_of_customer", path=path, query={"limit": PAGE, "after": after}),
    )
    address = f"/customers/{customer_id}/orders"
    return screen.show(
        "customers/orders.html", customer=customer, orders=orders, name=words_customers.name_of(customer),
        say=words_customers, following=screen.url(address, after=orders.next) if orders.next else None,
        first=screen.url(address) if after else None,
    )  # fmt: skip


@page("GET", "/customers/{customer_id}/data.json", needs="customers.read")
async def customer_data_file(screen: ConsoleScreen) -> Answer:
    """All that is kept of a customer, as a file to hand to them."""
    customer_id = screen.param("customer_id")
    said = await screen.do("read_customer_data", path={"customer_id": customer_id})
    return screen.hand_over(said, f"{customer_id}.json")


@page("GET", "/customers/{customer_id}/statement.pdf", needs="documents.read")
async def customer_statement_file(screen: ConsoleScreen) -> Answer:
    """The customer's account statement of the last 90 days."""
    said = await screen.do("read_customer_statement_as_pdf", path={"customer_id": screen.param("customer_id")})
    return screen.hand_over(said)


@page("GET", "/customers/{customer_id}/erase", needs="customers.erase")
async def erase_form(screen: ConsoleScreen) -> Answer:
    """What erasing does, before it is done."""
    return await _erase_page(screen, blank())


@page("POST", "/customers/{customer_id}/erase", needs="customers.erase")
async def erase(screen: ConsoleScreen) -> Answer:
    """Erase a customer's personal data. There is no way back."""
    form = await screen.form(EraseForm)
    if form.value is None or not form.value.sure:
        return await _erase_page(screen, form.with_errors({"sure": "Tick this: it cannot be undone."}), status=422)
    customer_id = screen.param("customer_id")
    said = await screen.do("erase_customer", path={"customer_id": customer_id}, body={})
    if said.problem is not None:
        return await _erase_page(screen, form.with_errors({"": said.problem.detail}), status=422)
    screen.say("Erased. Orders, stock and money stay, without names and addresses.")
    return screen.go(screen.url(f"/customers/{customer_id}"))


async def _erase_page(screen: ConsoleScreen, form: Filled[Any], status: int = 200) -> Answer:
    path = {"customer_id": screen.param("customer_id")}
    customer, totals = await asyncio.gather(
        screen.ask("read_customer", path=path), _if(screen, "orders.read", "read_customer_totals", path=path)
    )
    orders = sum(one.orders for one in totals.bought) if totals else None
    return screen.show("customers/erase.html", status=status, customer=customer, orders=orders, form=form)


async def _if(screen: ConsoleScreen, permission: str, operation: str, **call: Any) -> Any:
    """What an operation answers, for who may ask it and is not limited; None for all others."""
    return await screen.find(operation, **call) if screen.may(permission) and not _barred(screen, operation) else None


def _barred(screen: ConsoleScreen, operation: str) -> bool:
    return operation in _OF_ALL and screen.ctx.limited


def understood(text: str) -> dict[str, str]:
    """What was typed: an e-mail address, a telephone number or a name."""
    typed = text.strip()
    if "@" in typed:
        return {"email": typed}
    if len(re.sub(r"\D", "", typed)) >= _DIGITS_MIN and re.fullmatch(r"[\d\s()+./-]+", typed):
        return {"phone": typed}
    return {"name": typed}


CUSTOMER_PAGES = [
    customers_page,
    look_for_customers,
    customer_page,
    customer_orders_page,
    customer_data_file,
    customer_statement_file,
    erase_form,
    erase,
]
