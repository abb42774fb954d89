"""Edit an order: quantities, other SKUs, more lines, the address, shipping, a discount; tried before it is done.

The form holds what it was shown with (`was.`): only what somebody changed is changed. It is of one revision of the
order: who comes later is told what happened meanwhile, and keeps what they typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from orderwright.api import Answer
from orderwright.console.frame import ConsoleScreen
from orderwright.console.order_dialog import (
    NOT_AN_AMOUNT,
    MoneyText,
    Units,
    ask_approval,
    done,
    effects,
    major,
    minor,
    no_effects,
    order_path,
    path_of,
    read_order,
)
from orderwright.console.order_facts import names_of_colleagues
from orderwright.console.words import plural
from orderwright.console.words_events import Entry, entry_of
from orderwright.console.words_orders import count
from orderwright.console.words_refusals import refused
from orderwright.screens import Filled, blank, page

ADDRESS = ("name", "company", "line1", "line2", "city", "region", "postal_code", "country", "email", "phone")
CHANGES_TOLD = 20
ADDRESS_APART = "Change the address by an edit of its own: it needs no approval. Ask for the rest without it."
Code = Annotated[str, Meta(max_length=200)]
Text = Annotated[str, Meta(max_length=320)]


class EditForm(msgspec.Struct, frozen=True, kw_only=True):
    """An order as it is to be. `was`: what the form was shown with. `ask`: approval is asked for, and `why`."""

    revision: Annotated[int, Meta(ge=0)]
    seen: Annotated[int, Meta(ge=0)] = 0
    quantity: dict[str, Units] = {}
    swap: dict[str, Code] = {}
    add_sku: Code | None = None
    add_quantity: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    add_price: MoneyText | None = None
    shipping: MoneyText | None = None
    discount: MoneyText | None = None
    discount_code: Code | None = None
    address: dict[str, Text] = {}
    was: dict[str, Any] = {}
    ask: bool = False
    why: Annotated[str, Meta(max_length=200)] | None = None


@page("GET", "/orders/{order_id}/edit", needs="orders.edit")
async def edit_form(screen: ConsoleScreen) -> Answer:
    """An order, to be changed."""
    order = await read_order(screen)
    return _show(screen, order, blank(**_shown(order)))


@page("POST", "/orders/{order_id}/edit/preview", needs="orders.edit")
async def preview_edit_form(screen: ConsoleScreen) -> Answer:
    """What an edit would come to."""
    form, order = await screen.form(EditForm), await read_order(screen)
    form, changes = _changes(form, order)
    if form.value is None:
        return no_effects(screen, next(iter(form.errors.values())))
    if not changes:
        return no_effects(screen, "Nothing is changed yet.")
    said = await screen.do("preview_edit", path=path_of(screen), body=_body(form.value, changes))
    if said.problem is not None:
        return no_effects(screen, refused(said.problem, approvable=False))
    return effects(screen, _effects(screen, order, said.value.details))


@page("POST", "/orders/{order_id}/edit", needs="orders.edit")
async def edit_order(screen: ConsoleScreen) -> Answer:
    """Change an order: all of it or nothing."""
    form, order = await screen.form(EditForm), await read_order(screen)
    form, changes = _changes(form, order)
    if form.value is None:
        return _show(screen, order, form, status=422)
    if not changes:
        return _show(screen, order, form.with_errors({"": "Nothing is changed yet."}), status=422)
    if form.value.ask:
        return await _ask(screen, order, form, changes)
    said = await screen.do("edit_order", path=path_of(screen), body=_body(form.value, changes))
    if said.problem is None:
        return done(screen, f"{order.number_text}: edited. {_more_or_less(screen, order, said.value.details)}")
    told = await _told(screen, order, form.value.seen) if said.problem.code == "revision_differs" else []
    refreshed = _refreshed(form, order) if said.problem.code == "revision_differs" else form
    above = said.problem.code == "above_limit" and screen.may("approvals.ask")
    wrong = refreshed.with_errors({"": refused(said.problem, approvable=above)})
    return _show(screen, order, wrong, status=422, told=told, above=above)


async def _ask(screen: ConsoleScreen, order: Any, form: Filled[EditForm], changes: list[dict[str, Any]]) -> Answer:
    """Ask that somebody approves the edit. An address is personal: it is no part of what is kept to be approved."""
    assert form.value is not None
    if any(change["change"] == "set_ship_to" for change in changes):
        return _show(screen, order, form.with_errors({"": ADDRESS_APART}), status=422)
    body = _body(form.value, changes)
    said = await ask_approval(screen, "edit_order", body, form.value.why, subject=screen.param("order_id"))
    if said.problem is not None:
        return _show(screen, order, form.with_errors({"": refused(said.problem)}), status=422)
    return done(screen, "Approval was asked for. It is edited as soon as somebody approves.", tone="blue")


def _show(
    screen: ConsoleScreen,
    order: Any,
    form: Filled[Any],
    *,
    status: int = 200,
    told: list[Entry] | None = None,
    above: bool = False,
) -> Answer:
    lines = [(line, c) for line in order.lines if (c := count(line)).ordered and c.left]
    return screen.show(
        "orders/edit.html", status=status, order=order, form=form, lines=lines, told=told or [], above=above,
        base=order_path(screen), currency=order.totals.total.currency,
    )  # fmt: skip


def _shown(order: Any) -> dict[str, str]:
    """What a form holds from the start: the order as it is, twice."""
    fields = {f"quantity.L{line.n}": str(count(line).ordered) for line in order.lines}
    fields["shipping"] = major(order.totals.shipping.amount, order.totals.total.currency)
    if order.ship_to is not None and not order.ship_to.erased:
        fields |= {f"address.{name}": getattr(order.ship_to, name) or "" for name in ADDRESS}
    kept = {f"was.{name}": value for name, value in fields.items()}
    return {**fields, **kept, "revision": str(order.revision), "seen": str(order.events)}


def _refreshed(form: Filled[Any], order: Any) -> Filled[Any]:
    """The form for the order as it is by now: what nobody touched is as it is now, what was typed stays."""
    shown = _shown(order)
    typed = dict(form.typed)
    for name, value in shown.items():
        untouched = (
            name.startswith("was.") or name in ("revision", "seen") or form.text(name) == form.text(f"was.{name}")
        )
        if untouched:
            typed[name] = [value]
    return Filled(None, form.errors, typed, form.files)


async def _told(screen: ConsoleScreen, order: Any, seen: int) -> list[Entry]:
    """What happened since the form was shown."""
    query = {"after": seen, "limit": CHANGES_TOLD}
    found = await screen.ask("read_timeline", path=path_of(screen), query=query)
    names, currency = await names_of_colleagues(screen), order.totals.total.currency
    return [entry_of(event, screen.formats, currency, names) for event in found.data]


def _changes(form: Filled[EditForm], order: Any) -> tuple[Filled[EditForm], list[dict[str, Any]]]:
    """What of the form is to be changed; the form with errors where something in it is wrong."""
    value = form.value
    if value is None:
        return form, []
    currency = order.totals.total.currency
    errors: dict[str, str] = {}
    amounts: dict[str, int] = {}
    for name in ("add_price", "shipping", "discount"):
        text = getattr(value, name)
        amount = minor(text, currency) if text else None
        if text and amount is None:
            errors[name] = NOT_AN_AMOUNT
        elif amount is not None:
            amounts[name] = amount
    changes = _of_lines(value, order)
    if value.add_sku and "add_price" not in amounts:
        errors.setdefault("add_price", "Say what one costs.")
    elif value.add_sku:
        price = {"amount": amounts["add_price"], "currency": currency}
        line = {"sku": value.add_sku, "quantity": value.add_quantity, "unit_price": price}
        changes.append({"change": "add_line", "line": line})
    if "shipping" in amounts and form.text("shipping") != form.text("was.shipping"):
        charge = {"amount": {"amount": amounts["shipping"], "currency": currency}}
        changes.append({"change": "set_shipping", "shipping": [charge] if amounts["shipping"] else []})
    if amounts.get("discount"):
        discount: dict[str, Any] = {"amount": {"amount": amounts["discount"], "currency": currency}}
        discount |= {"code": value.discount_code} if value.discount_code else {}
        changes.append({"change": "add_discount", "discount": discount})
    changes += _of_address(form, value.address, errors)
    return (form.with_errors(errors), []) if errors else (form, changes)


def _of_lines(value: EditForm, order: Any) -> list[dict[str, Any]]:
    """Other quantities and other SKUs of lines."""
    was: Mapping[str, Any] = value.was.get("quantity") or {}
    changes: list[dict[str, Any]] = []
    for line in order.lines:
        name = f"L{line.n}"
        if value.swap.get(name):
            changes.append({"change": "swap_sku", "line": line.n, "sku": value.swap[name]})
        elif name in value.quantity and str(value.quantity[name]) != str(was.get(name)):
            wanted = value.quantity[name]
            changes.append(
                {"change": "set_quantity", "line": line.n, "quantity": wanted}
                if wanted
                else {"change": "remove_line", "line": line.n}
            )
    return changes


def _of_address(form: Filled[EditForm], address: Mapping[str, str], errors: dict[str, str]) -> list[dict[str, Any]]:
    """Another address, whole, where any part of it was changed."""
    if all(form.text(f"address.{name}").strip() == form.text(f"was.address.{name}").strip() for name in ADDRESS):
        return []
    if not address.get("country"):
        errors["address.country"] = "Write the country's code, such as US."
        return []
    return [{"change": "set_ship_to", "ship_to": {name: address[name] for name in ADDRESS if address.get(name)}}]


def _body(value: EditForm, changes: list[dict[str, Any]]) -> dict[str, Any]:
    return {"revision": value.revision, "changes": changes}


def _effects(screen: ConsoleScreen, order: Any, details: Mapping[str, Any]) -> list[tuple[str, str]]:
    currency, f = order.totals.total.currency, screen.formats
    rows = [
        ("New total", f.minor(details["total_minor"], currency)),
        ("Tax in it", f.minor(details["tax_minor"], currency)),
        ("Difference", _more_or_less(screen, order, details)),
    ]
    for added in details.get("added", ()):
        waits = f", {plural(added['backordered'], 'unit')} backordered" if added["backordered"] else ""
        rows.append((f"Added {added['sku']}", f"{plural(added['promised'], 'unit')} promised{waits}"))
    if details.get("promised_on"):
        rows.append(("Promised for", f.day(date.fromisoformat(details["promised_on"]))))
    return rows


def _more_or_less(screen: ConsoleScreen, order: Any, details: Mapping[str, Any]) -> str:
    difference = details["difference_minor"]
    amount = screen.formats.minor(abs(difference), order.totals.total.currency)
    if not difference:
        return "The customer pays the same."
    return f"{amount} more to pay." if difference > 0 else f"{amount} less to pay."


ORDER_EDIT = [edit_form, preview_edit_form, edit_order]
