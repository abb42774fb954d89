"""Send an order to another address, until somebody begins to pick it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from orderwright.api import Answer
from orderwright.portal.pages import Shopper
from orderwright.portal.tongues import countries
from orderwright.screens import page

FIELDS = ("name", "company", "line1", "line2", "postal_code", "city", "region", "country", "phone")
_NEEDED = ("name", "line1", "city", "country")
_LONGEST = {"postal_code": 20, "phone": 50, "country": 2}


@page("GET", "/o/{order_id}/address", needs="orders.edit")
async def address_form(shopper: Shopper) -> Answer:
    """Where it goes now, to be changed."""
    now = shopper.order.ship_to
    return _form(shopper, {name: (getattr(now, name) if now else None) or "" for name in FIELDS})


@page("POST", "/o/{order_id}/address", needs="orders.edit")
async def address(shopper: Shopper) -> Answer:
    """Show what another address would come to, then change it."""
    form = await shopper.incoming.form()
    typed = {name: form.first(name).strip() for name in FIELDS}
    errors = {name: shopper._("This is needed.") for name in _NEEDED if not typed[name]}
    errors |= {
        name: shopper._("This is too long.") for name, text in typed.items() if len(text) > _LONGEST.get(name, 200)
    }
    if typed["country"] and typed["country"] not in dict(countries(shopper.language)):
        errors["country"] = shopper._("Choose a country.")
    if errors:
        return _form(shopper, typed, errors, 422)
    sent = {name: text for name, text in typed.items() if text}
    if shopper.order.ship_to is not None and shopper.order.ship_to.email:
        sent["email"] = shopper.order.ship_to.email
    revision = form.first("revision")
    known = int(revision) if revision.isdecimal() and len(revision) < 10 else shopper.order.revision
    body: dict[str, Any] = {"revision": known, "changes": [{"change": "set_ship_to", "ship_to": sent}]}
    if await shopper.confirmed():
        said = await shopper.do("edit_order", path={"order_id": shopper.order_id}, body=body)
        if said.problem is not None:
            return shopper.refused(said.problem, "/address")
        shopper.say(shopper._("Your order goes to the new address."))
        return shopper.go(shopper.at())
    details, problem = await shopper.try_out("preview_edit", body)
    if problem is not None:
        if problem.code == "invalid_request":
            return _form(shopper, typed, {"name": shopper._("Something here cannot be read. Write it anew.")}, 422)
        return shopper.refused(problem, "/address")
    return shopper.confirm(
        shopper._("Send it here?"), _comes_to(shopper, details), items=_as_lines(shopper, typed),
        fields=[*typed.items(), ("revision", str(known))], button=shopper._("Use this address"), back="/address",
    )  # fmt: skip


def _comes_to(shopper: Shopper, details: Mapping[str, Any]) -> list[str]:
    """Day and money, where they are said to change."""
    said = []
    if details["promised_on"]:
        day = shopper.day(date.fromisoformat(details["promised_on"]))
        said.append(shopper._("It would arrive by %(day)s.", day=day))
    difference = details["difference_minor"]
    amount = shopper.money(abs(difference), shopper.order.totals.total.currency)
    if difference > 0:
        said.append(shopper._("It costs %(amount)s more, since taxes differ there.", amount=amount))
    elif difference < 0:
        said.append(shopper._("It costs %(amount)s less, since taxes differ there.", amount=amount))
    else:
        said.append(shopper._("It costs the same."))
    return said


def _as_lines(shopper: Shopper, typed: Mapping[str, str]) -> list[str]:
    town = " ".join(typed[name] for name in ("postal_code", "city", "region") if typed[name])
    country = dict(countries(shopper.language))[typed["country"]]
    return [text for text in (typed["name"], typed["company"], typed["line1"], typed["line2"], town, country) if text]


def _form(
    shopper: Shopper, typed: Mapping[str, str], errors: Mapping[str, str] | None = None, status: int = 200
) -> Answer:
    return shopper.show(
        "address.html", status=status, typed=typed, errors=errors or {}, countries=countries(shopper.language),
        revision=shopper.order.revision,
    )  # fmt: skip


PAGES = [address_form, address]
