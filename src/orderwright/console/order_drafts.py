"""Draft orders: what is typed at order entry is kept, listed, opened again, deleted and had back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from orderwright.api import Answer
from orderwright.console.frame import ConsoleScreen
from orderwright.console.order_facts import names_of_colleagues
from orderwright.console.words_refusals import refused
from orderwright.platform.money import exponent
from orderwright.screens import Filled, blank, page

DRAFTS_A_PAGE = 50
PERSON = ("name", "email", "phone")
PLACE = ("company", "line1", "line2", "city", "region", "postal_code", "country")
AMOUNT_MAX = Decimal(10) ** 9
UNITS_TYPED_MAX = 1_000_000


class DraftLook(NamedTuple):
    """A draft as a row of the list shows it. `total_minor` is None where something has no price yet."""

    draft: Any
    who: str
    owner: str
    saved_by: str
    lines: int
    total_minor: int | None
    currency: str


@page("GET", "/orders/drafts", needs="orders.draft")
async def drafts_page(screen: ConsoleScreen) -> Answer:
    """Drafts, saved last first."""
    every = screen.incoming.asked("all") == "yes"
    after = screen.incoming.asked("after")
    query = {"mine": "false" if every else "true", "limit": DRAFTS_A_PAGE, **({"after": after} if after else {})}
    found = await screen.ask("list_draft_orders", query=query)
    names = await names_of_colleagues(screen)
    here = "/orders/drafts"
    tabs = [
        {"word": "Mine", "address": screen.url(here), "count": "", "current": not every},
        {"word": "All", "address": screen.url(here, all="yes"), "count": "", "current": every},
    ]
    rest = {"all": "yes"} if every else {}
    return screen.show(
        "orders/drafts.html", rows=[_look(draft, names) for draft in found.data], tabs=tabs, every=every,
        following=screen.url(here, after=found.next, **rest) if found.next else None,
        first=screen.url(here, **rest) if after else None,
    )  # fmt: skip


@page("GET", "/orders/drafts/{draft_id}/delete", needs="orders.draft")
async def delete_draft_form(screen: ConsoleScreen) -> Answer:
    """Ask whether a draft shall go."""
    draft = await read_draft(screen)
    return screen.show("orders/draft_delete.html", form=blank(revision=draft.revision), id=draft.id)


@page("POST", "/orders/drafts/{draft_id}/delete", needs="orders.draft")
async def delete_draft(screen: ConsoleScreen) -> Answer:
    """Delete a draft; it can be had back for a day."""
    draft_id = screen.param("draft_id")
    revision = (await screen.incoming.form()).first("revision")
    body = {"revision": int(revision)} if revision.isdecimal() and len(revision) < 10 else {}
    said = await screen.do("delete_draft_order", path={"draft_id": draft_id}, body=body)
    if said.problem is not None:
        screen.say(refused(said.problem), "amber")
    else:
        back = screen.url(f"/orders/drafts/{draft_id}/restore")
        screen.say("The draft is deleted.", undo=back, undo_words="Restore it")
    return screen.go(screen.url("/orders/drafts"))


@page("GET", "/orders/drafts/{draft_id}/restore", needs="orders.draft")
async def restore_draft_form(screen: ConsoleScreen) -> Answer:
    """Ask whether a deleted draft shall come back."""
    return screen.show("orders/draft_restore.html", form=blank(), id=screen.param("draft_id"))


@page("POST", "/orders/drafts/{draft_id}/restore", needs="orders.draft")
async def restore_draft(screen: ConsoleScreen) -> Answer:
    """Have a deleted draft back."""
    draft_id = screen.param("draft_id")
    said = await screen.do("restore_draft_order", path={"draft_id": draft_id}, body={})
    if said.problem is not None:
        screen.say(refused(said.problem), "amber")
        return screen.go(screen.url("/orders/drafts"))
    screen.say("The draft is back.")
    return screen.go(screen.url(f"/orders/drafts/{draft_id}"))


async def read_draft(screen: ConsoleScreen) -> Any:
    """The draft that the address names."""
    return await screen.ask("read_draft_order", path={"draft_id": screen.param("draft_id")})


async def keep_typed(
    screen: ConsoleScreen, form: Filled[Any], order: Mapping[str, Any] | None = None, *, over_own: bool = True
) -> tuple[Any, dict[str, str]]:
    """Keep what is typed as a draft, or the whole `order` that it is; what was said, and what was left out, by field.

    Saved meanwhile by somebody else it is not written over; by the same person only where `over_own`: what a button
    sends may have been overtaken by what its own window kept just before."""
    left_out: dict[str, str] = {}
    if order is None:
        code = form.text("channel")
        channel = await screen.find("read_channel", path={"code": code}) if code else None
        order, left_out = content_of(form, None if channel is None else channel.code, channel and channel.currency)
    content = {name: value for name, value in order.items() if name not in ("external_id", "placed_at")}
    revision = form.text("revision")
    body: dict[str, Any] = {"external_id": form.text("entry"), "order": content}
    if note := form.text("note").strip():
        body["note"] = note[:4000]
    if revision.isdecimal() and len(revision) < 10:
        body["revision"] = int(revision)
    said = await screen.do("save_draft_order", body=body)
    if over_own and said.problem is not None and said.problem.code == "revision_differs":
        now = said.problem.details
        if now.get("saved_by") == screen.ctx.actor and now.get("revision"):
            said = await screen.do("save_draft_order", body={**body, "revision": now["revision"]})
    return said, left_out


def content_of(form: Filled[Any], channel: str | None, currency: str | None) -> tuple[dict[str, Any], dict[str, str]]:
    """What of a form can be kept, as the body of an order, and what is left out: amounts and quantities that are none.
    Pure."""
    left_out: dict[str, str] = {}

    def amount(field: str, text: str) -> dict[str, Any] | None:
        minor = minor_of(text, currency) if currency else None
        if text and minor is None:
            left_out[field] = text
        return None if minor is None else {"amount": minor, "currency": currency}

    order: dict[str, Any] = {"lines": []}
    if channel and currency:
        order |= {"channel": channel, "currency": currency}
    order["lines"] = _lines(form, amount, left_out)
    person = {name: form.text(name).strip()[: 40 if name == "phone" else 200] for name in PERSON}
    place = {name: form.text(name).strip()[: 20 if name == "postal_code" else 200] for name in PLACE}
    if len(place["country"]) != len("US") or not place["country"].isascii() or not place["country"].isupper():
        if place["country"]:
            left_out["country"] = place["country"]
        place["country"] = ""
    if any(person.values()):
        order["customer"] = {name: text for name, text in person.items() if text}
    if any(place.values()):
        order["ship_to"] = {name: text for name, text in place.items() if text}
    for name, field, entry in (
        ("shipping", "shipping", {"code": "standard"}), ("discount", "discounts", {"code": "desk"}),
        ("tax", "taxes", {"name": "Tax"}),
    ):  # fmt: skip
        if (money := amount(name, form.text(name).strip())) is not None:
            order[field] = [{**entry, "amount": money}]
    method = form.text("payment")
    if method in ("invoice", "bank_transfer", "cash_on_delivery", "cash") and currency:
        state = "captured" if method == "cash" else "pending"
        order["payments"] = [{"method": method, "state": state, "amount": {"amount": 0, "currency": currency}}]
    tags = [part.strip()[:100] for part in form.text("tags").split(",")]
    if any(tags):
        order["tags"] = list(dict.fromkeys(filter(None, tags)))[:50]
    return order, left_out


def _lines(
    form: Filled[Any], amount: Callable[[str, str], dict[str, Any] | None], left_out: dict[str, str]
) -> list[dict[str, Any]]:
    lines = []
    numbers = {part[1] for name in form.typed if len(part := name.split(".")) == len(("lines", "0", "sku"))}
    for n in sorted(int(number) for number in numbers if number.isdecimal() and len(number) <= len("99")):
        sku, quantity, price = (form.text(f"lines.{n}.{name}").strip() for name in ("sku", "quantity", "price"))
        line: dict[str, Any] = {"sku": sku[:100]} if sku else {}
        if quantity.isdecimal() and 0 < int(quantity[:9]) <= UNITS_TYPED_MAX:
            line["quantity"] = int(quantity[:9])
        elif quantity:
            left_out[f"lines.{n}.quantity"] = quantity
        if (money := amount(f"lines.{n}.price", price)) is not None:
            line["unit_price"] = money
        if line:
            lines.append(line)
    return lines


def minor_of(text: str, currency: str) -> int | None:
    """An amount that was typed, in minor units; None where it is none."""
    try:
        amount = Decimal(text).scaleb(exponent(currency))
    except ArithmeticError:
        return None
    if not amount.is_finite() or not 0 <= amount < AMOUNT_MAX or amount != amount.to_integral_value():
        return None
    return int(amount)


def typed_of(draft: Any) -> dict[str, str]:
    """A draft as it stands in the form: the way back from `content_of`. Pure."""
    order = draft.order
    typed = {"entry": draft.external_id, "revision": str(draft.revision), "note": draft.note or ""}
    typed["channel"] = order.channel or ""
    for n, line in enumerate(order.lines):
        typed[f"lines.{n}.sku"] = line.sku or ""
        typed[f"lines.{n}.quantity"] = str(line.quantity) if line.quantity else ""
        typed[f"lines.{n}.price"] = major_of(line.unit_price) if line.unit_price else ""
    for source, names in ((order.ship_to, (*PERSON, *PLACE)), (order.customer, PERSON)):
        typed |= {name: value for name in names if source is not None and (value := getattr(source, name))}
    for name, given in (("shipping", order.shipping), ("discount", order.discounts), ("tax", order.taxes)):
        if given:
            typed[name] = major_of(given[0].amount)
    if order.payments:
        typed["payment"] = order.payments[0].method
    typed["tags"] = ", ".join(order.tags)
    return {name: value for name, value in typed.items() if value}


def major_of(money: Any) -> str:
    """An amount as it is typed: 12.50."""
    return str(Decimal(money.amount).scaleb(-exponent(money.currency)))


def said_when(screen: ConsoleScreen) -> str:
    """The time of day, as whoever looks reads it."""
    return datetime.now(UTC).astimezone(screen.formats.zone).strftime("%H:%M")


def _look(draft: Any, names: Mapping[str, str]) -> DraftLook:
    order = draft.order
    whom = [one for one in (order.customer, order.ship_to) if one is not None]
    who = next(
        (text for one in whom for name in ("name", "company", "email", "phone") if (text := getattr(one, name, None))),
        "",
    )
    priced = all(line.unit_price for line in order.lines) and bool(order.lines)
    total = None
    if priced:
        total = sum(int(line.unit_price.amount) * (line.quantity or 1) for line in order.lines)
        total += sum(c.amount.amount for c in [*order.shipping, *order.taxes]) - sum(
            d.amount.amount for d in order.discounts
        )
    called = {actor: names.get(actor.removeprefix("user:"), "A program") for actor in (draft.owner, draft.saved_by)}
    return DraftLook(
        draft, who, called[draft.owner], called[draft.saved_by], len(order.lines), total, order.currency or "USD"
    )


ORDER_DRAFT_PAGES = [drafts_page, delete_draft_form, delete_draft, restore_draft_form, restore_draft]
