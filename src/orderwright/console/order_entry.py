"""Order entry: an order that somebody takes by telephone, with what it comes to while it is typed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

import msgspec

from orderwright.api import Answer
from orderwright.console.customers import understood
from orderwright.console.frame import ConsoleScreen
from orderwright.console.order_drafts import keep_typed, read_draft, said_when, typed_of
from orderwright.console.order_facts import names_of_colleagues
from orderwright.console.order_quote import EntryForm, order_of, quote_typed, quote_with_promise, said_of_short
from orderwright.console.words_refusals import refused
from orderwright.screens import Filled, blank, page

ROWS = 5
CHOICES_MAX = 200
CUSTOMERS_MAX = 8
# What the interface refuses of the whole order is said at the field that it is about.
_AT_FIELDS = {"address_needed": {"country": "Say where it goes: the country at least, better the whole address."}}
PAYMENTS = (
    ("invoice", "By invoice"), ("bank_transfer", "By bank transfer"), ("cash_on_delivery", "Cash on delivery"),
    ("cash", "In cash, taken already"),
)  # fmt: skip


@page("GET", "/orders/new", needs="orders.place")
async def new_order_page(screen: ConsoleScreen) -> Answer:
    """An empty order, or one for somebody who is known."""
    typed = await _of_customer(screen) if screen.incoming.asked("customer") else {}
    return await _show(screen, blank(entry=f"desk-{secrets.token_urlsafe(12)}", **typed))


@page("POST", "/orders/new/customer", needs="orders.place")
async def customers_for_order(screen: ConsoleScreen) -> Answer:
    """Who has what was typed; it stands in no address."""
    typed = (await screen.incoming.form()).first("text").strip()[:200]
    found: Sequence[Any] = ()
    if len(typed) > 1 and screen.may("customers.read"):
        said = await screen.do("search_customers", body={**understood(typed), "limit": CUSTOMERS_MAX})
        found = said.value.data if said.ok else ()
    form: Filled[Any] = blank(entry=f"desk-{secrets.token_urlsafe(12)}")
    return await _show(screen, form, looked_for=typed, customers=found)


@page("POST", "/orders/new/skus", needs="orders.place")
async def skus_for_order(screen: ConsoleScreen) -> Answer:
    """SKUs by the beginning of their code, or a part of their name."""
    typed = (await screen.incoming.form()).first("text").strip()[:200]
    found = await screen.find("list_skus", query={"q": typed, "limit": 10, "active": "true"}) if typed else None
    return screen.show("orders/new_skus.html", skus=() if found is None else found.data)


@page("POST", "/orders/new/preview", needs="orders.place")
async def preview_new_order(screen: ConsoleScreen) -> Answer:
    """What the order comes to as it is typed now."""
    form = await screen.form(EntryForm)
    quote = await quote_with_promise(screen, form.value) if form.value is not None else None
    wrong = {} if quote is not None else form.errors
    promise = quote.promise if quote is not None else None
    rests = [line.rest.becomes for line in promise.lines if line.rest] if promise is not None else []
    return screen.show(
        "orders/new_preview.html", quote=quote, wrong=wrong, waiting="backorder" in rests,
        refusal="" if promise is None or promise.ok else promise.message,
        short=lambda line: said_of_short(line.promised, screen.formats),
    )  # fmt: skip


@page("POST", "/orders/new", needs="orders.place")
async def place_new_order(screen: ConsoleScreen) -> Answer:
    """Place it: once for each form, however often its button is pressed."""
    form = await screen.form(EntryForm)
    if form.text("keep") and screen.may("orders.draft"):
        return await _keep(screen, form)
    if "lines" in form.errors:
        del form.errors["lines"]
        form = form.with_errors({"lines.0.sku": "Type what is ordered."})
    if form.value is None:
        return await _show(screen, form, status=422)
    quote = await quote_typed(screen, form.value)
    if quote.errors:
        return await _show(screen, form.with_errors(quote.errors), status=422)
    order = order_of(form.value, quote)
    if screen.may("orders.draft"):
        said = await _place_draft(screen, form, order)
    else:
        said = await screen.do("place_order", body=order)
    problem = said.problem
    if problem is not None and problem.code in ("order_differs", "draft_placed") and problem.details.get("order_id"):
        screen.say("This form was placed already. This is the order.", "blue")
        return screen.go(screen.url(f"/orders/{problem.details['order_id']}"))
    if problem is not None:
        wrong = _AT_FIELDS.get(problem.code) or {"": refused(problem)}
        return await _show(screen, form.with_errors(wrong), status=422)
    placed = said.value
    told = getattr(placed, "details", None) or msgspec.structs.asdict(placed)
    if form.value.note and placed.code == "placed" and screen.may("orders.note"):
        await screen.do("add_note", path={"order_id": placed.id}, body={"words": form.value.note})
    waits = (
        f" {screen.formats.number(told['backordered'])} of its items wait for supply."
        if told.get("backordered")
        else ""
    )
    held = " It is held: look at why." if told.get("holds") else ""
    screen.say(f"Placed.{waits}{held}", "amber" if waits or held else "green")
    return screen.go(screen.url(f"/orders/{placed.id}"))


@page("GET", "/orders/drafts/{draft_id}", needs="orders.draft")
async def draft_page(screen: ConsoleScreen) -> Answer:
    """A draft, opened again; the order that it became, once it was placed."""
    draft = await read_draft(screen)
    if draft.order_id is not None:
        return screen.go(screen.url(f"/orders/{draft.order_id}"))
    return await _show(screen, blank(**typed_of(draft)))


@page("POST", "/orders/new/draft", needs="orders.draft")
async def autosave_new_order(screen: ConsoleScreen) -> Answer:
    """Keep what is typed so far."""
    form = await screen.form(EntryForm)
    said, left_out = await keep_typed(screen, form, over_own=False)
    facts: dict[str, Any] = {
        "revision": form.text("revision"),
        "left_out": left_out,
        "trouble": "",
        "saved": "",
        "link": "",
    }
    if said.problem is None:
        facts |= {"revision": said.value.details["revision"], "saved": said_when(screen)}
    else:
        facts |= await _trouble(screen, said.problem)
    return screen.show("orders/new_kept.html", **facts)


async def _trouble(screen: ConsoleScreen, problem: Any) -> dict[str, str]:
    """What is said instead of "saved", with where to look."""
    told = problem.details
    if problem.code == "draft_placed" and told.get("order_id"):
        where = screen.url(f"/orders/{told['order_id']}")
        return {"trouble": "This draft was placed already.", "link": where, "link_word": "Open the order"}
    if problem.code == "revision_differs" and told.get("saved_by"):
        names = {**await names_of_colleagues(screen), screen.ctx.actor.removeprefix("user:"): "You, in another window,"}
        who = names.get(told["saved_by"].removeprefix("user:"), "Somebody else")
        where = screen.url("/orders/drafts", all="yes")
        words = f"{who} saved this draft meanwhile. What you type now is not kept."
        return {"trouble": words, "link": where, "link_word": "Open it as it is now"}
    return {"trouble": f"Not saved. {refused(problem)}"}


async def _keep(screen: ConsoleScreen, form: Filled[Any]) -> Answer:
    """Save as a draft, and go to the drafts."""
    said, left_out = await keep_typed(screen, form)
    if said.problem is not None:
        trouble = (await _trouble(screen, said.problem))["trouble"]
        return await _show(screen, Filled(None, {"": trouble}, form.typed, form.files), status=422)
    without = " Amounts and quantities that are none were left out." if left_out else ""
    screen.say(f"Saved as a draft.{without}", "amber" if without else "green")
    return screen.go(screen.url("/orders/drafts"))


async def _place_draft(screen: ConsoleScreen, form: Filled[Any], order: dict[str, Any]) -> Any:
    """Place the draft that the form is of: kept as it stands, and placed once, in however many windows it is open."""
    said, _ = await keep_typed(screen, form, order)
    if said.problem is not None:
        return said
    body = {"revision": said.value.details["revision"]}
    return await screen.do("place_draft_order", path={"draft_id": said.value.id}, body=body)


async def _show(screen: ConsoleScreen, form: Filled[Any], status: int = 200, **facts: Any) -> Answer:
    channels = (await screen.ask("list_channels", query={"limit": CHOICES_MAX, "active": "true"})).data
    rows = max(ROWS, 1 + max((int(n) for n in _row_numbers(form)), default=0))
    shown = {"looked_for": "", "customers": (), **facts}
    return screen.show(
        "orders/new.html", status=status, form=form, channels=[(one.code, one.name) for one in channels], rows=rows,
        payments=PAYMENTS, **shown,
    )  # fmt: skip


def _row_numbers(form: Filled[Any]) -> list[str]:
    parts = [name.split(".") for name in form.typed if name.startswith("lines.")]
    return [part[1] for part in parts if len(part) > 1 and part[1].isdecimal() and len(part[1]) <= len("99")]


async def _of_customer(screen: ConsoleScreen) -> dict[str, str]:
    """What is known of a customer, to stand in the form from the start."""
    found = None
    if screen.may("customers.read"):
        found = await screen.find("read_customer", path={"customer_id": screen.incoming.asked("customer")})
    if found is None:
        return {}
    typed: dict[str, str] = {}
    fields = ("name", "email", "phone", "company", "line1", "line2", "city", "region", "postal_code", "country")
    for contact in found.contacts:
        for name in fields:
            value = getattr(contact, name)
            if value and (name not in fields[4:] or contact.role != "bill_to"):
                typed.setdefault(name, value)
    return typed


ORDER_ENTRY_PAGES = [
    new_order_page, customers_for_order, skus_for_order, preview_new_order, autosave_new_order, place_new_order,
    draft_page,
]  # fmt: skip
