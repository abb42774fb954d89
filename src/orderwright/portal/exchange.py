"""Exchange goods for others at the same price: choose one, see when the new ones come, announce it."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from orderwright.api import Answer
from orderwright.portal.actions import Choice, sent_lines
from orderwright.portal.chosen import Chosen, pick
from orderwright.portal.give_back import METHODS, REASONS
from orderwright.portal.order_page import terms_of
from orderwright.portal.pages import Shopper
from orderwright.screens import page

_OFFERED_MAX = 30
_STYLE = "style"  # the attribute that SKUs have in common which may stand in for each other


class Offer(NamedTuple):
    """What a line may be exchanged for."""

    choice: Choice
    skus: list[tuple[str, str]]  # code and name


@page("GET", "/o/{order_id}/exchange", needs="returns.write")
async def exchange_form(shopper: Shopper) -> Answer:
    """Choose what to exchange, and for what."""
    return await _form(shopper)


@page("POST", "/o/{order_id}/exchange", needs="returns.write")
async def exchange(shopper: Shopper) -> Answer:
    """Show what an exchange would come to, then announce it."""
    form = await shopper.incoming.form()
    terms = await terms_of(shopper)
    offers = await offers_of(shopper)
    offer = next((o for o in offers if str(o.choice.line) == form.first("line")), None)
    text = form.first("quantity")
    quantity = int(text) if text.isdecimal() and len(text) < 8 else 0
    new = form.first(f"sku{offer.choice.line}") if offer is not None else ""
    names = dict(offer.skus) if offer is not None else {}
    if offer is None or new not in names or not 0 < quantity <= offer.choice.units:
        return await _form(shopper, shopper._("Choose an article, how many of it, and what you want instead."), 422)
    chosen = Chosen(offer.choice.line, quantity, offer.choice)
    reason = pick(form, "reason", list(REASONS))
    method = pick(form, "method", [m for m in METHODS if m in terms.methods] or list(METHODS))
    body: dict[str, Any] = {
        "lines": [{"line": chosen.line, "quantity": quantity, "reason": reason}], "method": method,
        "new_lines": [{"sku": new, "quantity": quantity, "in_place_of": chosen.line}],
    }  # fmt: skip
    if await shopper.confirmed():
        said = await shopper.do("request_exchange", path={"order_id": shopper.order_id}, body=body)
        if said.problem is not None:
            return shopper.refused(said.problem, "/exchange")
        shopper.say(shopper._("Your exchange is announced. The new goods leave when the others are back."))
        return shopper.go(shopper.at())
    details, problem = await shopper.try_out("quote_exchange", body)
    if problem is not None:
        return shopper.refused(problem, "/exchange")
    fields = [
        ("line", str(chosen.line)), ("quantity", str(quantity)), (f"sku{chosen.line}", new), ("reason", reason),
        ("method", method),
    ]  # fmt: skip
    items = [
        shopper._("Back to us: %(units)s × %(name)s", units=quantity, name=offer.choice.name),
        shopper._("To you: %(units)s × %(name)s", units=quantity, name=names[new]),
    ]
    return shopper.confirm(
        shopper._("Exchange this?"), _comes_to(shopper, details), items=items, fields=fields,
        button=shopper._("Announce the exchange"), back="/exchange",
    )  # fmt: skip


def _comes_to(shopper: Shopper, details: dict[str, Any]) -> list[str]:
    said = []
    if details["backordered"]:
        said.append(shopper._("What you want is not in stock now. It is kept for you as soon as it comes in."))
    elif details["promised_on"]:
        day = shopper.day(date.fromisoformat(details["promised_on"]))
        said.append(shopper._("It is kept for you. Were the others back today, it would arrive by %(day)s.", day=day))
    needed = details["needed_minor"]
    if needed:
        said.append(shopper._("There are %(amount)s to pay.", amount=shopper.money(needed, details["currency"])))
    else:
        said.append(shopper._("It costs you nothing."))
    return said


async def offers_of(shopper: Shopper) -> list[Offer]:
    """For each line that has left, the same again and what may stand in for it."""
    offers = []
    for choice in sent_lines(shopper.order):
        article = await shopper.find("read_sku", path={"code": choice.sku})
        skus = [] if article is None else await _alike(shopper, article)
        offers.append(Offer(choice, [(choice.sku, choice.name), *skus]))
    return offers


async def _alike(shopper: Shopper, article: Any) -> list[tuple[str, str]]:
    """SKUs at the same price that have the same `style`, or whose code is the same up to its last hyphen."""
    stem = article.code.rpartition("-")[0]
    style = article.attributes.get(_STYLE)
    if not stem and style is None:
        return []
    page_of = await shopper.ask("list_skus", query={"q": stem or str(style), "active": "true", "limit": 100})
    alike = [(sku.code, sku.name) for sku in page_of.data if _fits(sku, article, stem, style)]
    return alike[:_OFFERED_MAX]


def _fits(sku: Any, article: Any, stem: str, style: Any) -> bool:
    same = sku.attributes.get(_STYLE) == style if style is not None else sku.code.startswith(f"{stem}-")
    return bool(same and sku.code != article.code and sku.price == article.price and sku.kind == article.kind)


async def _form(shopper: Shopper, error: str | None = None, status: int = 200) -> Answer:
    terms = await terms_of(shopper)
    return shopper.show(
        "exchange.html", status=status, offers=await offers_of(shopper), error=error, reasons=REASONS,
        methods={m: words for m, words in METHODS.items() if m in terms.methods},
    )  # fmt: skip


PAGES = [exchange_form, exchange]
