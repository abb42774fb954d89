"""Limits of roles: how much somebody may give or correct within a day before somebody above must agree."""

from __future__ import annotations

from typing import Any

import msgspec

from orderwright.api import Answer
from orderwright.console.frame import ConsoleScreen
from orderwright.console.settings_fields import Field, Mistyped, typed, untyped
from orderwright.platform.errors import NotFound
from orderwright.screens import Filled, Form, page

_MINOR = "One currency a line, as USD: 5000, which is $50.00. Left out: no limit. A currency not named: nothing."
FIELDS = (
    Field(name="refund_max_minor", label="Refunds, claims and write-offs of an order", kind="pairs", help=_MINOR,
          pair=("currency", "amount"), whole_pairs=True),
    Field(name="credit_max_minor", label="Store credit to a customer", kind="pairs", help=_MINOR,
          pair=("currency", "amount"), whole_pairs=True),
    Field(name="adjust_max_units", label="Units of a SKU at a location, found or lost", kind="whole",
          help="Left out: no limit. 0: none."),
)  # fmt: skip


@page("GET", "/settings/roles/limits", needs="people.write")
async def limits_form(screen: ConsoleScreen) -> Answer:
    """The limits of a role."""
    role = await _role(screen)
    found = await screen.ask("read_limits")
    limits = next((row.limits for row in found.data if row.role == role.code), None)
    body = {} if limits is None else msgspec.to_builtins(limits)
    return _show(screen, role, Filled(None, {}, {one.name: typed(one, body.get(one.name)) for one in FIELDS}, {}))


@page("POST", "/settings/roles/limits", needs="people.write", proves="/settings/roles")
async def take_limits(screen: ConsoleScreen) -> Answer:
    """Set them; none at all takes them away."""
    role, sent = await _role(screen), await screen.incoming.form()
    limits, errors = taken_limits(sent)
    form: Filled[Any] = Filled(None, errors, sent.fields, sent.files)
    if errors:
        return _show(screen, role, form, 422)
    said = await screen.do("set_limit", body={"role": role.code, "limits": limits or None})
    if said.problem is not None:
        return _show(screen, role, form.with_errors({"": said.problem.detail}), 422)
    screen.say(f"The limits of {role.name} hold within five seconds.")
    return screen.go(screen.url("/settings/roles"))


def taken_limits(sent: Form) -> tuple[dict[str, Any], dict[str, str]]:
    """The limits that were typed, and what is wrong with them by field."""
    limits: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for one in FIELDS:
        try:
            value = untyped(one, sent.fields.get(one.name, ()))
        except Mistyped as error:
            errors[one.name] = str(error)
            continue
        if one.kind == "pairs":
            value = {pair["currency"].upper(): pair["amount"] for pair in value} or None
        if value is not None:
            limits[one.name] = value
    return limits, errors


async def _role(screen: ConsoleScreen) -> Any:
    code = screen.incoming.asked("code")
    for role in (await screen.ask("list_roles")).data:
        if role.code == code:
            return role
    raise NotFound("There is no such role. Go back to the list.")


def _show(screen: ConsoleScreen, role: Any, form: Filled[Any], status: int = 200) -> Answer:
    return screen.show("staff/limits.html", status=status, role=role, form=form, fields=FIELDS)


LIMIT_PAGES = [limits_form, take_limits]
