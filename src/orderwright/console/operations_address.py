"""Another address for a held order, with what it changes before it is changed."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from orderwright.api import Answer
from orderwright.console.frame import ConsoleScreen
from orderwright.platform.errors import NotFound
from orderwright.screens import Filled, blank, page

Text = Annotated[str, Meta(max_length=200)]
FIELDS = ("name", "company", "line1", "line2", "city", "region", "postal_code", "country", "email", "phone")


class AddressForm(msgspec.Struct, frozen=True, kw_only=True):
    """Where it shall go. `revision` is the order's when the form was shown: of two who edit the later is told."""

    revision: Annotated[int, Meta(ge=0)]
    country: Annotated[str, Meta(min_length=2, max_length=2)]
    name: Text | None = None
    company: Text | None = None
    line1: Text | None = None
    line2: Text | None = None
    city: Text | None = None
    region: Text | None = None
    postal_code: Annotated[str, Meta(max_length=20)] | None = None
    email: Annotated[str, Meta(max_length=320)] | None = None
    phone: Annotated[str, Meta(max_length=40)] | None = None


@page("GET", "/operations/holds/{order_id}/address", needs="orders.edit")
async def address_form(screen: ConsoleScreen) -> Answer:
    """The address as it is, to be mended."""
    order = await _order(screen)
    place = order.ship_to
    typed = {name: getattr(place, name) for name in FIELDS} if place is not None else {}
    return _show(screen, order, blank(revision=order.revision, **typed))


@page("POST", "/operations/holds/{order_id}/address/preview", needs="orders.edit")
async def preview_address(screen: ConsoleScreen) -> Answer:
    """What another address comes to."""
    form = await screen.form(AddressForm)
    if form.value is None:
        return screen.show("operations/address_effects.html", effects=[], error=None)
    said = await screen.do("preview_edit", path={"order_id": screen.param("order_id")}, body=_body(form.value))
    if said.problem is not None:
        return screen.show("operations/address_effects.html", effects=[], error=said.problem.detail)
    told = said.value.details
    effects = [("Address", "is checked again; what has no label yet is sourced again")]
    if "difference_minor" in told and "currency" in told:
        more = screen.formats.minor(int(told["difference_minor"]), str(told["currency"]))
        effects.append(("Charged more", more))
    return screen.show("operations/address_effects.html", effects=effects, error=None)


@page("POST", "/operations/holds/{order_id}/address", needs="orders.edit")
async def take_address(screen: ConsoleScreen) -> Answer:
    """Change the address. A hold for the old one is released by whoever looks at the new one."""
    form = await screen.form(AddressForm)
    if form.value is None:
        return _show(screen, await _order(screen), form, 422)
    said = await screen.do("edit_order", path={"order_id": screen.param("order_id")}, body=_body(form.value))
    if said.problem is not None:
        text = said.problem.detail
        if said.problem.code == "revision_differs":
            text = (
                "Somebody else has changed this order meanwhile. Close this, look at it as it is now, and decide again."
            )
        return _show(screen, await _order(screen), form.with_errors({"": text}), 422)
    screen.say("The address was changed. Release the hold if it is right now.")
    return screen.go(
        screen.url(
            f"/operations/holds/{screen.param('order_id')}",
            **{name: screen.incoming.asked(name) or None for name in ("type", "only", "after", "previous")},
        )
    )


def _body(value: AddressForm) -> dict[str, Any]:
    place = {name: getattr(value, name) for name in FIELDS if getattr(value, name) is not None}
    place["country"] = value.country.upper()
    return {"revision": value.revision, "changes": [{"change": "set_ship_to", "ship_to": place}]}


async def _order(screen: ConsoleScreen) -> Any:
    order = await screen.find("read_order", path={"order_id": screen.param("order_id")})
    if order is None:
        raise NotFound("There is no such order, or it is not for you. Go back to the list of holds.")
    return order


def _show(screen: ConsoleScreen, order: Any, form: Filled[Any], status: int = 200) -> Answer:
    return screen.show(
        "operations/address.html", status=status, order=order, form=form, address=screen.incoming.address
    )


ADDRESS_PAGES = [address_form, preview_address, take_address]
