"""Roles: what people may do, by name; built-in ones, and those that a merchant makes."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from orderwright.access import SCOPES
from orderwright.api import Answer
from orderwright.console import words_settings
from orderwright.console.frame import ConsoleScreen
from orderwright.platform.errors import NotFound
from orderwright.screens import Filled, blank, page


class RoleForm(msgspec.Struct, frozen=True, kw_only=True):
    """A role, whole."""

    code: Annotated[str, Meta(min_length=1, max_length=50)]
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    description: Annotated[str, Meta(max_length=1_000)] = ""
    permissions: Annotated[list[str], Meta(min_length=1, max_length=100)]


@page("GET", "/settings/roles", needs="people.read")
async def roles_page(screen: ConsoleScreen) -> Answer:
    """All roles, with what they allow and their limits."""
    found, limits = await asyncio.gather(screen.ask("list_roles"), screen.ask("read_limits"))
    by_role = {row.role: row.limits for row in limits.data if row.role is not None}
    return screen.show("staff/roles.html", roles=found.data, limits=by_role, say=words_settings)


@page("GET", "/settings/roles/edit", needs="people.read")
async def role_form(screen: ConsoleScreen) -> Answer:
    """A role, or a new one: by itself, or like another."""
    code, like = screen.incoming.asked("code"), screen.incoming.asked("like")
    if not code:
        screen.ctx.require("people.write")
    role = await _role(screen, code or like) if code or like else None
    form = blank(
        code=code or None, name=role.name if role and code else None, description=role.description if role else None,
        permissions=list(role.permissions) if role else None,
    )  # fmt: skip
    return _show(screen, form, role if code else None)


@page("POST", "/settings/roles/edit", needs="people.write", proves="/settings/roles")
async def take_role(screen: ConsoleScreen) -> Answer:
    """Make or change a role."""
    form = await screen.form(RoleForm)
    code = screen.incoming.asked("code")
    role = await _role(screen, code) if code else None
    if form.value is None:
        return _show(screen, form, role, 422)
    said = await screen.do("put_role", body=msgspec.to_builtins(form.value))
    if said.problem is not None:
        return _show(screen, form.with_errors({"": said.problem.detail}), role, 422)
    screen.say(f"The role {form.value.name} was {'changed' if role else 'made'}. It holds within five seconds.")
    return screen.go(screen.url("/settings/roles"))


@page("POST", "/settings/roles/remove", needs="people.write", proves="/settings/roles")
async def take_removal_of_role(screen: ConsoleScreen) -> Answer:
    """Remove a role that nobody has."""
    code = (await screen.incoming.form()).first("code")
    said = await screen.do("remove_role", body={"code": code})
    if said.problem is not None:
        screen.say(said.problem.detail, "amber")
    else:
        screen.say("The role was removed.")
    return screen.go(screen.url("/settings/roles"))


def _show(screen: ConsoleScreen, form: Filled[Any], role: Any, status: int = 200) -> Answer:
    return screen.show(
        "staff/role.html",
        status=status,
        form=form,
        role=role,
        groups=words_settings.grouped_scopes(SCOPES),
        address=screen.url("/settings/roles/edit", code=role.code if role else None),
        writable=screen.may("people.write") and (role is None or not role.built_in),
    )


async def _role(screen: ConsoleScreen, code: str) -> Any:
    for role in (await screen.ask("list_roles")).data:
        if role.code == code:
            return role
    raise NotFound("There is no such role. Go back to the list.")


ROLE_PAGES = [roles_page, role_form, take_role, take_removal_of_role]
